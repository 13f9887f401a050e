//! What is open and settled of one source?

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use super::fate::{Fate, Fates, Missed, tallies};
use super::line::{Line, Open, Pending, pending};
use super::reading::Reading;
use super::room::{Room, Taken};
use super::{Opening, Receipt};
use crate::store::{Counter, Cursor, DeadLetter, Tally};

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
    /// Where the source stands behind each batch.
    positions: VecDeque<Behind>,
    reading: Reading,
    missed: Missed,
    /// What a commit that failed should have counted.
    owed: Vec<Tally>,
    /// Room that the next commit gives back.
    freed: Taken,
    /// Something was opened.
    began: bool,
    /// The largest number that any sink had settled before the run, and the one behind it.
    settled_until: u64,
    /// Where events that are not committed yet were read: from this number on, there.
    places: VecDeque<(u64, String)>,
}

/// Where a source stands behind a batch.
#[derive(Debug)]
struct Behind {
    /// The number of the event that follows.
    end: u64,
    position: Vec<u8>,
    /// What the source missed in the batch, in numbers and as letters.
    missed: Missed,
    unread: Vec<DeadLetter>,
    /// The room that those take.
    taken: Taken,
}

/// What one commit writes down of a source.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) cursors: Vec<(String, Cursor)>,
    pub(super) position: Option<(u64, Vec<u8>)>,
    /// What could not be read before that position.
    pub(super) unread: Vec<DeadLetter>,
    /// Room that it gives back beside that of `done`.
    pub(super) freed: Taken,
    /// The fates of what the cursors passed, and what was read.
    pub(super) tallies: Vec<Tally>,
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
            fates: Fates::default(),
            dirty: false,
            detached: false,
        };
        let sinks = cursors.into_iter().map(line).collect();
        let (open, done, positions) = (HashMap::new(), Vec::new(), VecDeque::new());
        let (reading, missed) = (Reading::default(), Missed::default());
        let (owed, freed, began) = (Vec::new(), Taken::default(), false);
        let places = VecDeque::new();
        Self {
            id,
            volatile,
            room,
            sinks,
            open,
            done,
            positions,
            reading,
            missed,
            owed,
            freed,
            began,
            settled_until,
            places,
        }
    }

    /// Events from this number on are read there.
    pub(super) fn reads(&mut self, first: u64, place: String) {
        self.places.push_back((first, place));
    }

    /// Where an event was read that is not committed yet, if that was said.
    pub(super) fn place(&self, event: u64) -> Option<&str> {
        let behind = self.places.partition_point(|(first, _)| *first <= event);
        self.places.get(behind.checked_sub(1)?).map(|(_, place)| place.as_str())
    }

    /// Gives back what could not be read and waits for no position.
    pub(super) fn open(&mut self, receipt: Receipt, opening: Opening) -> Vec<DeadLetter> {
        let lines = pending(&opening);
        let Opening { first, events, taken, position, mark, missed, mut unread, caller, .. } = opening;
        if position.is_some() && !std::mem::replace(&mut self.began, true) {
            // What lies before is not read again: a sink that is new here does not wait for it.
            self.sinks.iter_mut().for_each(|line| line.pass(first));
        }
        let mut batch = Open { first, lines, missed, left: 0, events, taken, caller, is_cut: false };
        if self.volatile {
            let is_lost =
                |(line, pending): (&Line, &Vec<Pending>)| line.detached && pending.iter().any(Pending::is_open);
            batch.cut(self.sinks.iter().zip(&batch.lines).any(is_lost));
        }
        for (line, pending) in self.sinks.iter_mut().zip(&batch.lines).filter(|(line, _)| !line.detached) {
            batch.left += pending.iter().filter(|pending| pending.is_open()).count() as u64;
            if !self.volatile {
                line.settle_closed(first, pending);
            }
        }
        if let Some(position) = position {
            let end = first + u64::from(events);
            // A mark stands behind the events.
            let behind = first + u64::from(mark.unwrap_or(events));
            self.reading.open(first.max(self.settled_until)..behind);
            let waiting = Taken::by(&unread);
            batch.taken = taken.without(waiting);
            self.positions.push_back(Behind {
                end,
                position,
                missed,
                unread: std::mem::take(&mut unread),
                taken: waiting,
            });
            if self.is_halted() {
                self.free_waiting();
            }
        }
        match batch.left {
            0 => self.finish(batch),
            _ => drop(self.open.insert(receipt, batch)),
        }
        unread
    }

    /// The position moves no more in this run, so what waits for it takes no room: nobody would give it back.
    fn free_waiting(&mut self) {
        for behind in &mut self.positions {
            self.freed = self.freed.and(std::mem::take(&mut behind.taken));
        }
    }

    /// All of a batch is settled.
    fn finish(&mut self, batch: Open) {
        if self.volatile && !batch.is_cut {
            // Its sender sends it again unless all of it is done, so nothing less of it counts.
            self.reading.read += u64::from(batch.events);
            self.missed.add(batch.missed);
            for (line, pending) in self.sinks.iter_mut().zip(&batch.lines) {
                pending.iter().filter(|one| one.left == 0).for_each(|one| line.fates.add(one.fate, 1));
            }
        }
        self.done.push(batch);
    }

    /// Neighbours of one batch met the same fate in a sink.
    pub(super) fn settle(&mut self, sink: usize, receipt: Receipt, events: Range<u32>, fate: Fate) {
        let line = &mut self.sinks[sink];
        let Some(batch) = self.open.get_mut(&receipt).filter(|_| !line.detached) else { return };
        let (start, end) = (events.start as usize, (events.end as usize).min(batch.lines[sink].len()));
        let Some(pending) = batch.lines[sink].get_mut(start..end) else { return };
        let open = |pending: &[Pending]| pending.iter().filter(|one| one.is_open()).count() as u64;
        let before = open(pending);
        for one in pending.iter_mut().filter(|one| one.is_open()) {
            one.left -= 1;
            one.fate = one.fate.max(fate);
        }
        batch.left -= before - open(pending);
        if !self.volatile {
            line.settle_closed(batch.first + u64::from(events.start), pending);
        }
        if batch.left == 0
            && let Some(batch) = self.open.remove(&receipt)
        {
            self.finish(batch);
        }
    }

    pub(super) fn detach(&mut self, sink: usize) {
        if std::mem::replace(&mut self.sinks[sink].detached, true) {
            return;
        }
        for batch in self.open.values_mut() {
            let open = batch.lines[sink].iter().filter(|pending| pending.is_open()).count() as u64;
            batch.left -= open;
            batch.cut(self.volatile && open > 0);
        }
        self.free_waiting();
        let done: Vec<Open> = self.open.extract_if(|_, batch| batch.left == 0).map(|(_, batch)| batch).collect();
        done.into_iter().for_each(|batch| self.finish(batch));
    }

    /// Whether a caller waits for what is settled.
    pub(super) fn is_awaited(&self) -> bool {
        self.done.iter().any(|batch| batch.caller.is_some())
    }

    pub(super) fn is_halted(&self) -> bool {
        self.sinks.iter().any(|line| line.detached)
    }

    pub(super) fn is_stuck(&self) -> bool {
        self.room.is_empty() && self.is_halted()
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
        let next = self.settled_end();
        self.reading.forget();
        self.places.clear();
        for line in &mut self.sinks {
            line.fates.add(Fate::Dropped, line.cursor.open_below(next));
            line.cursor = Cursor::starting_at(next);
            line.before = line.cursor.clone();
            line.dirty = true;
        }
        self.settled_until = next;
        next
    }

    /// One behind the last event that any sink has settled.
    fn settled_end(&self) -> u64 {
        self.sinks.iter().map(|line| line.cursor.end()).max().unwrap_or(0)
    }

    /// Events that were read and count as such only when a sink has settled them.
    pub(super) fn in_flight(&self) -> u64 {
        let open = self.open.values().filter(|_| self.volatile).map(|batch| u64::from(batch.events));
        self.reading.in_flight() + open.sum::<u64>()
    }

    pub(super) fn cursor(&self, sink: usize) -> &Cursor {
        &self.sinks[sink].cursor
    }

    /// Takes what the next commit writes down.
    pub(super) fn page(&mut self) -> Page {
        let (done, tallies_owed) = (std::mem::take(&mut self.done), std::mem::take(&mut self.owed));
        let freed = std::mem::take(&mut self.freed);
        let mut page = Page { done, tallies: tallies_owed, freed, ..Page::default() };
        for line in &mut self.sinks {
            if std::mem::take(&mut line.dirty) && !self.volatile {
                page.cursors.push((line.sink.clone(), line.cursor.clone()));
            }
            page.tallies.extend(std::mem::take(&mut line.fates).tallies(&self.id, &line.sink));
        }
        let lowest = self.lowest();
        while self.places.get(1).is_some_and(|(first, _)| *first <= lowest) {
            self.places.pop_front();
        }
        while let Some(behind) = self.positions.pop_front_if(|behind| behind.end <= lowest) {
            self.missed.add(behind.missed);
            page.unread.extend(behind.unread);
            page.freed = page.freed.and(behind.taken);
            page.position = Some((behind.end, behind.position));
        }
        self.reading.count(self.settled_end());
        page.tallies.extend(tallies(&self.id, "", [(Counter::Events, std::mem::take(&mut self.reading.read))]));
        page.tallies.extend(std::mem::take(&mut self.missed).tallies(&self.id));
        page
    }

    /// Puts back what could not be committed.
    pub(super) fn put_back(&mut self, page: Page) {
        for line in &mut self.sinks {
            line.dirty |= page.cursors.iter().any(|(sink, _)| *sink == line.sink);
        }
        if let Some((end, position)) = page.position {
            // What was counted and could not be read before it goes with the next commit, whatever that is.
            let (missed, unread, taken) = (Missed::default(), Vec::new(), Taken::default());
            self.positions.push_front(Behind { end, position, missed, unread, taken });
        }
        self.freed = self.freed.and(page.freed);
        self.owed.extend(page.tallies);
        self.done.extend(page.done);
    }
}
