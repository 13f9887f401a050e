//! Where a source's events enter: durable first, answered then.
//!
//! What cannot be read again is journaled and synced before its sender hears of it; a follower reads the journal and feeds the
//! flow, so a slow sink never keeps a sender waiting. What can be read again goes to the flow at once, with its position.

mod follow;
#[cfg(test)]
mod tests;
mod together;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};

use crate::clock::Clock;
use crate::component::types::{Batch, Unread, WhyUnread};
use crate::connector::{Given, Intake, Part, Reading, Refused};
use crate::store::{Append, Commit, DeadLetter, Handle, StoreError};

use super::dead::Where;
use super::ledger::{Ledger, Missed, Taken};
use super::seen::Seen;
use super::stop::Stop;

pub use follow::follow;

/// How long a sender is asked to wait when the journal or the disk is full: room comes with deliveries, so in seconds.
const FULL_WAIT: Duration = Duration::from_secs(10);
/// How long a sender is asked to wait when too much of its own is undelivered.
const BEHIND_WAIT: Duration = Duration::from_secs(1);

/// A source's batch on its way into the flow; its room is already taken.
#[derive(Debug)]
pub struct Wave {
    /// The events.
    pub events: Arc<Batch>,
    /// The number of the first.
    pub first: u64,
    /// The room that was taken for it.
    pub taken: Taken,
    /// Where the source stands behind it.
    pub position: Option<Vec<u8>>,
    /// What the source could not read beside it.
    pub unread: Vec<DeadLetter>,
    /// The same in numbers, with what it left out.
    pub missed: Missed,
    /// If it is a part of a snapshot.
    pub look: Option<Look>,
    /// Who waits for its delivery.
    pub caller: Option<oneshot::Sender<()>>,
}

/// A part of a snapshot on its way, with whom a keyed transform counts as seen beside those whose events reach it.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// The part.
    pub part: Part,
    /// Those whose events were rejected on the way: no exit may come of that.
    pub seen: Vec<String>,
    /// Something was rejected of which nobody knows whom it was about, so nobody can be said to be absent.
    pub is_blind: bool,
    /// The number that its end takes among the batch's, if it closes the snapshot.
    pub end: u32,
}

impl Look {
    /// The same, when its end was seen to already.
    #[must_use]
    pub fn without_end(&self) -> Self {
        let mut look = self.clone();
        look.part.closes = false;
        look
    }

    /// What a source read, and could not.
    fn new(part: Part, unread: &[Unread]) -> Self {
        let is_blind = unread.iter().any(|one| one.key.is_none() && one.why == WhyUnread::Rejected);
        Self { part, seen: unread.iter().filter_map(|one| one.key.clone()).collect(), is_blind, end: 0 }
    }
}

/// How a source's events are kept.
#[derive(Debug)]
pub enum Keeping {
    /// In the journal.
    Journal {
        /// Wakes its follower.
        appended: Arc<Notify>,
        /// Where the source goes on, if it is one that has a place.
        position: Option<Vec<u8>>,
        /// So much it holds at most.
        max_bytes: u64,
        /// What it took before, if that is not to be taken again.
        seen: Option<Seen>,
    },
    /// Not at all: the sender is answered when they are delivered. The number is the next event's.
    Sender(AtomicU64),
    /// In the source itself, which goes on here after a restart.
    Source(Option<Vec<u8>>),
}

impl Keeping {
    /// A log of the pipeline's own, to which nobody from outside appends.
    #[must_use]
    pub fn inside(appended: &Arc<Notify>) -> Self {
        Self::Journal { appended: Arc::clone(appended), position: None, max_bytes: u64::MAX, seen: None }
    }
}

/// One source's entrance.
#[derive(Debug)]
pub struct Inlet {
    /// The source's id.
    pub id: String,
    /// Its number in the ledger.
    pub source: usize,
    /// See [`Keeping`].
    pub keeping: Keeping,
    /// Where waves go.
    pub waves: mpsc::Sender<Wave>,
    /// The ledger.
    pub ledger: Arc<Ledger>,
    /// The store.
    pub store: Handle,
    /// The clock.
    pub clock: Clock,
    /// Heard before anything is taken.
    pub stop: Stop,
}

impl Intake for Inlet {
    async fn push(&self, batch: Batch, unread: Vec<Unread>) -> Result<(), Refused> {
        if self.stop.is_asked() {
            return Err(Refused::Stopping);
        }
        let (dead, missed) = self.unread(&unread);
        match &self.keeping {
            Keeping::Journal { appended, seen: Some(seen), .. } => {
                self.journal_new(batch, dead, missed, seen, appended).await
            }
            Keeping::Sender(next) if !batch.is_empty() => self.deliver(batch, dead, missed, next).await,
            Keeping::Journal { appended, .. } => self.journal(batch, dead, missed, None, Some(appended)).await,
            Keeping::Sender(_) | Keeping::Source(_) => self.journal(batch, dead, missed, None, None).await,
        }
    }

    fn gathers(&self) -> bool {
        matches!(self.keeping, Keeping::Journal { .. })
    }

    async fn push_all(&self, given: Vec<Given>) -> Vec<Result<(), Refused>> {
        self.push_each(given).await
    }

    async fn ready(&self) -> Result<(), Refused> {
        if self.stop.is_asked() {
            return Err(Refused::Stopping);
        }
        let Keeping::Journal { max_bytes, .. } = self.keeping else { return Ok(()) };
        let held = self.store.log_size(&self.id).await.map_err(refused)?.bytes;
        if held < max_bytes { Ok(()) } else { Err(Refused::Behind { retry_after: FULL_WAIT }) }
    }

    async fn read(&self, reading: Reading) -> Result<(), Refused> {
        let Reading { events: batch, unread, first, position, part } = reading;
        let (dead, missed) = self.unread(&unread);
        // What comes with a place and yet cannot be read again: both are kept in one commit. A journal knows no snapshots.
        if let Keeping::Journal { appended, .. } = &self.keeping {
            return self.journal(batch, dead, missed, Some(position), Some(appended)).await;
        }
        let part = part.map(|part| Look::new(part, &unread));
        let mut stop = self.stop.clone();
        let taken = room(&batch).and(Taken::by(&dead));
        tokio::select! {
            () = stop.asked() => return Err(Refused::Stopping),
            () = self.ledger.admit(self.source, taken) => {}
        }
        let (events, position) = (Arc::new(batch), Some(position));
        let wave = Wave { events, first, taken, position, unread: dead, missed, look: part, caller: None };
        // The flow ends early only when none of its sinks goes on.
        self.waves.send(wave).await.map_err(|_| Refused::Stopping)
    }

    fn resume(&self) -> Option<Vec<u8>> {
        match &self.keeping {
            Keeping::Source(position) | Keeping::Journal { position, .. } => position.clone(),
            Keeping::Sender(_) => None,
        }
    }

    fn renew(&self) -> u64 {
        self.ledger.renew(self.source)
    }
}

impl Inlet {
    fn unread(&self, unread: &[Unread]) -> (Vec<DeadLetter>, Missed) {
        let place = Where { source: &self.id, node: &self.id, first: 0, at_ms: self.clock.unix_ms() };
        let dead = place.unread(unread);
        let missed = Missed { rejected: dead.len() as u64, skipped: (unread.len() - dead.len()) as u64 };
        (dead, missed)
    }

    async fn journal(
        &self,
        batch: Batch,
        dead: Vec<DeadLetter>,
        missed: Missed,
        position: Option<Vec<u8>>,
        appended: Option<&Notify>,
    ) -> Result<(), Refused> {
        let commit = self.entry(batch, dead, missed, position);
        self.store(commit, missed, appended).await.map(drop)
    }

    /// The same for what did not come before.
    async fn journal_new(
        &self,
        batch: Batch,
        dead: Vec<DeadLetter>,
        mut missed: Missed,
        seen: &Seen,
        appended: &Notify,
    ) -> Result<(), Refused> {
        let (batch, mut fresh) = seen.sift(batch, self.clock.unix_ms()).await;
        missed.skipped += fresh.repeated;
        let mut commit = self.entry(batch, dead, missed, None);
        fresh.join(&mut commit);
        // What was added last.
        let first = self.store(commit, missed, Some(appended)).await?;
        fresh.settle(first.last().copied().unwrap_or_default());
        Ok(())
    }

    fn entry(&self, batch: Batch, dead: Vec<DeadLetter>, missed: Missed, position: Option<Vec<u8>>) -> Commit {
        let tallies = missed.tallies(&self.id).collect();
        let positions = position.map(|position| (self.id.clone(), position)).into_iter().collect();
        let mut commit = Commit { dead_letters: dead, positions, tallies, ..Commit::default() };
        if !batch.is_empty() {
            let events = u32::try_from(batch.len()).unwrap_or(u32::MAX);
            commit.append.push(Append { log: self.id.clone(), batch: batch.encode(), events });
        }
        commit
    }

    /// Gives the numbers of what was appended.
    async fn store(&self, commit: Commit, missed: Missed, appended: Option<&Notify>) -> Result<Vec<u64>, Refused> {
        if commit == Commit::default() {
            return Ok(Vec::new());
        }
        let committed = self.store.commit(commit).await.map_err(refused)?;
        self.ledger.count(0, missed.rejected, missed.skipped);
        if let Some(appended) = appended {
            appended.notify_one();
        }
        Ok(committed.first)
    }

    async fn deliver(
        &self,
        batch: Batch,
        dead: Vec<DeadLetter>,
        missed: Missed,
        next: &AtomicU64,
    ) -> Result<(), Refused> {
        // One that stopped would not get it, and the others get it again when its sender comes again: not before that helps.
        if self.ledger.is_halted(self.source) {
            return Err(Refused::Stopped);
        }
        let (events, taken) = (batch.len(), room(&batch));
        if !self.ledger.try_admit(self.source, taken) {
            return Err(Refused::Behind { retry_after: BEHIND_WAIT });
        }
        let first = next.fetch_add(events as u64, Ordering::Relaxed);
        let (caller, answer) = oneshot::channel();
        let (events, caller) = (Arc::new(batch), Some(caller));
        let wave = Wave { events, first, taken, position: None, unread: dead, missed, look: None, caller };
        self.waves.send(wave).await.map_err(|_| Refused::Stopped)?;
        answer.await.map_err(|_| Refused::Stopped)
    }
}

fn room(batch: &Batch) -> Taken {
    Taken { events: batch.len(), bytes: batch.bytes() }
}

fn refused(error: StoreError) -> Refused {
    match error.is_passing() {
        true => Refused::Behind { retry_after: FULL_WAIT },
        false => Refused::Broken(error.to_string()),
    }
}
