//! Drives a keyed transform: decides, stores, and only then lets its sink act.
//!
//! Everything that a transform keeps is written by this one task, so nothing it read can change before it decides. What comes in from the flows is
//! decided on in order; what comes back from the sink puts people in doubt; who was absent from a snapshot is told in small steps between.
//! One commit stores where the source stands, the new states and the output; the output is a log of its own, from which the sink is fed
//! like from a journal.

pub mod brake;
mod call;
mod core;
mod memory;
mod notes;
mod numbers;
mod record;
pub mod rest;
mod tags;
pub mod upkeep;

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::{Notify, mpsc, oneshot};

use self::brake::{Held, MaxExit};
use self::core::{Core, Decision, Undecided};
use self::memory::Memory;
use self::notes::Pass;
use self::upkeep::{Question, Reply};
use super::breaker::Breaker;
use super::ledger::{Comeback, Decided, Ledger};
use super::rehearsal::Rehearsal;
use super::sink::Parcel;
use super::stop::{Stop, Stopper};
use crate::clock::Clock;
use crate::component::Node;
use crate::config::{OnAudienceRemoved, TransformOptions};
use crate::store::{Handle, StoreError};

/// So many events are decided on at once: a commit takes milliseconds, so that is what bounds the rate.
const EVENTS: usize = 16_384;
/// Or so many bytes of them.
const BYTES: usize = 8 * 1024 * 1024;

/// A question of somebody else's, and where the answer goes.
pub type Ask = (Question, oneshot::Sender<Result<Reply, StoreError>>);

/// What a driver is made of.
pub struct Parts {
    /// The component at its place.
    pub node: Node,
    /// The component's own name: states are read by it alone.
    pub component: String,
    /// State versions: what it writes, then what it still reads.
    pub versions: Vec<u32>,
    /// What the operator set.
    pub options: TransformOptions,
    /// The ledger.
    pub ledger: Arc<Ledger>,
    /// The store.
    pub store: Handle,
    /// The clock.
    pub clock: Clock,
    /// Wakes who follows the outbox.
    pub appended: Arc<Notify>,
    /// How large the outbox may grow.
    pub outbox_bytes: u64,
    /// Heard before anything is decided.
    pub stop: Stop,
    /// In a rehearsal: the component behind the transform, and who notes what it would send of everything that comes in.
    pub shadow: Option<(Node, Arc<Rehearsal>)>,
}

/// Where a driver hears from others.
pub struct Inboxes {
    /// From the flows.
    pub parcels: mpsc::UnboundedReceiver<Parcel>,
    /// From the sink: what it settled with somebody rejected. Closed when the sink has ended.
    pub back: mpsc::UnboundedReceiver<Comeback>,
    /// From operators.
    pub asks: mpsc::UnboundedReceiver<Ask>,
}

/// How a driver came to its end: done, or why not.
pub type End = Option<String>;

/// A driver at work.
pub struct Keyed {
    core: Core,
    parts: Parts,
    breaker: Breaker,
    /// What came and is not decided on.
    waiting: VecDeque<Parcel>,
    /// Sources whose snapshot is held up before a decision.
    held: Vec<(Arc<str>, Held)>,
    /// Snapshots that are closed, and held up before the absent are told.
    held_passes: bool,
    /// Nothing more will come.
    closing: bool,
    stopped: Option<String>,
}

impl Keyed {
    /// Reads what is remembered.
    pub fn load(parts: Parts) -> Result<Self, StoreError> {
        let id: Arc<str> = parts.node.id().into();
        let memory = Memory::load(parts.store.reader(), &id, &parts.component, &parts.versions)?;
        let most = MaxExit { share: parts.options.max_exit, ..MaxExit::default() };
        let core = Core { id, node: parts.node.clone(), memory, most };
        let mut keyed = Self {
            core,
            parts,
            breaker: Breaker::default(),
            waiting: VecDeque::new(),
            held: Vec::new(),
            held_passes: false,
            closing: false,
            stopped: None,
        };
        keyed.take_removed_off();
        keyed.held_passes = keyed.core.memory.held_passes().count() > 0;
        Ok(keyed)
    }

    /// Decides until the flows have ended and all is decided, or a stop is asked for; then waits for the sink to end.
    pub async fn run(mut self, mut inboxes: Inboxes, ends: Stopper) -> anyhow::Result<End> {
        let (mut stop, ledger) = (self.parts.stop.clone(), Arc::clone(&self.parts.ledger));
        self.remember().await?;
        loop {
            let freed = ledger.freed();
            while let Ok(parcel) = inboxes.parcels.try_recv() {
                self.waiting.push_back(parcel);
            }
            while let Ok(back) = inboxes.back.try_recv() {
                self.came_back(back).await?;
            }
            while let Ok(ask) = inboxes.asks.try_recv() {
                self.asked(ask).await?;
            }
            let is_stopping = self.stopped.is_some() || stop.is_asked();
            if !is_stopping && self.has_room() && self.step().await? {
                continue;
            }
            if is_stopping || (self.closing && self.is_done()) {
                break;
            }
            tokio::select! {
                parcel = inboxes.parcels.recv(), if !self.closing => match parcel {
                    Some(parcel) => self.waiting.push_back(parcel),
                    None => self.closing = true,
                },
                Some(back) = inboxes.back.recv() => self.came_back(back).await?,
                Some(ask) = inboxes.asks.recv() => self.asked(ask).await?,
                () = freed => {}
                () = stop.asked() => {}
            }
        }
        ends.ask();
        // The sink may still be told that somebody was rejected, and what came of it has to be remembered.
        while let Some(back) = inboxes.back.recv().await {
            self.came_back(back).await?;
        }
        Ok(self.reason())
    }

    /// Whether nothing can be done any more before a person acts.
    fn is_done(&self) -> bool {
        let is_held = |parcel: &Parcel| self.held.iter().any(|(source, _)| *source == parcel.source);
        self.waiting.iter().all(is_held) && self.core.memory.next_pass().is_none()
    }

    /// Why it ended before all was decided.
    fn reason(&self) -> Option<String> {
        let held = self.held.iter().map(|(_, held)| held.to_string());
        let passes = self.core.memory.held_passes().map(|(_, held)| held.to_string());
        let held: Vec<String> = held.chain(passes).collect();
        self.stopped.clone().or_else(|| {
            let help = "`brazeline approve` lets that go on";
            (!held.is_empty()).then(|| format!("{}; {help}", held.join(", and ")))
        })
    }

    /// Decides on what is next, if there is anything.
    async fn step(&mut self) -> anyhow::Result<bool> {
        let group = self.group();
        if !group.is_empty() {
            self.decide(group).await?;
            return Ok(true);
        }
        match self.core.memory.next_pass() {
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
            let is_held = self.held.iter().any(|(source, _)| *source == parcel.source);
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
        let decided = tokio::task::block_in_place(|| self.core.decide(store.reader(), &group, at_ms));
        let source = group.first().map(|parcel| Arc::clone(&parcel.source));
        match decided {
            Ok(decision) => {
                self.compare(&group, &decision).await?;
                if let (Some(held), Some(source)) = (&decision.held, source) {
                    self.say_held(&source, held);
                    self.held_passes = true;
                }
                self.store(decision).await
            }
            Err(Undecided::Held(held)) => {
                if let Some(source) = source {
                    self.say_held(&source, &held);
                    self.held.push((source, held));
                }
                group.into_iter().rev().for_each(|parcel| self.waiting.push_front(parcel));
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
        let has_output = append.is_some();
        let stored = self.parts.ledger.decide(Decided { settled, dead, states, append });
        // The keeper answers nobody when the store has failed; then the run ends.
        stored.await.map_err(|_| StoreError::Closed)?;
        if has_output {
            self.parts.appended.notify_one();
        }
        Ok(())
    }

    /// Remembers whom the sink could not tell something.
    async fn came_back(&mut self, back: Comeback) -> anyhow::Result<()> {
        let store = self.parts.store.clone();
        let states = tokio::task::block_in_place(|| self.core.doubt(store.reader(), &back.dead))?;
        let stored = self.parts.ledger.decide(Decided { settled: back.settled, dead: back.dead, states, append: None });
        stored.await.map_err(|_| StoreError::Closed)?;
        Ok(())
    }

    async fn asked(&mut self, (question, answer): Ask) -> anyhow::Result<()> {
        let store = self.parts.store.clone();
        let approves = question == Question::Approve;
        let memory = &mut self.core.memory;
        let mut reply = tokio::task::block_in_place(|| upkeep::answer(memory, store.reader(), question));
        if approves {
            let held = std::mem::take(&mut self.held);
            if let Ok(Reply::Approved(words)) = &mut reply {
                words.extend(held.iter().map(|(_, held)| held.to_string()));
            }
            self.core.memory.approve(held.into_iter().map(|(source, _)| source.to_string()));
        }
        self.remember().await?;
        // Whoever asked may have gone.
        let _gone = answer.send(reply);
        Ok(())
    }

    /// Stores what changed of the memory without a decision.
    async fn remember(&mut self) -> anyhow::Result<()> {
        let states = self.core.memory.flush();
        if states.is_empty() {
            return Ok(());
        }
        let stored = self.parts.ledger.decide(Decided { states, ..Decided::default() });
        stored.await.map_err(|_| StoreError::Closed)?;
        Ok(())
    }

    /// Whether the outbox can take another decision's output. It is asked before deciding: a decision has to be stored.
    fn has_room(&self) -> bool {
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

    /// Audiences that the operator does not name any more are taken off everybody, if that is wanted; the brake asks first.
    fn take_removed_off(&mut self) {
        let TransformOptions { audiences: Some(named), on_audience_removed: OnAudienceRemoved::Remove, .. } =
            &self.parts.options
        else {
            return;
        };
        let facts = self.core.memory.facts();
        let is_new = |name: &&String| {
            let is_taken = |pass: &Pass| pass.source.is_none() && pass.audiences.contains(name);
            !named.contains(name) && self.core.memory.count(name) > 0 && !facts.passes.values().any(is_taken)
        };
        let removed: Vec<String> = facts.names.iter().filter(is_new).cloned().collect();
        for audience in removed {
            let people = self.core.memory.count(&audience);
            let held = self.core.most.is_exceeded(people, people).then(|| Held {
                audience: audience.clone(),
                lost: people,
                of: people,
                why: brake::Why::Exits,
            });
            tracing::warn!(node = %self.core.id, audience, people, "no longer configured: it is taken off everybody, one update a person");
            let who = self.core.memory.members(std::slice::from_ref(&audience));
            let pass = Pass {
                source: None,
                audiences: vec![audience],
                as_of_ms: self.parts.clock.unix_ms(),
                baseline: Vec::new(),
                restates: true,
                held,
                next: 0,
                people,
            };
            self.core.memory.add_pass(pass, &who);
        }
    }
}

#[cfg(test)]
mod tests;
