//! One call of the component: what is held about the keys of some events, and what it makes of them.
//!
//! If a call fails, its halves are tried until the event at fault stands alone. Events before it may have changed what is held about the
//! same key, so halves are called in order and each sees what the ones before it changed.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::memory::{Change, Kept, Memory};
use super::record::Record;
use crate::component::types::{Batch, Held, KeyedOutput, Packed, Snapshot, Standing, Update};
use crate::component::{CallError, Node};

/// What came of a batch.
#[derive(Debug, Default)]
pub struct Answer {
    /// What goes on.
    pub events: Batch,
    /// For each of those, the event that it came from.
    pub origins: Vec<u32>,
    /// Events that can never pass, and why.
    pub rejected: Vec<(u32, String)>,
    /// How many of those made the component fail.
    pub traps: usize,
    /// What is kept from now on, by the place of its key.
    pub changes: FxHashMap<u32, Change>,
}

/// A batch with its distinct keys and what is held about them.
pub struct Call<'a> {
    /// The component.
    pub node: &'a Node,
    /// The distinct keys.
    pub keys: &'a [&'a str],
    /// What is held about each, as it is stored.
    pub kept: &'a [Kept],
    /// The snapshot that the batch is a part of.
    pub snapshot: Option<&'a Snapshot>,
}

impl Call<'_> {
    /// Lets the component change the events; event i is about `keys[key_of[i]]`. An error is nobody's fault but the component's.
    pub fn transform(&self, memory: &mut Memory, batch: &Batch, key_of: &[u32]) -> Result<Answer, CallError> {
        let mut answer = Answer::default();
        let mut open: Vec<Range<usize>> = std::iter::once(0..batch.len()).collect();
        while let Some(range) = open.pop() {
            let whole = range.len() == batch.len();
            let part = if whole { None } else { Some(batch.slice(range.clone())) };
            let (places, of) = distinct(&key_of[range.clone()]);
            let (keys, held) = self.held(memory, &places, &answer.changes);
            let events = part.as_ref().unwrap_or(batch);
            match self.node.transform_keyed(events, &of, &keys, &held, self.snapshot) {
                Ok(output) => take(memory, &mut answer, output, range.start as u32, &places)?,
                Err(error) if !error.may_pass_in_parts() => return Err(error),
                Err(error) if range.len() <= 1 => {
                    answer.traps += 1;
                    let reason = format!("the component failed on this event: {error}");
                    answer.rejected.extend(range.map(|index| (index as u32, reason.clone())));
                }
                Err(_) => {
                    let middle = range.start + range.len() / 2;
                    // The last is taken first.
                    open.push(middle..range.end);
                    open.push(range.start..middle);
                }
            }
        }
        Ok(answer)
    }

    /// Tells the component that the people of these keys were not there.
    pub fn absent(&self, memory: &mut Memory, snapshot: &Snapshot) -> Result<Answer, CallError> {
        let mut answer = Answer::default();
        let mut open: Vec<Range<usize>> = std::iter::once(0..self.keys.len()).collect();
        while let Some(range) = open.pop() {
            let places: Vec<u32> = range.clone().map(|place| place as u32).collect();
            let (keys, held) = self.held(memory, &places, &answer.changes);
            match self.node.absent(&keys, &held, snapshot) {
                Ok(output) => take(memory, &mut answer, output, range.start as u32, &places)?,
                Err(error) if !error.may_pass_in_parts() => return Err(error),
                Err(error) if range.len() <= 1 => {
                    answer.traps += 1;
                    let reason = format!("the component failed on this person's absence: {error}");
                    answer.rejected.extend(range.map(|index| (index as u32, reason.clone())));
                }
                Err(_) => {
                    let middle = range.start + range.len() / 2;
                    open.push(middle..range.end);
                    open.push(range.start..middle);
                }
            }
        }
        Ok(answer)
    }

    /// What is held about the keys at these places, with what was changed before in this batch.
    fn held(&self, memory: &Memory, places: &[u32], changes: &FxHashMap<u32, Change>) -> (Packed, Held) {
        let mut keys = Packed::new();
        let mut list = List::new(memory);
        for place in places {
            keys.push(self.keys[*place as usize].as_bytes());
            match changes.get(place) {
                Some(Change::Put { bytes, tags, unsure }) => {
                    let standing = if *unsure { Standing::Unsure } else { Standing::Pending };
                    list.push(standing, memory.version(), bytes, tags);
                }
                Some(Change::Delete) => list.push(Standing::None, 0, &[], &[]),
                None => match &self.kept[*place as usize] {
                    Kept { standing, record: Some(Record { version, bytes, tags, .. }) } => {
                        list.push(*standing, *version, bytes, tags);
                    }
                    Kept { standing, record: None } => list.push(*standing, 0, &[], &[]),
                },
            }
        }
        (keys, list.held)
    }
}

/// The places that occur, in the order in which they first do, and for each of the given its place among those.
fn distinct(key_of: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let (mut places, mut seen) = (Vec::new(), FxHashMap::default());
    let of = key_of.iter().map(|place| {
        *seen.entry(*place).or_insert_with(|| {
            places.push(*place);
            places.len() as u32 - 1
        })
    });
    let of = of.collect();
    (places, of)
}

fn take(
    memory: &mut Memory,
    answer: &mut Answer,
    output: KeyedOutput,
    first: u32,
    places: &[u32],
) -> Result<(), CallError> {
    let KeyedOutput { output, changes } = output;
    answer.origins.extend(output.origins.iter().map(|origin| first + origin));
    if answer.events.is_empty() {
        answer.events = output.events;
    } else {
        answer.events.append(&output.events);
    }
    answer.rejected.extend(output.rejections.into_iter().map(|one| (first + one.index, one.reason)));
    for change in changes {
        let update = match change.update {
            Update::Delete => Change::Delete,
            Update::Put(value) => {
                let tags = value.tags.iter().map(|tag| memory.intern(tag)).collect::<Option<_>>();
                let tags = tags.ok_or_else(|| CallError::Invalid("it names more than 65,536 audiences".to_owned()))?;
                Change::Put { bytes: value.bytes, tags, unsure: value.unsure }
            }
        };
        answer.changes.insert(places[change.key as usize], update);
    }
    Ok(())
}

/// The lists of the boundary.
struct List<'m> {
    memory: &'m Memory,
    held: Held,
    places: FxHashMap<u16, u32>,
}

impl<'m> List<'m> {
    fn new(memory: &'m Memory) -> Self {
        let held = Held {
            standings: Vec::new(),
            versions: Vec::new(),
            values: Packed::new(),
            tag_names: Vec::new(),
            tags: Vec::new(),
            tag_ends: Vec::new(),
        };
        Self { memory, held, places: FxHashMap::default() }
    }

    fn push(&mut self, standing: Standing, version: u32, bytes: &[u8], tags: &[u16]) {
        let Self { memory, held, places } = self;
        held.standings.push(standing);
        held.versions.push(version);
        held.values.push(bytes);
        for tag in tags {
            let place = places.entry(*tag).or_insert_with(|| {
                held.tag_names.push(memory.facts().name(*tag).to_owned());
                held.tag_names.len() as u32 - 1
            });
            held.tags.push(*place);
        }
        held.tag_ends.push(held.tags.len() as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::distinct;

    #[test]
    fn places_are_numbered_as_they_come() {
        assert_eq!(distinct(&[7, 3, 7, 9]), (vec![7, 3, 9], vec![0, 1, 0, 2]));
        assert_eq!(distinct(&[]), (vec![], vec![]));
    }
}
