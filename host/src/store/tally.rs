//! What became of all events, in numbers?
//!
//! A [`Tally`] is added to its sum in the commit that makes it true: a cursor and the fates of what it passed are one fact, so an event
//! is counted once however often the process ends in between. Who adds what is the pipeline's affair.

use super::{Cursor, LogSize};
use std::collections::BTreeMap;

/// What is counted. The number is how it is stored, and stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Counter {
    /// Events that a source gave. The store counts what is appended to a log itself.
    Events = 1,
    /// Left out by a source, because its settings say so.
    Skipped = 2,
    /// A source could not read it; of a line: it was rejected on the way or by the sink.
    Rejected = 3,
    /// The sink accepted it, or what came of it.
    Delivered = 4,
    /// Nothing came of it: filtered or unchanged.
    Dropped = 5,
    /// Dead letters that are stored. The store counts them itself.
    Letters = 6,
}

impl Counter {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Events, Self::Skipped, Self::Rejected, Self::Delivered, Self::Dropped, Self::Letters];

    /// Reads what is stored.
    pub(super) fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|counter| *counter as u8 == number)
    }
}

/// So many more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The source; of letters, the node that rejected.
    pub source: String,
    /// The sink of the line; empty for what concerns the source alone.
    pub sink: String,
    /// What.
    pub counter: Counter,
    /// How many.
    pub count: u64,
}

/// All sums and where everybody stands, as of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// The sums, by source, sink (empty for the source itself) and counter.
    pub sums: BTreeMap<(String, String, Counter), u64>,
    /// How far sinks have got, by source and sink.
    pub cursors: BTreeMap<(String, String), Cursor>,
    /// How much the logs hold.
    pub logs: BTreeMap<String, LogSize>,
    /// The number that the next dead letter gets.
    pub next_letter: u64,
}

impl Accounts {
    /// A sum; 0 if nothing was counted.
    pub fn sum(&self, source: &str, sink: &str, counter: Counter) -> u64 {
        self.sums.get(&(source.to_owned(), sink.to_owned(), counter)).copied().unwrap_or(0)
    }

    /// What was counted since then; where everybody stands, as of now.
    #[must_use]
    pub fn since(mut self, before: &Self) -> Self {
        for (of, sum) in &mut self.sums {
            *sum = sum.saturating_sub(before.sums.get(of).copied().unwrap_or(0));
        }
        self
    }
}
