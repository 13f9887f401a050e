//! How many more audiences fit into the array?

use crate::settings::{BeyondArrayLimit, Settings};
use crate::state::State;

/// The room in the sink's array attribute.
#[derive(Debug)]
pub(super) struct Room {
    /// People count who were there before.
    pub existing_users: bool,
    limit: usize,
    left: usize,
    beyond: BeyondArrayLimit,
}

impl Room {
    /// What one person has.
    pub fn new(settings: &Settings, state: &State<'_>) -> Self {
        let Settings { existing_users, array_limit: limit, beyond_array_limit: beyond, .. } = *settings;
        let taken = state.inside.iter().filter(|inside| !inside.mark.beyond).count();
        Self { existing_users, limit, left: limit.saturating_sub(taken), beyond }
    }

    /// Whether one more audience is told beside the array; an error if it cannot be told at all. What was told beside it stays there, so
    /// that nobody finds it in both.
    pub fn take(&mut self, was_beyond: bool) -> Result<bool, String> {
        match (self.beyond, self.left) {
            (BeyondArrayLimit::Booleans, left) if was_beyond || left == 0 => Ok(true),
            (BeyondArrayLimit::Reject, 0) => Err(format!(
                "the person would be in more audiences than the array holds: `array_limit` is {}; set `beyond_array_limit: \
                 booleans`, or send fewer audiences",
                self.limit
            )),
            _ => {
                self.left -= 1;
                Ok(false)
            }
        }
    }
}
