//! All that a keyed transform remembers, between the store and the component.
//!
//! People stand in the store and are read when they are needed; names, sets of people and snapshots stand in memory and are written with the
//! commit that changes them. Nothing here is asynchronous, calls a component or decides about an event.

use std::collections::BTreeSet;

use roaring::RoaringBitmap;

use super::brake::{Held, MaxExit, Why};
use super::notes::{Facts, Look, Pass};
use super::numbers::{self, Numbers};
use super::pending::Pending;
use super::record::Record;
use super::tags::{Set, Sets, TagId, bitmap, bytes};
use crate::component::types::Standing;
use crate::connector::Part;
use crate::store::{Reader, Shelf, StateChange, StoreError};

/// See the module.
#[derive(Debug)]
pub struct Memory {
    node: String,
    facts: Facts,
    stored: Facts,
    sets: Sets,
    numbers: Numbers,
    pending: Pending,
    changes: Vec<StateChange>,
    /// State versions that the component reads, the one that it writes first.
    versions: Vec<u32>,
}

/// What is held about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// How it stands.
    pub standing: Standing,
    /// What is stored; none if nothing is.
    pub record: Option<Record>,
}

/// What is kept about a key from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// These bytes, these audiences; and whether it is still in doubt.
    Put {
        /// The component's own.
        bytes: Vec<u8>,
        /// The audiences that it is in.
        tags: Vec<TagId>,
        /// Still in doubt.
        unsure: bool,
    },
    /// Nothing.
    Delete,
}

pub(super) const FACTS: &[u8] = b"facts";
const PASS: &[u8] = b"pass/";
/// Stands there while another memory is being taken in: half of one is none.
pub(super) const TAKING: &[u8] = b"taking";
/// Read at once when the notes are loaded: far more than there are.
const NOTES: usize = 1_000_000;
const DAMAGED: StoreError = StoreError::Unreadable { what: "what a transform remembers" };

impl Memory {
    /// Reads what is stored for `node`. States that another component wrote are in doubt.
    pub fn load(reader: &dyn Reader, node: &str, component: &str, versions: &[u32]) -> Result<Self, StoreError> {
        let notes = reader.scan_states(node, Shelf::Note, b"", NOTES)?;
        if notes.iter().any(|(key, _)| key == TAKING) {
            return Err(StoreError::Unreadable {
                what: "what a transform remembers: an import was broken off, so repeat it",
            });
        }
        let facts = notes.iter().find(|(key, _)| key == FACTS);
        let stored: Facts = match facts {
            Some((_, facts)) => serde_json::from_slice(facts).map_err(|_| DAMAGED)?,
            None => Facts::default(),
        };
        let sets = Sets::load(&notes)?;
        let numbers = Numbers::load(reader, node, stored.next_number)?;
        let pending = Pending::since(reader.log_size(node)?.next);
        let (node, facts, changes, versions) = (node.to_owned(), stored.clone(), Vec::new(), versions.to_vec());
        let mut memory = Self { node, facts, stored, sets, numbers, pending, changes, versions };
        if memory.facts.component != component {
            if !memory.facts.component.is_empty() {
                memory.doubt_all();
            }
            component.clone_into(&mut memory.facts.component);
        }
        Ok(memory)
    }

    /// The driver's own facts.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The state version that the component writes.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.versions.first().copied().unwrap_or_default()
    }

    /// How many people are known.
    #[must_use]
    pub fn people(&self) -> u64 {
        u64::from(self.facts.next_number)
    }

    /// How many people are in doubt.
    #[must_use]
    pub fn unsure(&self) -> u64 {
        self.sets.len(&Set::Unsure)
    }

    /// How many are in an audience.
    #[must_use]
    pub fn count(&self, audience: &str) -> u64 {
        self.facts.id(audience).map_or(0, |id| self.sets.len(&Set::Tag(id)))
    }

    /// An audience's id.
    pub fn intern(&mut self, audience: &str) -> Option<TagId> {
        self.facts.intern(audience)
    }

    /// What is held about keys, in their order.
    pub fn kept(&self, reader: &dyn Reader, keys: &[&str]) -> Result<Vec<Kept>, StoreError> {
        // In the order of the store, so that neighbours are found in the block that was just read.
        let mut order: Vec<usize> = (0..keys.len()).collect();
        order.sort_unstable_by_key(|at| keys[*at]);
        let sorted: Vec<&[u8]> = order.iter().map(|at| keys[*at].as_bytes()).collect();
        let stored = reader.states(&self.node, Shelf::State, &sorted)?;
        let mut kept = vec![Kept { standing: Standing::None, record: None }; keys.len()];
        for (at, value) in order.into_iter().zip(stored) {
            if let Some(value) = value {
                kept[at] = self.standing(Record::decode(&value));
            }
        }
        Ok(kept)
    }

    fn standing(&self, record: Option<Record>) -> Kept {
        let known = |record: &Record| {
            self.versions.contains(&record.version) && !self.sets.contains(&Set::Unsure, record.number)
        };
        let standing = match &record {
            Some(record) if known(record) && self.pending.is(record.number) => Standing::Pending,
            Some(record) if known(record) => Standing::Known,
            _ => Standing::Unsure,
        };
        Kept { standing, record }
    }

    /// Of whom something is on its way to the sink.
    pub fn pending(&mut self) -> &mut Pending {
        &mut self.pending
    }

    /// The keys of some numbers that rise. A number without one was forgotten.
    pub fn keys(&self, reader: &dyn Reader, numbers: &[u32]) -> Result<Vec<String>, StoreError> {
        numbers::keys(reader, &self.node, numbers)
    }

    /// How many of those who change would leave each audience of a snapshot.
    #[must_use]
    pub fn leaving(&self, look: &Look, changes: &[(&str, &Kept, &Change)]) -> Vec<(String, u64)> {
        let of = |audience: &String| {
            let id = self.facts.id(audience)?;
            let leaves = |(_, kept, change): &&(&str, &Kept, &Change)| {
                let was_in = kept.record.as_ref().is_some_and(|record| record.tags.contains(&id));
                was_in && !matches!(change, Change::Put { tags, .. } if tags.contains(&id))
            };
            Some((audience.clone(), changes.iter().filter(leaves).count() as u64))
        };
        look.audiences.iter().filter_map(of).filter(|(_, lost)| *lost > 0).collect()
    }

    /// Keeps a change, from the next commit on. The person's number, if there is one.
    pub fn change(
        &mut self,
        reader: &dyn Reader,
        key: &str,
        kept: &Kept,
        change: Change,
    ) -> Result<Option<u32>, StoreError> {
        let before = kept.record.as_ref();
        let number = match (&change, before) {
            (_, Some(record)) => record.number,
            (Change::Delete, None) => return Ok(None),
            (Change::Put { .. }, None) => {
                let number = self.facts.number().ok_or(StoreError::Unreadable { what: "a number for a person" })?;
                self.numbers.add(number, key);
                number
            }
        };
        let old: BTreeSet<TagId> = before.map(|record| record.tags.iter().copied().collect()).unwrap_or_default();
        match change {
            Change::Put { bytes, tags, unsure } => {
                let new: BTreeSet<TagId> = tags.iter().copied().collect();
                old.difference(&new).for_each(|tag| self.sets.remove(&Set::Tag(*tag), number));
                new.difference(&old).for_each(|tag| self.sets.add(&Set::Tag(*tag), number));
                self.doubt(number, unsure);
                let version = self.version();
                let record = Record { version, number, tags, bytes };
                if before != Some(&record) {
                    self.put(Shelf::State, key.as_bytes().to_vec(), Some(record.encode()));
                }
            }
            Change::Delete => {
                old.iter().for_each(|tag| self.sets.remove(&Set::Tag(*tag), number));
                self.doubt(number, false);
                self.put(Shelf::State, key.as_bytes().to_vec(), None);
                self.numbers.remove(reader, &self.node, number)?;
            }
        }
        Ok(Some(number))
    }

    fn doubt(&mut self, number: u32, is_unsure: bool) {
        match is_unsure {
            true => self.sets.add(&Set::Unsure, number),
            false => self.sets.remove(&Set::Unsure, number),
        }
    }

    /// Puts a key in doubt.
    pub fn doubt_key(&mut self, reader: &dyn Reader, key: &str, kept: &Kept) -> Result<(), StoreError> {
        match &kept.record {
            Some(record) => self.doubt(record.number, true),
            None => {
                let nothing = Change::Put { bytes: Vec::new(), tags: Vec::new(), unsure: true };
                self.change(reader, key, kept, nothing)?;
            }
        }
        Ok(())
    }

    /// Puts everybody in doubt.
    pub fn doubt_all(&mut self) {
        let mut everybody = RoaringBitmap::new();
        everybody.insert_range(0..self.facts.next_number);
        self.sets.add_all(&Set::Unsure, &everybody);
    }

    /// The snapshot that a part belongs to. A new one begins here, and what an older one of the source has not finished is given up.
    pub fn look(&mut self, source: &str, part: &Part) -> Look {
        if let Some(look) = self.facts.looks.get(source).filter(|look| look.number == part.number) {
            return look.clone();
        }
        self.sets.clear(&Set::Seen(source.to_owned()));
        self.facts.held.remove(source);
        let given_up: Vec<u64> = self.passes_of(source).collect();
        given_up.into_iter().for_each(|pass| self.drop_pass(pass));
        let scope = &part.scope;
        let baseline = scope.audiences.iter().filter(|name| !self.facts.closed.contains_key(*name)).cloned();
        let look = Look {
            number: part.number,
            audiences: scope.audiences.clone(),
            as_of_ms: scope.as_of_ms,
            total: scope.total,
            baseline: baseline.collect(),
            before: scope.audiences.iter().map(|name| (name.clone(), self.count(name))).collect(),
            lost: Default::default(),
            rows: 0,
            is_blind: false,
        };
        self.facts.looks.insert(source.to_owned(), look.clone());
        look
    }

    /// Notes what a part of a snapshot brought: who was seen, who left.
    pub fn saw(&mut self, source: &str, numbers: &[u32], rows: u64, lost: &[(String, u64)], is_blind: bool) {
        let seen = Set::Seen(source.to_owned());
        numbers.iter().for_each(|number| self.sets.add(&seen, *number));
        let Some(look) = self.facts.looks.get_mut(source) else { return };
        look.rows += rows;
        look.is_blind |= is_blind;
        for (audience, count) in lost {
            *look.lost.entry(audience.clone()).or_default() += count;
        }
    }

    /// Whether somebody said that this source's snapshot may pass.
    #[must_use]
    pub fn is_approved(&self, source: &str) -> bool {
        self.facts.approved.contains(source)
    }

    /// Ends a snapshot: who of its audiences was not seen becomes a pass. The reason why it is held up, if it is.
    pub fn close(&mut self, source: &str, most: &MaxExit) -> Option<Held> {
        let look = self.facts.looks.remove(source)?;
        let seen = Set::Seen(source.to_owned());
        let mut absent = self.sets.get(&Set::Unsure);
        for id in look.audiences.iter().filter_map(|name| self.facts.id(name)) {
            absent |= self.sets.get(&Set::Tag(id));
        }
        absent -= self.sets.get(&seen);
        let held = self.held(&look, &absent, most).filter(|_| !self.is_approved(source));
        self.sets.clear(&seen);
        for audience in &look.audiences {
            self.facts.closed.insert(audience.clone(), look.as_of_ms);
        }
        if held.is_none() {
            self.facts.approved.remove(source);
        }
        if !look.is_blind && !absent.is_empty() {
            let Look { audiences, as_of_ms, baseline, .. } = look;
            let (source, people) = (Some(source.to_owned()), absent.len());
            let pass =
                Pass { source, audiences, as_of_ms, baseline, restates: false, held: held.clone(), next: 0, people };
            self.add_pass(pass, &absent);
        }
        held
    }

    fn held(&self, look: &Look, absent: &RoaringBitmap, most: &MaxExit) -> Option<Held> {
        for audience in &look.audiences {
            let members = self.facts.id(audience).map(|id| self.sets.get(&Set::Tag(id))).unwrap_or_default();
            let lost = look.lost.get(audience).copied().unwrap_or_default() + members.intersection_len(absent);
            let of = look.before.get(audience).copied().unwrap_or_default();
            if most.is_exceeded(lost, of) {
                return Some(Held { audience: audience.clone(), lost, of, why: Why::Exits });
            }
        }
        let (of, audience) = (look.total?, look.audiences.join(", "));
        let lost = of.saturating_sub(look.rows);
        most.is_exceeded(lost, of).then_some(Held { audience, lost, of, why: Why::Missing })
    }

    /// Whether so many more who leave would be too many.
    #[must_use]
    pub fn brakes(&self, source: &str, look: &Look, lost: &[(String, u64)], most: &MaxExit) -> Option<Held> {
        if self.is_approved(source) {
            return None;
        }
        lost.iter().find_map(|(audience, more)| {
            let lost = look.lost.get(audience).copied().unwrap_or_default() + more;
            let of = look.before.get(audience).copied().unwrap_or_default();
            most.is_exceeded(lost, of).then(|| Held { audience: audience.clone(), lost, of, why: Why::Exits })
        })
    }

    /// Adds people about whom something is to be said.
    pub fn add_pass(&mut self, pass: Pass, who: &RoaringBitmap) {
        let number = self.facts.next_pass;
        self.facts.next_pass += 1;
        self.facts.passes.insert(number, pass);
        self.put(Shelf::Note, pass_key(number), Some(bytes(who)));
    }

    /// A pass over everybody who is in one of these audiences; for a pass that an operator asks for.
    pub fn members(&self, audiences: &[String]) -> RoaringBitmap {
        let ids = audiences.iter().filter_map(|name| self.facts.id(name));
        ids.fold(RoaringBitmap::new(), |all, id| all | self.sets.get(&Set::Tag(id)))
    }

    /// Who a pass is about, as it is stored.
    pub fn people_of(&self, reader: &dyn Reader, pass: u64) -> Result<RoaringBitmap, StoreError> {
        let key = pass_key(pass);
        match reader.states(&self.node, Shelf::Note, &[&key])?.pop().flatten() {
            Some(who) => bitmap(&who),
            None => Ok(RoaringBitmap::new()),
        }
    }

    /// Everybody with a lower number is done; `None`: everybody.
    pub fn advance(&mut self, pass: u64, next: Option<u32>) {
        match (next, self.facts.passes.get_mut(&pass)) {
            (Some(next), Some(pass)) => pass.next = next,
            _ => self.drop_pass(pass),
        }
    }

    fn drop_pass(&mut self, pass: u64) {
        if self.facts.passes.remove(&pass).is_some() {
            self.put(Shelf::Note, pass_key(pass), None);
        }
    }

    fn passes_of(&self, source: &str) -> impl Iterator<Item = u64> {
        let of = |pass: &Pass| pass.source.as_deref() == Some(source);
        self.facts.passes.iter().filter(move |(_, pass)| of(pass)).map(|(number, _)| *number)
    }

    /// Whether a source has to wait until those who were absent from its last snapshot are done.
    #[must_use]
    pub fn is_winding_up(&self, source: &str) -> bool {
        let is_running = |pass: &Pass| pass.source.as_deref() == Some(source) && pass.held.is_none();
        self.facts.passes.values().any(is_running)
    }

    /// The first pass that may go on.
    #[must_use]
    pub fn next_pass(&self) -> Option<(u64, Pass)> {
        self.facts.passes.iter().find(|(_, pass)| pass.held.is_none()).map(|(number, pass)| (*number, pass.clone()))
    }

    /// A source's snapshot is held up before the decision that would take it too far.
    pub fn hold(&mut self, source: &str, held: &Held) {
        self.facts.held.insert(source.to_owned(), held.clone());
    }

    /// Lets what is held up go on, and the running snapshots that are held up pass.
    pub fn approve(&mut self) {
        for pass in self.facts.passes.values_mut() {
            pass.held = None;
        }
        let held = std::mem::take(&mut self.facts.held);
        self.facts.approved.extend(held.into_keys());
    }

    /// What the next commit stores. Once taken, it has to be stored.
    pub fn flush(&mut self) -> Vec<StateChange> {
        let mut changes = std::mem::take(&mut self.changes);
        changes.extend(self.numbers.flush(&self.node));
        changes.extend(self.sets.flush(&self.node));
        if self.facts != self.stored {
            self.stored = self.facts.clone();
            // Plain maps of texts and numbers cannot fail to be written.
            let facts = serde_json::to_vec(&self.facts).unwrap_or_default();
            let (node, key) = (self.node.clone(), FACTS.to_vec());
            changes.push(StateChange { node, shelf: Shelf::Note, key, value: Some(facts) });
        }
        changes
    }

    fn put(&mut self, shelf: Shelf, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.changes.push(StateChange { node: self.node.clone(), shelf, key, value });
    }
}

fn pass_key(number: u64) -> Vec<u8> {
    [PASS, &number.to_be_bytes()].concat()
}
