//! What does the pipeline file say?
//!
//! [`parse`] reads it without a look at any component, environment or network, and reports everything that is wrong at once, each
//! with its line and column. Secrets are fetched in a step of their own ([`Pipeline::resolve_secrets`]); what only a component
//! knows of its settings is compared with its schema ([`unknown_settings`]).

mod authorization;
mod component_schema;
mod deduplicate;
mod every;
mod expiry;
mod fields;
mod files;
mod keys;
mod links;
mod mask;
mod node;
mod options;
mod order;
mod origin;
mod pipeline;
mod place;
mod public_url;
mod remember;
mod resolve;
mod schema;
mod secret;
mod settings;
mod shape;
pub mod source_key;
mod suggest;
mod tls;
mod tree;
mod units;
mod unknown;
mod yaml;

use std::path::Path;

use crate::problem::{Problem, Problems};

pub use authorization::{Authorization, FILES_FROM};
pub use deduplicate::{By, Deduplicate};
pub use every::Every;
pub use expiry::{Expiry, days_until, today};
pub use files::{Files, Order, SftpServer, Shelf, UploadLimits, WhenDone};
pub use mask::Mask;
pub use options::{Acknowledge, OnUnknown, SinkOptions, SourceOptions};
pub use origin::{NotAnOrigin, Origin};
pub use pipeline::{Journal, Kind, Node, Pipeline, Plugin, Sink, Source, Transform};
pub use place::{Placed, Spot};
pub use remember::{OnAudienceRemoved, TransformOptions};
pub use resolve::{Env, Secrets, System};
pub use schema::{Known, schema};
pub use secret::{Reference, Secret};
pub use settings::Settings;
pub use suggest::nearest;
pub use tls::Tls;
pub use units::Size;
pub use unknown::unknown_settings;

use place::Report;
use shape::Shape;

/// Far more than any person writes; a data file, given by mistake, is not read whole.
const LARGEST: u64 = 4 << 20;

/// Reads a pipeline file.
pub fn load(path: &Path) -> Result<Pipeline, Problems> {
    let name = path.display().to_string();
    let problem = |what: &str, fact: String, help: &str| {
        Problems::from(Problem::error(format!("{name} {what}"), help).fact(fact))
    };
    let size = std::fs::metadata(path).map(|file| file.len()).unwrap_or_default();
    if size > LARGEST {
        let fact = format!("it has {size} bytes; a pipeline file may have {LARGEST}");
        return Err(problem("is no pipeline file", fact, "give the path of a pipeline file"));
    }
    let bytes = std::fs::read(path)
        .map_err(|error| problem("cannot be read", error.to_string(), "give the path of a pipeline file"))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let fact = format!("byte {} is not UTF-8", error.utf8_error().valid_up_to());
        problem("is no text", fact, "save it as UTF-8")
    })?;
    parse(&name, &text)
}

/// Reads the text of a pipeline file; `file` is its name in messages, and relative paths in it begin at its folder.
///
/// What is odd but no error stands in [`Pipeline::warnings`].
pub fn parse(file: &str, text: &str) -> Result<Pipeline, Problems> {
    let mut report = Report::new(file);
    let shape = read(text, &mut report);
    let problems = report.into_problems();
    match shape {
        Some(Shape {
            name: Some(name),
            data_dir,
            label,
            description,
            journal,
            authorizations,
            sources,
            transforms,
            sinks,
        }) if !problems.has_errors() => {
            let data_dir = pipeline::within(file, &data_dir);
            let (file, name, warnings) = (file.into(), name.value, problems);
            Ok(Pipeline {
                file,
                name,
                label,
                description,
                data_dir,
                journal,
                authorizations,
                sources,
                transforms,
                sinks,
                warnings,
            })
        }
        _ => Err(problems),
    }
}

fn read(text: &str, report: &mut Report) -> Option<Shape> {
    // Some editors begin a file with U+FEFF; it is no part of the text.
    let tree = yaml::read(text.strip_prefix('\u{feff}').unwrap_or(text), report)?;
    secret::misplaced(&tree, report);
    let mut shape = Shape::read(&tree, report)?;
    links::check(&mut shape, &links::Names::of(&tree), report);
    Some(shape)
}

#[cfg(test)]
mod tests;
