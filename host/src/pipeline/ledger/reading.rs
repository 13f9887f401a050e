//! How much of a source that is read again counts as read?
//!
//! What comes after the last event that any sink has settled may be read once more after a crash, so it is counted when a sink has settled
//! it or something behind it: then the cursors, which the same commit writes, say where counting goes on.

use std::collections::VecDeque;
use std::ops::Range;

/// What was opened and is not counted yet.
#[derive(Debug, Default)]
pub(super) struct Reading {
    opened: VecDeque<Range<u64>>,
    /// Counted, and not written down yet.
    pub(super) read: u64,
}

impl Reading {
    /// These numbers are events that nobody counted.
    pub(super) fn open(&mut self, events: Range<u64>) {
        if !events.is_empty() {
            self.opened.push_back(events);
        }
    }

    /// Everything below `end` is counted.
    pub(super) fn count(&mut self, end: u64) {
        while let Some(events) = self.opened.front_mut().filter(|events| events.start < end) {
            let until = events.end.min(end);
            self.read += until - events.start;
            events.start = until;
            if events.is_empty() {
                self.opened.pop_front();
            }
        }
    }

    /// How many are not counted yet.
    pub(super) fn in_flight(&self) -> u64 {
        self.opened.iter().map(|events| events.end - events.start).sum()
    }

    /// What was opened is not there any more.
    pub(super) fn forget(&mut self) {
        self.opened.clear();
    }
}
