//! Drives a keyed transform: decides, stores, and only then lets its sink act.
//!
//! Everything that a transform keeps is written by this one task, so nothing it read can change before it decides. What comes in from the flows is
//! decided on in order; what comes back from the sink puts people in doubt; who was absent from a snapshot is told in small steps between.
//! One commit stores where the source stands, the new states and the output; the output is a log of its own, from which the sink is fed
//! like from a journal.

pub mod brake;
mod call;
mod core;
mod decide;
mod desk;
pub mod forecast;
mod memory;
pub mod moved;
mod notes;
mod numbers;
mod pending;
mod record;
mod removed;
pub mod rest;
mod tags;
pub mod upkeep;

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::{Notify, mpsc, oneshot};

use self::brake::MaxExit;
use self::core::Core;
use self::forecast::Teller;
use self::memory::Memory;
use self::rest::Reads;
use self::upkeep::{Question, Reply};
use super::breaker::Breaker;
use super::ledger::{Comeback, Decided, Ledger};
use super::rehearsal::Rehearsal;
use super::sink::Parcel;
use super::stop::{Stop, Stopper};
use super::window::Window;
use crate::clock::Clock;
use crate::component::Node;
use crate::config::TransformOptions;
use crate::problem::Problem;
use crate::store::{Handle, StoreError};

/// So many events are decided on at once: a commit takes milliseconds, so that is what bounds the rate.
const EVENTS: usize = 16_384;
/// Or so many bytes of them.
const BYTES: usize = 8 * 1024 * 1024;

/// A question of somebody else's, and where the answer goes.
pub type Ask = (Question, oneshot::Sender<Result<Reply, Problem>>);

/// What a driver is made of.
pub struct Parts {
    /// The component at its place.
    pub node: Node,
    /// The number of its outbox among the ledger's sources.
    pub outbox: usize,
    /// What it says of itself.
    pub reads: Reads,
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
    /// Who tells what is decided, if it is a component.
    pub teller: Option<Teller>,
    /// Where others see what is foreseen.
    pub window: Arc<Window>,
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
    held: Vec<Arc<str>>,
    /// What came in was decided on last, so people who wait for their pass are next.
    is_turn_of_pass: bool,
    /// The look of which was said what it costs.
    foreseen: Option<u64>,
    /// Nothing more will come.
    closing: bool,
    stopped: Option<String>,
}

impl Keyed {
    /// Reads what is remembered.
    pub fn load(parts: Parts) -> Result<Self, StoreError> {
        let id: Arc<str> = parts.node.id().into();
        let Reads { component, versions } = &parts.reads;
        let memory = Memory::load(parts.store.reader(), &id, component, versions)?;
        let most = MaxExit { share: parts.options.max_exit, ..MaxExit::default() };
        let core = Core { id, node: parts.node.clone(), memory, most };
        let mut keyed = Self {
            core,
            parts,
            breaker: Breaker::default(),
            waiting: VecDeque::new(),
            held: Vec::new(),
            is_turn_of_pass: false,
            foreseen: None,
            closing: false,
            stopped: None,
        };
        keyed.take_removed_off();
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
        let is_held = |parcel: &Parcel| self.held.contains(&parcel.source);
        self.waiting.iter().all(is_held) && self.core.memory.next_pass().is_none()
    }

    /// Why it ended before all was decided.
    fn reason(&self) -> Option<String> {
        let held = self.core.memory.facts().held_words();
        self.stopped.clone().or_else(|| {
            let help = "`brazeline approve` lets that go on";
            (!held.is_empty()).then(|| format!("{}; {help}", held.join(", and ")))
        })
    }

    /// Remembers whom the sink could not tell something.
    async fn came_back(&mut self, back: Comeback) -> anyhow::Result<()> {
        let store = self.parts.store.clone();
        let states = tokio::task::block_in_place(|| self.core.doubt(store.reader(), &back.dead))?;
        let stored = self.parts.ledger.decide(Decided { settled: back.settled, dead: back.dead, states, append: None });
        stored.await.map_err(|_| StoreError::Closed)?;
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
}

#[cfg(test)]
mod tests;
