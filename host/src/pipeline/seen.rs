//! What was taken already, and is not taken twice.
//!
//! Events are known again by 16 bytes of a hash. Those of the window are held in memory, in eras of an eighth of it; in the store they are
//! a log of their own, written in the very commit that journals their events and dropped an era at a time. So a restart forgets nothing, and
//! what could not be stored was not seen. Two equal events at the same time: the second waits for what becomes of the first.

mod era;

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::component::types::Batch;
use crate::config::{By, Deduplicate};
use crate::store::{Append, Commit, Cursor, Handle, Result};

use super::again;
use era::Era;

/// What an event is known by.
type Id = u128;

/// So many parts a window has: what is forgotten at once is at most the eighth part of it too late.
const ERAS: u64 = 8;
/// However long the window, no more are remembered: 64 MiB.
const MOST: usize = 4 * 1024 * 1024;
/// Of a log's room so much is used, in parts: it empties by whole segments.
const PART: u64 = 4;
/// What is read of the log at once.
const READ_BYTES: usize = 1024 * 1024;
/// The name of the column that holds an event's id.
const ID: &str = "id";
/// Who reads the log: nobody else does.
const READER: &str = "seen";

/// What a source took within its window.
#[derive(Debug)]
pub struct Seen {
    by: By,
    era_ms: u64,
    most: usize,
    source: String,
    log: String,
    memory: Mutex<Memory>,
    settled: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Memory {
    /// The oldest first.
    eras: VecDeque<Era>,
    /// On their way into the store.
    pending: HashSet<Id>,
    /// The window had to be cut short, and that was said.
    is_short: bool,
}

impl Seen {
    /// What the store knows of it.
    pub async fn load(store: &Handle, source: &str, options: Deduplicate, log_bytes: u64) -> Result<Self> {
        let log = again::log(source, "");
        let window = u64::try_from(options.window.as_millis()).unwrap_or(u64::MAX);
        let most = usize::try_from(log_bytes / PART / size_of::<Id>() as u64).unwrap_or(MOST).min(MOST);
        let era_ms = (window / ERAS).max(1);
        let mut memory = Memory::default();
        let mut next = store.cursor(&log, READER).await?.low;
        loop {
            let entries = store.read_log(&log, next, READ_BYTES).await?;
            let Some(last) = entries.last() else { break };
            next = last.first + u64::from(last.events);
            for entry in &entries {
                let (at_ms, ids) = era::decode(&entry.batch).map_err(|why| store.damaged(&log, entry.first, why))?;
                memory.keep(at_ms, era_ms, ids, entry.first + u64::from(entry.events));
            }
        }
        let (settled, _) = watch::channel(());
        Ok(Self { by: options.by, era_ms, most, source: source.to_owned(), log, memory: Mutex::new(memory), settled })
    }

    /// Leaves of the batch what is new. The commit that stores it is given to [`Fresh::join`].
    pub async fn sift(&self, batch: Batch, now_ms: u64) -> (Batch, Fresh<'_>) {
        let ids: Vec<Option<Id>> = (0..batch.len()).map(|index| self.id(&batch, index)).collect();
        let mut settled = self.settled.subscribe();
        let (fresh, kept) = loop {
            // Before looking, so that nothing that settles in between is missed.
            settled.mark_unchanged();
            if let Some(claimed) = self.claim(&ids, now_ms) {
                break claimed;
            }
            if settled.changed().await.is_err() {
                break (Vec::new(), (0..ids.len() as u32).collect());
            }
        };
        let repeated = ids.len() - kept.len();
        let batch = if repeated == 0 { batch } else { batch.select(&kept) };
        (batch, Fresh { seen: self, ids: fresh, at_ms: now_ms, repeated: repeated as u64, low: None })
    }

    /// The new ids, which are on their way from now on, and the events that are kept; `None` while one of them is on its way already.
    fn claim(&self, ids: &[Option<Id>], now_ms: u64) -> Option<(Vec<Id>, Vec<u32>)> {
        let mut memory = self.memory();
        if ids.iter().flatten().any(|id| memory.pending.contains(id)) {
            return None;
        }
        let oldest_ms = now_ms.saturating_sub(self.era_ms.saturating_mul(ERAS));
        let (mut fresh, mut kept) = (Vec::new(), Vec::new());
        for (index, id) in (0..).zip(ids) {
            let Some(id) = id else {
                kept.push(index);
                continue;
            };
            if !memory.has(*id, oldest_ms) && memory.pending.insert(*id) {
                fresh.push(*id);
                kept.push(index);
            }
        }
        Some((fresh, kept))
    }

    fn id(&self, batch: &Batch, index: usize) -> Option<Id> {
        let hash = match self.by {
            By::Id => {
                let column = batch.columns.iter().find(|column| column.name == ID)?;
                Some(column.values.get(index)).filter(|id| !id.is_empty()).map(Sha256::digest)?
            }
            By::Content => {
                let key = batch.key(index);
                let hash = Sha256::new().chain_update((key.len() as u64).to_be_bytes()).chain_update(key);
                hash.chain_update(batch.body(index)).finalize()
            }
        };
        Some(hash.iter().take(size_of::<Id>()).fold(0, |id, byte| id << 8 | Id::from(*byte)))
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn has(&self, id: Id, oldest_ms: u64) -> bool {
        self.eras.iter().rev().take_while(|era| era.last_ms >= oldest_ms).any(|era| era.has(id))
    }

    /// They are not on their way any more.
    fn arrived(&mut self, ids: &[Id]) {
        for id in ids {
            self.pending.remove(id);
        }
    }

    /// Remembers; `end` is the place in the log behind them.
    fn keep(&mut self, at_ms: u64, era_ms: u64, ids: impl IntoIterator<Item = Id>, end: u64) {
        match self.eras.back_mut() {
            Some(era) if at_ms < era.begins_ms.saturating_add(era_ms) => era.keep(at_ms, ids, end),
            last => {
                last.into_iter().for_each(Era::close);
                let mut era = Era::new(at_ms);
                era.keep(at_ms, ids, end);
                self.eras.push_back(era);
            }
        }
    }

    /// Forgets eras that are over, or too many, and gives the place in the log before which nothing is remembered any more.
    fn forget(&mut self, oldest_ms: u64, most: usize, source: &str) -> Option<u64> {
        let mut low = None;
        while let Some(era) = self.eras.front() {
            let held: usize = self.eras.iter().map(Era::len).sum();
            let is_over = era.last_ms < oldest_ms;
            if !is_over && (held <= most || self.eras.len() == 1) {
                break;
            }
            if !is_over && !std::mem::replace(&mut self.is_short, true) {
                tracing::warn!(
                    source,
                    most,
                    "more came within the window of `deduplicate` than is remembered: the oldest go first"
                );
            }
            low = Some(era.end);
            self.eras.pop_front();
        }
        low
    }
}

/// Events on their way into the store. Dropped before [`settle`](Self::settle), it was as if they had never come.
#[derive(Debug)]
pub struct Fresh<'s> {
    seen: &'s Seen,
    ids: Vec<Id>,
    at_ms: u64,
    low: Option<u64>,
    /// How many came before.
    pub repeated: u64,
}

impl Fresh<'_> {
    /// Adds what makes them known to the commit that stores them.
    pub fn join(&mut self, commit: &mut Commit) {
        if self.ids.is_empty() {
            return;
        }
        let oldest_ms = self.at_ms.saturating_sub(self.seen.era_ms.saturating_mul(ERAS));
        self.low = self.seen.memory().forget(oldest_ms, self.seen.most, &self.seen.source);
        let log = self.seen.log.clone();
        if let Some(low) = self.low {
            commit.cursors.push((log.clone(), READER.to_owned(), Cursor::starting_at(low)));
        }
        let events = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        commit.append.push(Append { log, batch: era::encode(self.at_ms, &self.ids), events });
    }

    /// They are stored; the commit gave this place to what was added.
    pub fn settle(mut self, first: u64) {
        let ids = std::mem::take(&mut self.ids);
        // Nothing was added, so the place is another log's.
        if ids.is_empty() {
            return;
        }
        let mut memory = self.seen.memory();
        memory.arrived(&ids);
        let end = first + ids.len() as u64;
        memory.keep(self.at_ms, self.seen.era_ms, ids, end);
        drop(memory);
        self.seen.settled.send_replace(());
    }
}

impl Drop for Fresh<'_> {
    fn drop(&mut self) {
        if self.ids.is_empty() {
            return;
        }
        let mut memory = self.seen.memory();
        memory.arrived(&self.ids);
        drop(memory);
        self.seen.settled.send_replace(());
    }
}

#[cfg(test)]
mod tests;
