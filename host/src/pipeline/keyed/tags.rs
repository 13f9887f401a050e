//! Who is in which audience, who is in doubt, and who was seen: sets of persons, by their numbers.
//!
//! Each set is a roaring bitmap in memory. Every commit writes down what it changed of them as one small note; now and then the sets
//! themselves are written and the notes dropped, so that opening reads little and a commit writes little.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::store::{Shelf, StateChange, StoreError};

/// An audience's number. Names are stored once.
pub type TagId = u16;

/// The changes are folded into the sets when their notes hold so much: ten times the sets of a million persons, read in a moment.
const FOLD_BYTES: usize = 4 * 1024 * 1024;
/// Or when there are so many of them.
const FOLD_NOTES: u64 = 1_000;

/// One of the sets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Set {
    /// Who is in an audience.
    Tag(TagId),
    /// Whose state is in doubt.
    Unsure,
    /// Who was seen in the open snapshot of a source.
    Seen(String),
}

/// All sets, and what changed of them since the last commit.
#[derive(Debug, Default)]
pub struct Sets {
    sets: BTreeMap<Set, RoaringBitmap>,
    added: BTreeMap<Set, RoaringBitmap>,
    removed: BTreeMap<Set, RoaringBitmap>,
    /// The notes that are stored: the first and the one behind the last.
    notes: std::ops::Range<u64>,
    bytes: usize,
    /// Sets that were emptied as a whole and have to be forgotten in the store.
    dropped: Vec<Set>,
}

const DELTA: &[u8] = b"delta/";
const SET: &[u8] = b"set/";
const DAMAGED: StoreError = StoreError::Unreadable { what: "a set of persons" };

impl Sets {
    /// Reads them: the sets, then what changed since they were written.
    pub fn load(notes: &[(Vec<u8>, Vec<u8>)]) -> Result<Self, StoreError> {
        let mut all = Self::default();
        for (key, value) in notes {
            if let Some(name) = key.strip_prefix(SET) {
                let set = Set::read(name).ok_or(DAMAGED)?;
                all.sets.insert(set, bitmap(value)?);
            }
        }
        for (key, value) in notes {
            if let Some(number) = key.strip_prefix(DELTA) {
                let number = number.try_into().map(u64::from_be_bytes).map_err(|_| DAMAGED)?;
                if all.notes.is_empty() {
                    all.notes = number..number;
                }
                all.notes.end = number + 1;
                all.bytes += value.len();
                all.replay(value)?;
            }
        }
        Ok(all)
    }

    /// A set as it is now.
    #[must_use]
    pub fn get(&self, set: &Set) -> RoaringBitmap {
        self.sets.get(set).cloned().unwrap_or_default()
    }

    /// How many are in it.
    #[must_use]
    pub fn len(&self, set: &Set) -> u64 {
        self.sets.get(set).map_or(0, RoaringBitmap::len)
    }

    /// Whether a person is in it.
    #[must_use]
    pub fn contains(&self, set: &Set, number: u32) -> bool {
        self.sets.get(set).is_some_and(|set| set.contains(number))
    }

    /// Puts a person in.
    pub fn add(&mut self, set: &Set, number: u32) {
        if entry(&mut self.sets, set).insert(number) {
            entry(&mut self.added, set).insert(number);
            self.removed.get_mut(set).map(|removed| removed.remove(number));
        }
    }

    /// Takes a person out.
    pub fn remove(&mut self, set: &Set, number: u32) {
        if self.sets.get_mut(set).is_some_and(|set| set.remove(number)) {
            entry(&mut self.removed, set).insert(number);
            self.added.get_mut(set).map(|added| added.remove(number));
        }
    }

    /// Puts many in.
    pub fn add_all(&mut self, set: &Set, numbers: &RoaringBitmap) {
        numbers.iter().for_each(|number| self.add(set, number));
    }

    /// Forgets a set.
    pub fn clear(&mut self, set: &Set) {
        self.added.remove(set);
        self.removed.remove(set);
        if self.sets.remove(set).is_some() {
            self.dropped.push(set.clone());
        }
    }

    /// What the next commit stores of what changed. Once taken, it has to be stored.
    pub fn flush(&mut self, node: &str) -> Vec<StateChange> {
        let note = |key: Vec<u8>, value| StateChange { node: node.to_owned(), shelf: Shelf::Note, key, value };
        let dropped = std::mem::take(&mut self.dropped);
        let (added, removed) = (std::mem::take(&mut self.added), std::mem::take(&mut self.removed));
        let is_changed = added.values().chain(removed.values()).any(|set| !set.is_empty());
        if !is_changed && dropped.is_empty() {
            return Vec::new();
        }
        let delta = encode(&dropped, &added, &removed);
        if self.bytes + delta.len() < FOLD_BYTES && self.notes.end - self.notes.start < FOLD_NOTES {
            let number = self.notes.end;
            self.notes.end += 1;
            self.bytes += delta.len();
            return vec![note(delta_key(number), Some(delta))];
        }
        let old = self.notes.clone();
        self.notes.start = old.end;
        self.bytes = 0;
        let gone = dropped.iter().map(|set| note(set.key(), None));
        let forgotten = old.map(|number| note(delta_key(number), None));
        let whole = self.sets.iter().map(|(set, numbers)| note(set.key(), Some(bytes(numbers))));
        gone.chain(forgotten).chain(whole).collect()
    }

    fn replay(&mut self, mut delta: &[u8]) -> Result<(), StoreError> {
        while let Some((kind, rest)) = delta.split_first() {
            delta = rest;
            let name = take(&mut delta)?;
            let set = Set::read(name).ok_or(DAMAGED)?;
            let numbers = bitmap(take(&mut delta)?)?;
            match kind {
                b'+' => *entry(&mut self.sets, &set) |= numbers,
                b'-' => *entry(&mut self.sets, &set) -= numbers,
                b'0' => drop(self.sets.remove(&set)),
                _ => return Err(DAMAGED),
            }
        }
        Ok(())
    }
}

impl Set {
    fn name(&self) -> Vec<u8> {
        match self {
            Self::Tag(id) => [b"t".as_slice(), &id.to_be_bytes()].concat(),
            Self::Unsure => b"u".to_vec(),
            Self::Seen(source) => [b"s", source.as_bytes()].concat(),
        }
    }

    fn key(&self) -> Vec<u8> {
        [SET, &self.name()].concat()
    }

    fn read(name: &[u8]) -> Option<Self> {
        match name.split_first()? {
            (b't', id) => Some(Self::Tag(TagId::from_be_bytes(id.try_into().ok()?))),
            (b'u', []) => Some(Self::Unsure),
            (b's', source) => Some(Self::Seen(String::from_utf8(source.to_vec()).ok()?)),
            _ => None,
        }
    }
}

fn entry<'a>(sets: &'a mut BTreeMap<Set, RoaringBitmap>, set: &Set) -> &'a mut RoaringBitmap {
    sets.entry(set.clone()).or_default()
}

fn delta_key(number: u64) -> Vec<u8> {
    [DELTA, &number.to_be_bytes()].concat()
}

/// Sets that were dropped come first: what was added afterwards is added to nothing.
fn encode(dropped: &[Set], added: &BTreeMap<Set, RoaringBitmap>, removed: &BTreeMap<Set, RoaringBitmap>) -> Vec<u8> {
    let mut out = Vec::new();
    let nobody = RoaringBitmap::new();
    let gone = dropped.iter().map(|set| (b'0', set, &nobody));
    let minus = removed.iter().filter(|(_, numbers)| !numbers.is_empty()).map(|(set, numbers)| (b'-', set, numbers));
    let plus = added.iter().filter(|(_, numbers)| !numbers.is_empty()).map(|(set, numbers)| (b'+', set, numbers));
    for (kind, set, numbers) in gone.chain(minus).chain(plus) {
        out.push(kind);
        for part in [set.name(), bytes(numbers)] {
            out.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            out.extend_from_slice(&part);
        }
    }
    out
}

fn take<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], StoreError> {
    let (length, behind) = rest.split_first_chunk().ok_or(DAMAGED)?;
    let (taken, behind) = behind.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or(DAMAGED)?;
    *rest = behind;
    Ok(taken)
}

/// A set in roaring's own portable format.
#[must_use]
pub fn bytes(numbers: &RoaringBitmap) -> Vec<u8> {
    let mut out = Vec::with_capacity(numbers.serialized_size());
    // Writing into memory cannot fail.
    let _written = numbers.serialize_into(&mut out);
    out
}

/// Reads one.
pub fn bitmap(bytes: &[u8]) -> Result<RoaringBitmap, StoreError> {
    RoaringBitmap::deserialize_from(bytes).map_err(|_| DAMAGED)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Step {
        Add(u8, u32),
        Remove(u8, u32),
        Clear(u8),
        Commit,
    }

    fn set(which: u8) -> Set {
        match which {
            0 => Set::Unsure,
            1 => Set::Seen("scan".to_owned()),
            tag => Set::Tag(tag.into()),
        }
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0..4_u8, 0..9_u32).prop_map(|(set, number)| Step::Add(set, number)),
            3 => (0..4_u8, 0..9_u32).prop_map(|(set, number)| Step::Remove(set, number)),
            1 => (0..4_u8).prop_map(Step::Clear),
            3 => Just(Step::Commit),
        ]
    }

    /// Applies what was flushed to what is stored.
    fn store(stored: &mut BTreeMap<Vec<u8>, Vec<u8>>, changes: Vec<StateChange>) {
        for change in changes {
            match change.value {
                Some(value) => stored.insert(change.key, value),
                None => stored.remove(&change.key),
            };
        }
    }

    proptest! {
        #[test]
        fn what_was_committed_is_loaded(steps in prop::collection::vec(step(), 0..60), fold in any::<bool>()) {
            let (mut sets, mut model, mut stored) = (Sets::default(), BTreeMap::<u8, BTreeSet<u32>>::new(), BTreeMap::new());
            for step in steps.into_iter().chain([Step::Commit]) {
                match step {
                    Step::Add(which, number) => {
                        sets.add(&set(which), number);
                        model.entry(which).or_default().insert(number);
                    }
                    Step::Remove(which, number) => {
                        sets.remove(&set(which), number);
                        model.entry(which).or_default().remove(&number);
                    }
                    Step::Clear(which) => {
                        sets.clear(&set(which));
                        model.remove(&which);
                    }
                    Step::Commit => {
                        // As if the notes had grown large.
                        sets.bytes += if fold { FOLD_BYTES } else { 0 };
                        store(&mut stored, sets.flush("keyed"));
                        let notes: Vec<_> = stored.clone().into_iter().collect();
                        sets = Sets::load(&notes).unwrap();
                    }
                }
                for which in 0..4 {
                    let there: BTreeSet<u32> = sets.get(&set(which)).iter().collect();
                    prop_assert_eq!(there, model.get(&which).cloned().unwrap_or_default());
                }
            }
        }
    }
}
