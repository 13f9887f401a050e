//! Reading one node. What belongs to the host depends on the node's kind alone, so no component is needed for it; the rest is its own.

use super::fields::{Fields, wrong};
use super::options::{SinkOptions, SourceOptions};
use super::pipeline::{Kind, Node, Plugin, Sink, Source, Transform, within};
use super::place::{Placed, Report};
use super::remember::TransformOptions;
use super::settings::Settings;
use super::shape::{NAME_RULE, is_name};
use super::tree::{Entry, Value};
use crate::problem::Problem;

/// Where a source's events come from is its own business.
pub(super) const SHARED_KEYS: [&str; 4] = ["type", "authorization", LABEL, DESCRIPTION];
const LABEL: &str = "label";
const DESCRIPTION: &str = "description";
/// Names of what a transform or a sink reads.
pub(super) const INPUTS: &str = "inputs";

pub(super) fn source(entry: &Entry, report: &mut Report) -> Option<Source> {
    let mut head = Head::read(Kind::Source, entry, report)?;
    if let Some(inputs) = head.fields.get(INPUTS) {
        let what = format!("{} reads no other node", head.fields.what);
        report.error(inputs.spot, what, "remove `inputs`, or move it to `transforms` or `sinks`");
    }
    let options = SourceOptions::read(&mut head.fields, report);
    Some(Source { node: head.node()?, options })
}

pub(super) fn transform(entry: &Entry, report: &mut Report) -> Option<Transform> {
    let mut head = Head::read(Kind::Transform, entry, report)?;
    let inputs = inputs(&mut head.fields, report);
    let options = TransformOptions::read(&mut head.fields, report);
    Some(Transform { node: head.node()?, inputs, options })
}

pub(super) fn sink(entry: &Entry, report: &mut Report) -> Option<Sink> {
    let mut head = Head::read(Kind::Sink, entry, report)?;
    let inputs = inputs(&mut head.fields, report);
    let options = SinkOptions::read(&mut head.fields, report);
    Some(Sink { node: head.node()?, inputs, options })
}

/// What all kinds have.
struct Head<'t> {
    entry: &'t Entry,
    kind: Kind,
    plugin: Option<Placed<Plugin>>,
    authorization: Option<Placed<String>>,
    label: Option<String>,
    description: Option<String>,
    fields: Fields<'t>,
}

impl<'t> Head<'t> {
    fn read(kind: Kind, entry: &'t Entry, report: &mut Report) -> Option<Self> {
        let what = format!("{} `{}`", kind.word(), entry.key);
        if !is_name(&entry.key) {
            report.error(entry.spot, format!("the id of {what} is not allowed"), NAME_RULE);
        }
        let mut fields = Fields::of(what, &entry.value, report)?;
        let help = "add `type:` with the name of a plugin or the path of a `.wasm` file";
        let plugin = fields
            .required("type", help, report)
            .and_then(|plugin| fields.text_of(plugin, report))
            .map(|text| Placed { value: plugin(&text.value, &report.file), spot: text.spot });
        let authorization = fields.text("authorization", report);
        let mut text = |name| fields.text(name, report).map(|text| text.value);
        let (label, description) = (text(LABEL), text(DESCRIPTION));
        Some(Self { entry, kind, plugin, authorization, label, description, fields })
    }

    /// Once the host has read its keys, the rest is the node's own.
    fn node(self) -> Option<Node> {
        Some(Node {
            id: self.entry.key.clone(),
            spot: self.entry.spot,
            label: self.label,
            description: self.description,
            kind: self.kind,
            plugin: self.plugin?,
            authorization: self.authorization,
            settings: Settings::of(self.entry.value.spot, self.fields.rest()),
        })
    }
}

fn plugin(text: &str, file: &str) -> Plugin {
    match text.contains('/') || text.ends_with(".wasm") {
        true => Plugin::File(within(file, text)),
        false => Plugin::Name(text.to_owned()),
    }
}

fn inputs(fields: &mut Fields<'_>, report: &mut Report) -> Vec<Placed<String>> {
    let what = fields.what.clone();
    let help = "add `inputs: [...]` with the ids of sources or transforms";
    let Some(entry) = fields.required(INPUTS, help, report) else { return Vec::new() };
    match &entry.value.value {
        Value::List(items) if items.is_empty() => {
            report.error(entry.value.spot, format!("{what} has no input"), help);
            Vec::new()
        }
        Value::List(items) => {
            let mut read: Vec<Placed<String>> = Vec::new();
            for item in items {
                let Some(id) = item.as_text() else {
                    wrong(&format!("an input of {what}"), item, "the id of a source or a transform", help, report);
                    continue;
                };
                if read.iter().any(|other| other.value == id) {
                    report.add(
                        item.spot,
                        Problem::error(format!("{what} names its input `{id}` twice"), "keep one of them"),
                    );
                    continue;
                }
                read.push(Placed { value: id.to_owned(), spot: item.spot });
            }
            read
        }
        Value::Text(id) => {
            let help = format!("write `inputs: [{id}]`");
            wrong(&format!("`inputs` of {what}"), &entry.value, "a list", &help, report);
            vec![Placed { value: id.clone(), spot: entry.value.spot }]
        }
        _ => {
            wrong(&format!("`inputs` of {what}"), &entry.value, "a list", help, report);
            Vec::new()
        }
    }
}
