//! What is settled, what is still open, and what may be forgotten?
//!
//! Every batch that a source gives is opened here with a count for each of its events in each sink; sinks report what they
//! settled; the [keeper](Ledger::keep) writes it down, one commit after another, and only after that commit does the source get
//! its room back and a waiting caller its answer. The ledger sends nothing, decides nothing about an event, and never holds
//! its lock while it waits.

mod book;
mod fate;
mod keep;
mod line;
mod reading;
mod room;

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{UnboundedSender, WeakUnboundedSender};
use tokio::sync::{Notify, oneshot};

use super::dead::number;
use crate::store::{Append, Cursor, DeadLetter, StateChange};

pub use book::Book;
pub use fate::{Fate, Missed};
pub use room::{Room, Taken};

/// A batch that was opened: what its events are settled by.
pub type Receipt = u64;

/// Which sink of which source: sinks are numbered anew for each source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot {
    /// The source, as the ledger numbers them.
    pub source: usize,
    /// The sink among those that this source reaches.
    pub sink: usize,
}

/// An event that is settled in a sink's line: its place in the batch of the receipt, and what became of it.
pub type Line = (Slot, Receipt, u32, Fate);

/// A batch to open.
#[derive(Debug, Default)]
pub struct Opening {
    /// The number of its first event.
    pub first: u64,
    /// How many numbers they take: one each, and one for the end of a snapshot.
    pub events: u32,
    /// The room that was taken for them.
    pub taken: Taken,
    /// Where the source stands behind this batch, if it can be read again from there.
    pub position: Option<Vec<u8>>,
    /// For each sink, for each event, how many events came of it. Those of none are settled at once.
    pub open: Vec<Vec<u32>>,
    /// For each sink, the events of which something was rejected on the way to it.
    pub rejected: Vec<Vec<u32>>,
    /// The number among them that is no event, but the end of a snapshot.
    pub mark: Option<u32>,
    /// What the source left out or could not read beside them.
    pub missed: Missed,
    /// What was rejected on the way; stored with the commit that settles it.
    pub dead: Vec<DeadLetter>,
    /// What the source could not read; stored with the position behind it, or a restart would store it again.
    pub unread: Vec<DeadLetter>,
    /// Who waits for all of it to be settled and committed.
    pub caller: Option<oneshot::Sender<()>>,
}

/// What a keyed transform decided: it becomes true with one commit.
#[derive(Debug, Default)]
pub struct Decided {
    /// Events that it is done with.
    pub settled: Vec<Line>,
    /// What can never pass.
    pub dead: Vec<DeadLetter>,
    /// What it keeps.
    pub states: Vec<StateChange>,
    /// Its output.
    pub append: Option<Append>,
}

/// What a sink settled of a keyed transform's output with somebody rejected: the transform has to know before it is settled.
#[derive(Debug)]
pub struct Comeback {
    /// What is settled.
    pub settled: Vec<Line>,
    /// What was rejected.
    pub dead: Vec<DeadLetter>,
}

/// What the run did, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events that sources gave.
    pub read: u64,
    /// Events that sinks settled, the rejected ones included.
    pub settled: u64,
    /// Dead letters stored.
    pub rejected: u64,
    /// Events that a source left out because its settings say so.
    pub skipped: u64,
}

/// See the module.
#[derive(Debug)]
pub struct Ledger {
    books: Mutex<Books>,
    /// Something is to be written down.
    work: Notify,
    /// Somebody waits for what is written down.
    hurry: Notify,
    /// A source got room back.
    room: Notify,
    /// Nothing more will be settled.
    ended: AtomicBool,
}

#[derive(Debug, Default)]
struct Books {
    sources: Vec<Book>,
    dead: Vec<DeadLetter>,
    decided: Decisions,
    /// Keyed transforms that want to know what was rejected of their output, by their number among the sources. The sinks hold the
    /// strong ends, so that a transform sees when the last of them has ended.
    comebacks: HashMap<usize, WeakUnboundedSender<Comeback>>,
    counts: Counts,
    next: Receipt,
}

/// Decisions that wait for their commit.
#[derive(Debug, Default)]
struct Decisions {
    states: Vec<StateChange>,
    append: Vec<Append>,
    answers: Vec<oneshot::Sender<()>>,
}

impl Ledger {
    /// A ledger for these sources.
    #[must_use]
    pub fn new(sources: Vec<Book>) -> Self {
        let books = Books { sources, ..Books::default() };
        Self {
            books: Mutex::new(books),
            work: Notify::new(),
            hurry: Notify::new(),
            room: Notify::new(),
            ended: AtomicBool::new(false),
        }
    }

    /// Waits until `source` may have so much more uncommitted.
    pub async fn admit(&self, source: usize, taken: Taken) {
        loop {
            let freed = self.room.notified();
            tokio::pin!(freed);
            // Registered before the look, or room that is freed between look and wait would go unnoticed.
            freed.as_mut().enable();
            if self.try_admit(source, taken) {
                return;
            }
            self.hurry.notify_one();
            freed.await;
        }
    }

    /// Takes room if there is some; a batch larger than all the room passes when nothing else is open.
    #[must_use]
    pub fn try_admit(&self, source: usize, taken: Taken) -> bool {
        self.books().sources[source].room.take(taken)
    }

    /// Events of this source from this number on are read there: what is rejected of them says so.
    pub fn reads(&self, source: usize, first: u64, place: String) {
        self.books().sources[source].reads(first, place);
    }

    /// Opens an admitted batch.
    pub fn open(&self, source: usize, opening: Opening) -> Receipt {
        let mut books = self.books();
        let receipt = books.next;
        books.next += 1;
        books.counts.read += u64::from(opening.events - u32::from(opening.mark.is_some()));
        books.counts.skipped += opening.missed.skipped;
        let mut opening = opening;
        books.dead(&mut opening.dead);
        let mut unread = books.sources[source].open(receipt, opening);
        books.dead(&mut unread);
        let is_awaited = books.is_awaited();
        drop(books);
        self.wake(is_awaited);
        receipt
    }

    /// Settles events of one sink: each is a receipt, the event's place in that batch, and what became of it. What was rejected of a
    /// keyed transform's output goes back there first.
    pub fn settle(&self, settled: impl IntoIterator<Item = Line>, dead: Vec<DeadLetter>) {
        self.settle_with(settled, dead, Vec::new());
    }

    /// The same; of some, only `parts` were rejected, which nobody else has to know.
    pub fn settle_with(
        &self,
        settled: impl IntoIterator<Item = Line>,
        mut dead: Vec<DeadLetter>,
        mut parts: Vec<DeadLetter>,
    ) {
        let mut settled: Vec<_> = settled.into_iter().collect();
        let mut books = self.books();
        books.send_back(&mut settled, &mut dead);
        books.dead(&mut dead);
        books.dead(&mut parts);
        books.settle(&settled);
        let is_awaited = books.is_awaited();
        drop(books);
        self.wake(is_awaited);
    }

    /// Takes a decision. It is stored with the next commit, whole; the answer comes when it is.
    pub fn decide(&self, decided: Decided) -> oneshot::Receiver<()> {
        let Decided { settled, mut dead, states, append } = decided;
        let (answer, stored) = oneshot::channel();
        let mut books = self.books();
        books.dead(&mut dead);
        books.settle(&settled);
        books.decided.states.extend(states);
        books.decided.append.extend(append);
        books.decided.answers.push(answer);
        drop(books);
        self.wake(true);
        stored
    }

    /// From now on, what is rejected of this source's events goes there first.
    pub fn sends_back(&self, source: usize, to: &UnboundedSender<Comeback>) {
        self.books().comebacks.insert(source, to.downgrade());
    }

    /// Comes back when a commit has made room somewhere after this was called.
    pub fn freed(&self) -> impl Future<Output = ()> + '_ {
        let mut freed = Box::pin(self.room.notified());
        // Registered now, or room that is made between a look and the wait would go unnoticed.
        freed.as_mut().enable();
        self.hurry.notify_one();
        freed
    }

    /// Stores dead letters that belong to no open batch.
    pub fn bury(&self, mut dead: Vec<DeadLetter>) {
        self.books().dead(&mut dead);
        self.work.notify_one();
    }

    /// Counts dead letters that somebody else stored, and events that a source left out.
    pub fn count(&self, read: u64, rejected: u64, skipped: u64) {
        let mut books = self.books();
        books.counts.read += read;
        books.counts.rejected += rejected;
        books.counts.skipped += skipped;
    }

    /// Lets the others go on without a sink that stopped. What it did not settle stays unsettled and is read again at the
    /// next start.
    pub fn detach(&self, slot: Slot) {
        self.books().sources[slot.source].detach(slot.sink);
        self.work.notify_one();
    }

    /// Which of these events a sink had settled before this run began; `None` if none of them.
    #[must_use]
    pub fn settled_before(&self, source: usize, first: u64, events: u32) -> Option<Vec<Vec<bool>>> {
        self.books().sources[source].settled_before(first, events)
    }

    /// The event from which this source has to be read again.
    #[must_use]
    pub fn lowest(&self, source: usize) -> u64 {
        self.books().sources[source].lowest()
    }

    /// What this source gave before is not there any more: nobody waits for what was not settled of it. The number of the first
    /// event of what took its place.
    pub fn renew(&self, source: usize) -> u64 {
        self.books().sources[source].renew()
    }

    /// Events that this source gave and that are not in the store's sums yet, because it gives them again after a crash.
    #[must_use]
    pub fn in_flight(&self, source: usize) -> u64 {
        self.books().sources[source].in_flight()
    }

    /// Where a sink stands.
    #[must_use]
    pub fn cursor(&self, slot: Slot) -> Cursor {
        self.books().sources[slot.source].cursor(slot.sink).clone()
    }

    /// Whether one of the source's sinks has stopped: what is taken in now would not reach it in this run.
    #[must_use]
    pub fn is_halted(&self, source: usize) -> bool {
        self.books().sources[source].is_halted()
    }

    /// Whether one of the source's sinks has stopped and the others have settled all that they got: its position moves no more.
    #[must_use]
    pub fn is_stuck(&self, source: usize) -> bool {
        self.books().sources[source].is_stuck()
    }

    /// The numbers so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.books().counts
    }

    /// Something is to be written down, and perhaps somebody waits for that.
    fn wake(&self, is_awaited: bool) {
        if is_awaited {
            self.hurry.notify_one();
        }
        self.work.notify_one();
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        // The books hold plain values and every change of theirs is whole, so a panic elsewhere leaves them usable.
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    /// Whether a caller waits for what is settled.
    fn is_awaited(&self) -> bool {
        self.sources.iter().any(Book::is_awaited)
    }

    /// Neighbours at once.
    fn settle(&mut self, settled: &[Line]) {
        let is_next = |(.., one, a): &Line, (.., next, b): &Line| one.checked_add(1) == Some(*next) && a == b;
        for run in settled.chunk_by(|one, next| (one.0, one.1) == (next.0, next.1) && is_next(one, next)) {
            let [(slot, receipt, first, fate), ..] = run else { continue };
            let count = run.len() as u32;
            self.counts.settled += if *fate == Fate::Mark { 0 } else { u64::from(count) };
            self.sources[slot.source].settle(slot.sink, *receipt, *first..first + count, *fate);
        }
    }

    /// Takes out what a keyed transform has to know first.
    fn send_back(&mut self, settled: &mut Vec<Line>, dead: &mut Vec<DeadLetter>) {
        if dead.is_empty() {
            return;
        }
        for (source, to) in &self.comebacks {
            let id = &self.sources[*source].id;
            let dead: Vec<DeadLetter> = dead.extract_if(.., |letter| letter.source == *id).collect();
            if dead.is_empty() {
                continue;
            }
            let settled = settled.extract_if(.., |(slot, ..)| slot.source == *source).collect();
            // If the transform has ended, all of it stays unsettled and is sent again by the next run.
            let _ended = to.upgrade().map(|to| to.send(Comeback { settled, dead }));
        }
    }

    fn dead(&mut self, dead: &mut Vec<DeadLetter>) {
        self.counts.rejected += dead.len() as u64;
        for letter in dead.iter_mut() {
            let book = self.sources.iter().find(|book| book.id == letter.source);
            let place = number(letter).and_then(|event| book?.place(event));
            if let Some(place) = place {
                letter.place = format!("{place}: {}", letter.place);
            }
        }
        self.dead.append(dead);
    }
}

#[cfg(test)]
mod tests;
