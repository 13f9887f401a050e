//! What is kept of an event that can never be delivered?
//!
//! All that is needed to look at it and to send it again: the event, where it was met, and why. Whoever writes one keeps secrets out of it.

use serde::{Deserialize, Serialize};

/// A stored rejection. An equal one (same node, reason, key and body) is stored once and counted afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The source that the event came from.
    pub source: String,
    /// The node that rejected it: a transform, a sink, or the source itself (`node` is its id then).
    pub node: String,
    /// Where it was met, in the unit of whoever will look: a sequence number of the journal, or a row of a file.
    pub place: String,
    /// Whom it is about, where that can be told.
    pub key: Option<String>,
    /// The event's JSON object, or what was read where no event could be made of it.
    #[serde(skip)]
    pub body: Vec<u8>,
    /// Why, in words for the operator.
    pub reason: String,
    /// When it was first rejected, milliseconds since 1970.
    pub at_ms: u64,
    /// The receiver may have taken it all the same: sending it again may repeat it.
    pub may_have_arrived: bool,
    /// How many times it was rejected. Whoever writes one says 1; the store adds them up.
    pub count: u64,
}

/// A dead letter as it stands in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoredLetter {
    /// Its number, in the order in which they were first stored.
    pub number: u64,
    /// The letter as it was stored first, with the count of all.
    pub letter: DeadLetter,
    /// When an equal one was last rejected, milliseconds since 1970.
    pub last_at_ms: u64,
}
