//! How do Currents' events arrive?
//!
//! As JSON over HTTP, `{"events":[..]}`, at most some hundred a request. A request without events asks only whether the credentials are
//! good, which the host has checked. What happens after an answer (Braze, "Currents integration", read 2026-11-23):
//!
//! | answer | Braze | used for |
//! |---|---|---|
//! | 2xx | is done | what was read; an event of it that cannot be read is kept as a dead letter, because sending it again would not help |
//! | 400 | sends each event by itself, and drops those that fail again | a body that is no such JSON: the events in it may be good |
//! | 401, 404 | tries again for two days | wrong credentials (the host), another path |
//! | 413, 429, 5xx | sends less, or later | too large, too much (the host) |
//!
//! An event becomes a person update with one event, named by its type, with all that Braze says of it. Its `id` goes along, by which a
//! repeated one can be told.

mod body;
pub mod event;

use brazeline_kit::person::Source;
use brazeline_kit::{Arrival, Received, Reply, Scheme, Unread, http};
use serde_json::json;
use serde_json::value::RawValue;

use crate::settings::{Selection, Settings};
use body::Body;
use event::Event;

/// The header that says in which form a body is.
const VERSION_HEADER: &str = "braze-currents-version";

/// The form that this reads.
const VERSION: &str = "1";

/// Takes Currents' events.
#[derive(Debug)]
pub struct Currents {
    /// Where they are taken.
    pub path: String,
    source: Source,
    types: Selection,
    /// Who is let in.
    pub inbound: Vec<Scheme>,
}

impl Currents {
    /// For settings without problems.
    #[must_use]
    pub fn new(source: Source, settings: Settings) -> Self {
        let path = settings.path.unwrap_or_else(|| "/".to_owned());
        let inbound = settings.caller.unwrap_or_default().schemes();
        Self { path, source, types: Selection::new(settings.event_types), inbound }
    }

    /// What a request holds, and its answer.
    #[must_use]
    pub fn receive(&self, arrival: &Arrival) -> Received {
        if arrival.path != self.path {
            return answer(404, &format!("nothing is received here; events go to `{}`", self.path));
        }
        if arrival.method != "POST" {
            return answer(405, "events are sent with POST");
        }
        if let Some(version) = http::value(&arrival.headers, VERSION_HEADER).filter(|version| *version != VERSION) {
            return of_another_version(arrival, version);
        }
        match Body::read(&arrival.body) {
            Ok(Body(events)) => self.read(&events),
            Err(reason) => {
                let unread = vec![unread(&arrival.body, "body".to_owned(), reason.clone())];
                Received { unread, ..answer(400, &reason) }
            }
        }
    }

    fn read(&self, events: &[&RawValue]) -> Received {
        let mut received = Received::default();
        for (place, json) in events.iter().enumerate() {
            let place = || format!("event {}", place + 1);
            let said =
                Event::read(json.get()).and_then(|event| event.say(&self.source, &self.types, &mut received.events));
            if let Err(no_event) = said {
                // As a body of its own it can be received again.
                let raw = || format!(r#"{{"events":[{json}]}}"#).into_bytes();
                received.unread.push(no_event.unread(raw, place()));
            }
        }
        let rejected = received.unread.iter().filter(|unread| !unread.skipped).count();
        let said = json!({ "message": "success", "taken": events.len() - rejected, "rejected": rejected });
        received.reply = Reply::json(200, &said);
        received
    }
}

/// Kept as it came, so that a release that knows the version can read it.
fn of_another_version(arrival: &Arrival, version: &str) -> Received {
    let version: String = version.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
    let reason =
        format!("it is in version `{version}` of Currents' form; read is `{VERSION}`: replay it after an update");
    Received { unread: vec![unread(&arrival.body, "body".to_owned(), reason)], ..answer(200, "kept") }
}

fn unread(raw: &[u8], place: String, reason: String) -> Unread {
    Unread { raw: raw.to_vec(), place, key: None, skipped: false, reason }
}

fn answer(status: u16, message: &str) -> Received {
    Received { reply: Reply::json(status, &json!({ "message": message })), ..Received::default() }
}

#[cfg(test)]
mod tests;
