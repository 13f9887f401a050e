//! Requests in, answers and state out.

mod answers;
mod exports;
mod limits;
mod state;

use serde_json::{Map, Value, json};

use super::{Braze, Options, Rules};
use crate::exchange::{Answer, Request};
use crate::stage::Vendor as _;
use jiff::Timestamp;

/// When the tests take place: 2026-11-23T09:00:00Z.
fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn braze(rules: Rules) -> Braze {
    Braze::new(Options { key: "k".into(), rules, ..Options::default() })
}

fn request(body: impl Into<bytes::Bytes>) -> Request {
    request_to("/users/track", body)
}

fn request_to(path: &str, body: impl Into<bytes::Bytes>) -> Request {
    let mut request =
        Request { method: http::Method::POST, path: path.into(), body: body.into(), ..Request::default() };
    request.headers.insert("authorization", "Bearer k".parse().unwrap());
    request.headers.insert("content-type", "application/json".parse().unwrap());
    request
}

fn track(braze: &mut Braze, body: &Value) -> Answer {
    braze.answer(&request(body.to_string()), None, now())
}

/// Sends attributes that have to be taken.
fn attributes(braze: &mut Braze, objects: Value) {
    let answer = track(braze, &json!({"attributes": objects}));
    assert_eq!(said(&answer), "201 success", "{objects}");
}

fn body(answer: &Answer) -> Map<String, Value> {
    serde_json::from_slice(&answer.body).unwrap()
}

/// The status, the message and the errors in one line.
fn said(answer: &Answer) -> String {
    let body = body(answer);
    let head = format!("{} {}", answer.status.as_u16(), body["message"].as_str().unwrap());
    let error = |item: &Value| match (&item["type"], &item["input_array"], &item["index"]) {
        (Value::String(kind), Value::String(array), index) => format!("; {array}[{index}] {kind}"),
        (Value::String(kind), _, _) => format!("; {kind}"),
        _ => format!("; {item}"),
    };
    let errors = body.get("errors").and_then(Value::as_array).into_iter().flatten().map(error);
    errors.fold(head, |said, error| said + &error)
}
