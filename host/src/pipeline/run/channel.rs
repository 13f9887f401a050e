//! Carrying a source's waves through its flow to where that ends.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::pipeline::breaker::Breaker;
use crate::pipeline::flow::{Flow, Flowed};
use crate::pipeline::graph;
use crate::pipeline::ledger::{Ledger, Opening, Slot};
use crate::pipeline::sink::Parcel;
use crate::pipeline::source::{Look, Wave};
use crate::store::DeadLetter;

use super::outlets::Inbox;

/// Carries waves through a flow to the sinks.
pub(super) struct Channel {
    pub number: usize,
    pub flow: Arc<Flow>,
    pub ledger: Arc<Ledger>,
    pub clock: Clock,
    pub inboxes: Vec<Inbox>,
    /// What stands behind each inbox.
    pub ends: Vec<graph::End>,
    pub breaker: Breaker,
}

impl Channel {
    /// Until no more waves come, none of the sinks goes on, or a component traps so often that going on would only fill the
    /// dead letters: then it says so.
    pub(super) async fn carry(mut self, mut waves: mpsc::Receiver<Wave>) -> anyhow::Result<Option<String>> {
        let source: Arc<str> = self.flow.source.as_str().into();
        while let Some(wave) = waves.recv().await {
            let (flow, events, first, at_ms) =
                (Arc::clone(&self.flow), Arc::clone(&wave.events), wave.first, self.clock.unix_ms());
            let flowed = match flow.steps.is_empty() {
                // Nothing is called, so it is not worth a thread.
                true => flow.run(events, first, at_ms),
                false => tokio::task::spawn_blocking(move || flow.run(events, first, at_ms)).await?,
            };
            if let Some(reason) = self.broken(&flowed) {
                return Ok(Some(reason));
            }
            self.deliver(&source, wave, flowed);
            if self.inboxes.iter().all(mpsc::UnboundedSender::is_closed) {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Why nothing more may go through: it stays where it came from, and is read again by the next run.
    fn broken(&mut self, flowed: &Flowed) -> Option<String> {
        if flowed.broken.is_some() {
            return flowed.broken.clone();
        }
        if flowed.traps == 0 {
            self.breaker.accepted();
        }
        let trapped = (0..flowed.traps).any(|_| self.breaker.refused(self.clock.now()));
        trapped.then(|| "its transforms trap on one event after the other".to_owned())
    }

    fn deliver(&self, source: &Arc<str>, wave: Wave, flowed: Flowed) {
        let Flowed { sinks: mut stages, dead: mut rejected, .. } = flowed;
        let Wave { events, first, taken, position, missed, caller, look, unread } = wave;
        let count = u32::try_from(events.len()).unwrap_or(u32::MAX);
        let look = look.map(|look| Look { end: count, ..look });
        // The end of a snapshot takes a number of its own, behind the events'.
        let mark = look.as_ref().filter(|look| look.part.closes).map(|look| look.end);
        let numbers = count + u32::from(mark.is_some());
        let mut looks = self.looks(look, &rejected);
        if let Some(settled) = self.ledger.settled_before(self.number, first, numbers) {
            // Whose letter was stored by the run that settled it.
            rejected.retain(|(origin, _)| {
                let mut lines = stages.iter().zip(&settled).filter(|(stage, _)| stage.rejected.contains(origin));
                lines.any(|(_, settled)| !settled[*origin as usize])
            });
            for (end, settled) in settled.into_iter().enumerate().filter(|(_, settled)| settled.contains(&true)) {
                stages[end] = stages[end].only(|origin| !settled[origin as usize]);
                if settled.get(count as usize) == Some(&true) {
                    looks[end] = looks[end].take().map(|look| Arc::new(look.without_end()));
                }
            }
        }
        let dead = rejected.into_iter().map(|(_, letter)| letter).collect();
        let open = stages.iter().zip(&looks).map(|(stage, look)| {
            let mut counts = stage.counts(count);
            let closes = look.as_ref().is_some_and(|look| look.part.closes);
            counts.resize(numbers as usize, u32::from(closes));
            counts
        });
        let open = open.collect();
        let rejected = stages.iter_mut().map(|stage| std::mem::take(&mut stage.rejected)).collect();
        let opening =
            Opening { first, events: numbers, taken, position, open, rejected, mark, missed, dead, unread, caller };
        let receipt = self.ledger.open(self.number, opening);
        for (end, ((stage, look), inbox)) in stages.into_iter().zip(looks).zip(&self.inboxes).enumerate() {
            let slot = Slot { source: self.number, sink: end };
            // A sink that stopped is detached from the ledger, so what it does not take is not waited for.
            let _stopped = inbox.send(Parcel { source: Arc::clone(source), stage, slot, receipt, first, look });
        }
    }

    /// What each end is told of the snapshot that a wave belongs to: a transform that remembers, all; a sink, nothing. Whoever was rejected
    /// on the way counts as seen.
    fn looks(&self, look: Option<Look>, dead: &[(u32, DeadLetter)]) -> Vec<Option<Arc<Look>>> {
        let look = look.map(|mut look| {
            look.seen.extend(dead.iter().filter_map(|(_, letter)| letter.key.clone()));
            Arc::new(look)
        });
        let of = |end: &graph::End| match end {
            graph::End::Keyed(_) => look.clone(),
            graph::End::Sink(_) => None,
        };
        self.ends.iter().map(of).collect()
    }
}
