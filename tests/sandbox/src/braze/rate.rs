//! Is this request within the rate limit, and what do the headers say (contract 1.4)?
//!
//! Windows are fixed and lie on the clock: an hour begins with the clock hour, a burst window with a multiple of its length.

use jiff::Timestamp;

use super::rules::{Plan, Rate};
use crate::exchange::Answer;

const HOUR_S: i64 = 3600;

/// Counts requests.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    burst: Window,
    hour: Window,
}

#[derive(Debug, Clone, Copy, Default)]
struct Window {
    ends: i64,
    used: u32,
}

/// What the window that is the nearest to being spent says after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    limit: u32,
    remaining: u32,
    resets: i64,
    /// Whether the request is over the limit.
    pub is_over: bool,
}

impl Meter {
    /// Counts a request, unless it is over the limit.
    pub fn take(&mut self, rate: &Rate, now: Timestamp) -> Left {
        let now = now.as_second();
        self.burst.renew(now, i64::from(rate.burst_s.max(1)));
        self.hour.renew(now, HOUR_S);
        let burst = self.burst.left(rate.burst);
        let left = match rate.hourly.map(|limit| self.hour.left(limit)) {
            Some(hour) if hour.remaining < burst.remaining => hour,
            _ => burst,
        };
        if left.remaining == 0 {
            return Left { is_over: true, ..left };
        }
        self.burst.used += 1;
        self.hour.used += 1;
        Left { remaining: left.remaining - 1, ..left }
    }
}

impl Window {
    fn renew(&mut self, now: i64, length: i64) {
        if now >= self.ends {
            *self = Self { ends: (now.div_euclid(length) + 1) * length, used: 0 };
        }
    }

    fn left(self, limit: u32) -> Left {
        Left { limit, remaining: limit.saturating_sub(self.used), resets: self.ends, is_over: false }
    }
}

impl Left {
    /// Adds the headers of this plan.
    #[must_use]
    pub fn told(self, answer: Answer, plan: Plan, now: Timestamp) -> Answer {
        let wait = (self.resets - now.as_second()).max(0);
        let reset = match plan {
            Plan::Mau if self.is_over => return answer.with_number("x-ratelimit-retry-after", wait),
            Plan::Mau => wait,
            Plan::General => self.resets,
        };
        answer
            .with_number("x-ratelimit-limit", i64::from(self.limit))
            .with_number("x-ratelimit-remaining", i64::from(self.remaining))
            .with_number("x-ratelimit-reset", reset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The status and the headers of requests at these seconds.
    fn check(rate: &Rate, seconds: &[i64], expected: &[&str]) {
        let mut meter = Meter::default();
        let said = seconds.iter().map(|second| {
            let now = Timestamp::from_second(*second).unwrap();
            let left = meter.take(rate, now);
            let answer = left.told(Answer::default(), rate.plan, now);
            let values = answer.headers.iter().map(|(name, value)| {
                format!("{}={}", name.as_str().trim_start_matches("x-ratelimit-"), value.to_str().unwrap())
            });
            let headers = values.collect::<Vec<_>>().join(" ");
            format!("{} {headers}", if left.is_over { "over" } else { "ok" })
        });
        assert_eq!(said.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_burst_window_in_both_meanings_of_the_reset() {
        // Contract 1.4.
        let general = Rate { burst: 2, ..Rate::default() };
        let expected = [
            "ok limit=2 remaining=1 reset=3603",
            "ok limit=2 remaining=0 reset=3603",
            "over limit=2 remaining=0 reset=3603",
            "ok limit=2 remaining=1 reset=3606",
        ];
        check(&general, &[3600, 3601, 3602, 3603], &expected);
        let mau = Rate { plan: Plan::Mau, ..general };
        let expected = [
            "ok limit=2 remaining=1 reset=3",
            "ok limit=2 remaining=0 reset=2",
            "over retry-after=1",
            "ok limit=2 remaining=1 reset=3",
        ];
        check(&mau, &[3600, 3601, 3602, 3603], &expected);
    }

    #[test]
    fn an_hour_begins_with_the_clock_hour() {
        // Contract 1.4: it resets on the clock hour and does not roll.
        let rate = Rate { plan: Plan::Mau, hourly: Some(1), ..Rate::default() };
        let expected = ["ok limit=1 remaining=0 reset=10", "over retry-after=1", "ok limit=1 remaining=0 reset=3600"];
        check(&rate, &[7190, 7199, 7200], &expected);
    }
}
