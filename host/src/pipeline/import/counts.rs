//! What became of the rows of one file?
//!
//! One file is read after another, and the next begins when all of the last is settled and stored. So what the store has counted of the source
//! since a file began is that file's, and is committed with what makes it true: a kill changes no number.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

use crate::store::{Accounts, Counter};

/// The sums of a source at one moment, or between two.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Events that it gave.
    pub events: u64,
    /// Left out, because its settings say so.
    pub skipped: u64,
    /// It could not read it.
    pub rejected: u64,
    /// What became of the events, by where they end.
    pub ends: BTreeMap<String, Fates>,
}

/// What became of events in one end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fates {
    /// The sink has delivered it; a transform that remembers, told something.
    pub delivered: u64,
    /// Nothing came of it: it was filtered, or nothing is new.
    pub dropped: u64,
    /// A dead letter holds it.
    pub rejected: u64,
}

impl Counts {
    /// What was ever counted of this source.
    #[must_use]
    pub fn of(accounts: &Accounts, source: &str) -> Self {
        let mut counts = Self::default();
        let own = accounts.sums.iter().filter(|((of, _, _), _)| of == source);
        for ((_, end, counter), sum) in own {
            match (end.as_str(), counter) {
                ("", Counter::Events) => counts.events = *sum,
                ("", Counter::Skipped) => counts.skipped = *sum,
                ("", Counter::Rejected) => counts.rejected = *sum,
                ("", _) => {}
                (end, counter) => counts.ends.entry(end.to_owned()).or_default().set(*counter, *sum),
            }
        }
        counts
    }

    /// What was counted since then.
    #[must_use]
    pub fn since(mut self, before: &Self) -> Self {
        self.events = self.events.saturating_sub(before.events);
        self.skipped = self.skipped.saturating_sub(before.skipped);
        self.rejected = self.rejected.saturating_sub(before.rejected);
        for (end, fates) in &mut self.ends {
            let before = before.ends.get(end).copied().unwrap_or_default();
            fates.delivered = fates.delivered.saturating_sub(before.delivered);
            fates.dropped = fates.dropped.saturating_sub(before.dropped);
            fates.rejected = fates.rejected.saturating_sub(before.rejected);
        }
        // An end that is no more has nothing to do with this file.
        self.ends.retain(|_, fates| *fates != Fates::default());
        self
    }

    /// All rows.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.events + self.skipped + self.rejected
    }
}

/// `out: 3 delivered, 2 dropped, 0 rejected`, for a line of the log.
impl Display for Counts {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (place, (end, Fates { delivered, dropped, rejected })) in self.ends.iter().enumerate() {
            let between = if place == 0 { "" } else { "; " };
            write!(f, "{between}{end}: {delivered} delivered, {dropped} dropped, {rejected} rejected")?;
        }
        Ok(())
    }
}

impl Fates {
    fn set(&mut self, counter: Counter, sum: u64) {
        match counter {
            Counter::Delivered => self.delivered = sum,
            Counter::Dropped => self.dropped = sum,
            Counter::Rejected => self.rejected = sum,
            Counter::Events | Counter::Skipped | Counter::Letters => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_meanwhile_is_the_files() {
        let accounts = |sums: &[(&str, &str, Counter, u64)]| Accounts {
            sums: sums
                .iter()
                .map(|(of, end, counter, sum)| ((of.to_string(), end.to_string(), *counter), *sum))
                .collect(),
            ..Accounts::default()
        };
        let first = [
            ("in", "", Counter::Events, 10),
            ("in", "", Counter::Rejected, 2),
            ("in", "gone", Counter::Delivered, 10),
            ("in", "out", Counter::Delivered, 9),
            ("in", "out", Counter::Rejected, 1),
            ("in~out", "out", Counter::Delivered, 1),
        ];
        let then = [
            ("in", "", Counter::Events, 15),
            ("in", "", Counter::Skipped, 1),
            ("in", "", Counter::Rejected, 4),
            ("in", "", Counter::Letters, 4),
            ("in", "gone", Counter::Delivered, 10),
            ("in", "out", Counter::Delivered, 12),
            ("in", "out", Counter::Dropped, 2),
            ("in", "out", Counter::Rejected, 1),
            ("in~out", "out", Counter::Delivered, 5),
        ];
        let counts = Counts::of(&accounts(&then), "in").since(&Counts::of(&accounts(&first), "in"));
        let ends = [("out".to_owned(), Fates { delivered: 3, dropped: 2, rejected: 0 })].into_iter().collect();
        assert_eq!(counts, Counts { events: 5, skipped: 1, rejected: 2, ends });
        assert_eq!(counts.read(), 8);
    }
}
