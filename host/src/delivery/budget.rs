//! May another request be started?
//!
//! A vendor says with each answer how much it still allows. [`Budgets`] remembers it by name, takes one for each request that
//! starts, and says when to ask again. It never waits itself.

use std::collections::HashMap;
use std::time::Duration;

use crate::clock::Moment;
use crate::component::types::Budget;

/// What is left, by name. A budget that was never reported allows everything.
#[derive(Debug, Default)]
pub struct Budgets {
    left: HashMap<String, Left>,
}

#[derive(Debug, Clone, Copy)]
struct Left {
    remaining: u64,
    limit: Option<u64>,
    resets: Moment,
    /// How long the window was when it was last told.
    window: Duration,
    /// Nobody said how much there is since the last reset: the next answer will.
    guessed: bool,
}

/// When a budget is spent and nobody said when it resets.
const NO_RESET: Duration = Duration::from_secs(1);

impl Budgets {
    /// What an answer said. Answers overtake each other, so within one window the lowest remainder is the true one.
    pub fn report(&mut self, now: Moment, budget: &Budget) {
        let wait = match budget.resets_in_ms {
            0 => NO_RESET,
            ms => Duration::from_millis(ms),
        };
        let told =
            Left { remaining: budget.remaining, limit: budget.limit, resets: now + wait, window: wait, guessed: false };
        self.left
            .entry(budget.name.clone())
            .and_modify(|left| {
                let same_window = now < left.resets && !left.guessed;
                let remaining = if same_window { told.remaining.min(left.remaining) } else { told.remaining };
                *left = Left { remaining, ..told };
            })
            .or_insert(told);
    }

    /// Takes one from each of these, or says when to ask again and takes none.
    pub fn admit(&mut self, now: Moment, names: &[String]) -> Result<(), Moment> {
        for name in names {
            let Some(left) = self.left.get_mut(name) else { continue };
            left.renew(now);
            if left.remaining == 0 {
                return Err(left.resets);
            }
        }
        for name in names {
            if let Some(left) = self.left.get_mut(name) {
                left.remaining -= 1;
            }
        }
        Ok(())
    }
}

impl Left {
    /// After the reset the whole limit is there again; of an unknown limit one request may ask.
    fn renew(&mut self, now: Moment) {
        if now >= self.resets {
            self.remaining = self.limit.unwrap_or(1).max(1);
            self.resets = now + self.window;
            self.guessed = self.limit.is_none();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Moment {
        Moment::ZERO + Duration::from_secs(seconds)
    }

    fn told(remaining: u64, limit: Option<u64>, seconds: u64) -> Budget {
        Budget { name: "track".into(), limit, remaining, resets_in_ms: seconds * 1000 }
    }

    /// How many requests start at each second, when as many as possible want to.
    fn starts(budgets: &mut Budgets, seconds: &[u64]) -> Vec<usize> {
        let names = ["track".to_owned()];
        let start =
            |budgets: &mut Budgets, second| (0..10).take_while(|_| budgets.admit(at(second), &names).is_ok()).count();
        seconds.iter().map(|second| start(budgets, *second)).collect()
    }

    #[test]
    fn nothing_is_started_past_a_budget() {
        // (what was told at 0 s, how many of ten start at 0, 1, 5 and 6 s)
        let table = [
            (vec![], [10, 10, 10, 10]),
            (vec![told(3, Some(4), 5)], [3, 0, 4, 0]),
            (vec![told(0, None, 5)], [0, 0, 1, 0]),
            // An answer that was overtaken says more than is left.
            (vec![told(3, Some(4), 5), told(7, Some(4), 5)], [3, 0, 4, 0]),
            (vec![told(0, None, 0)], [0, 1, 1, 1]),
        ];
        for (reports, expected) in table {
            let mut budgets = Budgets::default();
            reports.iter().for_each(|report| budgets.report(at(0), report));
            assert_eq!(starts(&mut budgets, &[0, 1, 5, 6]), expected, "{reports:?}");
        }
    }

    #[test]
    fn a_spent_budget_says_when_to_ask_again_and_takes_nothing_of_the_others() {
        let mut budgets = Budgets::default();
        budgets.report(at(0), &told(2, Some(2), 9));
        budgets.report(at(0), &Budget { name: "hour".into(), ..told(0, Some(5), 60) });
        let both = ["track".to_owned(), "hour".to_owned()];
        assert_eq!(budgets.admit(at(1), &both), Err(at(60)));
        assert_eq!(starts(&mut budgets, &[1]), [2]);
    }
}
