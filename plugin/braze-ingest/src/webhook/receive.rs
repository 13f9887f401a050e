//! What is a request answered with?
//!
//! With 200 once something of it is taken, in the form of Lytics' own answer. With 400 if nothing of it can be read: Braze does not send it
//! again, and its own log shows the marketer why. Either way what could not be read becomes a dead letter.

use std::borrow::Cow;

use brazeline_kit::{Arrival, Field, Received, Reply, Unread, http};
use serde_json::json;

use super::body::{Record, records};
use super::{Webhook, form, person};
use crate::moment;
use brazeline_kit::person::Source;

/// Braze offers GET and DELETE, too, but those carry no person.
const METHODS: [&str; 2] = ["POST", "PUT"];

/// See the module.
#[must_use]
pub fn receive(webhook: &Webhook, arrival: &Arrival) -> Received {
    let path = &webhook.path;
    if arrival.path != *path {
        return only(error(404, &format!("nothing is received here; webhooks go to `{path}?key=<api token>`")));
    }
    if !METHODS.contains(&arrival.method.as_str()) {
        let mut reply = error(405, "send the webhook with POST");
        reply.headers.push(Field::new("allow", METHODS.join(", ")));
        return only(reply);
    }
    let body = match text(arrival) {
        Ok(body) => body,
        Err(wrong) => return unreadable(arrival, wrong),
    };
    let known_as_of = webhook.mark_known.then(|| moment::of_ms(arrival.received_at_ms)).flatten();
    match records(&body, &webhook.source.field) {
        Ok(records) => read(&records, &webhook.source, known_as_of.as_deref()),
        Err(wrong) => unreadable(arrival, wrong),
    }
}

fn text(arrival: &Arrival) -> Result<Cow<'_, str>, String> {
    if form::is_form(http::value(&arrival.headers, "content-type")) {
        return Ok(Cow::Owned(form::to_json(&arrival.body)));
    }
    let text = std::str::from_utf8(&arrival.body);
    text.map(Cow::Borrowed).map_err(|error| format!("the body is no UTF-8 from byte {} on", error.valid_up_to()))
}

fn read(records: &[Record<'_>], source: &Source, known_as_of: Option<&str>) -> Received {
    let mut received = Received::default();
    for (place, record) in records.iter().enumerate() {
        if let Err(reason) = person::add(record, source, known_as_of, &mut received.events) {
            received.unread.push(unread(record.json.get().as_bytes(), format!("record {}", place + 1), reason));
        }
    }
    received.reply = match received.unread.first() {
        Some(first) if received.events.is_empty() => error(400, &format!("{}: {}", first.place, first.reason)),
        _ => taken(received.events.len(), received.unread.len()),
    };
    received
}

/// As Lytics' collect API answers.
fn taken(taken: usize, rejected: usize) -> Reply {
    // Numbers alone need no writer of JSON, and this is the answer to nearly every webhook.
    let data = format!(r#"{{"message_count":{taken},"rejected_count":{rejected}}}"#);
    let body = format!(r#"{{"data":{data},"message":"success","status":200}}"#).into_bytes();
    Reply { status: 200, headers: vec![Field::new("content-type", "application/json")], body }
}

/// As Lytics answers errors.
fn error(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "status": status, "message": message }))
}

fn unreadable(arrival: &Arrival, wrong: String) -> Received {
    let reply = error(400, &wrong);
    Received { unread: vec![unread(&arrival.body, "body".to_owned(), wrong)], ..only(reply) }
}

fn unread(raw: &[u8], place: String, reason: String) -> Unread {
    Unread { raw: raw.to_vec(), place, key: None, skipped: false, reason }
}

fn only(reply: Reply) -> Received {
    Received { reply, ..Received::default() }
}
