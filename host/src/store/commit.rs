//! What is stored together?
//!
//! A [`Commit`] is one fact made of several: an event and the answer to its caller, a delivery and what it rejected, a decision and the
//! state that it was made from. It says nothing about how it is written.

use serde::{Deserialize, Serialize};

use super::{Cursor, DeadLetter, Tally};

/// Things that become true together, or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Commit {
    /// Where sources stand, as `(source, position)`.
    pub positions: Vec<(String, Vec<u8>)>,
    /// What keyed transforms keep from now on.
    pub states: Vec<StateChange>,
    /// Batches for the end of logs. Those of one log keep their order.
    pub append: Vec<Append>,
    /// How far sinks have got, as `(source, sink, cursor)`. A cursor replaces the one before.
    pub cursors: Vec<(String, String, Cursor)>,
    /// What can never be delivered.
    pub dead_letters: Vec<DeadLetter>,
    /// The numbers of dead letters that are none any more. One that is not there is nothing.
    pub resolved: Vec<u64>,
    /// What is added to the sums, beside what the store counts itself.
    pub tallies: Vec<Tally>,
}

/// A batch for the end of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// The log: the source's id for a journal, the keyed transform's for an outbox.
    pub log: String,
    /// Opaque to the store.
    pub batch: Vec<u8>,
    /// How many sequence numbers it takes. At least one.
    pub events: u32,
}

/// What a keyed transform keeps from now on under one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateChange {
    /// The transform.
    pub node: String,
    /// Which of its shelves.
    pub shelf: Shelf,
    /// The key on that shelf.
    pub key: Vec<u8>,
    /// Opaque to the store; `None` forgets the key.
    pub value: Option<Vec<u8>>,
}

/// The shelves of a keyed transform: keys on different ones have nothing to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shelf {
    /// What is kept about a person, by the event key.
    State,
    /// The event keys, by the number of the person.
    Number,
    /// A few notes of the driver's own, by name.
    Note,
}

/// What a commit was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// The sequence number of the first event of each append, in the order of [`Commit::append`].
    pub first: Vec<u64>,
}
