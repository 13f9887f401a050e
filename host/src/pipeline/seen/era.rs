//! A part of a window: what was seen in it, in memory and as it lies in the log.

use std::collections::HashSet;

use super::Id;

/// What was seen between two moments. It is small once it is over.
#[derive(Debug)]
pub(super) struct Era {
    /// When the first came.
    pub begins_ms: u64,
    /// When the last came.
    pub last_ms: u64,
    /// The place in the log behind the last.
    pub end: u64,
    ids: Ids,
}

#[derive(Debug)]
enum Ids {
    Open(HashSet<Id>),
    /// In order.
    Over(Box<[Id]>),
}

impl Era {
    pub fn new(begins_ms: u64) -> Self {
        Self { begins_ms, last_ms: begins_ms, end: 0, ids: Ids::Open(HashSet::new()) }
    }

    pub fn has(&self, id: Id) -> bool {
        match &self.ids {
            Ids::Open(ids) => ids.contains(&id),
            Ids::Over(ids) => ids.binary_search(&id).is_ok(),
        }
    }

    pub fn len(&self) -> usize {
        match &self.ids {
            Ids::Open(ids) => ids.len(),
            Ids::Over(ids) => ids.len(),
        }
    }

    /// What is over gets no more.
    pub fn keep(&mut self, at_ms: u64, ids: impl IntoIterator<Item = Id>, end: u64) {
        // A clock may be set back, and of two commits at the same time the later may settle first.
        (self.last_ms, self.end) = (self.last_ms.max(at_ms), self.end.max(end));
        if let Ids::Open(known) = &mut self.ids {
            known.extend(ids);
        }
    }

    pub fn close(&mut self) {
        if let Ids::Open(known) = &mut self.ids {
            let mut ids: Box<[Id]> = known.drain().collect();
            ids.sort_unstable();
            self.ids = Ids::Over(ids);
        }
    }
}

/// As it lies in the log: when, and each.
pub(super) fn encode(at_ms: u64, ids: &[Id]) -> Vec<u8> {
    let ids = ids.iter().flat_map(|id| id.to_be_bytes());
    at_ms.to_be_bytes().into_iter().chain(ids).collect()
}

/// Reads what [`encode`] wrote.
pub(super) fn decode(bytes: &[u8]) -> Result<(u64, impl Iterator<Item = Id>), String> {
    let (at_ms, ids) = bytes.split_first_chunk().ok_or("it is too short")?;
    let (ids, []) = ids.as_chunks::<{ size_of::<Id>() }>() else { return Err("it ends within an id".to_owned()) };
    Ok((u64::from_be_bytes(*at_ms), ids.iter().map(|id| Id::from_be_bytes(*id))))
}
