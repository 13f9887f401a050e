//! Each rule as a story about one person: what is called, and what comes of it.

mod absent;
mod array;
mod attributes;
mod bodies;
mod doubt;
mod echo;
mod history;
mod model;
mod snapshot;
mod trigger;

use brazeline_kit::testing::Table;
use brazeline_kit::{Scope, Snapshot};
use serde_json::{Value, json};

use super::DiffProfiles;
use crate::time;

/// The key of the person that all stories are about.
pub(super) const KEY: &str = "external_id:u";

/// A time of the day.
fn day(time: &str) -> String {
    format!("2026-11-23T{time}:00Z")
}

fn ms(time: &str) -> u64 {
    time::read(&day(time)).unwrap()
}

fn names(spaced: &str) -> Vec<String> {
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// A full look at these audiences at that time; the first at some of them.
pub(super) fn look(scope: &str, as_of_ms: u64, first: &str) -> Snapshot {
    Snapshot {
        scope: Scope { audiences: names(scope), as_of_ms, total: None },
        baseline: names(first),
        restated: false,
    }
}

/// What a source says of memberships.
fn says(inside: &str, of: &str, time: &str) -> String {
    let audiences = json!({ "in": names(inside), "of": names(of), "as_of": day(time) });
    json!({ "user": { "external_id": "u" }, "audiences": audiences }).to_string()
}

/// Calls about one person, each with what was kept before it.
struct Story(Table<DiffProfiles>);

impl Story {
    fn new(settings: Value) -> Self {
        Self(Table::new(settings))
    }

    /// One of its events.
    fn trigger(self, inside: &str, of: &str, time: &str) -> Self {
        self.bodies(&[&says(inside, of, time)], None)
    }

    /// A row of a full look at `of`, taken at that time.
    fn row(self, inside: &str, of: &str, time: &str) -> Self {
        self.bodies(&[&says(inside, of, time)], Some(&look(of, ms(time), "")))
    }

    /// A row of the first look at `of`.
    fn first_row(self, inside: &str, of: &str, time: &str) -> Self {
        self.bodies(&[&says(inside, of, time)], Some(&look(of, ms(time), of)))
    }

    /// A full look at `scope` in which the person was not seen.
    fn absent(self, scope: &str, time: &str) -> Self {
        Self(self.0.absent(&[KEY], &look(scope, ms(time), "")))
    }

    /// An operator wants these taken off.
    fn taken_off(self, scope: &str, time: &str) -> Self {
        Self(self.0.absent(&[KEY], &Snapshot { restated: true, ..look(scope, ms(time), "") }))
    }

    /// Something puts what is held in doubt.
    fn doubt(self) -> Self {
        Self(self.0.doubt(KEY))
    }

    /// What was told so far is still on its way.
    fn pending(self) -> Self {
        Self(self.0.pending(KEY))
    }

    /// A batch of events.
    fn bodies(self, bodies: &[&str], snapshot: Option<&Snapshot>) -> Self {
        let events: Vec<_> = bodies.iter().map(|body| (KEY, *body)).collect();
        Self(self.0.keyed(&events, snapshot))
    }

    /// All answers, without the bytes that are kept, the key and the user.
    fn told(&self) -> String {
        let shown = self.0.shown().replace(&format!("{KEY} "), "").replace(r#""user":{"external_id":"u"},"#, "");
        shown.lines().map(|line| format!("{}\n", without_bytes(line))).collect()
    }
}

fn without_bytes(line: &str) -> String {
    match (line.split_once(" keeps "), line.split_once(" tagged ")) {
        (Some((key, _)), Some((_, tags))) if key.starts_with("key ") => format!("{key} tagged {tags}"),
        _ => line.to_owned(),
    }
}
