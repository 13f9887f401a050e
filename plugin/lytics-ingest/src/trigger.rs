//! What is a request answered with?
//!
//! With 200 once all that could be read of it is taken, and the rest kept as dead letters: Lytics sends again what is answered with
//! anything else, and gives up on 400, 404 and 413 alone (contract of its webhooks, 2026-11-23). A batch with one bad message
//! must not come again whole.

pub mod envelope;
pub mod message;

pub mod membership;
pub mod update;

use brazeline_kit::{Arrival, Field, Received, Reply, Scheme};
use jiff::Timestamp;
use serde_json::json;

use envelope::messages;
use update::Reader;

/// Receives triggers.
#[derive(Debug)]
pub struct Trigger {
    /// What is read of them.
    pub reader: Reader,
    /// Where they are received.
    pub path: String,
    /// How Lytics shows that it is Lytics.
    pub inbound: Vec<Scheme>,
}

impl Trigger {
    /// Reads a request and answers it.
    #[must_use]
    pub fn receive(&self, arrival: &Arrival) -> Received {
        if arrival.path != self.path {
            return refused(404, &format!("nothing is here; triggers are received at `{}`", self.path));
        }
        if arrival.method != "POST" {
            let mut received = refused(405, "send triggers with POST");
            received.reply.headers.push(Field::new("allow", "POST"));
            return received;
        }
        self.read(arrival).unwrap_or_else(|wrong| refused(400, &wrong))
    }

    fn read(&self, arrival: &Arrival) -> Result<Received, String> {
        let messages = messages(&arrival.body)?;
        let now = arrived(arrival);
        let mut received = Received::default();
        for (place, message) in messages.into_iter().enumerate() {
            let not_read = match self.reader.read(message, now, &mut received.events) {
                Ok(skipped) => skipped,
                Err(no_event) => vec![no_event],
            };
            let place = format!("message {}", place + 1);
            let raw = message.get().as_bytes();
            received
                .unread
                .extend(not_read.into_iter().map(|no_event| no_event.unread(|| raw.to_vec(), place.clone())));
        }
        received.reply = taken(&received);
        Ok(received)
    }
}

fn arrived(arrival: &Arrival) -> Timestamp {
    let ms = i64::try_from(arrival.received_at_ms).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
}

/// Says what became of the request, for whoever tries it by hand.
fn taken(received: &Received) -> Reply {
    let skipped = received.unread.iter().filter(|unread| unread.skipped).count();
    let set_aside = received.unread.len() - skipped;
    Reply::json(200, &json!({ "events": received.events.len(), "skipped": skipped, "set_aside": set_aside }))
}

/// An answer that takes nothing.
#[must_use]
pub fn refused(status: u16, error: &str) -> Received {
    Received { reply: Reply::json(status, &json!({ "error": error })), ..Received::default() }
}

#[cfg(test)]
mod tests;
