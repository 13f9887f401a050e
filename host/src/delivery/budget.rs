//! May another request be started?
//!
//! A vendor says with each answer how much it still allows. [`Budgets`] remembers it by name, takes one from each budget on which a request
//! draws, and says when to ask again. It never waits itself, and is given the time.
//!
//! A vendor counts by credential and not by sink, so whoever has the same authorization has the same [`Shared`] budgets. The authorization
//! may leave a part to the company's other tools: its `share` of each window's limit is all that is started here. What the others took is seen
//! in what remains, so nothing is started either when nothing remains.

mod news;
mod shared;
mod window;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::Moment;
use crate::component::types::Budget;

pub use news::News;
pub use shared::{Draw, Shared};
use window::Window;

/// A component that invents names without end gets no more budgets than these; vendors have a handful.
const MOST_NAMES: usize = 256;

/// A budget of which nothing may be taken now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pause {
    /// Before this nothing may.
    pub until: Moment,
    /// Its name.
    pub budget: String,
    /// What is waited for.
    pub why: Why,
}

/// Why nothing may be taken of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The first answer will tell how much there is. It is asked for again so soon that nobody needs to know.
    FirstAnswer,
    /// What there was is taken, or our part of it.
    Spent,
    /// An answer asked for a wait in as many words.
    Asked,
}

impl Why {
    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::FirstAnswer => "the first answer will tell how much there is",
            Self::Spent => "the budget is spent until then",
            Self::Asked => "the other side asked to wait until then",
        }
    }
}

/// What is left, by name. A budget of which nobody has told anything allows everything; but where a part is left to others, it allows one
/// request before the first answer.
#[derive(Debug)]
pub struct Budgets {
    share: f64,
    windows: BTreeMap<String, Window>,
}

impl Budgets {
    /// Uses so much of each budget: more than 0, and at most 1.
    #[must_use]
    pub fn new(share: f64) -> Self {
        Self { share, windows: BTreeMap::new() }
    }

    /// Takes one from each of these, or says what to wait for and takes none.
    pub fn admit(&mut self, now: Moment, names: &[String]) -> Result<(), Pause> {
        let share = self.share;
        let pause = |windows: &mut BTreeMap<String, Window>, budget: &String| {
            let (until, why) = windows.get_mut(budget)?.pause(now, share)?;
            Some(Pause { until, budget: budget.clone(), why })
        };
        if let Some(longest) = names.iter().filter_map(|name| pause(&mut self.windows, name)).max() {
            return Err(longest);
        }
        for name in names {
            if let Some(window) = self.window(name) {
                window.start();
            }
        }
        Ok(())
    }

    /// A request that was admitted with these names is over; `answered`: by an answer.
    pub fn finish(&mut self, names: &[String], answered: bool) {
        for name in names {
            if let Some(window) = self.windows.get_mut(name) {
                window.finish(answered);
            }
        }
    }

    /// What an answer said, to a request that was started then.
    pub fn report(&mut self, now: Moment, started: Moment, budget: &Budget) {
        if let Some(window) = self.window(&budget.name) {
            window.report(now, started, budget);
        }
    }

    /// An answer asked for a wait in as many words. Whoever else draws on these would be refused, too.
    pub fn wait(&mut self, now: Moment, names: &[String], wait: Duration) {
        for name in names {
            if let Some(window) = self.window(name) {
                window.wait(now + wait);
            }
        }
    }

    /// What is paused now.
    pub fn pauses(&mut self, now: Moment) -> Vec<Pause> {
        let pause = |(budget, window): (&String, &mut Window)| {
            let (until, why) = window.pause(now, self.share)?;
            (why != Why::FirstAnswer).then(|| Pause { until, budget: budget.clone(), why })
        };
        self.windows.iter_mut().filter_map(pause).collect()
    }

    fn window(&mut self, name: &str) -> Option<&mut Window> {
        if !self.windows.contains_key(name) && self.windows.len() < MOST_NAMES {
            self.windows.insert(name.to_owned(), Window::default());
        }
        self.windows.get_mut(name)
    }
}

impl Default for Budgets {
    fn default() -> Self {
        Self::new(1.0)
    }
}

#[cfg(test)]
mod tests;
