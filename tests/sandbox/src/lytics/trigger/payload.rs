//! What does a trigger send (contract 9.1)?

use std::collections::VecDeque;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::people::audience_id;
use super::{Form, Happening, Kind, Move, Trigger};

/// The most events of a batch.
const BATCH: usize = 1000;

/// The id of the job, which stands in `meta` and in the source of a CloudEvent.
const JOB: &str = "9ab1c2d3e4f5a6b7";

/// The body of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The JSON.
    pub body: Bytes,
    /// How many events it holds.
    pub events: usize,
}

/// The bodies of all calls.
pub fn all(trigger: &Trigger, happenings: &[Happening], now: Timestamp) -> VecDeque<Payload> {
    let numbered = happenings.iter().zip(1_u64..);
    let events: Vec<Value> = numbered.map(|(happening, number)| event(trigger, happening, number, now)).collect();
    let payload = |value: &Value, events| Payload { body: value.to_string().into(), events };
    match trigger.form {
        // The form of a batch is not documented further than that it is an array of events.
        Form::Batch => {
            let batches = events.chunks(trigger.batch_size.clamp(1, BATCH));
            batches.map(|batch| payload(&json!(batch), batch.len())).collect()
        }
        Form::Default | Form::CloudEvents => events.iter().map(|event| payload(event, 1)).collect(),
    }
}

fn event(trigger: &Trigger, happening: &Happening, number: u64, now: Timestamp) -> Value {
    let id = format!("{:019}", 1_234_567_890_000_000_000 + number);
    let data = data(trigger, happening);
    match trigger.form {
        Form::CloudEvents => json!({
            "specversion": "1.0",
            "id": id,
            "source": format!("/work/{JOB}"),
            "type": "com.lytics.audience.user.event",
            "datacontenttype": "application/json",
            "time": now.to_string(),
            "data": data,
        }),
        Form::Default | Form::Batch => json!({
            "id": id,
            "data": data,
            "meta": {"object": "user", "subscription_id": JOB, "timestamp": format!("{now:.0}")},
        }),
    }
}

fn data(trigger: &Trigger, happening: &Happening) -> Map<String, Value> {
    let mut data = happening.user.clone();
    let moves = happening.moves.iter().map(|one| segment_event(trigger, one));
    data.insert("segment_events".into(), moves.collect());
    if trigger.include_segs {
        data.insert("segments_all".into(), json!(happening.segments_all));
    }
    data
}

/// Times carry nanoseconds; a change has none. The id is taken to be the audience's: it has the form of one, and jobs take audiences by id.
fn segment_event(trigger: &Trigger, one: &Move) -> Value {
    let id = trigger.audience_ids.get(&one.slug).cloned().unwrap_or_else(|| audience_id(&one.slug));
    let at = format!("{:.9}", one.at);
    match one.event {
        Kind::Enter => json!({"id": id, "event": "enter", "slug": one.slug, "enter": at}),
        Kind::Exit => json!({"id": id, "event": "exit", "slug": one.slug, "exit": at}),
        Kind::Change => json!({"id": id, "event": "change", "slug": one.slug}),
    }
}
