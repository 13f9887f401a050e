//! Sources to which others send.

use crate::{Arrival, Events, Plugin, Reply, Unread};

/// Reads the requests of others.
pub trait Receiver: Plugin {
    /// For each request that arrives. The reply is sent after the events are stored durably.
    fn receive(&self, arrival: &Arrival) -> Received;
}

/// What a request held, and its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    /// The events in it.
    pub events: Events,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// The answer.
    pub reply: Reply,
}
