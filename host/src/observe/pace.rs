//! How fast does a file go, and how long will the rest take?
//!
//! A policy: it is given bytes and the time, and reads no clock. Only the last while counts, so that a pause shows and is forgotten again.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Moment;

/// So long is looked back: some commits of a slow sink, and no more than a person waits for the number to settle.
const LOOK_BACK: Duration = Duration::from_secs(15);

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    /// What was done when, the oldest first. Two are enough to tell.
    points: VecDeque<(Moment, u64)>,
}

impl Pace {
    /// So many bytes are done now. Fewer than before begin anew.
    pub fn note(&mut self, now: Moment, done: u64) {
        if self.points.back().is_some_and(|(_, before)| done < *before) {
            self.points.clear();
        }
        self.points.push_back((now, done));
        while self.points.get(1).is_some_and(|(then, _)| now.saturating_sub(*then) >= LOOK_BACK) {
            self.points.pop_front();
        }
    }

    /// In bytes a second. Nothing before two moments are known.
    #[must_use]
    pub fn rate(&self) -> Option<u64> {
        let ((then, before), (now, done)) = (self.points.front()?, self.points.back()?);
        let millis = now.saturating_sub(*then).as_millis();
        let rate = (u128::from(done - before) * 1000).checked_div(millis)?;
        Some(u64::try_from(rate).unwrap_or(u64::MAX))
    }

    /// How long the rest takes, if it goes on so. Nothing where it does not go on.
    #[must_use]
    pub fn left(&self, of: u64) -> Option<Duration> {
        let (_, done) = self.points.back()?;
        of.saturating_sub(*done).checked_div(self.rate()?).map(Duration::from_secs)
    }
}

/// In whole percent, rounded down.
#[must_use]
pub fn percent(done: u64, of: u64) -> u64 {
    let percent = (u128::from(done.min(of)) * 100).checked_div(u128::from(of)).unwrap_or(100);
    u64::try_from(percent).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_time_left() {
        // (at which second, bytes done of 10,000), then (bytes a second, seconds left)
        let table: [(u64, u64, Option<u64>, Option<u64>); 8] = [
            (0, 1000, None, None),
            (10, 2000, Some(100), Some(80)),
            (12, 3200, Some(183), Some(37)),
            // Nothing moves: the rate falls, and in the end nobody knows.
            (17, 3200, Some(129), Some(52)),
            (30, 3200, Some(0), None),
            (31, 4200, Some(52), Some(111)),
            // Another stage, which begins anew.
            (32, 0, None, None),
            (34, 10_000, Some(5000), Some(0)),
        ];
        let mut pace = Pace::default();
        for (second, done, rate, left) in table {
            pace.note(Moment::ZERO + Duration::from_secs(second), done);
            let said = (pace.rate(), pace.left(10_000).map(|left| left.as_secs()));
            assert_eq!(said, (rate, left), "at {second} s");
        }
    }

    #[test]
    fn what_was_read_before_a_restart_makes_nothing_faster() {
        let mut pace = Pace::default();
        pace.note(Moment::ZERO, 9_000);
        pace.note(Moment::ZERO + Duration::from_secs(1), 9_100);
        assert_eq!((pace.rate(), pace.left(10_000)), (Some(100), Some(Duration::from_secs(9))));
    }

    #[test]
    fn shares() {
        let table = [(0, 10, 0), (1, 3, 33), (3, 3, 100), (5, 3, 100), (0, 0, 100), (u64::MAX - 1, u64::MAX, 99)];
        table.into_iter().for_each(|(done, of, expected)| assert_eq!(percent(done, of), expected, "{done} of {of}"));
    }
}
