//! A request that somebody sends: all of it is taken, kept, or refused, and the answer says which.
//!
//! Braze's webhooks as JSON and as a form, Currents' events, Lytics' triggers.

use braze_ingest::BrazeIngest;
use brazeline_kit::{Arrival, Field, Received, Receiver};
use lytics_ingest::LyticsIngest;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::{configure, event};

thread_local! {
    static WEBHOOK: BrazeIngest = configure(json!({ "authorization": { "account": "1234" } }));
    static CURRENTS: BrazeIngest = configure(json!({ "mode": "currents", "event_types": { "drop": ["*.Send"] } }));
    static TRIGGER: LyticsIngest = configure(json!({ "identifier": { "external_id": "user_id" }, "fields": ["city"] }));
}

/// See the module.
pub fn holds(body: &[u8]) {
    let json = |path| arrival(path, "application/json", body);
    webhook(&WEBHOOK.with(|webhook| webhook.receive(&json("/c/1234/braze_users"))), body);
    let form = arrival("/c/1234/braze_users", "application/x-www-form-urlencoded", body);
    let form = WEBHOOK.with(|webhook| webhook.receive(&form));
    answered(&form);
    assert_eq!(form.events.len() + form.unread.len(), 1, "a form is about one person");
    currents(&CURRENTS.with(|currents| currents.receive(&json("/"))), body);
    trigger(&TRIGGER.with(|trigger| trigger.receive(&json("/"))), body);
}

fn arrival(path: &str, content_type: &str, body: &[u8]) -> Arrival {
    Arrival {
        method: "POST".to_owned(),
        path: path.to_owned(),
        headers: vec![Field::new("content-type", content_type)],
        body: body.to_vec(),
        received_at_ms: 1_795_600_000_000,
        ..Arrival::default()
    }
}

/// Every record is an event or a rejection; a body that is no JSON is kept whole.
fn webhook(received: &Received, body: &[u8]) {
    answered(received);
    match records(body) {
        Some(records) => {
            assert_eq!(received.events.len() + received.unread.len(), records, "records");
            let is_taken = !received.events.is_empty() || records == 0;
            assert_eq!(received.reply.status, if is_taken { 200 } else { 400 });
            assert!(received.unread.iter().all(|unread| holds_bytes(body, &unread.raw)), "a record is kept as it came");
        }
        None => kept_whole(received, body),
    }
}

/// The answer says how many events were taken; a body that is no such JSON is kept whole.
fn currents(received: &Received, body: &[u8]) {
    let said = answered(received);
    match received.reply.status {
        200 => {
            let skipped = received.unread.iter().filter(|unread| unread.skipped).count();
            assert_eq!(said["taken"], received.events.len() + skipped);
            assert_eq!(said["rejected"], received.unread.len() - skipped);
        }
        _ => kept_whole(received, body),
    }
}

/// Every message is heard of again.
fn trigger(received: &Received, body: &[u8]) {
    answered(received);
    match (received.reply.status, records(body)) {
        (200, Some(messages)) => assert!(received.events.len() + received.unread.len() >= messages, "messages"),
        (200, None) => panic!("a body was taken that is no JSON"),
        _ => assert!(received.events.is_empty(), "it was refused and taken"),
    }
}

/// How many records are in it: an object, or a list of them. None if it is no JSON.
fn records(body: &[u8]) -> Option<usize> {
    let whole: &RawValue = serde_json::from_slice(body).ok()?;
    match whole.get().starts_with('[') {
        true => serde_json::from_str::<Vec<&RawValue>>(whole.get()).ok().map(|records| records.len()),
        false => Some(1),
    }
}

fn kept_whole(received: &Received, body: &[u8]) {
    assert_eq!((received.reply.status, received.events.len(), received.unread.len()), (400, 0, 1));
    assert_eq!(received.unread[0].raw, body, "what is not read is kept");
}

/// The answer is JSON, and all events are some.
fn answered(received: &Received) -> Value {
    for (key, body) in received.events.iter() {
        event::members(key, body);
    }
    assert!(received.unread.iter().all(|unread| !unread.reason.is_empty()), "a rejection without a reason");
    serde_json::from_slice(&received.reply.body).unwrap_or_else(|error| panic!("the answer is no JSON: {error}"))
}

fn holds_bytes(all: &[u8], some: &[u8]) -> bool {
    some.is_empty() || all.windows(some.len()).any(|window| window == some)
}
