//! What became of an event?

use crate::store::{Counter, Tally};

/// What became of an event in a sink's line. Of what several events that came of one met, the greatest counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It is no event, but the end of a snapshot: nobody counts it.
    Mark,
    /// Nothing came of it: it was filtered, or nothing is new.
    #[default]
    Dropped,
    /// The sink has delivered it.
    Delivered,
    /// It can never be: a dead letter holds it.
    Rejected,
}

/// How many met which fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fates {
    delivered: u64,
    dropped: u64,
    rejected: u64,
}

impl Fates {
    pub(super) fn add(&mut self, fate: Fate, events: u64) {
        match fate {
            Fate::Mark => {}
            Fate::Dropped => self.dropped += events,
            Fate::Delivered => self.delivered += events,
            Fate::Rejected => self.rejected += events,
        }
    }

    /// For the commit that writes down the cursor that passes them.
    pub(super) fn tallies(self, source: &str, sink: &str) -> impl Iterator<Item = Tally> {
        let counts = [
            (Counter::Delivered, self.delivered),
            (Counter::Dropped, self.dropped),
            (Counter::Rejected, self.rejected),
        ];
        tallies(source, sink, counts)
    }
}

/// What a source left out or could not read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Missed {
    /// Left out, because its settings say so.
    pub skipped: u64,
    /// Could not be read.
    pub rejected: u64,
}

impl Missed {
    /// Those, too.
    pub fn add(&mut self, more: Self) {
        self.skipped += more.skipped;
        self.rejected += more.rejected;
    }

    /// For the commit that makes it true.
    pub fn tallies(self, source: &str) -> impl Iterator<Item = Tally> {
        tallies(source, "", [(Counter::Skipped, self.skipped), (Counter::Rejected, self.rejected)])
    }
}

/// Those that count something.
pub(super) fn tallies(
    source: &str,
    sink: &str,
    counts: impl IntoIterator<Item = (Counter, u64)>,
) -> impl Iterator<Item = Tally> {
    let tally = |(counter, count)| Tally { source: source.to_owned(), sink: sink.to_owned(), counter, count };
    counts.into_iter().filter(|(_, count)| *count > 0).map(tally)
}
