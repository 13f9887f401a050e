//! One sink's line in a source's book, and what is open in it.

use std::ops::Range;

use tokio::sync::oneshot;

use super::Opening;
use super::fate::{Fate, Fates, Missed};
use super::room::Taken;
use crate::store::Cursor;

/// One sink's line in a source's book.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) sink: String,
    pub(super) cursor: Cursor,
    pub(super) before: Cursor,
    /// Of what was settled since the last page.
    pub(super) fates: Fates,
    pub(super) dirty: bool,
    pub(super) detached: bool,
}

#[derive(Debug)]
pub(super) struct Open {
    pub(super) first: u64,
    pub(super) lines: Vec<Vec<Pending>>,
    pub(super) missed: Missed,
    /// Events not settled yet, each counted once for each sink.
    pub(super) left: u64,
    pub(super) events: u32,
    pub(super) taken: Taken,
    pub(super) caller: Option<oneshot::Sender<()>>,
    /// A sink that should have had all of it has stopped.
    pub(super) is_cut: bool,
}

/// What is open of an event in a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pending {
    /// So many events came of it that are not settled yet.
    pub(super) left: u32,
    pub(super) fate: Fate,
}

impl Pending {
    pub(super) fn is_open(&self) -> bool {
        self.left > 0
    }
}

impl Open {
    /// Whoever waits for it hears that it was not delivered.
    pub(super) fn cut(&mut self, is_cut: bool) {
        if is_cut {
            self.caller = None;
            self.is_cut = true;
        }
    }
}

impl Line {
    /// Those that the cursor has are not counted again.
    pub(super) fn settle(&mut self, events: Range<u64>, fate: Fate) {
        let new = self.cursor.open_in(&events);
        if new > 0 {
            self.cursor.settle(events);
            self.fates.add(fate, new);
            self.dirty = true;
        }
    }

    /// Settles those of these neighbours that are not open, the first of which has this number.
    pub(super) fn settle_closed(&mut self, first: u64, pending: &[Pending]) {
        let mut number = first;
        for equal in pending.chunk_by(|one, next| (one.is_open(), one.fate) == (next.is_open(), next.fate)) {
            let events = number..number + equal.len() as u64;
            number = events.end;
            if let Some(Pending { left: 0, fate }) = equal.first() {
                self.settle(events, *fate);
            }
        }
    }

    /// Nothing below `first` is waited for.
    pub(super) fn pass(&mut self, first: u64) {
        if self.cursor.low < first {
            self.cursor.settle(0..first);
            self.dirty = true;
        }
    }
}

/// What is open of each event in each line.
pub(super) fn pending(opening: &Opening) -> Vec<Vec<Pending>> {
    let line = |counts: &Vec<u32>| -> Vec<Pending> {
        counts.iter().map(|left| Pending { left: *left, fate: Fate::Dropped }).collect()
    };
    let mut lines: Vec<Vec<Pending>> = opening.open.iter().map(line).collect();
    for line in &mut lines {
        let mark = opening.mark.and_then(|mark| line.get_mut(mark as usize));
        mark.into_iter().for_each(|mark| mark.fate = Fate::Mark);
    }
    for (line, rejected) in lines.iter_mut().zip(&opening.rejected) {
        for event in rejected {
            if let Some(pending) = line.get_mut(*event as usize) {
                pending.fate = Fate::Rejected;
            }
        }
    }
    lines
}
