//! The events that wait for a sink or are on their way to it.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::component::types::Batch;
use crate::delivery::key::Key;
use crate::store::DeadLetter;

use super::job::ItemId;
use crate::pipeline::dead::{Rejected, Where};
use crate::pipeline::flow::Stage;
use crate::pipeline::ledger::{Fate, Receipt, Slot};
use crate::pipeline::source::Look;

/// What a flow gives to a sink: events of one batch of one source.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// The source's id.
    pub source: Arc<str>,
    /// The events.
    pub stage: Stage,
    /// Which sink of which source this is.
    pub slot: Slot,
    /// What they are settled by.
    pub receipt: Receipt,
    /// The number of the batch's first event.
    pub first: u64,
    /// For a keyed transform: if the batch is a part of a snapshot.
    pub look: Option<Arc<Look>>,
}

/// One event.
#[derive(Debug)]
pub struct Item {
    parcel: Arc<Parcel>,
    index: u32,
    key: Key,
    /// Requests that carry it and are not done.
    open: u32,
    /// A request carried it.
    was_carried: bool,
    /// What is to be told of it, if anything is.
    told: Option<Box<Told>>,
}

/// Why an event is not delivered, or not all of it.
#[derive(Debug, Default)]
struct Told {
    rejected: Option<(String, bool)>,
    /// What of it the component left out, and why.
    left_out: Option<String>,
}

/// All of them.
#[derive(Debug, Default)]
pub struct Items {
    items: FxHashMap<ItemId, Item>,
    next: ItemId,
}

/// An event that is done: what the ledger is told.
pub struct Settled {
    /// The ledger's names for it.
    pub line: (Slot, Receipt, u32, Fate),
    /// Its dead letter, if it was rejected.
    pub dead: Option<DeadLetter>,
    /// Its dead letter, if only a part of it was.
    pub part: Option<DeadLetter>,
}

impl Items {
    /// Whether nothing waits and nothing is on its way.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Takes an event of a parcel. `key` is given its number and gives its key.
    pub fn add(&mut self, parcel: &Arc<Parcel>, index: usize, key: impl FnOnce(ItemId) -> Key) {
        let (id, parcel) = (self.next, Arc::clone(parcel));
        self.next += 1;
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let item = Item { parcel, index, key: key(id), open: 0, was_carried: false, told: None };
        self.items.insert(id, item);
    }

    /// The events as a batch for the component. Neighbours are copied at once.
    #[must_use]
    pub fn batch(&self, ids: &[ItemId]) -> Batch {
        let mut batch = Batch::new();
        let mut items = ids.iter().filter_map(|id| self.items.get(id)).peekable();
        while let Some(Item { parcel, index, .. }) = items.next() {
            let mut end = index + 1;
            while items.next_if(|next| next.index == end && Arc::ptr_eq(&next.parcel, parcel)).is_some() {
                end += 1;
            }
            batch.extend(&parcel.stage.events, *index as usize..end as usize);
        }
        batch
    }

    /// Whom an event is about.
    #[must_use]
    pub fn key(&self, id: ItemId) -> Option<Key> {
        self.items.get(&id).map(|item| item.key)
    }

    /// So many more requests carry it.
    pub fn carry(&mut self, id: ItemId, requests: u32) {
        if let Some(item) = self.items.get_mut(&id) {
            item.open += requests;
            item.was_carried = true;
        }
    }

    /// Whether a request carries it.
    #[must_use]
    pub fn is_carried(&self, id: ItemId) -> bool {
        self.items.get(&id).is_some_and(|item| item.open > 0)
    }

    /// It can never pass.
    pub fn reject(&mut self, id: ItemId, reason: String, may_have_arrived: bool) {
        if let Some(item) = self.items.get_mut(&id) {
            // The first reason is the cause; later ones follow from it.
            item.told.get_or_insert_default().rejected.get_or_insert((reason, may_have_arrived));
        }
    }

    /// It goes without a part.
    pub fn leave_out(&mut self, id: ItemId, reason: String) {
        if let Some(item) = self.items.get_mut(&id) {
            item.told.get_or_insert_default().left_out = Some(reason);
        }
    }

    /// One of its requests is done, or it had none: settled if that was the last.
    pub fn done(&mut self, id: ItemId, node: &str, at_ms: u64) -> Option<Settled> {
        let item = self.items.get_mut(&id)?;
        item.open = item.open.saturating_sub(1);
        if item.open > 0 {
            return None;
        }
        let item = self.items.remove(&id)?;
        let (parcel, index, told) =
            (&item.parcel, item.index as usize, item.told.map(|told| *told).unwrap_or_default());
        let origin = parcel.stage.origin(index);
        let place = Where { source: &parcel.source, node, first: parcel.first, at_ms };
        let letter = |reason, may_have_arrived| {
            place.dead_letter(&parcel.stage.events, index, Rejected { origin, reason, may_have_arrived })
        };
        let fate = match (&told.rejected, &told.left_out) {
            (Some(_), _) => Fate::Rejected,
            (None, _) if item.was_carried => Fate::Delivered,
            (None, Some(_)) => Fate::Rejected,
            (None, None) => Fate::Dropped,
        };
        let dead = told.rejected.map(|(reason, may_have_arrived)| letter(reason, may_have_arrived));
        // The rest of it has arrived.
        let part = told.left_out.filter(|_| dead.is_none()).map(|reason| letter(reason, item.was_carried));
        Some(Settled { line: (parcel.slot, parcel.receipt, origin, fate), dead, part })
    }
}
