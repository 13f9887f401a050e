use brazeline_kit::testing::{Table, configure};
use brazeline_kit::{Batch, Outgoing, Sink};
use expect_test::{Expect, expect};
use serde_json::Value;

use crate::BrazeExport;

/// A JSON array with so many characters in its texts.
fn large(characters: usize) -> String {
    let text = "x".repeat(characters);
    let parts: Vec<String> =
        text.as_bytes().chunks(250).map(|part| format!("\"{}\"", "x".repeat(part.len()))).collect();
    format!("[{}]", parts.join(","))
}

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
              events [0, 1], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
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
              events [0, 2, 1], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
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
              events [0, 2, 1], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
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
        ("external_id:d", r#"{"events":[{"name":"n","time":"2026-11-23"}]}"#),
    ];
    check(
        "{}",
        &events,
        expect![[r#"
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"a","_update_existing_only":true,"lytics_segments":{"remove":["vip"]}},{"external_id":"b","_update_existing_only":true,"plan":null},{"external_id":"c","plan":"x","lytics_segments":{"remove":["vip"]}}]}
              events [0, 1, 2], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
              context attributes 0 1 2
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"events":[{"external_id":"d","name":"n","time":"2026-11-23"}]}
              events [3], not repeatable, rest 0 ms, budgets ["track", "track_hour"]
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
              events [0], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
              context attributes 0
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"events":[{"external_id":"d","_update_existing_only":true,"name":"n","time":"2026-11-23"}]}
              events [1], not repeatable, rest 0 ms, budgets ["track", "track_hour"]
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
              events [0, 1, 2], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
              context attributes 0 1 2
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"events":[{"external_id":"d","_update_existing_only":false,"name":"n","time":"2026-11-23"}]}
              events [3], not repeatable, rest 0 ms, budgets ["track", "track_hour"]
              context events 0
        "#]],
    );
}

#[test]
fn identifiers_are_no_attributes() {
    let body = r#"{"attributes":{"external_id":"e","braze_id":"b","email":"e@x.de","phone":"1","x":"\u0041 \"q\""}}"#;
    check(
        "{}",
        &[("external_id:a", body), ("email:e@x.de", body), ("phone:1", body)],
        expect![[r#"
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"a","email":"e@x.de","phone":"1","x":"\u0041 \"q\""},{"email":"e@x.de","phone":"1","x":"\u0041 \"q\""},{"phone":"1","x":"\u0041 \"q\""}]}
              events [0, 1, 2], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
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
              events [2, 6], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
              context attributes 0 1
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"a","visits":{"inc":3},"plan":"x"}]}
              events [0, 1], not repeatable, rest 5000 ms, budgets ["track", "track_hour"]
              context attributes 0+2
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"b","visits":{"inc":1}}]}
              events [3], not repeatable, rest 5000 ms, budgets ["track", "track_hour"]
              context attributes 0
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"b","tags":{"add":["t"]}}]}
              events [4], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
              context attributes 0
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"b","tags":{"remove":["t"]}}]}
              events [5], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
              context attributes 0
        "#]],
    );
}

#[test]
fn events_and_purchases_go_behind_profiles() {
    check(
        r#"{"objects_per_request":3}"#,
        &[
            (
                "external_id:a",
                r#"{"attributes":{"x":1},"events":[{"name":"1","time":"2026-11-23"},{"name":"2","time":"2026-11-23"}]}"#,
            ),
            (
                "external_id:b",
                r#"{"events":[{"name":"3","time":"2026-11-23"}],
                    "purchases":[{"product_id":"p","currency":"USD","price":9.50,"time":"2026-11-23","quantity":2}]}"#,
            ),
            (
                "external_id:a",
                r#"{"events":[{"name":"4","time":"2026-11-23"},{ "name":"5","time":"2026-11-23"},{"name":"6","time":"2026-11-23"},{"name":"7","time":"2026-11-23"}]}"#,
            ),
        ],
        expect![[r#"
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"attributes":[{"external_id":"a","x":1}]}
              events [0], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
              context attributes 0
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"events":[{"external_id":"a","name":"1","time":"2026-11-23"},{"external_id":"a","name":"2","time":"2026-11-23"}]}
              events [0], not repeatable, rest 0 ms, budgets ["track", "track_hour"]
              context events 0 0
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"events":[{"external_id":"b","name":"3","time":"2026-11-23"}],"purchases":[{"external_id":"b","product_id":"p","currency":"USD","price":9.50,"time":"2026-11-23","quantity":2}]}
              events [1], not repeatable, rest 0 ms, budgets ["track", "track_hour"]
              context events 0;purchases 0
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"events":[{"external_id":"a","name":"4","time":"2026-11-23"},{"external_id":"a", "name":"5","time":"2026-11-23"},{"external_id":"a","name":"6","time":"2026-11-23"}]}
              events [2], not repeatable, rest 0 ms, budgets ["track", "track_hour"]
              context events 0 0 0
            POST rest /users/track
              content-type: application/json
              user-agent: partner-Brazeline
              {"events":[{"external_id":"a","name":"7","time":"2026-11-23"}]}
              events [2], not repeatable, rest 0 ms, budgets ["track", "track_hour"]
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
            ("external_id:b", r#"{"attributes":{"x":1},"events":[{"name":"n","time":"2026-11-23"},{"name":"n"}]}"#),
            ("external_id:b", r#"{"purchases":[{"product_id":"p","time":"2026-11-23"}]}"#),
            ("external_id:b", r#"{"attributes":{"lytics_segments":["vip"]}}"#),
            ("external_id:b", r#"{"attributes":{"_update_existing_only":true}}"#),
            ("row 7", r#"{"attributes":{"x":1}}"#),
            (
                "external_id:c",
                &format!(r#"{{"attributes":{{"x":{}}},"events":[{{"name":"n","time":"2026-11-23"}}]}}"#, large(1000)),
            ),
            (
                "external_id:c",
                &format!(
                    r#"{{"attributes":{{"x":1}},"events":[{{"name":"n","time":"2026-11-23","properties":{{"x":{}}}}}]}}"#,
                    large(1000)
                ),
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
              events [0], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
              context attributes 0
            1 rejected: the body is no person update: it has none of `attributes`, `audiences`, `events` and `purchases`; `map-fields` makes one of other JSON
            2 rejected: /user: invalid type: string, expected a user's identifiers
            3 rejected: /attributes: it is a string, expected an object
            4 rejected: /audiences: missing field `in`
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
    let body = format!(r#"{{"attributes":{{"x":{}}}}}"#, large(500));
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
        let limit = sink.settings.body_bytes();
        prepared.requests.iter().for_each(|outgoing| assert!(outgoing.request.body.len() <= limit));
    }
}

#[test]
fn a_large_object_is_sent_once_or_rejected() {
    let sink: BrazeExport = configure(settings(r#"{"body_limit_bytes":1024,"update_existing_only":false}"#));
    for bytes in 600..1000 {
        let text = large(bytes);
        let bodies = [
            format!(r#"{{"attributes":{{"x":{text}}}}}"#),
            format!(
                r#"{{"purchases":[{{"product_id":"p","currency":"USD","price":1,"time":"2026-11-23","properties":{{"x":{text}}}}}]}}"#
            ),
        ];
        for body in &bodies {
            let small = r#"{"attributes":{"x":1},"events":[{"name":"n","time":"2026-11-23"}]}"#;
            let events = [("external_id:a", small), ("external_id:b", body), ("external_id:c", small)];
            let prepared = sink.prepare(&events.into_iter().collect());
            let sent = prepared.requests.iter().flat_map(|outgoing| &outgoing.events).filter(|event| **event == 1);
            assert_eq!(sent.count() + prepared.rejections.len(), 1, "{bytes}");
            prepared.requests.iter().for_each(|outgoing| assert!(outgoing.request.body.len() <= 1024, "{bytes}"));
        }
    }
}

#[test]
fn each_array_has_its_own_limit_for_some() {
    let event = r#"{"attributes":{"x":1},"events":[{"name":"n","time":"2026-11-23"}],
        "purchases":[{"product_id":"p","currency":"USD","price":1,"time":"2026-11-23"}]}"#;
    let keys: Vec<String> = (0..6).map(|person| format!("external_id:u-{person}")).collect();
    // (settings, objects in each request)
    let table = [
        (r#"{"objects_per_request":4}"#, vec![4, 2, 4, 4, 4]),
        (r#"{"objects_per_request":4,"objects":"each_array"}"#, vec![4, 2, 8, 4]),
    ];
    for (json, expected) in table {
        let sink: BrazeExport = configure(settings(json));
        let prepared = sink.prepare(&keys.iter().map(|key| (key.as_str(), event)).collect());
        let objects = |outgoing: &Outgoing| {
            let body: Value = serde_json::from_slice(&outgoing.request.body).unwrap();
            body.as_object().unwrap().values().map(|array| array.as_array().unwrap().len()).sum::<usize>()
        };
        assert_eq!(prepared.requests.iter().map(objects).collect::<Vec<_>>(), expected, "{json}");
    }
}

#[test]
fn a_bulk_request_is_larger_and_holds_a_hundred_of_a_profile() {
    let event = r#"{"events":[{"name":"n","time":"2026-11-23"}]}"#;
    let many = format!(r#"{{"events":[{}]}}"#, vec![r#"{"name":"n","time":"2026-11-23"}"#; 230].join(","));
    let small = |persons: usize, each: usize| {
        (0..persons * each).map(|n| (format!("external_id:u-{}", n % persons), event.to_owned())).collect::<Vec<_>>()
    };
    let fat = (0..30).map(|n| (format!("external_id:u-{n}"), format!(r#"{{"attributes":{{"x":{}}}}}"#, large(99_000))));
    // (events, objects in each request)
    let table = [
        (small(1500, 1), vec![1000, 500]),
        (small(1, 250), vec![100, 100, 50]),
        (small(3, 90), vec![270]),
        (vec![("external_id:u".to_owned(), many)], vec![100, 100, 30]),
        (fat.collect(), vec![19, 11]),
    ];
    let sink: BrazeExport = configure(settings(r#"{"endpoint":"bulk"}"#));
    for (events, expected) in table {
        let prepared = sink.prepare(&events.iter().map(|(key, body)| (key.as_str(), body.as_str())).collect());
        let objects = |outgoing: &Outgoing| outgoing.context.iter().filter(|byte| **byte == b' ').count();
        assert_eq!(prepared.requests.iter().map(objects).collect::<Vec<_>>(), expected);
        for outgoing in &prepared.requests {
            assert_eq!(outgoing.request.path, "/users/track/bulk");
            assert_eq!(outgoing.budgets, ["track_bulk", "track_bulk_hour"]);
            assert!(outgoing.request.body.len() <= 2_000_000);
        }
    }
}

#[test]
fn what_braze_would_not_keep_is_set_aside_rejected_or_dropped() {
    let events = [
        ("external_id:a", r#"{"attributes":{"country":"Germany","plan":"x"},"audiences":{"in":["vip"],"of":["vip"]}}"#),
        ("external_id:b", r#"{"attributes":{"country":null,"external_id":null,"plan":"y"}}"#),
        ("email:c@x.de", r#"{"attributes":{"email":null,"phone":null}}"#),
        ("external_id:d", r#"{"attributes":{"dob":"secret"}}"#),
        ("external_id:e", r#"{"attributes":{"o":{"a b":1}},"events":[{"name":"n","time":"2026-11-23"}]}"#),
        ("external_id:f", r#"{"attributes":{"_merge_objects":"yes"}}"#),
        ("external_id:g", r#"{"attributes":{"lytics_segment_vip":true}}"#),
        ("external_id:h", r#"{"audiences":{"in":[""],"of":[""]}}"#),
    ];
    check(
        "{}",
        &events,
        expect![[r#"
        POST rest /users/track
          content-type: application/json
          user-agent: partner-Brazeline
          {"attributes":[{"external_id":"a","plan":"x","lytics_segments":{"add":["vip"]}},{"external_id":"b","country":null,"plan":"y"},{"email":"c@x.de","_update_existing_only":true,"phone":null}]}
          events [0, 1, 2], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
          context attributes 0 1 2
        POST rest /users/track
          content-type: application/json
          user-agent: partner-Brazeline
          {"events":[{"external_id":"e","name":"n","time":"2026-11-23"}]}
          events [4], not repeatable, rest 0 ms, budgets ["track", "track_hour"]
          context events 0
        5 rejected: /attributes/_merge_objects: this is neither `true` nor `false`
        6 rejected: /attributes/lytics_segment_vip: this attribute holds an audience; say memberships under `audiences`, or choose another `boolean_attribute`
        7 rejected: /audiences: the name of one is empty, or has more than 255 characters
        0 goes without a part: the update goes without this: /attributes/country: this is no country's code of two capital letters (ISO 3166-1: `US`), and Braze may turn it into null
        3 goes without a part: the update goes without this: /attributes/dob: this is no day as Braze takes it: `1982-01-31`
        4 goes without a part: the update goes without this: /attributes/o: a name in the object has a space, a `.` or a `$` in it
    "#]],
    );
    check(
        r#"{"bad_attributes":"reject"}"#,
        &events,
        expect![[r#"
        POST rest /users/track
          content-type: application/json
          user-agent: partner-Brazeline
          {"attributes":[{"external_id":"b","country":null,"plan":"y"},{"email":"c@x.de","_update_existing_only":true,"phone":null}]}
          events [1, 2], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
          context attributes 0 1
        0 rejected: /attributes/country: this is no country's code of two capital letters (ISO 3166-1: `US`), and Braze may turn it into null
        3 rejected: /attributes/dob: this is no day as Braze takes it: `1982-01-31`
        4 rejected: /attributes/o: a name in the object has a space, a `.` or a `$` in it
        5 rejected: /attributes/_merge_objects: this is neither `true` nor `false`
        6 rejected: /attributes/lytics_segment_vip: this attribute holds an audience; say memberships under `audiences`, or choose another `boolean_attribute`
        7 rejected: /audiences: the name of one is empty, or has more than 255 characters
    "#]],
    );
    check(
        r#"{"bad_attributes":"drop"}"#,
        &events,
        expect![[r#"
        POST rest /users/track
          content-type: application/json
          user-agent: partner-Brazeline
          {"attributes":[{"external_id":"a","plan":"x","lytics_segments":{"add":["vip"]}},{"external_id":"b","country":null,"plan":"y"},{"email":"c@x.de","_update_existing_only":true,"phone":null}]}
          events [0, 1, 2], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
          context attributes 0 1 2
        POST rest /users/track
          content-type: application/json
          user-agent: partner-Brazeline
          {"events":[{"external_id":"e","name":"n","time":"2026-11-23"}]}
          events [4], not repeatable, rest 0 ms, budgets ["track", "track_hour"]
          context events 0
        5 rejected: /attributes/_merge_objects: this is neither `true` nor `false`
        6 rejected: /attributes/lytics_segment_vip: this attribute holds an audience; say memberships under `audiences`, or choose another `boolean_attribute`
        7 rejected: /audiences: the name of one is empty, or has more than 255 characters
    "#]],
    );
}

#[test]
fn objects_are_merged_if_the_settings_say_so() {
    let events = [
        ("external_id:a", r#"{"attributes":{"o":{"x":1},"plan":"y"}}"#),
        ("external_id:b", r#"{"attributes":{"n":{"add":["x"]}}}"#),
        ("external_id:c", r#"{"attributes":{"o":{"x":1},"_merge_objects":false}}"#),
        ("external_id:a", r#"{"attributes":{"o":{"y":2}}}"#),
    ];
    check(
        r#"{"merge_objects":true}"#,
        &events,
        expect![[r#"
        POST rest /users/track
          content-type: application/json
          user-agent: partner-Brazeline
          {"attributes":[{"external_id":"a","o":{"x":1},"plan":"y","_merge_objects":true},{"external_id":"b","n":{"add":["x"]}},{"external_id":"c","o":{"x":1},"_merge_objects":false}]}
          events [0, 1, 2], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
          context attributes 0 1 2
        POST rest /users/track
          content-type: application/json
          user-agent: partner-Brazeline
          {"attributes":[{"external_id":"a","o":{"y":2},"_merge_objects":true}]}
          events [3], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
          context attributes 0
    "#]],
    );
}

#[test]
fn audiences_as_booleans_make_no_profile_of_who_left() {
    let events = [
        ("external_id:a", r#"{"audiences":{"in":[],"of":["vip"]}}"#),
        ("external_id:b", r#"{"audiences":{"in":["vip"],"of":["vip","old"],"beyond":["old"]}}"#),
    ];
    check(
        r#"{"representation":"both"}"#,
        &events,
        expect![[r#"
        POST rest /users/track
          content-type: application/json
          user-agent: partner-Brazeline
          {"attributes":[{"external_id":"a","_update_existing_only":true,"lytics_segments":{"remove":["vip"]},"lytics_segment_vip":false},{"external_id":"b","lytics_segments":{"add":["vip"]},"lytics_segment_old":false,"lytics_segment_vip":true}]}
          events [0, 1], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
          context attributes 0 1
    "#]],
    );
    let long = format!(r#"{{"audiences":{{"in":["{0}"],"of":["{0}"]}}}}"#, "x".repeat(255));
    check(
        r#"{"representation":"booleans"}"#,
        &[("external_id:a", &long)],
        expect![[r#"
        0 rejected: /audiences: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`: `boolean_attribute` makes a name of more than 255 characters of it
    "#]],
    );
}

#[test]
fn what_braze_said_itself_is_not_sent_to_it() {
    let known = r#"{"attributes":{"city":"X"},"events":[{"name":"x","time":"2026-11-23T09:00:00Z"}],"known_as_of":"2026-11-23T09:00:00Z"}"#;
    let unknown = known
        .replace(r#""2026-11-23T09:00:00Z"}"#, "null}")
        .replace(r#""time":null"#, r#""time":"2026-11-23T09:00:00Z""#);
    check(
        "{}",
        &[("external_id:a", known), ("external_id:b", &unknown)],
        expect![[r#"
        POST rest /users/track
          content-type: application/json
          user-agent: partner-Brazeline
          {"attributes":[{"external_id":"b","city":"X"}]}
          events [1], repeatable, rest 5000 ms, budgets ["track", "track_hour"]
          context attributes 0
        POST rest /users/track
          content-type: application/json
          user-agent: partner-Brazeline
          {"events":[{"external_id":"b","name":"x","time":"2026-11-23T09:00:00Z"}]}
          events [1], not repeatable, rest 0 ms, budgets ["track", "track_hour"]
          context events 0
    "#]],
    );
}

#[test]
fn a_mark_that_is_none_hides_nothing() {
    let marked = |mark| format!(r#"{{"attributes":{{"city":"X"}},"known_as_of":{mark}}}"#);
    let bodies = [marked("false"), marked(r#""""#), marked(r#""soon""#)];
    let events: Vec<_> = bodies.iter().map(|body| ("external_id:a", body.as_str())).collect();
    check(
        "{}",
        &events,
        expect![[r#"
        0 rejected: /known_as_of: it is no RFC 3339 time
        1 rejected: /known_as_of: it is no RFC 3339 time
        2 rejected: /known_as_of: it is no RFC 3339 time
    "#]],
    );
}
