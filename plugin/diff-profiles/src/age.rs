//! Which of two statements about an audience counts? The newer one; this says which that is.

use crate::state::Mark;

/// How old statements are.
#[derive(Debug, Clone, Copy)]
pub struct Age {
    /// As of when; none is newest.
    pub as_of_ms: Option<u64>,
    /// They are part of a full look.
    pub is_full: bool,
}

impl Age {
    /// Whether something is held that is newer. What is as old wins: a full look's time is that of its answer in whole seconds, so it was made
    /// then or later; and of two looks within a second the later one is right.
    #[must_use]
    pub fn is_behind(self, held: Mark) -> bool {
        self.as_of_ms.is_some_and(|ms| ms < held.as_of_ms)
    }

    /// The mark of what changes something that was held: the newer time.
    #[must_use]
    pub fn over(self, held: Mark) -> Mark {
        let as_of_ms = self.as_of_ms.map_or(held.as_of_ms, |ms| ms.max(held.as_of_ms));
        Mark { as_of_ms, doubt: false, ..held }
    }

    /// Of something that this says, too: as of when it is held from now on. A full look leaves the older time, or it would write everybody's
    /// state; what an old trigger that comes late may then do wrong, the next look puts right.
    #[must_use]
    pub fn confirmed_ms(self, held: Mark) -> u64 {
        if self.is_full { held.as_of_ms } else { self.over(held).as_of_ms }
    }
}
