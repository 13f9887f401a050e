//! How a rejected event becomes a dead letter.

use crate::component::types::{Batch, Unread, WhyUnread};
use crate::store::DeadLetter;

/// What stands before an event's number.
const EVENT: &str = "event ";

/// The number of the event that a dead letter is of, if it is of one and says no more.
#[must_use]
pub fn number(letter: &DeadLetter) -> Option<u64> {
    letter.place.strip_prefix(EVENT)?.parse().ok()
}

/// Where the events of a batch are from and who rejects them.
#[derive(Debug, Clone, Copy)]
pub struct Where<'a> {
    /// The source that gave them.
    pub source: &'a str,
    /// The node that rejects.
    pub node: &'a str,
    /// The number of the batch's first event.
    pub first: u64,
    /// Now, in milliseconds since 1970.
    pub at_ms: u64,
}

/// An event that can never pass.
#[derive(Debug, Clone)]
pub struct Rejected {
    /// The place of the source's event in its batch.
    pub origin: u32,
    /// Why.
    pub reason: String,
    /// Nobody knows whether the other side took it.
    pub may_have_arrived: bool,
}

impl Where<'_> {
    /// The dead letter for the event at `index` of `events`.
    #[must_use]
    pub fn dead_letter(&self, events: &Batch, index: usize, rejected: Rejected) -> DeadLetter {
        DeadLetter {
            source: self.source.to_owned(),
            node: self.node.to_owned(),
            place: format!("{EVENT}{}", self.first + u64::from(rejected.origin)),
            key: Some(events.key(index).to_owned()),
            body: events.body(index).to_vec(),
            reason: rejected.reason,
            at_ms: self.at_ms,
            may_have_arrived: rejected.may_have_arrived,
            count: 1,
        }
    }

    /// The dead letters among what a source could not read.
    #[must_use]
    pub fn unread(&self, unread: &[Unread]) -> Vec<DeadLetter> {
        let rejected = unread.iter().filter(|one| one.why == WhyUnread::Rejected);
        let letter = |one: &Unread| DeadLetter {
            source: self.source.to_owned(),
            node: self.node.to_owned(),
            place: one.place.clone(),
            key: one.key.clone(),
            body: one.raw.clone(),
            reason: one.reason.clone(),
            at_ms: self.at_ms,
            may_have_arrived: false,
            count: 1,
        };
        rejected.map(letter).collect()
    }
}
