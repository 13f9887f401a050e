//! Which key has a number?
//!
//! The keys of neighbours lie together, in one record for a block of them: a new person costs no record of their own, and a pass reads many
//! at once. Numbers rise, so only the newest block grows; that one alone is held in memory.
//!
//! A block is, for each of its numbers in order, the key's length in 7 bits a byte and the key. A length of 0: nobody has the number any more.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::record::{put, take};
use crate::store::{Reader, Shelf, StateChange, StoreError};

/// So many neighbours lie together: enough to share a record, few enough to write all of them for one new person.
const NEIGHBOURS: u32 = 64;
const DAMAGED: StoreError = StoreError::Unreadable { what: "the keys of a transform's people" };

/// See the module.
#[derive(Debug, Default)]
pub struct Numbers {
    blocks: BTreeMap<u32, Block>,
    newest: u32,
    changed: BTreeSet<u32>,
}

type Block = Vec<Vec<u8>>;

impl Numbers {
    /// Reads the block that the next number belongs to.
    pub fn load(reader: &dyn Reader, node: &str, next: u32) -> Result<Self, StoreError> {
        let mut numbers = Self { newest: next / NEIGHBOURS, ..Self::default() };
        if !next.is_multiple_of(NEIGHBOURS) {
            numbers.block(reader, node, next)?;
        }
        Ok(numbers)
    }

    /// Gives the next number to a key, from the next commit on.
    pub fn add(&mut self, number: u32, key: &str) {
        self.newest = number / NEIGHBOURS;
        let block = self.blocks.entry(self.newest).or_default();
        block.resize(place(number), Vec::new());
        block.push(key.as_bytes().to_vec());
        self.changed.insert(self.newest);
    }

    /// Forgets whose a number is, from the next commit on.
    pub fn remove(&mut self, reader: &dyn Reader, node: &str, number: u32) -> Result<(), StoreError> {
        if let Some(key) = self.block(reader, node, number)?.get_mut(place(number)) {
            key.clear();
        }
        self.changed.insert(number / NEIGHBOURS);
        Ok(())
    }

    /// What the next commit stores. Once taken, it has to be stored.
    pub fn flush(&mut self, node: &str) -> Vec<StateChange> {
        let record = |number: u32| {
            let value = self.blocks.get(&number).map(|block| encode(block));
            StateChange { node: node.to_owned(), shelf: Shelf::Number, key: number.to_be_bytes().to_vec(), value }
        };
        let records = std::mem::take(&mut self.changed).into_iter().map(record).collect();
        let newest = self.newest;
        self.blocks.retain(|number, _| *number == newest);
        records
    }

    fn block(&mut self, reader: &dyn Reader, node: &str, number: u32) -> Result<&mut Block, StoreError> {
        let number = number / NEIGHBOURS;
        match self.blocks.entry(number) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                let stored = reader.states(node, Shelf::Number, &[&number.to_be_bytes()])?.pop().flatten();
                Ok(place.insert(decode(&stored.unwrap_or_default())?))
            }
        }
    }
}

/// The keys of some numbers that rise, as they are stored. A number without one was forgotten.
pub fn keys(reader: &dyn Reader, node: &str, numbers: &[u32]) -> Result<Vec<String>, StoreError> {
    let blocks: Vec<&[u32]> = numbers.chunk_by(|one, next| one / NEIGHBOURS == next / NEIGHBOURS).collect();
    let wanted: Vec<[u8; 4]> = blocks.iter().map(|block| (block[0] / NEIGHBOURS).to_be_bytes()).collect();
    let wanted: Vec<&[u8]> = wanted.iter().map(<[u8; 4]>::as_slice).collect();
    let mut keys = Vec::with_capacity(numbers.len());
    for (numbers, stored) in blocks.into_iter().zip(reader.states(node, Shelf::Number, &wanted)?) {
        let mut block = decode(&stored.unwrap_or_default())?;
        let found = numbers.iter().filter_map(|number| block.get_mut(place(*number)).map(std::mem::take));
        for key in found.filter(|key| !key.is_empty()) {
            keys.push(String::from_utf8(key).map_err(|_| DAMAGED)?);
        }
    }
    Ok(keys)
}

/// Where a number stands in its block.
fn place(number: u32) -> usize {
    (number % NEIGHBOURS) as usize
}

fn encode(block: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(block.iter().map(|key| key.len() + 2).sum());
    for key in block {
        put(&mut out, u32::try_from(key.len()).unwrap_or(u32::MAX));
        out.extend_from_slice(key);
    }
    out
}

fn decode(mut stored: &[u8]) -> Result<Block, StoreError> {
    let mut block = Block::with_capacity(NEIGHBOURS as usize);
    while !stored.is_empty() {
        let length = take(&mut stored).ok_or(DAMAGED)?;
        let (key, rest) = stored.split_at_checked(length as usize).ok_or(DAMAGED)?;
        block.push(key.to_vec());
        stored = rest;
    }
    Ok(block)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Commit, Epoch, LocalStore, Store};

    struct Stand {
        _folder: tempfile::TempDir,
        store: LocalStore,
        epoch: Epoch,
        numbers: Numbers,
    }

    impl Stand {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let mut store = LocalStore::open(folder.path(), 1 << 20).unwrap();
            let epoch = store.claim().unwrap().epoch;
            Self { _folder: folder, store, epoch, numbers: Numbers::default() }
        }

        fn add(&mut self, numbers: std::ops::Range<u32>) {
            numbers.for_each(|number| self.numbers.add(number, &format!("u-{number}")));
            self.commit();
        }

        fn remove(&mut self, number: u32) {
            self.numbers.remove(&*self.store.reader(), "keyed", number).unwrap();
            self.commit();
        }

        /// How many records were written.
        fn commit(&mut self) -> usize {
            let states = self.numbers.flush("keyed");
            let written = states.len();
            let commit = Commit { states, ..Commit::default() };
            self.store.commit(self.epoch, &[commit]).into_iter().for_each(|stored| drop(stored.unwrap()));
            written
        }

        fn restart(&mut self, next: u32) {
            self.numbers = Numbers::load(&*self.store.reader(), "keyed", next).unwrap();
        }

        fn check(&self, numbers: &[u32], expected: &str) {
            assert_eq!(keys(&*self.store.reader(), "keyed", numbers).unwrap().join(" "), expected);
        }
    }

    #[test]
    fn keys_are_found_again_also_when_the_block_is_continued_after_a_restart() {
        let mut stand = Stand::new();
        stand.add(0..3);
        stand.restart(3);
        stand.add(3..200);
        stand.check(&[0, 2, 3, 63, 64, 199, 200], "u-0 u-2 u-3 u-63 u-64 u-199");
        assert_eq!(stand.numbers.blocks.len(), 1);
    }

    #[test]
    fn who_is_forgotten_is_found_in_no_record() {
        let mut stand = Stand::new();
        stand.add(0..130);
        stand.remove(5);
        stand.remove(129);
        stand.restart(130);
        stand.add(130..131);
        stand.check(&[4, 5, 6, 128, 129, 130], "u-4 u-6 u-128 u-130");
        let records = stand.store.reader().scan_states("keyed", Shelf::Number, b"", 9).unwrap();
        let holds =
            |what: &str| records.iter().any(|(_, keys)| keys.windows(what.len()).any(|at| at == what.as_bytes()));
        assert!(!holds("u-5\u{3}") && holds("u-6\u{3}") && !holds("u-129"));
        stand.numbers.add(131, "u-131");
        assert_eq!(stand.commit(), 1);
    }

    #[test]
    fn what_an_earlier_release_wrote_is_read() {
        let stored = b"\x03u-0\x00\x05u-\xc3\xa92";
        let block = decode(stored).unwrap();
        assert_eq!(block, [b"u-0".to_vec(), Vec::new(), "u-\u{e9}2".as_bytes().to_vec()]);
        assert_eq!(encode(&block), stored);
        assert!(decode(b"\x04u-0").is_err());
    }
}
