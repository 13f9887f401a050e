//! Does the store do what a few maps would do?

use super::generate::commits;
use super::{SMALL, open};
use crate::store::{
    Append, Commit, Committed, Counter, Cursor, DeadLetter, LogEntry, Reader, Shelf, StateChange, Store, StoreError,
    StoredLetter,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The nodes of the tests.
pub const SOURCES: [&str; 2] = ["people", "file"];
pub const SINKS: [&str; 2] = ["a", "b"];
pub const KEYS: [&str; 2] = ["u-1", "u-2"];

/// The store in a few maps.
#[derive(Clone, Debug, Default)]
pub struct Model {
    positions: BTreeMap<String, Vec<u8>>,
    cursors: BTreeMap<(String, String), Cursor>,
    states: BTreeMap<(Shelf, Vec<u8>), Vec<u8>>,
    logs: BTreeMap<String, Vec<LogEntry>>,
    letters: Vec<StoredLetter>,
    next_letter: u64,
    sums: BTreeMap<(String, String, Counter), u64>,
    /// Below it, both sinks had settled everything at some time.
    reached: BTreeMap<String, u64>,
}

impl Model {
    pub fn apply(&mut self, commit: &Commit) -> Committed {
        self.positions.extend(commit.positions.iter().cloned());
        for (source, sink, cursor) in &commit.cursors {
            self.cursors.insert((source.clone(), sink.clone()), cursor.clone());
        }
        for StateChange { shelf, key, value, .. } in &commit.states {
            match value {
                Some(value) => self.states.insert((*shelf, key.clone()), value.clone()),
                None => self.states.remove(&(*shelf, key.clone())),
            };
        }
        commit.tallies.iter().for_each(|tally| *self.sum(&tally.source, &tally.sink, tally.counter) += tally.count);
        commit.resolved.iter().for_each(|number| self.resolve(*number));
        commit.dead_letters.iter().for_each(|letter| self.bury(letter));
        for source in SOURCES {
            let low = self.low(source);
            let reached = self.reached.entry(source.to_owned()).or_default();
            *reached = low.max(*reached);
        }
        Committed { first: commit.append.iter().map(|append| self.append(append)).collect() }
    }

    fn append(&mut self, append: &Append) -> u64 {
        let first = self.next(&append.log);
        *self.sum(&append.log, "", Counter::Events) += u64::from(append.events);
        let entry = LogEntry { first, events: append.events, batch: append.batch.clone() };
        self.logs.entry(append.log.clone()).or_default().push(entry);
        first
    }

    fn sum(&mut self, source: &str, sink: &str, counter: Counter) -> &mut u64 {
        self.sums.entry((source.to_owned(), sink.to_owned(), counter)).or_default()
    }

    fn resolve(&mut self, number: u64) {
        if let Some(at) = self.letters.iter().position(|stored| stored.number == number) {
            let node = self.letters.remove(at).letter.node;
            *self.sum(&node, "", Counter::Letters) -= 1;
        }
    }

    fn bury(&mut self, letter: &DeadLetter) {
        let number = self.next_letter;
        let same =
            |stored: &&mut StoredLetter| (&stored.letter.node, &stored.letter.body) == (&letter.node, &letter.body);
        match self.letters.iter_mut().find(same) {
            Some(stored) => {
                stored.letter.count += 1;
                stored.last_at_ms = stored.last_at_ms.max(letter.at_ms);
            }
            None => {
                self.letters.push(StoredLetter { number, letter: letter.clone(), last_at_ms: letter.at_ms });
                self.next_letter += 1;
                *self.sum(&letter.node, "", Counter::Letters) += 1;
            }
        }
    }

    fn next(&self, log: &str) -> u64 {
        self.logs.get(log).and_then(|entries| entries.last()).map_or(0, |last| last.first + u64::from(last.events))
    }

    fn reached(&self, log: &str) -> u64 {
        self.reached.get(log).copied().unwrap_or(0)
    }

    /// Below it, both sinks have settled everything.
    fn low(&self, log: &str) -> u64 {
        let low = |sink: &&str| self.cursors.get(&(log.to_owned(), (*sink).to_owned())).map_or(0, |cursor| cursor.low);
        SINKS.iter().map(low).min().unwrap()
    }

    /// What of the store is not as it is here.
    pub fn difference(&self, reader: &dyn Reader) -> Result<(), String> {
        let differs = |what: String, here: String, there: String| match here == there {
            true => Ok(()),
            false => Err(format!("{what}: {here} expected, found {there}")),
        };
        for source in SOURCES {
            let there = reader.position(source).unwrap();
            differs(
                format!("position of {source}"),
                format!("{:?}", self.positions.get(source)),
                format!("{:?}", there.as_ref()),
            )?;
            for sink in SINKS {
                if let Some(here) = self.cursors.get(&(source.to_owned(), sink.to_owned())) {
                    let there = reader.cursor(source, sink).unwrap();
                    differs(format!("cursor of {sink} in {source}"), format!("{here:?}"), format!("{there:?}"))?;
                }
            }
            self.log_differs(source, reader)?;
        }
        for shelf in [Shelf::State, Shelf::Number, Shelf::Note] {
            let keys = KEYS.map(str::as_bytes);
            let here = keys.map(|key| self.states.get(&(shelf, key.to_vec())).cloned());
            differs(
                "states".into(),
                format!("{here:?}"),
                format!("{:?}", reader.states("keyed", shelf, &keys).unwrap()),
            )?;
            let here = keys.into_iter().zip(here).filter_map(|(key, value)| Some((key.to_vec(), value?)));
            let here: Vec<_> = here.filter(|(key, _)| key.as_slice() > b"u-1".as_slice()).collect();
            let there = reader.scan_states("keyed", shelf, b"u-1x", 9).unwrap();
            differs("a scan".into(), format!("{here:?}"), format!("{there:?}"))?;
        }
        let accounts = reader.accounts().unwrap();
        differs("sums".into(), format!("{:?}", self.sums), format!("{:?}", accounts.sums))?;
        differs("cursors".into(), format!("{:?}", self.cursors), format!("{:?}", accounts.cursors))?;
        differs("letters".into(), format!("{:?}", self.letters), format!("{:?}", reader.dead_letters(0, 999).unwrap()))
    }

    fn log_differs(&self, log: &str, reader: &dyn Reader) -> Result<(), String> {
        let here = self.logs.get(log).map_or(&[][..], |entries| entries);
        let there = reader.read_log(log, 0, usize::MAX).unwrap();
        let size = reader.log_size(log).unwrap();
        let bytes: usize = there.iter().map(|entry| entry.batch.len()).sum();
        let oldest = there.first().map_or(size.next, |entry| entry.first);
        let whole = here.ends_with(&there) && size.next == self.next(log) && size.bytes == bytes as u64;
        match whole && (oldest <= self.reached(log) && size.first == oldest) {
            true => Ok(()),
            false => {
                Err(format!("log {log}: {here:?} expected from {} on, found {there:?}, {size:?}", self.reached(log)))
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn is_what_the_maps_are(groups in prop::collection::vec((prop::collection::vec(commits(), 1..4), prop::bool::weighted(0.2)), 1..12)) {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        let mut lease = store.claim().unwrap().epoch;
        let mut model = Model::default();
        for (group, restart) in groups {
            if restart {
                drop(store);
                store = open(folder.path());
                lease = store.claim().unwrap().epoch;
            }
            let reader = store.reader();
            for (source, sink) in SOURCES.iter().flat_map(|source| SINKS.map(|sink| (source, sink))) {
                reader.cursor(source, sink).unwrap();
            }
            for (commit, answer) in group.iter().zip(store.commit(lease, &group)) {
                match answer {
                    Err(StoreError::Full { log, limit_bytes }) => {
                        prop_assert_eq!(limit_bytes, SMALL.log_bytes);
                        prop_assert!(commit.append.iter().any(|append| append.log == log));
                    }
                    answer => prop_assert_eq!(answer, Ok(model.apply(commit))),
                }
            }
            prop_assert_eq!(model.difference(&*reader), Ok(()));
        }
    }
}
