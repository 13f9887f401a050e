//! What does a group of commits write?
//!
//! A [`Draft`] gathers all of it in memory, so that a commit can be refused before anything is written and so that each record is
//! written once, however often the group changes it.

mod letters;
mod logs;

use super::keys;
use super::letters::Count;
use super::log::{Log, Segment};
use super::view::{Lows, View};
use crate::store::{Append, Commit, Committed, Counter, Result, Tally};
use fjall::OwnedWriteBatch;
use std::collections::BTreeMap;

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
    letters: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    counts: BTreeMap<u64, Option<Count>>,
    /// Of digests that the group met; `None` if no letter has it any more.
    numbers: BTreeMap<[u8; 32], Option<u64>>,
    sums: BTreeMap<Vec<u8>, u64>,
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
            sums: BTreeMap::new(),
            logs: BTreeMap::new(),
            batch: view.tables.db.batch(),
            next_segment: view.next_segment,
            next_letter: view.next_letter,
        }
    }

    /// Whether `commit` can be added. An error concerns this commit alone.
    pub fn check(&self, commit: &Commit) -> Result<()> {
        let sources = commit.positions.iter().map(|(source, _)| source);
        let sinks = commit.cursors.iter().flat_map(|(source, sink, _)| [source, sink]);
        let nodes = commit.states.iter().map(|state| &state.node);
        let logs = commit.append.iter().map(|append| &append.log);
        let counted = commit.tallies.iter().flat_map(|tally| [&tally.source, &tally.sink]);
        let met = commit.dead_letters.iter().map(|letter| &letter.node);
        sources
            .chain(sinks)
            .chain(nodes)
            .chain(logs)
            .chain(counted)
            .chain(met)
            .try_for_each(|id| keys::id(id).map(drop))?;
        let mut appended = BTreeMap::<&str, u64>::new();
        for Append { log, batch, .. } in &commit.append {
            *appended.entry(log).or_default() += batch.len() as u64;
        }
        appended.into_iter().try_for_each(|(log, bytes)| self.has_room(log, bytes))
    }

    /// Adds a commit. An error concerns the whole group.
    pub fn add(&mut self, commit: &Commit) -> Result<Committed> {
        for (source, position) in &commit.positions {
            self.facts.insert(keys::position(source), Some(position.clone()));
        }
        for change in &commit.states {
            self.states.insert(keys::state(&change.node, change.shelf, &change.key), change.value.clone());
        }
        for (source, sink, cursor) in &commit.cursors {
            self.facts.insert(keys::cursor(source, sink), Some(cursor.encode()));
            self.lows.entry(source.clone()).or_default().insert(sink.clone(), cursor.low);
        }
        for Tally { source, sink, counter, count } in &commit.tallies {
            self.count(source, sink, *counter, |sum| sum.saturating_add(*count))?;
        }
        commit.resolved.iter().try_for_each(|number| self.resolve(*number))?;
        commit.dead_letters.iter().try_for_each(|letter| self.bury(letter))?;
        let first = commit.append.iter().map(|append| self.append(append)).collect::<Result<_>>()?;
        Ok(Committed { first })
    }

    fn count(&mut self, source: &str, sink: &str, counter: Counter, change: impl FnOnce(u64) -> u64) -> Result<()> {
        let key = keys::sum(source, sink, counter);
        let sum = match self.sums.get(&key) {
            Some(sum) => *sum,
            None => self.view.sum(&key)?,
        };
        self.sums.insert(key, change(sum));
        Ok(())
    }

    /// The batch, and what the view becomes when it is synced.
    pub fn finish(mut self) -> (OwnedWriteBatch, Change) {
        let dropped = self.drop_settled();
        let sealed = self.sealed();
        let tables = &self.view.tables;
        let batch = &mut self.batch;
        let sums = self.sums.into_iter().map(|(key, sum)| (key, Some(sum.to_be_bytes().to_vec())));
        self.facts.extend(sums);
        let count = |(number, count): (u64, Option<Count>)| (keys::count(number), count.map(Count::encode));
        self.letters.extend(self.counts.into_iter().map(count));
        let tables_of = [(&tables.facts, self.facts), (&tables.states, self.states), (&tables.letters, self.letters)];
        for (table, records) in tables_of {
            for (key, value) in records {
                match value {
                    Some(value) => batch.insert(table, key, value),
                    None => batch.remove(table, key),
                }
            }
        }
        let (next_segment, next_letter) = (self.next_segment, self.next_letter);
        (self.batch, Change { logs: self.logs, lows: self.lows, dropped, sealed, next_segment, next_letter })
    }
}
