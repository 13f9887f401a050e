//! From the settings' JSON to a configured plugin, or to problems that have a place.

use serde::Deserialize;
use serde_json::Deserializer;
use serde_path_to_error::{Path, Segment};

use crate::{Plan, Plugin, Problem};

/// Configures a plugin. A mistake that serde finds becomes one problem; what the plugin finds itself can be many.
pub fn configure<T: Plugin>(settings: &str) -> Result<(T, Plan), Vec<Problem>> {
    let settings = read(settings).map_err(|problem| vec![problem])?;
    let plugin = T::configure(settings)?;
    let plan = plugin.plan();
    Ok((plugin, plan))
}

fn read<'a, T: Deserialize<'a>>(settings: &'a str) -> Result<T, Problem> {
    let mut deserializer = Deserializer::from_str(settings);
    let read = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| Problem::at(pointer(error.path()), message(error.inner())))?;
    deserializer.end().map_err(|error| Problem::at("", message(&error)))?;
    Ok(read)
}

/// A path as an RFC 6901 pointer.
pub(crate) fn pointer(path: &Path) -> String {
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } | Segment::Enum { variant: key } => {
            format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
        }
        Segment::Unknown => pointer,
    })
}

/// What serde says, without line and column: they are those of JSON that the operator never wrote.
fn message(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rsplit_once(" at line ") {
        Some((message, _)) => message.to_owned(),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use expect_test::{Expect, expect};
    use schemars::JsonSchema;

    use super::*;

    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Settings {
        stream: String,
        #[serde(default)]
        fields: Vec<Field>,
        #[serde(default)]
        mode: Option<Mode>,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Field {
        width: u8,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    #[expect(dead_code, reason = "only read")]
    enum Mode {
        Scan,
        Trigger { every_s: u32 },
    }

    #[derive(Debug)]
    struct Strict;

    impl Plugin for Strict {
        const NAME: &'static str = "strict";
        const VERSION: &'static str = "1.0.0";
        const SUMMARY: &'static str = "Takes no empty stream.";
        type Settings = Settings;

        fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
            if settings.stream.is_empty() {
                return Err(vec![Problem::at("/stream", "a stream needs a name")]);
            }
            Ok(Self)
        }
    }

    fn check(settings: &[&str], expected: &Expect) {
        let mut text = String::new();
        for settings in settings {
            writeln!(text, "{settings}").unwrap();
            match configure::<Strict>(settings) {
                Ok(_) => writeln!(text, "  ok").unwrap(),
                Err(problems) => problems.iter().for_each(|problem| {
                    writeln!(text, "  {:?}: {}", problem.pointer, problem.message).unwrap();
                }),
            }
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn a_problem_has_a_place() {
        check(
            &[
                r#"{"stream":"users"}"#,
                r#"{"stream":""}"#,
                r#"{}"#,
                r#"{"stream":7}"#,
                r#"{"stream":"users","fields":[{"width":1},{"width":256}]}"#,
                r#"{"stream":"users","fields":[{"widht":1}]}"#,
                r#"{"stream":"users","fields":{}}"#,
                r#"{"stream":"users","a/b~c":1}"#,
                r#"{"stream":"users","mode":"scann"}"#,
                r#"{"stream":"users","mode":{"trigger":{"every_s":"soon"}}}"#,
                r#"{"stream":"users"} x"#,
                "[",
                "",
            ],
            &expect![[r#"
                {"stream":"users"}
                  ok
                {"stream":""}
                  "/stream": a stream needs a name
                {}
                  "": missing field `stream`
                {"stream":7}
                  "/stream": invalid type: integer `7`, expected a string
                {"stream":"users","fields":[{"width":1},{"width":256}]}
                  "/fields/1/width": invalid value: integer `256`, expected u8
                {"stream":"users","fields":[{"widht":1}]}
                  "/fields/0/widht": unknown field `widht`, expected `width`
                {"stream":"users","fields":{}}
                  "/fields": invalid type: map, expected a sequence
                {"stream":"users","a/b~c":1}
                  "/a~1b~0c": unknown field `a/b~c`, expected one of `stream`, `fields`, `mode`
                {"stream":"users","mode":"scann"}
                  "/mode": unknown variant `scann`, expected `scan` or `trigger`
                {"stream":"users","mode":{"trigger":{"every_s":"soon"}}}
                  "/mode/trigger/every_s": invalid type: string "soon", expected u32
                {"stream":"users"} x
                  "": trailing characters
                [
                  "": EOF while parsing a list

                  "": EOF while parsing a value
            "#]],
        );
    }
}
