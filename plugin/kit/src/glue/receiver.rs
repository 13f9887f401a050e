//! `receiver`.

use super::batch::each;
use super::{Glue, with};
use crate::bindings::receiver as wit;
use crate::{Arrival, Received, Receiver, Reply};

impl<T: Receiver> wit::Guest for Glue<T> {
    fn receive(arrival: wit::Arrival) -> wit::Received {
        with(|plugin: &T| plugin.receive(&arrival.into()).into())
    }
}

impl From<wit::Arrival> for Arrival {
    fn from(arrival: wit::Arrival) -> Self {
        Self {
            method: arrival.method,
            path: arrival.path,
            query: each(arrival.query),
            headers: each(arrival.headers),
            body: arrival.body,
            received_at_ms: arrival.received_at_ms,
        }
    }
}

impl From<Reply> for wit::Reply {
    fn from(reply: Reply) -> Self {
        Self { status: reply.status, headers: each(reply.headers), body: reply.body }
    }
}

impl From<Received> for wit::Received {
    fn from(received: Received) -> Self {
        Self { events: received.events.into(), unread: each(received.unread), reply: received.reply.into() }
    }
}
