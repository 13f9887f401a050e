//! What makes two events one, and for how long?

use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use super::fields::Fields;
use super::keys::{Choice, Key};
use super::place::Report;

/// Names the map of what follows.
pub const DEDUPLICATE: &str = "deduplicate";
const ABOUT: &str = "Drops an event that was taken before, for senders that send again without need. What is dropped counts as skipped.";

/// By what an event is known again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// By whom it is about and all that it says.
    Content,
    /// By the id that its source gives it; one without an id is always new.
    Id,
}

impl Choice for By {
    const WORDS: &'static [(&'static str, Self)] = &[("content", Self::Content), ("id", Self::Id)];
}

/// Every event has content; not every source gives its events an id.
const BY: Key<By> = Key {
    name: "by",
    about: "By what an event is known again: `id`, if its source gives it one, or `content`: the same person and the same body.",
    default: By::Content,
    bounds: None,
};

/// Senders repeat within minutes; a window much longer would take two like events for one.
const WINDOW: Key<Duration> = Key {
    name: "window",
    about: "For how long.",
    default: Duration::from_secs(3600),
    bounds: Some((Duration::from_secs(1), Duration::from_secs(7 * 24 * 3600))),
};

/// Whether a source drops what it took before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deduplicate {
    /// By what an event is known again.
    pub by: By,
    /// For how long.
    pub window: Duration,
}

impl Deduplicate {
    pub(super) fn read(fields: &mut Fields<'_>, report: &mut Report) -> Option<Self> {
        let what = format!("`{DEDUPLICATE}` of {}", fields.what);
        let mut inside = Fields::of(what, &fields.get(DEDUPLICATE)?.value, report)?;
        let read = Self { by: inside.read(&BY, report), window: inside.read(&WINDOW, report) };
        inside.refuse_rest(report);
        Some(read)
    }

    /// The key as a property of a JSON Schema.
    pub(super) fn property() -> (String, Json) {
        let inside: Map<_, _> = [BY.property(), WINDOW.property()].into_iter().collect();
        let schema =
            json!({ "type": "object", "description": ABOUT, "properties": inside, "additionalProperties": false });
        (DEDUPLICATE.to_owned(), schema)
    }
}
