//! Turning events into requests, and answers into verdicts.

use crate::{Batch, Budget, Plugin, Request, Response};

/// Delivers events. The host sends, waits, repeats and keeps order.
pub trait Sink: Plugin {
    /// Makes requests of the oldest waiting events and all that waits for the same keys. Merging a person's events is done here.
    fn prepare(&self, batch: &Batch) -> Prepared;

    /// Reads the answer to a request. Perhaps in another instance than the one that prepared it: `context` is what it gave along.
    fn settle(&self, context: &[u8], response: &Response) -> Settled;
}

/// An input, by its place, that can never pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Its place.
    pub index: u32,
    /// What is wrong, and what to do.
    pub reason: String,
}

/// What is to be sent for a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prepared {
    /// The requests.
    pub requests: Vec<Outgoing>,
    /// Events that can never pass. An event in no request and not here has nothing to say.
    pub rejections: Vec<Rejection>,
    /// Events of which a part can never pass, each at most once: which part, and why. The rest goes out.
    pub left_out: Vec<Rejection>,
}

/// A request with what the host must know to send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The request.
    pub request: Request,
    /// The events that it carries, by their place in the batch. An event is done when all its requests are.
    pub events: Vec<u32>,
    /// Given back to `settle`.
    pub context: Vec<u8>,
    /// May be sent again when nobody knows whether it arrived.
    pub repeatable: bool,
    /// How long its keys rest once it is accepted. 0 where order does not matter.
    pub rest_ms: u32,
    /// The budgets that it draws on.
    pub budgets: Vec<String>,
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Accepted, but for these of the request's events (by place in `events`).
    Accepted(Vec<Rejection>),
    /// Accepted but for so many, and the vendor does not say which.
    AcceptedBut(u32),
    /// Not accepted; the same again, not before so many milliseconds.
    Retry(u64),
    /// Refused as a whole; halves may pass. A single event is rejected with this reason.
    Split(String),
    /// Nothing will pass before a person acts.
    Stop(String),
}

/// What an answer means, and what the vendor still allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// What it means.
    pub verdict: Verdict,
    /// What is left.
    pub budgets: Vec<Budget>,
}
