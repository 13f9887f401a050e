//! Where flows end: the sinks, and the transforms that remember.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::pipeline::graph;
use crate::pipeline::ledger::{Comeback, Slot};
use crate::pipeline::sink::{self, Parcel};

use super::{End, Run};

/// The numbers of the sinks in each source's book, by the sink's id.
pub(super) type Slots = BTreeMap<String, Vec<Slot>>;
pub(super) type Inbox = mpsc::UnboundedSender<Parcel>;

/// Where flows end.
pub(super) struct Outlets {
    pub sinks: Vec<Inbox>,
    pub keyed: BTreeMap<usize, Inbox>,
}

impl Outlets {
    pub(super) fn of(&self, ends: &[graph::End]) -> Vec<Inbox> {
        let inbox = |end: &graph::End| match end {
            graph::End::Sink(place) => self.sinks.get(*place).cloned(),
            graph::End::Keyed(place) => self.keyed.get(place).cloned(),
        };
        ends.iter().filter_map(inbox).collect()
    }
}

/// Where this end stands in each source's book.
pub(super) fn slots(ends: &[Vec<graph::End>], end: graph::End) -> Vec<Slot> {
    let slot = |(source, ends): (usize, &Vec<graph::End>)| {
        let sink = ends.iter().position(|at| *at == end)?;
        Some(Slot { source, sink })
    };
    ends.iter().enumerate().filter_map(slot).collect()
}

impl Run {
    /// Starts the sinks. Each holds what comes back to the transforms whose output it delivers, until it has ended.
    pub(super) fn sinks(
        &mut self,
        sinks: Vec<graph::Sink>,
        ends: &[Vec<graph::End>],
        sources: usize,
        comebacks: Vec<mpsc::UnboundedSender<Comeback>>,
    ) -> Vec<Inbox> {
        for (source, back) in (sources..).zip(&comebacks) {
            self.ledger.sends_back(source, back);
        }
        let mut inboxes = Vec::new();
        for (place, sink) in sinks.into_iter().enumerate() {
            let slots = slots(ends, graph::End::Sink(place));
            let delivers = |back: &usize| slots.iter().any(|slot| slot.source == sources + back);
            let backs: Vec<_> = (0..comebacks.len()).filter(delivers).map(|back| comebacks[back].clone()).collect();
            self.slots.insert(sink.id.clone(), slots);
            let (inbox, parcels) = mpsc::unbounded_channel();
            inboxes.push(inbox);
            let graph::Sink { id, options, outlet, limits, budgets, .. } = sink;
            let (ledger, clock, stop) = (Arc::clone(&self.ledger), self.clock, self.asked.clone());
            let parts = sink::Parts { id: id.as_str().into(), outlet, limits, budgets, options, ledger, clock };
            self.parts.spawn(async move {
                let ended = sink::Sink::new(parts).run(parcels, stop).await;
                drop(backs);
                End::Sink(id, ended)
            });
        }
        inboxes
    }
}
