//! Batches. The strings of a whole batch are checked to be UTF-8 at once, and its buffers are moved, not copied.

use crate::bindings::types::{self, Column, Packed, WhyUnread};
use crate::{Batch, Events, Rejection, Scope, Unread};

/// The strings as one text. The host has checked each of them; if it has not, nothing here can be trusted.
pub(super) fn text(bytes: Vec<u8>, what: &str) -> String {
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("the host gave {what} that are not UTF-8"),
    }
}

impl From<types::Batch> for Batch {
    fn from(batch: types::Batch) -> Self {
        Self {
            keys: text(batch.keys.bytes, "keys"),
            key_ends: batch.keys.ends,
            bodies: text(batch.bodies.bytes, "bodies"),
            body_ends: batch.bodies.ends,
        }
    }
}

impl From<Events> for types::Batch {
    fn from(events: Events) -> Self {
        let count = events.len();
        let column = |(name, values, ends)| Column { name, values: padded(values, ends, count) };
        Self {
            keys: Packed { bytes: events.keys, ends: events.key_ends },
            bodies: Packed { bytes: events.bodies, ends: events.body_ends },
            columns: events.columns.into_iter().map(column).collect(),
        }
    }
}

/// A column whose last events were given no value.
fn padded(bytes: Vec<u8>, mut ends: Vec<u32>, count: usize) -> Packed {
    ends.resize(count, bytes.len() as u32);
    Packed { bytes, ends }
}

impl From<Unread> for types::Unread {
    fn from(unread: Unread) -> Self {
        let why = if unread.skipped { WhyUnread::Skipped } else { WhyUnread::Rejected };
        Self { raw: unread.raw, place: unread.place, key: unread.key, why, reason: unread.reason }
    }
}

impl From<Scope> for types::Scope {
    fn from(scope: Scope) -> Self {
        Self { audiences: scope.audiences, as_of_ms: scope.as_of_ms, total: scope.total }
    }
}

impl From<types::Scope> for Scope {
    fn from(scope: types::Scope) -> Self {
        Self { audiences: scope.audiences, as_of_ms: scope.as_of_ms, total: scope.total }
    }
}

impl From<Rejection> for types::Rejection {
    fn from(rejection: Rejection) -> Self {
        Self { index: rejection.index, reason: rejection.reason }
    }
}

/// Each as its counterpart, in the same allocation where they are of one size.
pub(super) fn each<A, B: From<A>>(items: Vec<A>) -> Vec<B> {
    items.into_iter().map(B::from).collect()
}
