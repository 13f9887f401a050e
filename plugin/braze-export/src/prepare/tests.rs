use brazeline_kit::testing::{Table, configure};
use brazeline_kit::{Batch, Sink};
use expect_test::{Expect, expect};
use serde_json::Value;

use crate::BrazeExport;

fn settings(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn check(json: &str, events: &[(&str, &str)], expected: Expect) {
    expected.assert_eq(&Table::<BrazeExport>::new(settings(json)).prepare(events).shown());
}

#[test]
fn a_request_as_the_partner_page_shows_it() {
    check(
        "{}",
        &[
            (
                "external_id:ABC124ID",
                r#"{"audiences":{"in":["lytics_all","lytics_new"],"of":["lytics_all","lytics_new"]}}"#,
            ),
            ("external_id:XYZ234ID", r#"{"audiences":{"in":["lytics_known"],"of":["lytics_known","lytics_new"]}}"#),
        ],
        expect![[r#"
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"ABC124ID","lytics_segments":{"add":["lytics_all","lytics_new"]}},{"external_id":"XYZ234ID","lytics_segments":{"add":["lytics_known"],"remove":["lytics_new"]}}]}
              events [0, 1], repeatable, rest 5000 ms, budgets ["track"]
              context attributes 0 1
        "#]],
    );
}

#[test]
fn a_key_of_another_kind_makes_nobody_one_person() {
    check(
        r#"{"partner":"AnotherOne"}"#,
        &[
            ("row", r#"{"user":{"external_id":"a"},"attributes":{"x":1}}"#),
            ("row", r#"{"user":{"external_id":"b"},"attributes":{"x":2}}"#),
            ("row", r#"{"user":{"external_id":"a"},"attributes":{"y":3}}"#),
        ],
        expect![[r#"
            POST rest /users/track
              content-type: application/json
              user-agent: partner-AnotherOne
              {"attributes":[{"external_id":"a","x":1,"y":3},{"external_id":"b","x":2}]}
              events [0, 2, 1], repeatable, rest 5000 ms, budgets ["track"]
              context attributes 0+2 2
        "#]],
    );
}

#[test]
fn a_persons_events_become_one_object() {
    check(
        "{}",
        &[
            ("external_id:a", r#"{"attributes":{"n":1.50,"plan":"x"},"audiences":{"in":["vip"],"of":["vip"]}}"#),
            ("email:b@x", r#"{"attributes":{"n":1}}"#),
            ("external_id:a", r#"{"attributes":{"plan":null},"audiences":{"in":["old"],"of":["old","vip"]}}"#),
        ],
        expect![[r#"
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"a","n":1.50,"plan":null,"lytics_segments":{"add":["old"],"remove":["vip"]}},{"email":"b@x","n":1}]}
              events [0, 2, 1], repeatable, rest 5000 ms, budgets ["track"]
              context attributes 0+2 2
        "#]],
    );
}

#[test]
fn what_is_only_taken_away_makes_no_profile() {
    let events = [
        ("external_id:a", r#"{"audiences":{"in":[],"of":["vip"]}}"#),
        ("external_id:b", r#"{"attributes":{"plan":null}}"#),
        ("external_id:c", r#"{"audiences":{"in":[],"of":["vip"]},"attributes":{"plan":"x"}}"#),
        ("external_id:d", r#"{"events":[{"name":"n","time":"t"}]}"#),
    ];
    check(
        "{}",
        &events,
        expect![[r#"
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"a","_update_existing_only":true,"lytics_segments":{"remove":["vip"]}},{"external_id":"b","_update_existing_only":true,"plan":null},{"external_id":"c","plan":"x","lytics_segments":{"remove":["vip"]}}]}
              events [0, 1, 2], repeatable, rest 5000 ms, budgets ["track"]
              context attributes 0 1 2
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"events":[{"external_id":"d","name":"n","time":"t"}]}
              events [3], not repeatable, rest 0 ms, budgets ["track"]
              context events 0
        "#]],
    );
    check(
        r#"{"update_existing_only":true}"#,
        &events[2..],
        expect![[r#"
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"c","_update_existing_only":true,"plan":"x","lytics_segments":{"remove":["vip"]}}]}
              events [0], repeatable, rest 5000 ms, budgets ["track"]
              context attributes 0
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"events":[{"external_id":"d","_update_existing_only":true,"name":"n","time":"t"}]}
              events [1], not repeatable, rest 0 ms, budgets ["track"]
              context events 0
        "#]],
    );
    check(
        r#"{"update_existing_only":false,"membership_attribute":"a\"b"}"#,
        &events,
        expect![[r#"
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"a","_update_existing_only":true,"a\"b":{"remove":["vip"]}},{"external_id":"b","_update_existing_only":true,"plan":null},{"external_id":"c","_update_existing_only":false,"plan":"x","a\"b":{"remove":["vip"]}}]}
              events [0, 1, 2], repeatable, rest 5000 ms, budgets ["track"]
              context attributes 0 1 2
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"events":[{"external_id":"d","_update_existing_only":false,"name":"n","time":"t"}]}
              events [3], not repeatable, rest 0 ms, budgets ["track"]
              context events 0
        "#]],
    );
}

#[test]
fn identifiers_are_no_attributes() {
    let body = r#"{"attributes":{"external_id":"e","braze_id":"b","email":"e@x","phone":"1","x":"\u0041 \"q\""}}"#;
    check(
        "{}",
        &[("external_id:a", body), ("email:e@x", body), ("phone:1", body)],
        expect![[r#"
        POST rest /users/track
          content-type: application/json
          user-agent: partner-Brazeline
          {"attributes":[{"external_id":"a","email":"e@x","phone":"1","x":"\u0041 \"q\""},{"email":"e@x","phone":"1","x":"\u0041 \"q\""},{"phone":"1","x":"\u0041 \"q\""}]}
          events [0, 1, 2], repeatable, rest 5000 ms, budgets ["track"]
          context attributes 0 1 2
    "#]],
    );
}

#[test]
fn what_counts_up_is_sent_apart_and_in_its_turn() {
    check(
        "{}",
        &[
            ("external_id:a", r#"{"attributes":{"visits":{"inc":1}}}"#),
            ("external_id:a", r#"{"attributes":{"visits":{"inc":2},"plan":"x"}}"#),
            ("external_id:b", r#"{"attributes":{"visits":7}}"#),
            ("external_id:b", r#"{"attributes":{"visits":{"inc":1}}}"#),
            ("external_id:b", r#"{"attributes":{"tags":{"add":["t"]}}}"#),
            ("external_id:b", r#"{"attributes":{"tags":{"remove":["t"]}}}"#),
            ("external_id:c", r#"{"attributes":{"plan":"y"}}"#),
        ],
        expect![[r#"
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"b","visits":7},{"external_id":"c","plan":"y"}]}
              events [2, 6], repeatable, rest 5000 ms, budgets ["track"]
              context attributes 0 1
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"a","visits":{"inc":3},"plan":"x"}]}
              events [0, 1], not repeatable, rest 5000 ms, budgets ["track"]
              context attributes 0+2
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"b","visits":{"inc":1}}]}
              events [3], not repeatable, rest 5000 ms, budgets ["track"]
              context attributes 0
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"b","tags":{"add":["t"]}}]}
              events [4], repeatable, rest 5000 ms, budgets ["track"]
              context attributes 0
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"b","tags":{"remove":["t"]}}]}
              events [5], repeatable, rest 5000 ms, budgets ["track"]
              context attributes 0
        "#]],
    );
}

#[test]
fn events_and_purchases_go_behind_profiles() {
    check(
        r#"{"objects_per_request":3}"#,
        &[
            ("external_id:a", r#"{"attributes":{"x":1},"events":[{"name":"1","time":"t"},{"name":"2","time":"t"}]}"#),
            (
                "external_id:b",
                r#"{"events":[{"name":"3","time":"t"}],
                    "purchases":[{"product_id":"p","currency":"USD","price":9.50,"time":"t","quantity":2}]}"#,
            ),
            (
                "external_id:a",
                r#"{"events":[{"name":"4","time":"t"},{ "name":"5","time":"t"},{"name":"6","time":"t"},{"name":"7","time":"t"}]}"#,
            ),
        ],
        expect![[r#"
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"a","x":1}]}
              events [0], repeatable, rest 5000 ms, budgets ["track"]
              context attributes 0
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"events":[{"external_id":"a","name":"1","time":"t"},{"external_id":"a","name":"2","time":"t"}]}
              events [0], not repeatable, rest 0 ms, budgets ["track"]
              context events 0 0
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"events":[{"external_id":"b","name":"3","time":"t"}],"purchases":[{"external_id":"b","product_id":"p","currency":"USD","price":9.50,"time":"t","quantity":2}]}
              events [1], not repeatable, rest 0 ms, budgets ["track"]
              context events 0;purchases 0
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"events":[{"external_id":"a","name":"4","time":"t"},{"external_id":"a", "name":"5","time":"t"},{"external_id":"a","name":"6","time":"t"}]}
              events [2], not repeatable, rest 0 ms, budgets ["track"]
              context events 0 0 0
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"events":[{"external_id":"a","name":"7","time":"t"}]}
              events [2], not repeatable, rest 0 ms, budgets ["track"]
              context events 0
        "#]],
    );
}

#[test]
fn what_can_never_pass_is_rejected_whole() {
    check(
        r#"{"body_limit_bytes":1024}"#,
        &[
            ("external_id:a", r#"{"attributes":{"x":1}}"#),
            ("external_id:b", r#"{"order":7}"#),
            ("external_id:b", r#"{"user":"b"}"#),
            ("external_id:b", r#"{"attributes":"secret"}"#),
            ("external_id:b", r#"{"audiences":{"of":["vip"]}}"#),
            ("external_id:b", r#"{"attributes":{"x":1},"events":[{"name":"n","time":"t"},{"name":"n"}]}"#),
            ("external_id:b", r#"{"purchases":[{"product_id":"p","time":"t"}]}"#),
            ("external_id:b", r#"{"attributes":{"lytics_segments":["vip"]}}"#),
            ("external_id:b", r#"{"attributes":{"_update_existing_only":true}}"#),
            ("row 7", r#"{"attributes":{"x":1}}"#),
            (
                "external_id:c",
                &format!(r#"{{"attributes":{{"x":"{}"}},"events":[{{"name":"n","time":"t"}}]}}"#, "x".repeat(1000)),
            ),
            (
                "external_id:c",
                &format!(r#"{{"attributes":{{"x":1}},"events":[{{"name":"n","time":"{}"}}]}}"#, "x".repeat(1000)),
            ),
            // These say nothing.
            ("external_id:d", r#"{"user":{"external_id":"d"}}"#),
            (
                "external_id:d",
                r#"{"attributes":{},"audiences":{"in":[],"of":[]},"events":[],"purchases":null,"restated":true}"#,
            ),
        ],
        expect![[r#"
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"a","x":1}]}
              events [0], repeatable, rest 5000 ms, budgets ["track"]
              context attributes 0
            1 rejected: the body is no person update: it has none of `attributes`, `audiences`, `events` and `purchases`; `map-fields` makes one of other JSON
            2 rejected: /user: invalid type: string, expected a user's identifiers at line 1 column 3
            3 rejected: /attributes: invalid type: string, expected an object at line 1 column 22
            4 rejected: /audiences: missing field `in` at line 1 column 27
            5 rejected: /events/1: it has no `time`; Braze requires `name`, `time`
            6 rejected: /purchases/0: it has no `currency`; Braze requires `product_id`, `currency`, `price`, `time`
            7 rejected: /attributes/lytics_segments: this attribute holds the audiences; say memberships under `audiences`, or choose another `membership_attribute`
            8 rejected: /attributes/_update_existing_only: this is a setting of the sink, `update_existing_only`
            9 rejected: neither the key nor `user` says whom it is about; `map-fields` can set both
            11 rejected: /events: an object does not fit into a request of 1024 bytes
            10 rejected: /attributes: an object does not fit into a request of 1024 bytes
        "#]],
    );
}

#[test]
fn requests_keep_to_the_limits() {
    let keys: Vec<String> = (0..200).map(|person| format!("external_id:u-{person}")).collect();
    let body = format!(r#"{{"attributes":{{"x":"{}"}}}}"#, "x".repeat(500));
    let batch = || keys.iter().map(|key| (key.as_str(), body.as_str())).collect::<Batch>();
    // (settings, objects in each request)
    let table = [
        ("{}", vec![75, 75, 50]),
        (r#"{"objects_per_request":60}"#, vec![60, 60, 60, 20]),
        (r#"{"body_limit_bytes":20000}"#, vec![37, 37, 37, 37, 37, 15]),
    ];
    for (json, expected) in table {
        let sink: BrazeExport = configure(settings(json));
        let prepared = sink.prepare(&batch());
        let objects: Vec<_> = prepared.requests.iter().map(|outgoing| outgoing.events.len()).collect();
        assert_eq!(objects, expected, "{json}");
        let limit = sink.settings.body_limit_bytes;
        prepared.requests.iter().for_each(|outgoing| assert!(outgoing.request.body.len() <= limit));
    }
}

#[test]
fn a_large_object_is_sent_once_or_rejected() {
    let sink: BrazeExport = configure(settings(r#"{"body_limit_bytes":1024,"update_existing_only":false}"#));
    for bytes in 700..1000 {
        let text = "x".repeat(bytes);
        let bodies = [
            format!(r#"{{"attributes":{{"x":"{text}"}}}}"#),
            format!(r#"{{"purchases":[{{"product_id":"{text}","currency":"USD","price":1,"time":"t"}}]}}"#),
        ];
        for body in &bodies {
            let small = r#"{"attributes":{"x":1},"events":[{"name":"n","time":"t"}]}"#;
            let events = [("external_id:a", small), ("external_id:b", body), ("external_id:c", small)];
            let prepared = sink.prepare(&events.into_iter().collect());
            let sent = prepared.requests.iter().flat_map(|outgoing| &outgoing.events).filter(|event| **event == 1);
            assert_eq!(sent.count() + prepared.rejections.len(), 1, "{bytes}");
            prepared.requests.iter().for_each(|outgoing| assert!(outgoing.request.body.len() <= 1024, "{bytes}"));
        }
    }
}
