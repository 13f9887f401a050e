//! Deciding: which parcels together, what one commit stores of it, and what is said before.

use std::sync::Arc;

use super::brake::Held;
use super::core::{self, Decision, Undecided};
use super::forecast::Forecast;
use super::notes::{Look, Pass};
use super::{BYTES, EVENTS, Keyed};
use crate::component::types::Batch;
use crate::pipeline::ledger::Decided;
use crate::pipeline::sink::Parcel;
use crate::store::StoreError;

impl Keyed {
    /// Decides on what is next, if there is anything.
    pub(super) async fn step(&mut self) -> anyhow::Result<bool> {
        let pass = self.core.memory.next_pass();
        // In turn, so that neither waits for ever for the other.
        let group = if self.is_turn_of_pass && pass.is_some() { Vec::new() } else { self.group() };
        self.is_turn_of_pass = !group.is_empty();
        if !group.is_empty() {
            self.decide(group).await?;
            return Ok(true);
        }
        match pass {
            Some((number, pass)) => self.pass(number, &pass).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// The next parcels that can be decided on together: in order for each source, all of one snapshot or of none.
    fn group(&mut self) -> Vec<Parcel> {
        let part = |parcel: &Parcel| {
            let look = parcel.look.as_ref()?;
            Some((Arc::clone(&parcel.source), look.part.number))
        };
        let may = |parcel: &Parcel| {
            let is_held = self.held.contains(&parcel.source);
            let waits = parcel.look.is_some() && self.core.memory.is_winding_up(&parcel.source);
            !is_held && !waits
        };
        let Some(first) = self.waiting.iter().position(may) else { return Vec::new() };
        let Some(parcel) = self.waiting.remove(first) else { return Vec::new() };
        let (of, mut events, mut bytes) = (part(&parcel), parcel.stage.events.len(), parcel.stage.events.bytes());
        let mut closes = parcel.look.as_ref().is_some_and(|look| look.part.closes);
        let mut group = vec![parcel];
        while let Some(next) = self.waiting.get(first).filter(|_| !closes) {
            events += next.stage.events.len();
            bytes += next.stage.events.bytes();
            if part(next) != of || events > EVENTS || bytes > BYTES {
                break;
            }
            closes = next.look.as_ref().is_some_and(|look| look.part.closes);
            group.extend(self.waiting.remove(first));
        }
        group
    }

    async fn decide(&mut self, group: Vec<Parcel>) -> anyhow::Result<()> {
        let at_ms = self.parts.clock.unix_ms();
        let store = self.parts.store.clone();
        let below = self.parts.ledger.lowest(self.parts.outbox);
        let next = store.reader().log_size(&self.core.id)?.next;
        self.core.memory.pending().settled(below, next);
        let decided = tokio::task::block_in_place(|| self.core.decide(store.reader(), &group, at_ms));
        let source = group.first().map(|parcel| Arc::clone(&parcel.source));
        match decided {
            Ok(mut decision) => {
                self.compare(&group, &decision).await?;
                self.foresee(&group, decision.first.take()).await?;
                let held = decision.held.clone();
                self.store(decision).await?;
                // Said once it is stored, or who asks because of it would not find it.
                if let (Some(held), Some(source)) = (held, source) {
                    self.say_held(&source, &held);
                }
                Ok(())
            }
            Err(Undecided::Held(held)) => {
                group.into_iter().rev().for_each(|parcel| self.waiting.push_front(parcel));
                if let Some(source) = source {
                    self.core.memory.hold(&source, &held);
                    self.held.push(Arc::clone(&source));
                    // Whoever looks while nothing runs has to find it.
                    self.remember().await?;
                    self.say_held(&source, &held);
                }
                Ok(())
            }
            Err(Undecided::Broken(error)) => {
                self.stopped = Some(error.to_string());
                Ok(())
            }
            Err(Undecided::Store(error)) => Err(error.into()),
        }
    }

    /// In a rehearsal, notes what would be sent without remembering.
    async fn compare(&self, group: &[Parcel], decision: &Decision) -> anyhow::Result<()> {
        let Some((node, rehearsal)) = self.parts.shadow.clone() else { return Ok(()) };
        let (events, unchanged) = (core::joined(group), decision.unchanged);
        tokio::task::spawn_blocking(move || rehearsal.without_memory(&node, &events, unchanged)).await?;
        Ok(())
    }

    /// Says what the first look at an audience costs, before anything of it is sent.
    async fn foresee(&mut self, group: &[Parcel], first: Option<(Look, Batch)>) -> anyhow::Result<()> {
        let Some((look, told)) = first else { return Ok(()) };
        let Some(teller) = self.parts.teller.clone().filter(|_| self.foreseen != Some(look.number)) else {
            return Ok(());
        };
        self.foreseen = Some(look.number);
        let rows: usize = group.iter().map(|parcel| parcel.stage.events.len()).sum();
        let foreseen = tokio::task::spawn_blocking(move || Forecast::new(&teller, &look, rows as u64, &told));
        match foreseen.await? {
            Ok(forecast) => {
                tracing::info!(node = %self.core.id, "{forecast}");
                self.parts.window.foresee(&self.core.id, forecast);
            }
            // Delivering it will say what is wrong.
            Err(error) => {
                tracing::debug!(node = %self.core.id, error = error.brief(), "nobody can say what this costs")
            }
        }
        Ok(())
    }

    async fn pass(&mut self, number: u64, pass: &Pass) -> anyhow::Result<()> {
        let at_ms = self.parts.clock.unix_ms();
        let store = self.parts.store.clone();
        match tokio::task::block_in_place(|| self.core.pass(store.reader(), number, pass, at_ms)) {
            Ok(decision) => self.store(decision).await,
            Err(Undecided::Store(error)) => Err(error.into()),
            Err(Undecided::Broken(error)) => {
                self.stopped = Some(error.to_string());
                Ok(())
            }
            // A pass was looked at before it began.
            Err(Undecided::Held(_)) => Ok(()),
        }
    }

    /// Stores a decision whole, and then wakes who feeds the sink.
    async fn store(&mut self, decision: Decision) -> anyhow::Result<()> {
        let Decision { states, append, dead, settled, traps, .. } = decision;
        match traps {
            0 => self.breaker.accepted(),
            traps => {
                let trapped = (0..traps).any(|_| self.breaker.refused(self.parts.clock.now()));
                if trapped {
                    self.stopped = Some("it traps on one event after the other".to_owned());
                }
            }
        }
        let told = append.as_ref().map(|append| u64::from(append.events));
        let stored = self.parts.ledger.decide(Decided { settled, dead, states, append });
        // The keeper answers nobody when the store has failed; then the run ends.
        stored.await.map_err(|_| StoreError::Closed)?;
        if let Some(events) = told {
            let next = self.parts.store.reader().log_size(&self.core.id)?.next;
            self.core.memory.pending().stored(next, events);
            self.parts.appended.notify_one();
        }
        Ok(())
    }

    /// Whether the outbox can take another decision's output. It is asked before deciding: a decision has to be stored.
    pub(super) fn has_room(&self) -> bool {
        let size = self.parts.store.reader().log_size(&self.core.id).unwrap_or_default();
        size.bytes + (BYTES as u64) * 2 < self.parts.outbox_bytes || size.bytes == 0
    }

    fn say_held(&self, source: &str, held: &Held) {
        tracing::warn!(
            node = %self.core.id,
            source,
            "held up: {held}. Nothing of that is sent before `brazeline approve`; a new snapshot takes the place of this one"
        );
    }
}
