//! The top level of the file.

use super::authorization::Authorization;
use super::fields::{Fields, wrong};
use super::keys::Key;
use super::node;
use super::pipeline::{Journal, Kind, Sink, Source, Transform};
use super::place::{Placed, Report};
use super::tree::{Entry, Tree, Value};
use super::units::Size;

/// Room for a night of a busy webhook, and small enough for the smallest disk that a machine is sold with.
pub const JOURNAL_MAX_SIZE: Key<Size> = Key {
    name: "max_size",
    about: "How large the journal may grow. When it is full, callers are asked to come again later.",
    default: Size(1 << 30),
    bounds: Some((Size(16 << 20), Size(16 << 40))),
};

/// Beside the pipeline file, so that two pipelines in two folders do not meet.
pub(super) const DATA_DIR: &str = "./data";

/// What a name or an id may be, in a message.
pub(super) const NAME_RULE: &str = "use 1 to 64 of the characters a-z, 0-9 and `-`";
/// The same for editors.
pub(super) const NAME_PATTERN: &str = "^[a-z0-9-]{1,64}$";

/// What an authorization's name may be, in a message.
pub(super) const CREDENTIAL_RULE: &str = "use 1 to 64 letters, digits, `-` and `_`";
/// The same for editors.
pub(super) const CREDENTIAL_PATTERN: &str = "^[A-Za-z0-9_-]{1,64}$";

/// An authorization's name stands in messages only.
pub(super) fn is_credential_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// A name stands in metrics, in paths and on command lines.
pub(super) fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// The file by its sections; links between them are not checked yet.
pub(super) struct Shape {
    pub name: Option<Placed<String>>,
    pub label: Option<String>,
    pub description: Option<String>,
    pub data_dir: String,
    pub journal: Journal,
    pub authorizations: Vec<Authorization>,
    pub sources: Vec<Source>,
    pub transforms: Vec<Transform>,
    pub sinks: Vec<Sink>,
}

impl Shape {
    pub fn read(tree: &Tree, report: &mut Report) -> Option<Self> {
        let mut top = Fields::of("the pipeline file", tree, report)?;
        let shape = Self {
            name: name(&mut top, report),
            label: top.text("label", report).map(|label| label.value),
            description: top.text("description", report).map(|description| description.value),
            data_dir: top.text("data_dir", report).map_or_else(|| DATA_DIR.to_owned(), |folder| folder.value),
            journal: journal(&mut top, report),
            authorizations: section("authorizations", &mut top, report, Authorization::read),
            sources: nodes(Kind::Source, &mut top, report, node::source),
            transforms: section(Kind::Transform.section(), &mut top, report, node::transform),
            sinks: nodes(Kind::Sink, &mut top, report, node::sink),
        };
        top.refuse_rest(report);
        Some(shape)
    }
}

fn name(top: &mut Fields<'_>, report: &mut Report) -> Option<Placed<String>> {
    let help = "add `name:`; the state of a pipeline is kept under its name";
    let entry = top.required("name", help, report)?;
    let name = top.text_of(entry, report)?;
    if !is_name(&name.value) {
        report.error(name.spot, "the name of the pipeline is not allowed", NAME_RULE);
    }
    Some(name)
}

fn journal(top: &mut Fields<'_>, report: &mut Report) -> Journal {
    let entry = top.get("journal");
    let Some(mut fields) = entry.and_then(|entry| Fields::of("`journal`", &entry.value, report)) else {
        return Journal { max_size: JOURNAL_MAX_SIZE.default, is_stated: false };
    };
    let is_stated = fields.get(JOURNAL_MAX_SIZE.name).is_some();
    let max_size = fields.read(&JOURNAL_MAX_SIZE, report);
    fields.refuse_rest(report);
    Journal { max_size, is_stated }
}

/// A section without which nothing flows.
fn nodes<T>(
    kind: Kind,
    top: &mut Fields<'_>,
    report: &mut Report,
    read: impl Fn(&Entry, &mut Report) -> Option<T>,
) -> Vec<T> {
    let name = kind.section();
    let entry = top.get(name);
    let spot = entry.map_or(top.spot, |entry| entry.spot);
    let is_empty = entry.is_none_or(|entry| match &entry.value.value {
        Value::Map(entries) => entries.is_empty(),
        Value::Null => true,
        _ => false,
    });
    if is_empty {
        let (what, help) = (format!("the pipeline has no {}", kind.word()), format!("add one under `{name}`"));
        report.error(spot, what, help);
        return Vec::new();
    }
    section(name, top, report, read)
}

fn section<T>(
    name: &'static str,
    top: &mut Fields<'_>,
    report: &mut Report,
    read: impl Fn(&Entry, &mut Report) -> Option<T>,
) -> Vec<T> {
    match top.get(name).map(|entry| &entry.value) {
        None => Vec::new(),
        // `transforms:` with nothing below is what remains when the last one is removed.
        Some(Tree { value: Value::Null, .. }) => Vec::new(),
        Some(Tree { value: Value::Map(entries), .. }) => {
            entries.iter().filter_map(|entry| read(entry, report)).collect()
        }
        Some(other) => {
            let help = "give each a name, and its settings below that";
            wrong(&format!("`{name}`"), other, "a map of names", help, report);
            Vec::new()
        }
    }
}
