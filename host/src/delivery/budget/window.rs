//! One budget: how much is left of it, and when there is more.

use std::time::Duration;

use crate::clock::Moment;
use crate::component::types::Budget;

use super::Why;

/// When a budget is spent and nobody said when it resets.
const NO_RESET: Duration = Duration::from_secs(1);

/// Vendors tell a reset in whole seconds, so two words about one window may differ by so much.
const ROUNDING: Duration = Duration::from_secs(1);

/// How soon to ask again while the first answer is awaited, which may be another sink's.
const FIRST_ANSWER: Duration = Duration::from_millis(100);

/// A budget and what was done with it.
#[derive(Debug, Default)]
pub(super) struct Window {
    told: Option<Told>,
    /// When the window began, as far as that is known.
    began: Moment,
    /// Requests of ours that count in this window. One that was in flight when the window began may have been counted on either side, so it
    /// counts.
    used: u64,
    /// Requests of ours that are not answered.
    in_flight: u64,
    /// An answer asked for a wait until then.
    waits: Moment,
    /// An answer has come, whatever it told.
    heard: bool,
}

/// What the vendor said, less what was started since.
#[derive(Debug, Clone, Copy)]
struct Told {
    limit: Option<u64>,
    remaining: u64,
    resets: Moment,
    /// How long a window is, as far as that is known: the longest wait for a reset that was told.
    length: Duration,
    /// Nobody said how much there is since the last reset: the next answer will.
    guessed: bool,
}

impl Window {
    /// Until when nothing may be started, and why.
    pub fn pause(&mut self, now: Moment, share: f64) -> Option<(Moment, Why)> {
        self.renew(now);
        let spent = match &self.told {
            Some(told) if told.remaining == 0 || told.limit.is_some_and(|limit| self.used >= part(limit, share)) => {
                Some((told.resets, Why::Spent))
            }
            Some(_) => None,
            None => {
                (share < 1.0 && !self.heard && self.in_flight > 0).then_some((now + FIRST_ANSWER, Why::FirstAnswer))
            }
        };
        spent.max((now < self.waits).then_some((self.waits, Why::Asked)))
    }

    /// A request is started.
    pub fn start(&mut self) {
        self.used += 1;
        self.in_flight += 1;
        if let Some(told) = &mut self.told {
            told.remaining = told.remaining.saturating_sub(1);
        }
    }

    /// A request is over.
    pub fn finish(&mut self, answered: bool) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.heard |= answered;
    }

    /// Nothing before this.
    pub fn wait(&mut self, until: Moment) {
        self.waits = self.waits.max(until);
    }

    /// Answers overtake each other, so within one window the lowest remainder is the true one.
    pub fn report(&mut self, now: Moment, started: Moment, budget: &Budget) {
        self.renew(now);
        let wait = match budget.resets_in_ms {
            0 => NO_RESET,
            ms => Duration::from_millis(ms),
        };
        let resets = now + wait;
        let Some(told) = self.told else {
            // All that others and we took is gone from the limit; of the rest of ours it is not known.
            let taken = budget.limit.map(|limit| limit.saturating_sub(budget.remaining).saturating_add(self.in_flight));
            self.used = self.used.min(taken.unwrap_or(u64::MAX));
            return self.tell(budget, self.open(budget.remaining), resets, wait);
        };
        let slack = (told.length / 2).max(ROUNDING);
        if started < self.began && resets + slack < told.resets {
            return; // It speaks of a window that is over.
        }
        let length = if told.limit == budget.limit { told.length.max(wait) } else { wait };
        let is_another = resets > told.resets + slack;
        if is_another {
            (self.began, self.used) = (now, self.in_flight);
        }
        let remaining = match told.guessed || is_another {
            true => self.open(budget.remaining),
            false => told.remaining.min(budget.remaining),
        };
        self.tell(budget, remaining, resets, length);
    }

    fn tell(&mut self, budget: &Budget, remaining: u64, resets: Moment, length: Duration) {
        self.told = Some(Told { limit: budget.limit, remaining, resets, length, guessed: false });
    }

    /// What is left of this, if the vendor has not seen what is in flight.
    fn open(&self, remaining: u64) -> u64 {
        remaining.saturating_sub(self.in_flight)
    }

    /// After the reset the whole limit is there again; of an unknown limit one request may ask. Windows follow each other without a gap.
    fn renew(&mut self, now: Moment) {
        let Some(told) = self.told.as_mut().filter(|told| now >= told.resets) else { return };
        let over = now.saturating_sub(told.resets).as_nanos() % told.length.as_nanos().max(1);
        let began = now - Duration::from_nanos(u64::try_from(over).unwrap_or(0));
        // At least one, or a limit of 0 would be asked about never again.
        let limit = told.limit.unwrap_or(1).max(1);
        told.remaining = limit.saturating_sub(self.in_flight);
        told.resets = began + told.length;
        told.guessed = told.limit.is_none();
        (self.began, self.used) = (now, self.in_flight);
    }
}

/// Our part of a limit. At least one, or nothing would ever be sent. No vendor allows so many requests that rounding matters.
fn part(limit: u64, share: f64) -> u64 {
    if share >= 1.0 { limit.max(1) } else { ((limit as f64 * share) as u64).max(1) }
}
