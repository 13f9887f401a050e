//! The sources and sinks that need no component, and what a pipeline asks of them.
//!
//! A source gives its events to an [`Intake`]; a sink is a [`Deliver`]. Neither knows how events are kept, ordered or repeated:
//! that is the pipeline's. All that these connectors read or write is JSON, one object an event; what a sender of any other
//! form sends is a component's to read, behind the same [`server`].

mod builtin;
pub mod drop_folder;
mod file;
mod http_client;
mod http_server;
mod lines;
pub mod object_store;
mod page;
mod person;
pub mod server;
mod settings;
pub mod sftp;
pub mod sftp_server;
pub mod shelf;
mod stdin;
mod stdout;

use std::pin::Pin;
use std::time::Duration;

use futures_util::future::join_all;

use crate::component::types::{Batch, Scope, Unread};

pub use builtin::{Builtin, Native, SinkSettings, SourceSettings, authorization, builtin};

/// Where a source's events enter a pipeline.
pub trait Intake: Send + Sync + 'static {
    /// Takes what nobody can read again. When it comes back, the events are kept and the sender may forget them.
    fn push(&self, batch: Batch, unread: Vec<Unread>) -> impl Future<Output = Result<(), Refused>> + Send;

    /// The same for what several senders gave at the same time, with an answer to each.
    fn push_all(&self, given: Vec<Given>) -> impl Future<Output = Vec<Result<(), Refused>>> + Send {
        join_all(given.into_iter().map(|Given { events, unread }| self.push(events, unread)))
    }

    /// Whether what is pushed together is kept together, so that it pays to gather.
    fn gathers(&self) -> bool {
        false
    }

    /// Why nothing would be taken at the moment, if that is so.
    fn ready(&self) -> impl Future<Output = Result<(), Refused>> + Send {
        std::future::ready(Ok(()))
    }

    /// Takes what can be read again, or what only its source's place says where it was. Comes back when there is room for more.
    fn read(&self, reading: Reading) -> impl Future<Output = Result<(), Refused>> + Send;

    /// Where reading goes on: the last position up to which everything is settled.
    fn resume(&self) -> Option<Vec<u8>>;

    /// What lies behind [`resume`](Self::resume) is not there any more. Gives the number of the first event of what took its
    /// place, which is none that any sink has settled, and waits for nothing before it.
    fn renew(&self) -> u64;
}

/// What one sender gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    /// The events.
    pub events: Batch,
    /// What could not be read beside them.
    pub unread: Vec<Unread>,
}

/// What a source read that can be read again.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The events.
    pub events: Batch,
    /// What could not be read beside them.
    pub unread: Vec<Unread>,
    /// The number of the first event: the same event has the same number whenever it is read. The end of a snapshot takes a number, too:
    /// the one behind the events'.
    pub first: u64,
    /// Where the source stands behind these events.
    pub position: Vec<u8>,
    /// If they belong to a complete look at somebody: to which.
    pub part: Option<Part>,
}

/// A part of a snapshot, which is a complete look at some audiences.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Which of the source's snapshots. A number that was not there before begins one, and gives up any other that is not closed.
    pub number: u64,
    /// At whom it looks, and as of when.
    pub scope: Scope,
    /// It is complete with these events: who was not seen in it is not there.
    pub closes: bool,
}

/// Why events were not taken. None of it is the sender's fault: the same may be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Too much waits; there may be room after so long.
    Behind {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The pipeline stops.
    Stopping,
    /// Somebody who should get it has stopped and waits for a person; the pipeline goes on without.
    Stopped,
    /// It cannot be kept, and why.
    Broken(String),
}

/// What becomes of the events of a delivery.
pub type Delivering<'a> = Pin<Box<dyn Future<Output = Vec<Outcome>> + Send + 'a>>;

/// A built-in sink.
pub trait Deliver: Send + Sync {
    /// Delivers; one outcome for each event, in order. Several deliveries run at once, never with the same key.
    fn deliver(&self, batch: Batch) -> Delivering<'_>;
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is the other side's.
    Delivered,
    /// It can never be, and why.
    Rejected(String),
    /// The same again, not before so long if the other side said so.
    Retry(Option<Duration>),
    /// Nothing passes before a person acts.
    Stop(String),
}
