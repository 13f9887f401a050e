//! Each message, as the operator reads it.

mod authorizations;
mod links;
mod options;
mod placed;
mod schema;
mod secrets;
mod syntax;
mod top;

use expect_test::Expect;

use super::{Pipeline, parse};

/// A pipeline in order, on whose lines the tests below add or change one thing.
const SMALL: &str = "\
name: small
sources:
  in: { type: stdin }
sinks:
  out: { type: stdout, inputs: [in] }
";

/// Shows what is said of a pipeline: its problems, its warnings, or that there are none.
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&said(text));
}

fn said(text: &str) -> String {
    match parse("pipeline.yaml", text) {
        Ok(pipeline) if pipeline.warnings.is_empty() => "nothing\n".to_owned(),
        Ok(pipeline) => format!("{}\n", pipeline.warnings),
        Err(problems) => format!("{problems}\n"),
    }
}

fn right(text: &str) -> Pipeline {
    parse("pipeline.yaml", text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// With something more at its end.
fn small(more: &str) -> String {
    format!("{SMALL}{more}")
}
