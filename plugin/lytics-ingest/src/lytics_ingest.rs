//! What is a request answered with?
//!
//! With 200 once all that could be read of it is taken, and the rest kept as dead letters: Lytics sends again what is answered with
//! anything else, and gives up on 400, 404 and 413 alone (contract of its webhooks, 2026-11-23). A batch with one bad message
//! must not come again whole.

use brazeline_kit::{Arrival, Field, Plan, Plugin, Problem, Received, Receiver, Reply, Scheme};
use jiff::Timestamp;
use serde_json::json;

use crate::envelope::messages;
use crate::settings::Settings;
use crate::update::Reader;
use brazeline_kit::person::Source;

/// The receiver.
#[derive(Debug)]
pub struct LyticsIngest {
    reader: Reader,
    path: String,
    inbound: Vec<Scheme>,
}

impl Plugin for LyticsIngest {
    const NAME: &'static str = "lytics-ingest";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = "Receives Lytics audience triggers: who entered, who left, whose fields changed.";
    const AUTHORIZATIONS: &'static [&'static str] = &["lytics"];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
        let mut problems = settings.problems();
        let Settings { identifier, audiences, fields, path, caller, .. } = settings;
        match Source::new(identifier) {
            Ok(source) if problems.is_empty() => {
                Ok(Self { reader: Reader { source, audiences, fields }, path, inbound: caller.schemes() })
            }
            Ok(_) => Err(problems),
            Err(problem) => {
                problems.push(problem);
                Err(problems)
            }
        }
    }

    fn plan(&self) -> Plan {
        Plan { inbound: self.inbound.clone(), ..Plan::default() }
    }
}

impl Receiver for LyticsIngest {
    fn receive(&self, arrival: &Arrival) -> Received {
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
}

impl LyticsIngest {
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
            received.unread.extend(not_read.into_iter().map(|no_event| no_event.unread(message, place.clone())));
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

fn refused(status: u16, error: &str) -> Received {
    Received { reply: Reply::json(status, &json!({ "error": error })), ..Received::default() }
}

#[cfg(test)]
mod tests;
