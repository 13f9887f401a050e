//! What an operator can ask of the host for a transform that remembers.

use serde_json::{Map, json};

use super::fields::{Fields, wrong};
use super::keys::{Choice, Key};
use super::place::Report;
use super::tree::{Entry, Value};
use super::units::Percent;

/// What happens to an audience that is not named any more?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnAudienceRemoved {
    /// It stays as it was told last.
    Leave,
    /// It is taken off everybody.
    Remove,
}

impl Choice for OnAudienceRemoved {
    const WORDS: &'static [(&'static str, Self)] = &[("leave", Self::Leave), ("remove", Self::Remove)];
}

/// A fifth: a campaign moves fewer in a day, a broken scan more.
const MAX_EXIT: Key<Percent> = Key {
    name: "max_exit",
    about: "If more than this of an audience, and at least 100 people, would leave it within one snapshot, nothing of that is sent before \
            `brazeline approve`.",
    default: Percent(20),
    bounds: Some((Percent(0), Percent(100))),
};

/// Nothing is taken off people before somebody said so.
const ON_AUDIENCE_REMOVED: Key<OnAudienceRemoved> = Key {
    name: "on_audience_removed",
    about: "What happens to an audience that was told and is not in `audiences` any more: it is left, or taken off everybody.",
    default: OnAudienceRemoved::Leave,
    bounds: None,
};

const AUDIENCES: &str = "audiences";
const AUDIENCES_ABOUT: &str =
    "The audiences that this transform is about. Needed for `on_audience_removed: remove` alone.";

/// Names of the host's keys in a transform. They mean something for one that remembers.
pub const TRANSFORM_KEYS: [&str; 3] = [MAX_EXIT.name, AUDIENCES, ON_AUDIENCE_REMOVED.name];

/// What the host does for a transform that remembers.
#[derive(Debug, Clone, PartialEq)]
pub struct TransformOptions {
    /// The largest share of an audience that may leave within one snapshot.
    pub max_exit: f64,
    /// The audiences that it is about, if the operator said so.
    pub audiences: Option<Vec<String>>,
    /// What happens to any other.
    pub on_audience_removed: OnAudienceRemoved,
}

impl Default for TransformOptions {
    fn default() -> Self {
        Self { max_exit: MAX_EXIT.default.share(), audiences: None, on_audience_removed: ON_AUDIENCE_REMOVED.default }
    }
}

impl TransformOptions {
    pub(super) fn read(fields: &mut Fields<'_>, report: &mut Report) -> Self {
        let max_exit = fields.read(&MAX_EXIT, report).share();
        let audiences = fields.get(AUDIENCES).map(|entry| names(fields, entry, report));
        let on_audience_removed = fields.read(&ON_AUDIENCE_REMOVED, report);
        Self { max_exit, audiences, on_audience_removed }
    }

    /// The keys as properties of a JSON Schema.
    pub(super) fn properties() -> Map<String, serde_json::Value> {
        let audiences = json!({ "type": "array", "items": { "type": "string" }, "description": AUDIENCES_ABOUT });
        [MAX_EXIT.property(), (AUDIENCES.to_owned(), audiences), ON_AUDIENCE_REMOVED.property()].into_iter().collect()
    }
}

fn names(fields: &Fields<'_>, entry: &Entry, report: &mut Report) -> Vec<String> {
    let what = format!("`{AUDIENCES}` of {}", fields.what);
    let help = "write `audiences: [vip, lapsed]`";
    let Value::List(items) = &entry.value.value else {
        wrong(&what, &entry.value, "a list", help, report);
        return Vec::new();
    };
    let mut names = Vec::new();
    for item in items {
        match item.as_text() {
            Some(name) => names.push(name.to_owned()),
            None => wrong(&what, item, "the name of an audience", help, report),
        }
    }
    names
}
