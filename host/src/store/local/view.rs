//! What does everybody see?
//!
//! The store as it stood after the last sync. What a running commit has written is in the tables already, but not in the snapshot, so
//! nobody acts on what a loss of power would take back.

use super::log::Log;
use super::tables::Tables;
use super::{keys, letters};
use crate::store::{Accounts, Cursor, LogEntry, LogSize, Reader, Result, Shelf, StoreError, StoredLetter};
use fjall::{Readable, Slice, Snapshot};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

/// The open store after the last sync.
pub struct View {
    /// The keyspaces.
    pub tables: Tables,
    /// What of them was synced.
    pub snapshot: Snapshot,
    /// The logs.
    pub logs: BTreeMap<String, Log>,
    /// The number of the next segment.
    pub next_segment: u64,
    /// The number of the next dead letter.
    pub next_letter: u64,
}

/// How far the known sinks of each log have got: by log, then by sink.
pub type Lows = BTreeMap<String, BTreeMap<String, u64>>;

/// What the store and its readers share.
pub struct Shared {
    /// `None` after a failure, until the store is opened again.
    pub view: RwLock<Option<View>>,
    /// Locked before `view`.
    pub lows: Mutex<Lows>,
    /// What to answer while there is no view.
    pub down: Mutex<StoreError>,
}

impl Shared {
    /// How far the known sinks have got.
    pub fn lows(&self) -> MutexGuard<'_, Lows> {
        self.lows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the view, if there is one.
    pub fn see<T>(&self, ask: impl FnOnce(&View) -> Result<T>) -> Result<T> {
        match &*self.view.read().unwrap_or_else(PoisonError::into_inner) {
            Some(view) => ask(view),
            None => Err(self.down.lock().unwrap_or_else(PoisonError::into_inner).clone()),
        }
    }
}

impl View {
    /// The view of tables that were just opened.
    pub fn new(tables: Tables) -> Result<Self> {
        let logs = tables.logs()?;
        let next_segment = tables.sweep(&logs)?;
        let snapshot = tables.db.snapshot();
        let mut view = Self { tables, snapshot, logs, next_segment, next_letter: 0 };
        let given = view.fact(keys::NEXT_LETTER)?.and_then(|next| keys::number(&next)).unwrap_or(0);
        view.next_letter = view.last_letter()?.map_or(0, |last| last + 1).max(given);
        Ok(view)
    }

    fn last_letter(&self) -> Result<Option<u64>> {
        let Some(last) = self.tables.letters.prefix(keys::LETTERS).next_back() else {
            return Ok(None);
        };
        let key = last.key().map_err(|error| self.tables.unread(&error))?;
        letter_number(&key).map(Some)
    }

    fn fact(&self, key: &[u8]) -> Result<Option<Slice>> {
        self.snapshot.get(&self.tables.facts, key).map_err(|error| self.tables.unread(&error))
    }

    /// Which owner is the newest. Zero if there was none.
    pub fn epoch(&self) -> Result<u64> {
        let epoch = self.fact(keys::EPOCH)?;
        epoch.map_or(Ok(0), |epoch| keys::number(&epoch).ok_or(StoreError::Unreadable { what: "its epoch" }))
    }

    /// Where a sink stands in a log.
    pub fn cursor(&self, source: &str, sink: &str) -> Result<Cursor> {
        match self.fact(&keys::cursor(keys::id(source)?, keys::id(sink)?))? {
            Some(bytes) => Cursor::decode(&bytes),
            None => Ok(Cursor::starting_at(self.logs.get(source).map_or(0, |log| log.size().first))),
        }
    }

    /// A record of the letters.
    pub fn letter(&self, key: &[u8]) -> Result<Option<Slice>> {
        self.snapshot.get(&self.tables.letters, key).map_err(|error| self.tables.unread(&error))
    }

    /// How often a letter was met.
    pub fn count(&self, number: u64) -> Result<letters::Count> {
        let count = self.letter(&keys::count(number))?;
        count.map_or(Ok(letters::Count::default()), |count| letters::Count::decode(&count))
    }

    /// A sum.
    pub fn sum(&self, key: &[u8]) -> Result<u64> {
        self.fact(key)?.map_or(Ok(0), |sum| keys::number(&sum).ok_or(SUM))
    }

    fn accounts(&self) -> Result<Accounts> {
        let facts = |prefix: &[u8]| {
            let read = |record: fjall::Guard| record.into_inner().map_err(|error| self.tables.unread(&error));
            self.snapshot.prefix(&self.tables.facts, prefix).map(read)
        };
        let mut accounts = Accounts::default();
        for record in facts(keys::SUMS) {
            let (key, value) = record?;
            // A newer release may count more.
            if let Some(of) = keys::read_sum(&key) {
                accounts.sums.insert(of, keys::number(&value).ok_or(SUM)?);
            }
        }
        for record in facts(keys::CURSORS) {
            let (key, value) = record?;
            let of = keys::read_cursor(&key).ok_or(StoreError::Unreadable { what: "the name of a cursor" })?;
            accounts.cursors.insert(of, Cursor::decode(&value)?);
        }
        accounts.next_letter = self.next_letter;
        accounts.logs = self.logs.iter().map(|(id, log)| (id.clone(), log.size())).collect();
        Ok(accounts)
    }

    fn letters(&self, from: u64, limit: usize) -> Result<Vec<StoredLetter>> {
        let all = self.snapshot.range(&self.tables.letters, keys::letter(from)..=keys::letter(u64::MAX));
        let read = |record: fjall::Guard| {
            let (key, value) = record.into_inner().map_err(|error| self.tables.unread(&error))?;
            let number = letter_number(&key)?;
            letters::decode(number, &value, self.count(number)?)
        };
        all.take(limit).map(read).collect()
    }

    fn states(&self, node: &str, shelf: Shelf, names: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>> {
        let prefix = keys::state(keys::id(node)?, shelf, b"");
        spread(names, |names| {
            let mut key = prefix.clone();
            let state = |name: &&[u8]| {
                key.truncate(prefix.len());
                key.extend_from_slice(name);
                let value = self.snapshot.get(&self.tables.states, &key);
                Ok(value.map_err(|error| self.tables.unread(&error))?.map(|value| value.to_vec()))
            };
            names.iter().map(state).collect()
        })
    }

    fn scan_states(&self, node: &str, shelf: Shelf, from: &[u8], limit: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let node = keys::id(node)?;
        let (shelf, first) = (keys::state(node, shelf, b""), keys::state(node, shelf, from));
        let pairs = self.snapshot.range(&self.tables.states, first..).map(|pair| pair.into_inner());
        let mut found = Vec::new();
        for pair in pairs.take(limit) {
            let (key, value) = pair.map_err(|error| self.tables.unread(&error))?;
            let Some(key) = key.strip_prefix(shelf.as_slice()) else { break };
            found.push((key.to_vec(), value.to_vec()));
        }
        Ok(found)
    }
}

/// Looks many names up on all cores: one look-up takes microseconds, but there are thousands, and somebody waits for all.
fn spread<T: Send>(names: &[&[u8]], look_up: impl Fn(&[&[u8]]) -> Result<Vec<T>> + Sync) -> Result<Vec<T>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(names.len() / NAMES_A_THREAD).clamp(1, MAX_THREADS);
    if threads == 1 {
        return look_up(names);
    }
    std::thread::scope(|scope| {
        let (mine, others) = names.split_at(names.len() / threads);
        let look_up = &look_up;
        let others = others.chunks(others.len().div_ceil(threads - 1));
        let others: Vec<_> = others.map(|names| scope.spawn(move || look_up(names))).collect();
        let mut found = look_up(mine)?;
        for thread in others {
            // It panics only where this thread would have.
            found.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(found)
    })
}

/// Fewer names are not worth a thread.
const NAMES_A_THREAD: usize = 1_000;
/// More threads would wait for each other at the cache.
const MAX_THREADS: usize = 8;

const SUM: StoreError = StoreError::Unreadable { what: "a sum" };

fn letter_number(key: &[u8]) -> Result<u64> {
    let number = key.strip_prefix(keys::LETTERS).and_then(keys::number);
    number.ok_or(StoreError::Unreadable { what: "the number of a dead letter" })
}

impl Reader for Shared {
    fn position(&self, source: &str) -> Result<Option<Vec<u8>>> {
        self.see(|view| Ok(view.fact(&keys::position(keys::id(source)?))?.map(|position| position.to_vec())))
    }

    fn cursor(&self, source: &str, sink: &str) -> Result<Cursor> {
        // Held while looking: no commit may drop in between what this sink has not settled.
        let mut lows = self.lows();
        let cursor = self.see(|view| view.cursor(source, sink))?;
        lows.entry(source.to_owned()).or_default().insert(sink.to_owned(), cursor.low);
        Ok(cursor)
    }

    fn read_log(&self, log: &str, from: u64, max_bytes: usize) -> Result<Vec<LogEntry>> {
        self.see(|view| match view.logs.get(log) {
            Some(log) => log.read(&view.tables, &view.snapshot, from, max_bytes),
            None => Ok(Vec::new()),
        })
    }

    fn log_size(&self, log: &str) -> Result<LogSize> {
        self.see(|view| Ok(view.logs.get(log).map(Log::size).unwrap_or_default()))
    }

    fn states(&self, node: &str, shelf: Shelf, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>> {
        self.see(|view| view.states(node, shelf, keys))
    }

    fn scan_states(&self, node: &str, shelf: Shelf, from: &[u8], limit: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        self.see(|view| view.scan_states(node, shelf, from, limit))
    }

    fn dead_letters(&self, from: u64, limit: usize) -> Result<Vec<StoredLetter>> {
        self.see(|view| view.letters(from, limit))
    }

    fn accounts(&self) -> Result<Accounts> {
        self.see(View::accounts)
    }
}
