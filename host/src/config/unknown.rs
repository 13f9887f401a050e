//! Settings that neither the host nor the component knows.

use serde_json::Value as Json;

use super::component_schema::{inlined, properties};
use super::node::{INPUTS, SHARED_KEYS};
use super::options::{SINK_KEYS, SOURCE_KEYS};
use super::pipeline::{Kind, Node, Pipeline};
use super::place::Report;
use super::remember::TRANSFORM_KEYS;
use super::suggest::{did_you_mean, listed};
use crate::problem::{Problem, Problems};

/// Compares a node's settings with the schema of its component: each one that is not in it is an error, with the nearest name of
/// all that could stand there. A schema that allows any name allows any name.
///
/// Ask this before the component: it would say the same of a setting, but knows nothing of the host's names.
#[must_use]
pub fn unknown_settings(pipeline: &Pipeline, node: &Node, schema: &Json) -> Problems {
    let mut report = Report::new(&pipeline.file);
    let schema = inlined(schema);
    let Some(own) = properties(&schema) else { return report.into_problems() };
    let mut known: Vec<&str> = own.into_iter().filter(|name| *name != "authorization").collect();
    known.extend(host_keys(node.kind));
    for name in node.settings.json.keys().filter(|name| !known.contains(&name.as_str())) {
        let help = did_you_mean(name, known.iter().copied(), "remove it");
        let what = format!("{} has no setting `{name}`", node.name());
        let fact = format!("settings here: {}", listed(known.iter().copied()));
        report.add(node.settings.key_spot_of(name), Problem::error(what, help).fact(fact));
    }
    report.into_problems()
}

fn host_keys<'n>(kind: Kind) -> impl Iterator<Item = &'n str> {
    let (inputs, own): (Option<&str>, &[&str]) = match kind {
        Kind::Source => (None, &SOURCE_KEYS),
        Kind::Transform => (Some(INPUTS), &TRANSFORM_KEYS),
        Kind::Sink => (Some(INPUTS), &SINK_KEYS),
    };
    SHARED_KEYS.into_iter().chain(inputs).chain(own.iter().copied())
}
