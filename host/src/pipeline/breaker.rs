//! Has the other side, or the component, changed so much that going on would only fill the dead letters?
//!
//! A single bad event is a dead letter. Many refusals of whole requests, or many traps, with nothing accepted in between are
//! a vendor's change or a broken component, and a day of data must not be dead-lettered for it.

use crate::clock::Moment;
use std::time::Duration;

/// Says when a node has to stop.
#[derive(Debug, Clone, Copy)]
pub struct Breaker {
    /// So many refusals in a row, with nothing accepted in between ...
    pub refusals: u32,
    /// ... within so long.
    pub within: Duration,
    count: u32,
    since: Option<Moment>,
}

impl Default for Breaker {
    /// 100 in a minute: a file with a page of bad rows at its head still passes, a vendor's change does not.
    fn default() -> Self {
        Self::new(100, Duration::from_secs(60))
    }
}

impl Breaker {
    /// Stops at so many refusals within so long.
    #[must_use]
    pub fn new(refusals: u32, within: Duration) -> Self {
        Self { refusals, within, count: 0, since: None }
    }

    /// Something was accepted.
    pub fn accepted(&mut self) {
        self.count = 0;
        self.since = None;
    }

    /// A request was refused as a whole down to its last event, or a call trapped. True: stop.
    pub fn refused(&mut self, now: Moment) -> bool {
        match self.since {
            Some(since) if now.saturating_sub(since) <= self.within => self.count += 1,
            _ => {
                self.since = Some(now);
                self.count = 1;
            }
        }
        self.count >= self.refusals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_after_refusals_in_a_row_within_the_time() {
        let at = |seconds| Moment::ZERO + Duration::from_secs(seconds);
        // (seconds, refused, whether it stops)
        let table = [
            (0, true, false),
            (1, true, false),
            (2, false, false),
            (3, true, false),
            (4, true, false),
            // The third in a row, but more than ten seconds after the first of them.
            (14, true, false),
            (15, true, false),
            (16, true, true),
        ];
        let mut breaker = Breaker::new(3, Duration::from_secs(10));
        for (seconds, refused, stops) in table {
            let stopped = if refused {
                breaker.refused(at(seconds))
            } else {
                breaker.accepted();
                false
            };
            assert_eq!(stopped, stops, "at {seconds} s");
        }
    }
}
