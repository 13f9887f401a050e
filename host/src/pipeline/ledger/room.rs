//! How much of a source may be uncommitted, and how much is?

use crate::store::DeadLetter;

/// How much of a source may be uncommitted.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// At most so many events.
    pub events: usize,
    /// At most so many bytes.
    pub bytes: usize,
    taken: Taken,
}

/// Room that is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// By so many events, or what could not be read as one.
    pub events: usize,
    /// By so many bytes.
    pub bytes: usize,
}

impl Taken {
    /// By these.
    #[must_use]
    pub fn by(letters: &[DeadLetter]) -> Self {
        Self { events: letters.len(), bytes: letters.iter().map(|letter| letter.body.len()).sum() }
    }

    /// Both.
    #[must_use]
    pub fn and(self, more: Self) -> Self {
        Self { events: self.events + more.events, bytes: self.bytes + more.bytes }
    }

    pub(super) fn without(self, less: Self) -> Self {
        Self { events: self.events.saturating_sub(less.events), bytes: self.bytes.saturating_sub(less.bytes) }
    }
}

impl Room {
    /// Room for so much.
    #[must_use]
    pub fn new(events: usize, bytes: usize) -> Self {
        Self { events, bytes, taken: Taken::default() }
    }

    pub(super) fn take(&mut self, more: Taken) -> bool {
        let taken = self.taken.and(more);
        let fits = taken.events <= self.events && taken.bytes <= self.bytes;
        if fits || self.is_empty() {
            self.taken = taken;
            return true;
        }
        false
    }

    pub(super) fn is_empty(&self) -> bool {
        self.taken.events == 0
    }

    pub(super) fn give(&mut self, back: Taken) {
        self.taken = self.taken.without(back);
    }
}
