//! Triggers beside scans: whichever is newer is right.

use brazeline_sandbox::Options;
use serde_json::{Value, json};

use super::stage::{AUDIENCES, Stage, With, stage};
use crate::host::{Host, TRIGGER_TOKEN};
use crate::http;
use crate::scene::{people, sandbox};

pub(super) fn triggers(with: With<'_>) -> Stage {
    let source = format!(
        "  triggers: {{ type: lytics-ingest, mode: trigger, authorization: lytics, caller: bearer, address: \"127.0.0.1:0\", audiences: [vip, lapsed, new], identifier: {{ external_id: user_id }}{} }}\n",
        with.source
    );
    stage(sandbox(Options::default()), &source, "[triggers]", with)
}

/// One message about somebody.
pub(super) fn message(id: &str, events: &[(&str, &str, &str)]) -> Value {
    let event =
        |(event, slug, at): &(&str, &str, &str)| json!({ "id": slug, "event": event, "slug": slug, *event: at });
    let events: Vec<Value> = events.iter().map(event).collect();
    json!({ "id": "1", "data": { "user_id": id, "segment_events": events }, "meta": { "object": "user" } })
}

pub(super) fn fire(host: &mut Host, messages: &[Value]) {
    let headers = [("content-type", "application/json"), ("authorization", &format!("Bearer {TRIGGER_TOKEN}"))];
    let address = host.address("triggers");
    let answer = http::send(&address, "POST", "/", &headers, json!(messages).to_string()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn audiences(stage: &Stage, id: &str) -> Vec<String> {
    stage.held().get(id).map(|list| list.iter().cloned().collect()).unwrap_or_default()
}

pub(super) fn until(stage: &Stage, id: &str, expected: &[&str]) {
    crate::host::until(&format!("{id} is in {expected:?}"), || {
        stage.vendors.braze().apply();
        audiences(stage, id) == expected
    });
}

#[test]
fn what_is_known_is_not_sent_again() {
    let stage = triggers(With::default());
    let mut host = stage.place.run();
    fire(&mut host, &[message("a", &[("enter", "vip", "2026-11-23T09:00:00Z")])]);
    until(&stage, "a", &["vip"]);
    let cost = stage.cost();
    fire(&mut host, &[message("a", &[("enter", "vip", "2026-11-23T09:10:00Z")])]);
    fire(&mut host, &[message("b", &[("enter", "vip", "2026-11-23T09:11:00Z")])]);
    until(&stage, "b", &["vip"]);
    assert_eq!(stage.cost(), (cost.0 + 1, cost.1 + 1), "only b");
    host.terminate();
}

#[test]
fn an_older_trigger_does_not_undo_a_newer_one() {
    let stage = triggers(With::default());
    let mut host = stage.place.run();
    let leave_then_enter = [
        message("a", &[("exit", "vip", "2026-11-23T10:00:00.000000002Z")]),
        message("a", &[("enter", "vip", "2026-11-23T09:00:00.000000001Z")]),
        message("a", &[("enter", "new", "2026-11-23T12:00:00+02:00")]),
    ];
    fire(&mut host, &leave_then_enter);
    until(&stage, "a", &["new"]);
    host.terminate();
}

#[test]
fn enter_then_exit_in_one_message_is_an_exit() {
    let stage = triggers(With::default());
    let mut host = stage.place.run();
    let events = [
        ("enter", "vip", "2026-11-23T09:00:00Z"),
        ("exit", "vip", "2026-11-23T09:00:01Z"),
        ("enter", "new", "2026-11-23T09:00:02Z"),
    ];
    fire(&mut host, &[message("a", &events)]);
    until(&stage, "a", &["new"]);
    host.terminate();
}

#[test]
fn enter_then_exit_in_one_batch_is_an_exit() {
    let stage = triggers(With::default());
    let mut host = stage.place.run();
    let batch = [
        message("a", &[("enter", "vip", "2026-11-23T09:00:00Z")]),
        message("a", &[("enter", "new", "2026-11-23T09:00:01Z")]),
        message("b", &[("exit", "vip", "2026-11-23T09:00:01Z")]),
        message("a", &[("exit", "vip", "2026-11-23T09:00:02Z")]),
        message("b", &[("enter", "vip", "2026-11-23T09:00:02Z")]),
    ];
    fire(&mut host, &batch);
    until(&stage, "a", &["new"]);
    until(&stage, "b", &["vip"]);
    assert_eq!(stage.cost(), (1, 2), "one object a person");
    host.terminate();
}

#[test]
fn without_existing_users_a_trigger_is_news_from_the_first() {
    let stage = triggers(With { transform: ", existing_users: false", ..With::default() });
    let mut host = stage.place.run();
    fire(&mut host, &[message("a", &[("enter", "vip", "2026-11-23T09:00:00Z")])]);
    until(&stage, "a", &["vip"]);
    host.terminate();
}

#[test]
fn a_kill_after_the_answer_loses_no_trigger() {
    let stage = triggers(With::default());
    for (round, audience) in AUDIENCES.into_iter().enumerate() {
        let mut host = stage.place.run();
        let at = format!("2026-11-23T09:0{round}:00Z");
        let messages: Vec<Value> = people(0..40).iter().map(|id| message(id, &[("enter", audience, &at)])).collect();
        fire(&mut host, &messages);
        host.kill();
    }
    let host = stage.place.run();
    for id in people(0..40) {
        until(&stage, &id, &["lapsed", "new", "vip"]);
    }
    assert_eq!(host.terminate().code, Some(0));
}

#[test]
fn a_trigger_behind_the_scans_cursor_stays() {
    let source = concat!(
        "  scan: { type: lytics-ingest, mode: scan, authorization: lytics, audiences: [vip, lapsed, new], identifier: { external_id: user_id }, every: 1s }\n",
        "  triggers: { type: lytics-ingest, mode: trigger, authorization: lytics, caller: bearer, address: \"127.0.0.1:0\", audiences: [vip, lapsed, new], identifier: { external_id: user_id } }\n",
    );
    let stage = stage(sandbox(Options::default()), source, "[scan, triggers]", With::default());
    stage.enter(&people(0..150), "vip");
    let mut host = stage.place.run();
    until(&stage, "u-149", &["vip"]);
    // The trigger is from the future of every scan that runs now: the scans, which do not see her, must leave her alone.
    fire(&mut host, &[message("trigger-only", &[("enter", "vip", "2036-01-01T00:00:00Z")])]);
    until(&stage, "trigger-only", &["vip"]);
    let scans = stage.vendors.lytics().request_count();
    stage.vendors.wait(stage.vendors.lytics().wait_for_requests(scans + 6)).unwrap();
    assert_eq!(audiences(&stage, "trigger-only"), ["vip"]);
    assert_eq!(host.terminate().code, Some(0));
}
