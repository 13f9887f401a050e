//! The budgets of one authorization, in the hands of all who have it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Moment;
use crate::component::types::Budget;

use super::{Budgets, Pause};

/// Budgets. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Shared(Arc<Mutex<Budgets>>);

/// What a request has taken. It is in flight as long as this lives.
#[derive(Debug)]
pub struct Draw {
    from: Shared,
    names: Vec<String>,
    started: Moment,
}

impl Shared {
    /// Uses so much of each budget: more than 0, and at most 1.
    #[must_use]
    pub fn new(share: f64) -> Self {
        Self(Arc::new(Mutex::new(Budgets::new(share))))
    }

    /// Takes one from each of these, or says what to wait for and takes none.
    pub fn admit(&self, now: Moment, names: &[String]) -> Result<Draw, Pause> {
        self.lock().admit(now, names)?;
        Ok(Draw { from: self.clone(), names: names.to_vec(), started: now })
    }

    /// What is known without an answer.
    pub fn know(&self, now: Moment, budget: &Budget) {
        self.lock().report(now, now, budget);
    }

    /// How much of each budget is used: at most 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.lock().share
    }

    /// What is paused now, and until when.
    #[must_use]
    pub fn pauses(&self, now: Moment) -> Vec<Pause> {
        self.lock().pauses(now)
    }

    fn lock(&self) -> MutexGuard<'_, Budgets> {
        // Each change is whole at any moment, so a panic elsewhere spoils nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Draw {
    /// The answer has come: what it tells of budgets, and the wait that it asks for.
    pub fn answered(mut self, now: Moment, told: &[Budget], wait: Option<Duration>) {
        let names = std::mem::take(&mut self.names);
        let mut budgets = self.from.lock();
        budgets.finish(&names, true);
        told.iter().for_each(|budget| budgets.report(now, self.started, budget));
        if let Some(wait) = wait {
            budgets.wait(now, &names, wait);
        }
    }
}

impl Drop for Draw {
    /// Without an answer.
    fn drop(&mut self) {
        if !self.names.is_empty() {
            self.from.lock().finish(&self.names, false);
        }
    }
}
