//! What is open and settled of one source?

use std::collections::{HashMap, VecDeque};

use tokio::sync::oneshot;

use super::{Opening, Receipt};
use crate::store::Cursor;

/// How much of a source may be uncommitted.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// At most so many events.
    pub events: usize,
    /// At most so many bytes.
    pub bytes: usize,
    taken_events: usize,
    taken_bytes: usize,
}

impl Room {
    /// Room for so much.
    #[must_use]
    pub fn new(events: usize, bytes: usize) -> Self {
        Self { events, bytes, taken_events: 0, taken_bytes: 0 }
    }

    pub(super) fn take(&mut self, events: usize, bytes: usize) -> bool {
        let fits = self.taken_events + events <= self.events && self.taken_bytes + bytes <= self.bytes;
        if fits || self.taken_events == 0 {
            self.taken_events += events;
            self.taken_bytes += bytes;
            return true;
        }
        false
    }

    fn is_empty(&self) -> bool {
        self.taken_events == 0
    }

    pub(super) fn give(&mut self, events: usize, bytes: usize) {
        self.taken_events = self.taken_events.saturating_sub(events);
        self.taken_bytes = self.taken_bytes.saturating_sub(bytes);
    }
}

/// One source's pages of the ledger.
#[derive(Debug)]
pub struct Book {
    /// The source's id.
    pub id: String,
    /// Nothing of it is written down: its callers wait until it is delivered instead.
    volatile: bool,
    pub(super) room: Room,
    sinks: Vec<Line>,
    open: HashMap<Receipt, Open>,
    /// Settled batches whose commit is due.
    done: Vec<Open>,
    /// Where the source stands behind each batch, by the number of the event that follows it.
    positions: VecDeque<(u64, Vec<u8>)>,
    /// The largest number that any sink had settled before the run, and the one behind it.
    settled_until: u64,
}

/// One sink's line in a source's book.
#[derive(Debug)]
struct Line {
    sink: String,
    cursor: Cursor,
    before: Cursor,
    dirty: bool,
    detached: bool,
}

#[derive(Debug)]
pub(super) struct Open {
    first: u64,
    counts: Vec<Vec<u32>>,
    /// Events not settled yet, each counted once for each sink.
    left: u64,
    pub(super) events: u32,
    pub(super) bytes: usize,
    pub(super) caller: Option<oneshot::Sender<()>>,
}

/// What one commit writes down of a source.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) cursors: Vec<(String, Cursor)>,
    pub(super) position: Option<(u64, Vec<u8>)>,
    pub(super) done: Vec<Open>,
}

impl Book {
    /// The book of a source whose sinks stand at these cursors.
    #[must_use]
    pub fn new(id: String, room: Room, volatile: bool, cursors: Vec<(String, Cursor)>) -> Self {
        let settled_until = cursors.iter().map(|(_, cursor)| cursor.end()).max().unwrap_or(0);
        let line = |(sink, cursor): (String, Cursor)| Line {
            sink,
            before: cursor.clone(),
            cursor,
            dirty: false,
            detached: false,
        };
        let sinks = cursors.into_iter().map(line).collect();
        let (open, done, positions) = (HashMap::new(), Vec::new(), VecDeque::new());
        Self { id, volatile, room, sinks, open, done, positions, settled_until }
    }

    pub(super) fn open(&mut self, receipt: Receipt, opening: Opening) {
        let Opening { first, events, bytes, position, open, caller, .. } = opening;
        let mut batch = Open { first, counts: open, left: 0, events, bytes, caller };
        for (line, counts) in self.sinks.iter_mut().zip(&batch.counts).filter(|(line, _)| !line.detached) {
            for (event, count) in (first..).zip(counts) {
                match count {
                    0 => line.settle(event),
                    _ => batch.left += 1,
                }
            }
        }
        if let Some(position) = position {
            self.positions.push_back((first + u64::from(events), position));
        }
        match batch.left {
            0 => self.done.push(batch),
            _ => drop(self.open.insert(receipt, batch)),
        }
    }

    pub(super) fn settle(&mut self, sink: usize, receipt: Receipt, event: u32) {
        let line = &mut self.sinks[sink];
        let Some(batch) = self.open.get_mut(&receipt).filter(|_| !line.detached) else { return };
        let Some(count) = batch.counts[sink].get_mut(event as usize).filter(|count| **count > 0) else { return };
        *count -= 1;
        if *count == 0 {
            line.settle(batch.first + u64::from(event));
            batch.left -= 1;
            if batch.left == 0 {
                self.done.extend(self.open.remove(&receipt));
            }
        }
    }

    pub(super) fn detach(&mut self, sink: usize) {
        if std::mem::replace(&mut self.sinks[sink].detached, true) {
            return;
        }
        for batch in self.open.values_mut() {
            batch.left -= batch.counts[sink].iter().filter(|count| **count > 0).count() as u64;
        }
        self.done.extend(self.open.extract_if(|_, batch| batch.left == 0).map(|(_, batch)| batch));
    }

    pub(super) fn is_stuck(&self) -> bool {
        self.room.is_empty() && self.sinks.iter().any(|line| line.detached)
    }

    pub(super) fn settled_before(&self, first: u64, events: u32) -> Option<Vec<Vec<bool>>> {
        if first >= self.settled_until {
            return None;
        }
        let numbers = first..first + u64::from(events);
        Some(self.sinks.iter().map(|line| numbers.clone().map(|n| line.before.contains(n)).collect()).collect())
    }

    pub(super) fn lowest(&self) -> u64 {
        self.sinks.iter().map(|line| line.cursor.low).min().unwrap_or(0)
    }

    pub(super) fn renew(&mut self) -> u64 {
        let next = self.sinks.iter().map(|line| line.cursor.end()).max().unwrap_or(0);
        for line in &mut self.sinks {
            line.cursor = Cursor::starting_at(next);
            line.before = line.cursor.clone();
            line.dirty = true;
        }
        self.settled_until = next;
        next
    }

    pub(super) fn cursor(&self, sink: usize) -> &Cursor {
        &self.sinks[sink].cursor
    }

    /// Takes what the next commit writes down.
    pub(super) fn page(&mut self) -> Page {
        let mut page = Page { done: std::mem::take(&mut self.done), ..Page::default() };
        if self.volatile {
            return page;
        }
        for line in self.sinks.iter_mut().filter(|line| line.dirty) {
            line.dirty = false;
            page.cursors.push((line.sink.clone(), line.cursor.clone()));
        }
        let lowest = self.lowest();
        while let Some(position) = self.positions.pop_front_if(|(end, _)| *end <= lowest) {
            page.position = Some(position);
        }
        page
    }

    /// Puts back what could not be committed.
    pub(super) fn put_back(&mut self, page: Page) {
        for line in &mut self.sinks {
            line.dirty |= page.cursors.iter().any(|(sink, _)| *sink == line.sink);
        }
        if let Some(position) = page.position {
            self.positions.push_front(position);
        }
        self.done.extend(page.done);
    }
}

impl Line {
    fn settle(&mut self, event: u64) {
        self.cursor.settle(event..event + 1);
        self.dirty = true;
    }
}
