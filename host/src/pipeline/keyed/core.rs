//! What a keyed transform decides, and what one commit stores of it.
//!
//! Given events, it reads what is held about their keys, lets the component decide, and gives back everything that has to become true
//! together: new states, the output for the outbox, what was rejected and what is settled. It stores nothing itself.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::brake::{Held, MaxExit};
use super::call::{Answer, Call};
use super::memory::{Change, Kept, Memory};
use super::notes::{Look, Pass};
use crate::component::types::Batch;
use crate::component::{CallError, Node};
use crate::pipeline::dead::{Rejected, Where};
use crate::pipeline::ledger::{Fate, Line};
use crate::pipeline::sink::Parcel;
use crate::store::{Append, DeadLetter, Reader, StateChange, StoreError};

/// How many people of a pass are decided on at once.
const PASS_PEOPLE: usize = 1_000;

/// Everything that becomes true with one commit.
#[derive(Debug, Default)]
pub struct Decision {
    /// What is kept.
    pub states: Vec<StateChange>,
    /// What goes to the sink.
    pub append: Option<Append>,
    /// What can never pass.
    pub dead: Vec<DeadLetter>,
    /// What is settled.
    pub settled: Vec<Line>,
    /// A snapshot closed, and those who were not in it wait until somebody has looked.
    pub held: Option<Held>,
    /// How many events made the component fail.
    pub traps: usize,
    /// How many events came to nothing, because the sink knows what they say.
    pub unchanged: u64,
    /// The look that the events are a part of, if it looks at something for the first time, and what is told of it.
    pub first: Option<(Look, Batch)>,
}

/// Why nothing was decided.
#[derive(Debug)]
pub enum Undecided {
    /// So many would leave that somebody should look first.
    Held(Held),
    /// The component cannot be called, and no event is to blame.
    Broken(CallError),
    /// The store cannot be read.
    Store(StoreError),
}

impl From<StoreError> for Undecided {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<CallError> for Undecided {
    fn from(error: CallError) -> Self {
        Self::Broken(error)
    }
}

/// See the module.
pub struct Core {
    /// The transform's id, and its outbox's.
    pub id: Arc<str>,
    /// The component.
    pub node: Node,
    /// What it remembers.
    pub memory: Memory,
    /// The brake.
    pub most: MaxExit,
}

impl Core {
    /// Decides on parcels, in order. All are parts of one snapshot, or none is of any; only the last may close it.
    pub fn decide(&mut self, reader: &dyn Reader, parcels: &[Parcel], at_ms: u64) -> Result<Decision, Undecided> {
        let batch = joined(parcels);
        let (keys, key_of) = distinct(&batch);
        let kept = self.memory.kept(reader, &keys)?;
        let source = parcels.first().map(|parcel| Arc::clone(&parcel.source));
        let look = parcels.iter().find_map(|parcel| Some((&parcel.source, &parcel.look.as_ref()?.part)));
        let look = look.map(|(source, part)| self.memory.look(source, part));
        let snapshot = look.as_ref().map(Look::snapshot);
        let call = Call { node: &self.node, keys: &keys, kept: &kept, snapshot: snapshot.as_ref() };
        let answer = call.transform(&mut self.memory, &batch, &key_of)?;
        let lost = self.braked(source.as_deref(), look.as_ref(), &keys, &kept, &answer)?;
        let dead = self.dead(parcels, &batch, &answer, at_ms);
        let (numbers, traps) = (self.apply(reader, &keys, &kept, &answer)?, answer.traps);
        self.told(&answer, |event| numbers[key_of[event] as usize]);
        let mut held = None;
        if let (Some(source), Some(_)) = (&source, &look) {
            self.saw(reader, source, parcels, numbers.into_iter().flatten().collect(), &lost)?;
            let closes = |parcel: &Parcel| parcel.look.as_ref().is_some_and(|look| look.part.closes);
            if parcels.iter().any(closes) {
                held = self.memory.close(source, &self.most);
            }
        }
        let append = self.append(&answer.events);
        let first = look.filter(|look| !look.baseline.is_empty() && append.is_some());
        let changed: FxHashSet<u32> = answer.origins.iter().copied().collect();
        let unchanged = (batch.len() - changed.len() - answer.rejected.len()) as u64;
        Ok(Decision {
            states: self.memory.flush(),
            append,
            dead,
            settled: settled(parcels, &answer),
            held,
            traps,
            unchanged,
            first: first.map(|look| (look, answer.events)),
        })
    }

    /// Decides on the next people of a pass.
    pub fn pass(&mut self, reader: &dyn Reader, number: u64, pass: &Pass, at_ms: u64) -> Result<Decision, Undecided> {
        let who = self.memory.people_of(reader, number)?;
        let numbers: Vec<u32> = who.range(pass.next..).take(PASS_PEOPLE).collect();
        let names = self.memory.keys(reader, &numbers)?;
        let keys: Vec<&str> = names.iter().map(String::as_str).collect();
        let kept = self.memory.kept(reader, &keys)?;
        let mut decision = Decision::default();
        if !keys.is_empty() {
            let snapshot = pass.snapshot();
            let call = Call { node: &self.node, keys: &keys, kept: &kept, snapshot: None };
            let answer = call.absent(&mut self.memory, &snapshot)?;
            let numbers = self.apply(reader, &keys, &kept, &answer)?;
            self.told(&answer, |place| numbers[place]);
            for (place, reason) in &answer.rejected {
                let (key, kept) = (keys[*place as usize], &kept[*place as usize]);
                self.memory.doubt_key(reader, key, kept)?;
                decision.dead.push(self.absence(pass, key, reason.clone(), at_ms));
            }
            decision.append = self.append(&answer.events);
            decision.traps = answer.traps;
        }
        let is_last = numbers.len() < PASS_PEOPLE;
        self.memory.advance(number, numbers.last().filter(|_| !is_last).map(|last| last + 1));
        decision.states = self.memory.flush();
        Ok(decision)
    }

    /// Puts people in doubt of whom the sink could not be told something.
    pub fn doubt(&mut self, reader: &dyn Reader, dead: &[DeadLetter]) -> Result<Vec<StateChange>, StoreError> {
        let keys: HashSet<&str> = dead.iter().filter_map(|letter| letter.key.as_deref()).collect();
        let keys: Vec<&str> = keys.into_iter().collect();
        for (key, kept) in keys.iter().zip(self.memory.kept(reader, &keys)?) {
            self.memory.doubt_key(reader, key, &kept)?;
        }
        Ok(self.memory.flush())
    }

    /// How many would leave each audience by this; refused if that is too many.
    fn braked(
        &self,
        source: Option<&str>,
        look: Option<&Look>,
        keys: &[&str],
        kept: &[Kept],
        answer: &Answer,
    ) -> Result<Vec<(String, u64)>, Undecided> {
        let (Some(source), Some(look)) = (source, look) else { return Ok(Vec::new()) };
        let change = |(place, change): (&u32, _)| (keys[*place as usize], &kept[*place as usize], change);
        let changes: Vec<(&str, &Kept, &Change)> = answer.changes.iter().map(change).collect();
        let lost = self.memory.leaving(look, &changes);
        match self.memory.brakes(source, look, &lost, &self.most) {
            Some(held) => Err(Undecided::Held(held)),
            None => Ok(lost),
        }
    }

    /// Keeps what changed. The number of each key, if it has one.
    fn apply(
        &mut self,
        reader: &dyn Reader,
        keys: &[&str],
        kept: &[Kept],
        answer: &Answer,
    ) -> Result<Vec<Option<u32>>, StoreError> {
        let mut numbers = Vec::with_capacity(keys.len());
        for (place, (key, kept)) in (0_u32..).zip(keys.iter().zip(kept)) {
            let number = match answer.changes.get(&place) {
                Some(change) => self.memory.change(reader, key, kept, change.clone())?,
                None => kept.record.as_ref().map(|record| record.number),
            };
            numbers.push(number);
        }
        Ok(numbers)
    }

    /// Notes who is told something. `number` knows whose an input of the call was.
    fn told(&mut self, answer: &Answer, number: impl Fn(usize) -> Option<u32>) {
        if !answer.events.is_empty() {
            let people = answer.origins.iter().filter_map(|input| number(*input as usize));
            self.memory.pending().add(people);
        }
    }

    /// Notes who was seen: whom events were about, and of whom something was rejected before it came here.
    fn saw(
        &mut self,
        reader: &dyn Reader,
        source: &str,
        parcels: &[Parcel],
        mut numbers: Vec<u32>,
        lost: &[(String, u64)],
    ) -> Result<(), StoreError> {
        let looks = || parcels.iter().filter_map(|parcel| parcel.look.as_deref());
        let others: Vec<&str> = looks().flat_map(|look| &look.seen).map(String::as_str).collect();
        let kept = self.memory.kept(reader, &others)?;
        numbers.extend(kept.iter().filter_map(|kept| Some(kept.record.as_ref()?.number)));
        let events: usize = parcels.iter().map(|parcel| parcel.stage.events.len()).sum();
        let is_blind = looks().any(|look| look.is_blind);
        self.memory.saw(source, &numbers, (events + others.len()) as u64, lost, is_blind);
        Ok(())
    }

    fn append(&self, events: &Batch) -> Option<Append> {
        let count = u32::try_from(events.len()).unwrap_or(u32::MAX);
        (count > 0).then(|| Append { log: self.id.to_string(), batch: events.encode(), events: count })
    }

    fn dead(&self, parcels: &[Parcel], batch: &Batch, answer: &Answer, at_ms: u64) -> Vec<DeadLetter> {
        let mut dead = Vec::new();
        for (index, reason) in &answer.rejected {
            let Some((parcel, place)) = at(parcels, *index as usize) else { continue };
            let place_of = Where { source: &parcel.source, node: &self.id, first: parcel.first, at_ms };
            let rejected =
                Rejected { origin: parcel.stage.origin(place), reason: reason.clone(), may_have_arrived: false };
            dead.push(place_of.dead_letter(batch, *index as usize, rejected));
        }
        dead
    }

    fn absence(&self, pass: &Pass, key: &str, reason: String, at_ms: u64) -> DeadLetter {
        let source = pass.source.clone().unwrap_or_else(|| self.id.to_string());
        DeadLetter {
            node: self.id.to_string(),
            place: format!("somebody who was absent from a snapshot of `{source}`"),
            source,
            key: Some(key.to_owned()),
            body: b"{}".to_vec(),
            reason,
            at_ms,
            may_have_arrived: false,
            count: 1,
        }
    }
}

/// All events of some parcels.
pub fn joined(parcels: &[Parcel]) -> Batch {
    match parcels {
        [one] => Batch::clone(&one.stage.events),
        many => many.iter().fold(Batch::new(), |mut batch, parcel| {
            batch.append(&parcel.stage.events);
            batch
        }),
    }
}

fn distinct(batch: &Batch) -> (Vec<&str>, Vec<u32>) {
    let mut keys = Vec::new();
    let mut places: HashMap<&str, u32> = HashMap::with_capacity(batch.len());
    let place = |index| {
        let key = batch.key(index);
        *places.entry(key).or_insert_with(|| {
            keys.push(key);
            keys.len() as u32 - 1
        })
    };
    let key_of = (0..batch.len()).map(place).collect();
    (keys, key_of)
}

/// The parcel of an event of the joined batch, and the event's place in it.
fn at(parcels: &[Parcel], mut index: usize) -> Option<(&Parcel, usize)> {
    for parcel in parcels {
        match index.checked_sub(parcel.stage.events.len()) {
            None => return Some((parcel, index)),
            Some(rest) => index = rest,
        }
    }
    None
}

/// Every event of the parcels, and the ends of snapshots.
fn settled(parcels: &[Parcel], answer: &Answer) -> Vec<Line> {
    let events: usize = parcels.iter().map(|parcel| parcel.stage.events.len()).sum();
    let mut fates = vec![Fate::Dropped; events];
    answer.origins.iter().for_each(|event| fates[*event as usize] = Fate::Delivered);
    answer.rejected.iter().for_each(|(event, _)| fates[*event as usize] = Fate::Rejected);
    let (mut fates, mut settled) = (fates.into_iter(), Vec::with_capacity(events));
    for parcel in parcels {
        let events = (0..parcel.stage.events.len()).map(|index| parcel.stage.origin(index)).zip(&mut fates);
        settled.extend(events.map(|(event, fate)| (parcel.slot, parcel.receipt, event, fate)));
        let end = parcel.look.as_ref().filter(|look| look.part.closes).map(|look| look.end);
        settled.extend(end.map(|end| (parcel.slot, parcel.receipt, end, Fate::Mark)));
    }
    settled
}
