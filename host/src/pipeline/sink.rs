//! Delivers what waits for one sink.
//!
//! The only place that sends, sleeps and repeats. What to offer next, which keys are free, what the budgets allow, how long to
//! wait and what an answer means is decided by policies that it asks; it carries their answers out. An event is settled in the
//! ledger when all its requests are done, or when a dead letter holds it.

mod attempt;
mod decision;
mod item;
mod job;
mod offer;
mod verdict;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use crate::clock::{Clock, Moment};
use crate::config::SinkOptions;
use crate::delivery::budget::{News, Shared};
use crate::delivery::gather::{Gather, Limits};
use crate::delivery::order::Order;
use crate::delivery::retry::Retry;

use super::breaker::Breaker;
use super::ledger::Ledger;
use super::stop::Stop;

use attempt::Event;
pub use attempt::Outlet;
use item::Items;
pub use item::Parcel;
use job::Jobs;

/// How long requests in flight have to end after a stop was asked for.
const STOP_WAIT: Duration = Duration::from_secs(30);

/// How a sink came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Its sources ended and all is settled.
    Done,
    /// A stop was asked for.
    Asked,
    /// Nothing passes before a person acts.
    Stopped(String),
}

/// What a sink is made of.
pub struct Parts {
    /// Its id.
    pub id: Arc<str>,
    /// Where it delivers to.
    pub outlet: Outlet,
    /// The most that is offered at once.
    pub limits: Limits,
    /// What the other side allows, shared with all who have the same authorization.
    pub budgets: Shared,
    /// What the operator set.
    pub options: SinkOptions,
    /// The ledger.
    pub ledger: Arc<Ledger>,
    /// The clock.
    pub clock: Clock,
}

/// A sink at work.
pub struct Sink {
    id: Arc<str>,
    outlet: Outlet,
    limits: Limits,
    options: SinkOptions,
    ledger: Arc<Ledger>,
    clock: Clock,
    items: Items,
    gather: Gather,
    order: Order,
    budgets: Shared,
    /// Which pauses for a budget were told.
    pauses: News,
    retry: Retry,
    breaker: Breaker,
    jobs: Jobs,
    tasks: JoinSet<Event>,
    /// Calls of `prepare` that are running.
    preparing: usize,
    /// Requests that are being sent.
    sending: usize,
    /// Deliveries accepted so far.
    accepted: u64,
    /// When a budget allows the next request.
    budget_wake: Option<Moment>,
    /// No more events will come.
    closing: bool,
    stopped: Option<String>,
}

impl Sink {
    /// A sink that has nothing to do yet.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { id, outlet, limits, budgets, options, ledger, clock } = parts;
        Self {
            gather: Gather::new(options.linger),
            id,
            outlet,
            limits,
            options,
            ledger,
            clock,
            items: Items::default(),
            order: Order::default(),
            budgets,
            pauses: News::default(),
            retry: Retry::default(),
            breaker: Breaker::default(),
            jobs: Jobs::default(),
            tasks: JoinSet::new(),
            preparing: 0,
            sending: 0,
            accepted: 0,
            budget_wake: None,
            closing: false,
            stopped: None,
        }
    }

    /// Delivers until the inbox is closed and all is settled, a stop is asked for, or nothing passes any more.
    pub async fn run(mut self, mut inbox: UnboundedReceiver<Parcel>, mut stop: Stop) -> anyhow::Result<End> {
        loop {
            while let Ok(parcel) = inbox.try_recv() {
                self.take(parcel);
            }
            if let Some(reason) = self.stopped.take() {
                self.drain().await?;
                return Ok(End::Stopped(reason));
            }
            let offer_wake = self.offer();
            self.start();
            if self.closing && self.items.is_empty() && self.tasks.is_empty() {
                return Ok(End::Done);
            }
            let wake = [offer_wake, self.jobs.wake(), self.budget_wake.take()].into_iter().flatten().min();
            tokio::select! {
                parcel = inbox.recv(), if !self.closing => match parcel {
                    Some(parcel) => self.take(parcel),
                    None => self.closing = true,
                },
                Some(event) = self.tasks.join_next() => self.heard(event?),
                () = self.clock.sleep_until(wake.unwrap_or(Moment::MAX)), if wake.is_some() => {}
                () = stop.asked() => {
                    self.drain().await?;
                    return Ok(End::Asked);
                }
            }
        }
    }

    /// Lets what is in flight end, for so long.
    async fn drain(&mut self) -> anyhow::Result<()> {
        let end = self.clock.now() + STOP_WAIT;
        loop {
            tokio::select! {
                event = self.tasks.join_next() => match event {
                    Some(event) => self.heard(event?),
                    None => return Ok(()),
                },
                () = self.clock.sleep_until(end) => return Ok(()),
            }
        }
    }

    fn heard(&mut self, event: Event) {
        match event {
            Event::Prepared(prepared) => self.prepared(prepared),
            Event::Halved(halved) => self.halved(halved),
            Event::Answered(answered) => self.answered(answered),
            Event::Delivered(delivered) => self.delivered(delivered),
        }
    }
}
