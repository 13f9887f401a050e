//! Is a pause worth a line in the log?
//!
//! One of a few seconds follows the other when a pipeline sends as fast as a vendor allows. That it does so is told once, and a long pause
//! each time.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::Moment;

use super::{Pause, Why};

/// Pauses that are less than this apart are one; one that is longer than this by so much is another.
const APART: Duration = Duration::from_secs(60);

/// Remembers which pauses were told.
#[derive(Debug, Default)]
pub struct News {
    until: BTreeMap<String, Moment>,
}

impl News {
    /// Whether this pause is to be told.
    pub fn is(&mut self, now: Moment, pause: &Pause) -> bool {
        if pause.why == Why::FirstAnswer {
            return false;
        }
        let before = self.until.insert(pause.budget.clone(), pause.until);
        before.is_none_or(|before| now > before + APART || pause.until > before + APART)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_pauses_in_a_row_are_told_once_and_long_ones_each() {
        // (now, the budget, until when it is paused, whether that is news), in seconds
        let table = [
            (0, "burst", 3, true),
            (1, "burst", 3, false),
            (5, "burst", 6, false),
            (60, "burst", 62, false),
            (100, "hour", 3600, true),
            (101, "hour", 3600, false),
            (200, "burst", 203, true),
            (201, "burst", 900, true),
            (3601, "hour", 7200, true),
        ];
        let mut news = News::default();
        for (now, budget, until, expected) in table {
            let at = |seconds| Moment::ZERO + Duration::from_secs(seconds);
            let pause = Pause { budget: budget.to_owned(), until: at(until), why: Why::Spent };
            assert_eq!(news.is(at(now), &pause), expected, "{budget} at {now}");
        }
        let first = Pause { budget: "other".to_owned(), until: Moment::MAX, why: Why::FirstAnswer };
        assert!(!news.is(Moment::ZERO, &first));
    }
}
