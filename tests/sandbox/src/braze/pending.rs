//! What was accepted and is not applied yet (contract 1.7)?
//!
//! A 201 is only queued: separate requests may be applied in any order. Each waits a random time of its own, drawn from a seed.

use std::time::Duration;

use jiff::Timestamp;

use super::change::Change;
use super::rules::Apply;

/// Requests that wait.
#[derive(Debug, Clone, Default)]
pub struct Pending {
    waiting: Vec<Waiting>,
    drawn: u64,
}

#[derive(Debug, Clone)]
struct Waiting {
    /// When it is applied; `None` means when told.
    due: Option<Timestamp>,
    changes: Vec<Change>,
}

impl Pending {
    /// Lets a request's changes wait, or gives them back if they are to be applied at once.
    #[must_use]
    pub fn put(&mut self, changes: Vec<Change>, apply: Apply, now: Timestamp) -> Vec<Change> {
        let due = match apply {
            Apply::AtOnce => return changes,
            Apply::LateAndOutOfOrder { seed, within_ms } => Some(now + self.draw(seed, within_ms)),
            Apply::WhenTold => None,
        };
        self.waiting.push(Waiting { due, changes });
        Vec::new()
    }

    /// Takes what is due, the earliest first.
    pub fn due(&mut self, now: Timestamp) -> Vec<Change> {
        let mut due: Vec<Waiting> = self.waiting.extract_if(.., |one| one.due.is_some_and(|due| due <= now)).collect();
        due.sort_by_key(|one| one.due);
        due.into_iter().flat_map(|one| one.changes).collect()
    }

    /// Takes everything: what has a time in the order of the times, then what waits to be told.
    pub fn all(&mut self) -> Vec<Change> {
        let mut all = std::mem::take(&mut self.waiting);
        all.sort_by_key(|one| (one.due.is_none(), one.due));
        all.into_iter().flat_map(|one| one.changes).collect()
    }

    /// When the next is due.
    #[must_use]
    pub fn next(&self) -> Option<Timestamp> {
        self.waiting.iter().filter_map(|one| one.due).min()
    }

    /// How many requests wait.
    #[must_use]
    pub fn count(&self) -> usize {
        self.waiting.len()
    }

    fn draw(&mut self, seed: u64, within_ms: u32) -> Duration {
        self.drawn += 1;
        Duration::from_millis(mixed(seed.wrapping_add(self.drawn)) % (u64::from(within_ms) + 1))
    }
}

/// SplitMix64: spreads numbers that follow each other over all others.
fn mixed(number: u64) -> u64 {
    let z = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
