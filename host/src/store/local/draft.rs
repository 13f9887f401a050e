//! What does a group of commits write?
//!
//! A [`Draft`] gathers all of it in memory, so that a commit can be refused before anything is written and so that each record is
//! written once, however often the group changes it.

use super::keys;
use super::letters::{self, Count};
use super::log::{self, Log, Segment};
use super::tables::segment_record;
use super::view::{Lows, View};
use crate::store::{Append, Commit, Committed, DeadLetter, Result, StoreError};
use fjall::OwnedWriteBatch;
use std::collections::{BTreeMap, VecDeque};

/// How large a log may become, and when it goes on in a new segment.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// At most so many bytes in a log.
    pub log_bytes: u64,
    /// A segment that has reached this takes no more.
    pub segment_bytes: u64,
}

/// What is going to be written.
pub struct Draft<'a> {
    view: &'a View,
    limits: Limits,
    lows: Lows,
    facts: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    states: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    letters: BTreeMap<Vec<u8>, Vec<u8>>,
    counts: BTreeMap<u64, Count>,
    numbers: BTreeMap<[u8; 32], u64>,
    logs: BTreeMap<String, Log>,
    batch: OwnedWriteBatch,
    next_segment: u64,
    next_letter: u64,
}

/// What the view becomes when the batch is synced.
pub struct Change {
    /// The logs that changed.
    pub logs: BTreeMap<String, Log>,
    /// How far the sinks have got.
    pub lows: Lows,
    /// Nobody needs them any more.
    pub dropped: Vec<Segment>,
    /// They take no more.
    pub sealed: Vec<Segment>,
    /// The number of the next segment.
    pub next_segment: u64,
    /// The number of the next dead letter.
    pub next_letter: u64,
}

impl<'a> Draft<'a> {
    /// An empty one.
    pub fn new(view: &'a View, limits: Limits, lows: Lows) -> Self {
        Self {
            view,
            limits,
            lows,
            facts: BTreeMap::new(),
            states: BTreeMap::new(),
            letters: BTreeMap::new(),
            counts: BTreeMap::new(),
            numbers: BTreeMap::new(),
            logs: BTreeMap::new(),
            batch: view.tables.db.batch(),
            next_segment: view.next_segment,
            next_letter: view.next_letter,
        }
    }

    /// Whether `commit` can be added. An error concerns this commit alone.
    pub fn check(&self, commit: &Commit) -> Result<()> {
        let sources = commit.positions.iter().map(|(source, _)| source);
        let sinks = commit
            .cursors
            .iter()
            .flat_map(|(source, sink, _)| [source, sink]);
        let nodes = commit.states.iter().map(|state| &state.node);
        let logs = commit.append.iter().map(|append| &append.log);
        sources
            .chain(sinks)
            .chain(nodes)
            .chain(logs)
            .try_for_each(|id| keys::id(id).map(drop))?;
        let mut appended = BTreeMap::<&str, u64>::new();
        for Append { log, batch, .. } in &commit.append {
            *appended.entry(log).or_default() += batch.len() as u64;
        }
        appended
            .into_iter()
            .try_for_each(|(log, bytes)| self.has_room(log, bytes))
    }

    fn has_room(&self, id: &str, bytes: u64) -> Result<()> {
        let Some(log) = self.log(id) else {
            return Ok(());
        };
        // What is larger than all of the room passes when nothing else waits, or its sender would try for ever.
        let waits = self.low(id).is_none_or(|low| low < log.next);
        match waits && log.size().bytes + bytes > self.limits.log_bytes {
            true => Err(StoreError::Full {
                log: id.to_owned(),
                limit_bytes: self.limits.log_bytes,
            }),
            false => Ok(()),
        }
    }

    fn log(&self, id: &str) -> Option<&Log> {
        self.logs.get(id).or_else(|| self.view.logs.get(id))
    }

    /// Below it every known sink has settled everything.
    fn low(&self, log: &str) -> Option<u64> {
        self.lows.get(log)?.values().min().copied()
    }

    /// Adds a commit. An error concerns the whole group.
    pub fn add(&mut self, commit: &Commit) -> Result<Committed> {
        for (source, position) in &commit.positions {
            self.facts
                .insert(keys::position(source), Some(position.clone()));
        }
        for change in &commit.states {
            self.states
                .insert(keys::state(&change.node, &change.key), change.value.clone());
        }
        for (source, sink, cursor) in &commit.cursors {
            self.facts
                .insert(keys::cursor(source, sink), Some(cursor.encode()));
            self.lows
                .entry(source.clone())
                .or_default()
                .insert(sink.clone(), cursor.low);
        }
        commit
            .dead_letters
            .iter()
            .try_for_each(|letter| self.bury(letter))?;
        let first = commit
            .append
            .iter()
            .map(|append| self.append(append))
            .collect::<Result<_>>()?;
        Ok(Committed { first })
    }

    fn bury(&mut self, letter: &DeadLetter) -> Result<()> {
        let digest = letters::digest(letter);
        let number = match self.numbers.get(&digest) {
            Some(number) => *number,
            None => self.number(digest, letter)?,
        };
        let count = match self.counts.get(&number) {
            Some(count) => *count,
            None => self.view.count(number)?,
        };
        self.counts.insert(number, count.with(letter));
        Ok(())
    }

    fn number(&mut self, digest: [u8; 32], letter: &DeadLetter) -> Result<u64> {
        let known = self
            .view
            .letter(&keys::digest(&digest))?
            .and_then(|number| keys::number(&number));
        let number = known.unwrap_or(self.next_letter);
        if known.is_none() {
            self.next_letter += 1;
            self.letters
                .insert(keys::letter(number), letters::encode(letter)?);
            self.letters
                .insert(keys::digest(&digest), number.to_be_bytes().to_vec());
        }
        self.numbers.insert(digest, number);
        Ok(number)
    }

    fn append(&mut self, append: &Append) -> Result<u64> {
        let events = append.events.max(1);
        let known = self
            .logs
            .remove(&append.log)
            .or_else(|| self.view.logs.get(&append.log).cloned());
        let mut log = known.unwrap_or_else(|| Log {
            next: 0,
            segments: VecDeque::new(),
        });
        if log
            .segments
            .back()
            .is_none_or(|last| last.bytes >= self.limits.segment_bytes)
        {
            self.begin_segment(&append.log, &mut log)?;
        }
        let first = log.next;
        if let Some(last) = log.segments.back_mut() {
            self.batch.insert(
                &last.table,
                first.to_be_bytes(),
                log::encode(events, &append.batch),
            );
            last.bytes += append.batch.len() as u64;
        }
        log.next += u64::from(events);
        self.logs.insert(append.log.clone(), log);
        Ok(first)
    }

    fn begin_segment(&mut self, id: &str, log: &mut Log) -> Result<()> {
        if let Some(last) = log.segments.back() {
            self.facts.insert(
                keys::segment(id, last.number),
                Some(segment_record(last.first, Some(last.bytes))),
            );
        }
        let (number, first) = (self.next_segment, log.next);
        self.next_segment += 1;
        self.facts
            .insert(keys::segment(id, number), Some(segment_record(first, None)));
        log.segments.push_back(Segment {
            number,
            first,
            bytes: 0,
            table: self.view.tables.segment(number)?,
        });
        Ok(())
    }

    fn drop_settled(&mut self) -> Vec<Segment> {
        let mut dropped = Vec::new();
        for id in self.lows.keys() {
            let (Some(low), Some(log)) = (self.low(id), self.log(id)) else {
                continue;
            };
            let mut log = log.clone();
            let whole = log.drop_below(low);
            if !whole.is_empty() {
                self.facts.extend(
                    whole
                        .iter()
                        .map(|segment| (keys::segment(id, segment.number), None)),
                );
                self.logs.insert(id.clone(), log);
                dropped.extend(whole);
            }
        }
        dropped
    }

    fn sealed(&self) -> Vec<Segment> {
        let mut sealed = Vec::new();
        for (id, log) in &self.logs {
            let last = self
                .view
                .logs
                .get(id)
                .and_then(|before| before.segments.back())
                .map_or(0, |last| last.number);
            let new = log
                .segments
                .iter()
                .rev()
                .skip(1)
                .take_while(|segment| segment.number >= last);
            sealed.extend(new.cloned());
        }
        sealed
    }

    /// The batch, and what the view becomes when it is synced.
    pub fn finish(mut self) -> (OwnedWriteBatch, Change) {
        let dropped = self.drop_settled();
        let sealed = self.sealed();
        let tables = &self.view.tables;
        let batch = &mut self.batch;
        for (table, records) in [(&tables.facts, self.facts), (&tables.states, self.states)] {
            for (key, value) in records {
                match value {
                    Some(value) => batch.insert(table, key, value),
                    None => batch.remove(table, key),
                }
            }
        }
        let counts = self
            .counts
            .into_iter()
            .map(|(number, count)| (keys::count(number), count.encode()));
        for (key, value) in self.letters.into_iter().chain(counts) {
            batch.insert(&tables.letters, key, value);
        }
        let (next_segment, next_letter) = (self.next_segment, self.next_letter);
        (
            self.batch,
            Change {
                logs: self.logs,
                lows: self.lows,
                dropped,
                sealed,
                next_segment,
                next_letter,
            },
        )
    }
}
