//! What lies on a shelf and cannot be taken?
//!
//! It is said in the log once for each name, and seen in `status` as long as it lies there.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Of so many it is remembered that it was said.
const MOST_SAID: usize = 1000;
/// So many are shown.
const MOST_SHOWN: usize = 20;

/// See the module.
#[derive(Debug, Default)]
pub struct LeftOut(Mutex<Names>);

#[derive(Debug, Default)]
struct Names {
    said: BTreeSet<String>,
    now: Vec<(String, String)>,
}

impl LeftOut {
    /// A look begins.
    pub fn look(&self) {
        self.names().now.clear();
    }

    /// This is left out, for this reason.
    pub fn add(&self, name: &str, why: String) {
        let mut names = self.names();
        if names.said.len() < MOST_SAID && names.said.insert(name.to_owned()) {
            tracing::warn!(name, why, "it is left out");
            if names.said.len() == MOST_SAID {
                tracing::warn!("so much is left out that nothing is said of what else there is");
            }
        }
        if names.now.len() < MOST_SHOWN {
            names.now.push((name.to_owned(), why));
        }
    }

    /// What the last look left out.
    #[must_use]
    pub fn now(&self) -> Vec<(String, String)> {
        self.names().now.clone()
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a name is left out that is not UTF-8.
#[must_use]
pub fn no_text() -> String {
    "its name is not UTF-8: rename it".to_owned()
}
