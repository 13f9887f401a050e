use std::io::Read;

use brazeline_kit::testing::{Table, configure, problems, response};
use brazeline_kit::{Batch, Field, Plugin, Sink};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::LyticsExport;

fn single() -> Value {
    json!({ "mode": "single", "authorization": { "account": "1234" } })
}

fn check(settings: Value, bodies: &[&str], expected: &Expect) {
    let events: Vec<_> = bodies.iter().map(|body| ("external_id:u-1", *body)).collect();
    expected.assert_eq(&Table::<LyticsExport>::new(settings).prepare(&events).shown());
}

const PARTNER: &str = r#"{"user":{"braze_id":"xxxxxx"},"attributes":{"city":"AnyTown","country":"United States","first_name":"John","gender":"male","language":"English","last_name":"Smith","date_of_birth":"19820101","phone_number":"5551231234","time_zone":"GMT+7","twitter_handle":"johnsmith","email":"john.smith@email.com","braze_id":"xxxxxx"}}"#;
const EVENTS: &str = r#"{"user":{"external_id":"u-1"},"attributes":{"plan":"gold"},"events":[{"name":"opened","time":"2026-11-23T09:00:00Z","app_id":"a","properties":{"campaign":"c-1","n":1.50}},{"name":"closed","time":"2026-11-23T09:00:01Z"}],"purchases":[{"product_id":"sku","currency":"USD","price":9.50,"time":"2026-11-23T09:00:02Z","properties":{"size":"L"}}]}"#;

/// Webhooks are often written over several lines.
#[test]
fn a_record_is_one_line_whatever_breaks_it_came_with() {
    let body = "{\"user\":{\"external_id\":\"u-1\"},\"attributes\":{\r\n \"id\": \"u\\n1\",\n\"o\": {\n\"x\": [1,\r2]}\n},\n\"events\":[{\"name\":\"a\",\"time\":\"t\",\n\"properties\":{\"o\":{\n\"y\":1}}}]}";
    let batch: Batch = [("external_id:u-1", body)].into_iter().collect();
    let requests = configure::<LyticsExport>(json!({ "mode": "bulk" })).prepare(&batch).requests;
    let lines = requests.iter().flat_map(|outgoing| std::str::from_utf8(&outgoing.request.body).unwrap().lines());
    let records: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    let expected = [
        json!({ "id": "u\n1", "o": { "x": [1, 2] }, "user_id": "u-1" }),
        json!({ "user_id": "u-1", "event": "a", "timestamp": "t", "o": { "y": 1 } }),
    ];
    assert_eq!(records, expected);
}

#[test]
fn the_partner_pages_webhook_arrives_value_for_value() {
    check(
        json!({}),
        &[PARTNER],
        &expect![[r#"
        POST collect /collect/json/braze_users
          content-type: application/json
          [{"city":"AnyTown","country":"United States","first_name":"John","gender":"male","language":"English","last_name":"Smith","date_of_birth":"19820101","phone_number":"5551231234","time_zone":"GMT+7","twitter_handle":"johnsmith","email":"john.smith@email.com","braze_id":"xxxxxx"}]
          events [0], repeatable, rest 0 ms, budgets []
          context {"records":1,"repeatable":true}
    "#]],
    );
    check(
        single(),
        &[PARTNER],
        &expect![[r#"
        POST single /c/1234/braze_users
          content-type: application/json
          {"city":"AnyTown","country":"United States","first_name":"John","gender":"male","language":"English","last_name":"Smith","date_of_birth":"19820101","phone_number":"5551231234","time_zone":"GMT+7","twitter_handle":"johnsmith","email":"john.smith@email.com","braze_id":"xxxxxx"}
          events [0], repeatable, rest 0 ms, budgets []
          context {"records":1,"repeatable":true}
    "#]],
    );
}

#[test]
fn many_updates_share_a_request() {
    let bodies = [
        r#"{"user":{"external_id":"u-1"},"attributes":{"a":1.50}}"#,
        r#"{"user":{"email":"a@x","phone":"+1"},"attributes":{"\"":"\u00fc","b":null}}"#,
    ];
    check(
        json!({ "stream": "people", "timestamp_field": "seen_at" }),
        &bodies,
        &expect![[r#"
        POST collect /collect/json/people?timestamp_field=seen_at
          content-type: application/json
          [{"a":1.50,"user_id":"u-1"},{"\"":"\u00fc","b":null,"email":"a@x","phone_number":"+1"}]
          events [0, 1], repeatable, rest 0 ms, budgets []
          context {"records":2,"repeatable":true}
    "#]],
    );
}

#[test]
fn events_never_share_a_request_with_attributes() {
    check(
        json!({}),
        &[EVENTS],
        &expect![[r#"
        POST collect /collect/json/braze_users
          content-type: application/json
          [{"plan":"gold","user_id":"u-1"}]
          events [0], repeatable, rest 0 ms, budgets []
          context {"records":1,"repeatable":true}
        POST collect /collect/json/braze_users?timestamp_field=timestamp
          content-type: application/json
          [{"user_id":"u-1","event":"opened","timestamp":"2026-11-23T09:00:00Z","app_id":"a","campaign":"c-1","n":1.50},{"user_id":"u-1","event":"closed","timestamp":"2026-11-23T09:00:01Z"},{"user_id":"u-1","event":"purchase","timestamp":"2026-11-23T09:00:02Z","product_id":"sku","currency":"USD","price":9.50,"size":"L"}]
          events [0], not repeatable, rest 0 ms, budgets []
          context {"records":3,"repeatable":false}
    "#]],
    );
    check(
        single(),
        &[EVENTS],
        &expect![[r#"
        POST single /c/1234/braze_users
          content-type: application/json
          {"plan":"gold","user_id":"u-1"}
          events [0], repeatable, rest 0 ms, budgets []
          context {"records":1,"repeatable":true}
        POST single /c/1234/braze_users
          content-type: application/json
          {"user_id":"u-1","event":"opened","timestamp":"2026-11-23T09:00:00Z","app_id":"a","campaign":"c-1","n":1.50}
          events [0], not repeatable, rest 0 ms, budgets []
          context {"records":1,"repeatable":false}
        POST single /c/1234/braze_users
          content-type: application/json
          {"user_id":"u-1","event":"closed","timestamp":"2026-11-23T09:00:01Z"}
          events [0], not repeatable, rest 0 ms, budgets []
          context {"records":1,"repeatable":false}
        POST single /c/1234/braze_users
          content-type: application/json
          {"user_id":"u-1","event":"purchase","timestamp":"2026-11-23T09:00:02Z","product_id":"sku","currency":"USD","price":9.50,"size":"L"}
          events [0], not repeatable, rest 0 ms, budgets []
          context {"records":1,"repeatable":false}
    "#]],
    );
}

#[test]
fn what_has_nothing_to_say_is_not_sent() {
    let bodies = [
        r#"{"user":{"external_id":"u-1"},"audiences":{"in":["vip"],"of":["vip"]}}"#,
        r#"{"user":{"external_id":"u-1"},"attributes":{}}"#,
        r#"{"user":{"external_id":"u-1"},"attributes":{"user_id":null}}"#,
        r#"{"user":{"external_id":"u-1"},"events":[]}"#,
    ];
    check(json!({}), &bodies, &expect![[""]]);
}

#[test]
fn identifiers_go_into_their_fields() {
    let bodies = [
        r#"{"user":{"external_id":"u-1","braze_id":"b","email":"a@x","phone":"+1","alias":{"name":"n","label":"l"}},"attributes":{"a":1}}"#,
        r#"{"user":{"external_id":"u-1"},"attributes":{"user_id":"other"}}"#,
        r#"{"user":{"external_id":"u-1"},"attributes":{"user_id":null,"a":1}}"#,
        r#"{"user":{},"attributes":{"email":"a@x"}}"#,
    ];
    check(
        json!({}),
        &bodies,
        &expect![[r#"
        POST collect /collect/json/braze_users
          content-type: application/json
          [{"a":1,"user_id":"u-1","braze_id":"b","email":"a@x","phone_number":"+1"},{"user_id":"other"},{"a":1,"user_id":"u-1"},{"email":"a@x"}]
          events [0, 1, 2, 3], repeatable, rest 0 ms, budgets []
          context {"records":4,"repeatable":true}
    "#]],
    );
    let fields = json!({ "identifier_fields": { "external_id": "id", "braze_id": null, "alias": "number" } });
    check(
        fields,
        &bodies,
        &expect![[r#"
        POST collect /collect/json/braze_users
          content-type: application/json
          [{"a":1,"id":"u-1","email":"a@x","phone_number":"+1","number":"n"},{"user_id":"other","id":"u-1"},{"user_id":null,"a":1,"id":"u-1"},{"email":"a@x"}]
          events [0, 1, 2, 3], repeatable, rest 0 ms, budgets []
          context {"records":4,"repeatable":true}
    "#]],
    );
}

#[test]
fn what_lytics_would_refuse_is_rejected() {
    let long = "x".repeat(257);
    let (id, field) = (
        format!(r#"{{"user":{{"email":"{long}"}},"attributes":{{"a":1}}}}"#),
        format!(r#"{{"user":{{"external_id":"u-1"}},"attributes":{{"email":"{long}"}}}}"#),
    );
    let large = format!(r#"{{"user":{{"external_id":"u-1"}},"attributes":{{"a":"{}"}}}}"#, "x".repeat(16_000));
    let bodies = [
        &id,
        &field,
        &large,
        r#"{"user":{},"attributes":{"a":1}}"#,
        r#"{"user":{"alias":{"name":"n","label":"l"}},"attributes":{"a":1}}"#,
        r#"{"user":{},"events":[{"name":"opened","time":"2026-11-23T09:00:00Z"}]}"#,
        r#"{"user":{"external_id":"u-1"},"attributes":{"a":{"b":[{"c":1}]}}}"#,
        r#"{"user":{"external_id":"u-1"},"attributes":{"a":1},"events":[{"name":"opened","time":"t","properties":{"list":[{}]}}]}"#,
        r#"{"user":{"external_id":"u-1"},"events":[{"time":"t"}]}"#,
        r#"{"user":{"external_id":"u-1"},"events":[{"name":"opened","time":null}]}"#,
        r#"{"user":{"external_id":"u-1"},"events":[{"name":"opened","time":"t","properties":5}]}"#,
        r#"{"user":{"external_id":"u-1"},"purchases":[{"time":"t"}]}"#,
        r#"{"user":{"external_id":"u-1"},"events":[{"name":"opened","time":"t","properties":{"event":"closed"}}]}"#,
        r#"{"user":{"external_id":"u-1"},"events":[{"name":"opened","time":"t","properties":{"user_id":"u-2"}}]}"#,
        r#"{"user":{"external_id":"u-1"},"attributes":[]}"#,
        "5",
    ];
    check(
        json!({}),
        &bodies,
        &expect![[r#"
            0 rejected: its `email` has 257 bytes; Lytics takes an identifier of 256
            1 rejected: its `email` has 257 bytes; Lytics takes an identifier of 256
            2 rejected: its record has 16024 bytes; Lytics takes 16000: send fewer fields
            3 rejected: it has no identifier that a field is set for: see `identifier_fields`
            4 rejected: it has no identifier that a field is set for: see `identifier_fields`
            5 rejected: it has no identifier that a field is set for: see `identifier_fields`
            6 rejected: its `a` has an array of objects or arrays, which Lytics refuses: drop the field before, or set `arrays_of_objects` to `drop` or `flatten`
            7 rejected: its `list` has an array of objects or arrays, which Lytics refuses: drop the field before, or set `arrays_of_objects` to `drop` or `flatten`
            8 rejected: an event of it has no `name`
            9 rejected: an event of it has no `time`
            10 rejected: the `properties` of an event of it are no object
            11 rejected: a purchase of it has no `product_id`
            12 rejected: an event of it has two values for `event`: rename the property
            13 rejected: an event of it has two values for `user_id`: rename the property
            14 rejected: /attributes: it is a list, expected an object
            15 rejected: it is a number, expected a person update
        "#]],
    );
}

#[test]
fn arrays_of_objects_can_be_dropped() {
    let bodies = [
        r#"{"user":{"external_id":"u-1"},"attributes":{"a":[{"c":1}],"b":[1,2],"c":{"d":["x"]}}}"#,
        r#"{"user":{"external_id":"u-1"},"attributes":{"a":[{}]},"events":[{"name":"opened","time":"t","properties":{"list":[{}],"user_id":"u-1"}}]}"#,
    ];
    check(
        json!({ "arrays_of_objects": "drop" }),
        &bodies,
        &expect![[r#"
        POST collect /collect/json/braze_users
          content-type: application/json
          [{"b":[1,2],"c":{"d":["x"]},"user_id":"u-1"}]
          events [0], repeatable, rest 0 ms, budgets []
          context {"records":1,"repeatable":true}
        POST collect /collect/json/braze_users?timestamp_field=timestamp
          content-type: application/json
          [{"user_id":"u-1","event":"opened","timestamp":"t"}]
          events [1], not repeatable, rest 0 ms, budgets []
          context {"records":1,"repeatable":false}
    "#]],
    );
}

#[test]
fn a_single_record_has_less_room() {
    let large = format!(r#"{{"user":{{"external_id":"u-1"}},"attributes":{{"a":"{}"}}}}"#, "x".repeat(4_000));
    check(
        single(),
        &[&large],
        &expect![[r#"
        0 rejected: its record has 4024 bytes; Lytics takes 4000: send fewer fields
    "#]],
    );
    let plugin: LyticsExport = configure(json!({}));
    let batch: Batch = [("external_id:u-1", large.as_str())].into_iter().collect();
    assert_eq!(plugin.prepare(&batch).rejections, []);
}

#[test]
fn a_full_request_is_closed_and_an_updates_events_stay_together() {
    let limits = json!({ "limits": { "request_bytes": 130, "record_bytes": 100 } });
    let event = |names: &[&str]| {
        let events: Vec<_> = names.iter().map(|name| json!({ "name": name, "time": "t" })).collect();
        json!({ "user": { "external_id": "u" }, "events": events }).to_string()
    };
    let bodies = [
        r#"{"user":{"external_id":"u"},"attributes":{"a":"0123456789012345678901234567890123456789"}}"#,
        r#"{"user":{"external_id":"u"},"attributes":{"a":"012345678901234567890123456789"}}"#,
        r#"{"user":{"external_id":"u"},"attributes":{"a":1}}"#,
        &event(&["a"]),
        &event(&["b", "c"]),
        &event(&["d", "e", "f"]),
    ];
    check(
        limits,
        &bodies,
        &expect![[r#"
        POST collect /collect/json/braze_users
          content-type: application/json
          [{"a":"0123456789012345678901234567890123456789","user_id":"u"},{"a":"012345678901234567890123456789","user_id":"u"}]
          events [0, 1], repeatable, rest 0 ms, budgets []
          context {"records":2,"repeatable":true}
        POST collect /collect/json/braze_users
          content-type: application/json
          [{"a":1,"user_id":"u"}]
          events [2], repeatable, rest 0 ms, budgets []
          context {"records":1,"repeatable":true}
        POST collect /collect/json/braze_users?timestamp_field=timestamp
          content-type: application/json
          [{"user_id":"u","event":"a","timestamp":"t"}]
          events [3], not repeatable, rest 0 ms, budgets []
          context {"records":1,"repeatable":false}
        POST collect /collect/json/braze_users?timestamp_field=timestamp
          content-type: application/json
          [{"user_id":"u","event":"b","timestamp":"t"},{"user_id":"u","event":"c","timestamp":"t"}]
          events [4], not repeatable, rest 0 ms, budgets []
          context {"records":2,"repeatable":false}
        5 rejected: its events have 133 bytes together; Lytics takes 130 in a request: send fewer at once
    "#]],
    );
}

#[test]
fn what_an_answer_means() {
    let uploaded = |rejected: u32| {
        format!(r#"{{"status":200,"message":"success","data":{{"message_count":3,"rejected_count":{rejected}}}}}"#)
    };
    let answers = [
        response(200, &[], uploaded(0)),
        response(200, &[], uploaded(1)),
        response(200, &[], uploaded(3)),
        response(200, &[], "ok"),
        response(202, &[], ""),
        response(301, &[], ""),
        response(400, &[], r#"{"status":400,"message":"could not parse body","request_id":"r"}"#),
        response(
            400,
            &[],
            r#"{"message":"unknown field 'john@example.com'","errors":[{"code":"BADREQ-001"},{"code":"john"}]}"#,
        ),
        response(401, &[], r#"{"message":"no such key abc123"}"#),
        response(403, &[], "<html>"),
        response(404, &[], ""),
        response(408, &[], ""),
        response(409, &[], ""),
        response(413, &[], ""),
        response(429, &[], ""),
        response(500, &[], ""),
        response(503, &[], ""),
    ];
    let attributes = br#"{"records":3,"repeatable":true}"#;
    let table = Table::<LyticsExport>::new(json!({}));
    let table = answers.into_iter().fold(table, |table, answer| table.settle(attributes, answer));
    expect![[r#"
        accepted

        accepted but 1

        split: Lytics rejects its record and does not say why

        accepted

        accepted

        stop: Lytics sends us elsewhere, and nobody follows: check `hosts`: it answered 301

        split: Lytics refuses it: it answered 400 (could not parse body)

        split: Lytics refuses it: it answered 400 (BADREQ-001)

        stop: Lytics refuses the token: it needs the role Data Manager, and may have expired; replace it and reload: it answered 401

        stop: Lytics refuses the token: it needs the role Data Manager, and may have expired; replace it and reload: it answered 403

        stop: Lytics knows no such address: check the account and the stream: it answered 404

        retry after 0 ms

        split: Lytics refuses it: it answered 409

        split: Lytics finds it too large: it answered 413

        retry after 1000 ms

        retry after 0 ms

        retry after 0 ms
    "#]].assert_eq(&table.shown());
}

#[test]
fn an_answer_that_broke_off_is_asked_for_again_where_that_does_no_harm() {
    let mut broken = response(200, &[], r#"{"status":200,"#);
    broken.complete = false;
    let table = Table::<LyticsExport>::new(json!({}));
    let table = table.settle(br#"{"records":3,"repeatable":true}"#, broken.clone());
    let table = table.settle(br#"{"records":3,"repeatable":false}"#, broken);
    expect![[r#"
        retry after 0 ms

        accepted but 3
    "#]]
    .assert_eq(&table.shown());
}

#[test]
fn where_requests_may_go() {
    let target = |settings| {
        let plugin: LyticsExport = configure(settings);
        let target = plugin.plan().targets.remove(0);
        let scheme = target.scheme.unwrap();
        format!("{} {} {} {}", target.name, target.origin.unwrap(), scheme.name, scheme.settings)
    };
    let table = [
        (json!({}), r#"collect https://api.lytics.io header {"name":"authorization","secret":"api_token"}"#),
        (
            json!({ "mode": "bulk" }),
            r#"bulk https://bulk.lytics.io header {"name":"authorization","secret":"api_token"}"#,
        ),
        (single(), r#"single https://api.lytics.io query {"name":"key","secret":"api_token"}"#),
    ];
    for (settings, expected) in table {
        assert_eq!(target(settings), expected);
    }
}

#[test]
fn settings_that_cannot_be_meant() {
    let table = [
        json!({ "stream": "a/b" }),
        json!({ "stream": ".." }),
        json!({ "mode": "single", "timestamp_field": "t" }),
        json!({ "mode": "single", "authorization": { "account": "12 34", "type": "lytics" } }),
        json!({ "mode": "bulks" }),
        json!({ "mode": "single", "filename": "f", "dryrun": true, "authorization": { "account": "1" } }),
        json!({ "format": "csv", "gzip": false }),
        json!({ "limits": { "request_bytes": 100 } }),
        json!({ "identifier_fields": { "id": "id" } }),
        json!({ "authorization": { "type": "lytics", "label": "production" } }),
    ];
    let shown = |settings: &Value| format!("{settings}\n{}", problems::<LyticsExport>(settings.clone()));
    expect![[r#"
        {"stream":"a/b"}
        /stream: a stream's name has letters, digits, `_`, `-` and `.` alone
        {"stream":".."}
        /stream: a stream's name has letters, digits, `_`, `-` and `.` alone
        {"mode":"single","timestamp_field":"t"}
        /mode: `single` needs the `account` of the authorization: add it there
        /timestamp_field: with `mode: single` Lytics cannot be told which field it is
        {"authorization":{"account":"12 34","type":"lytics"},"mode":"single"}
        /authorization/account: an account is a number, or 32 hexadecimal digits
        {"mode":"bulks"}
        /mode: unknown variant `bulks`, expected one of `collect`, `bulk`, `single`
        {"authorization":{"account":"1"},"dryrun":true,"filename":"f","mode":"single"}
        /filename: with `mode: single` Lytics cannot be told of a file
        /dryrun: with `mode: single` Lytics keeps whatever it gets
        {"format":"csv","gzip":false}
        /format: this belongs to `mode: bulk`; otherwise a body is JSON
        /gzip: this belongs to `mode: bulk`
        {"limits":{"request_bytes":100}}
        /limits/request_bytes: a request has no room for the largest record
        {"identifier_fields":{"id":"id"}}
        /identifier_fields/id: unknown field `id`, expected one of `external_id`, `braze_id`, `email`, `phone`, `alias`
        {"authorization":{"label":"production","type":"lytics"}}
    "#]]
    .assert_eq(&table.iter().map(shown).collect::<String>());
}

#[test]
fn very_many_go_in_lines_or_as_a_table() {
    let bodies = [PARTNER, r#"{"user":{"external_id":"u-2"},"attributes":{"city":"a, \"b\"","n":1.50,"none":null}}"#];
    check(
        json!({ "mode": "bulk", "filename": "users.csv" }),
        &bodies,
        &expect![[r#"
        POST bulk /collect/bulk/braze_users?filename=users.csv
          content-type: application/json
          {"city":"AnyTown","country":"United States","first_name":"John","gender":"male","language":"English","last_name":"Smith","date_of_birth":"19820101","phone_number":"5551231234","time_zone":"GMT+7","twitter_handle":"johnsmith","email":"john.smith@email.com","braze_id":"xxxxxx"}
        {"city":"a, \"b\"","n":1.50,"none":null,"user_id":"u-2"}

          events [0, 1], repeatable, rest 0 ms, budgets []
          context {"records":2,"repeatable":true}
    "#]],
    );
    let table = json!({ "mode": "bulk", "format": "csv", "timestamp_field": "seen_at", "dryrun": true });
    check(
        table,
        &bodies,
        &expect![[r#"
        POST bulk /collect/bulk/braze_users?timestamp_field=seen_at&dryrun=true
          content-type: application/csv
          city,country,first_name,gender,language,last_name,date_of_birth,phone_number,time_zone,twitter_handle,email,braze_id,n,none,user_id
        AnyTown,United States,John,male,English,Smith,19820101,5551231234,GMT+7,johnsmith,john.smith@email.com,xxxxxx,,,
        "a, ""b""",,,,,,,,,,,,1.50,,u-2

          events [0, 1], repeatable, rest 0 ms, budgets []
          context {"records":2,"repeatable":true}
    "#]],
    );
    let nested = r#"{"user":{"external_id":"u-1"},"attributes":{"a":[1]}}"#;
    let listed = r#"{"user":{"external_id":"u-1"},"attributes":{"a":[{"b":1}]}}"#;
    check(
        json!({ "mode": "bulk", "format": "csv", "arrays_of_objects": "flatten" }),
        &[nested, listed],
        &expect![[r#"
            0 rejected: its `a` is a list or an object, which no cell of a table holds: set `format: json_lines`
            1 rejected: its `a` is a list or an object, which no cell of a table holds: set `format: json_lines`
        "#]],
    );
    check(
        json!({ "mode": "bulk" }),
        &[EVENTS],
        &expect![[r#"
        POST bulk /collect/bulk/braze_users
          content-type: application/json
          {"plan":"gold","user_id":"u-1"}

          events [0], repeatable, rest 0 ms, budgets []
          context {"records":1,"repeatable":true}
        POST bulk /collect/bulk/braze_users?timestamp_field=timestamp
          content-type: application/json
          {"user_id":"u-1","event":"opened","timestamp":"2026-11-23T09:00:00Z","app_id":"a","campaign":"c-1","n":1.50}
        {"user_id":"u-1","event":"closed","timestamp":"2026-11-23T09:00:01Z"}
        {"user_id":"u-1","event":"purchase","timestamp":"2026-11-23T09:00:02Z","product_id":"sku","currency":"USD","price":9.50,"size":"L"}

          events [0], not repeatable, rest 0 ms, budgets []
          context {"records":3,"repeatable":false}
    "#]],
    );
}

#[test]
fn a_body_can_be_compressed() {
    let plugin: LyticsExport = configure(json!({ "mode": "bulk", "gzip": true }));
    let batch: Batch = [("braze_id:xxxxxx", PARTNER), ("external_id:u-1", EVENTS)].into_iter().collect();
    let request = plugin.prepare(&batch).requests.remove(0).request;
    assert_eq!(request.headers[1], Field::new("content-encoding", "gzip"));
    let mut plain = String::new();
    flate2::read::GzDecoder::new(request.body.as_slice()).read_to_string(&mut plain).unwrap();
    assert_eq!(plain.lines().last(), Some(r#"{"plan":"gold","user_id":"u-1"}"#));
}

#[test]
fn arrays_of_objects_can_be_flattened() {
    let body = r#"{"user":{"external_id":"u-1"},"attributes":{"custom_events":[{"name":"opened","count":2},{"name":"closed"}]},"events":[{"name":"opened","time":"t","properties":{"list":[{"a":1}]}}]}"#;
    check(
        json!({ "arrays_of_objects": "flatten" }),
        &[body],
        &expect![[r#"
        POST collect /collect/json/braze_users
          content-type: application/json
          [{"custom_events":{"name":["opened","closed"],"count":[2,null]},"user_id":"u-1"}]
          events [0], repeatable, rest 0 ms, budgets []
          context {"records":1,"repeatable":true}
        POST collect /collect/json/braze_users?timestamp_field=timestamp
          content-type: application/json
          [{"user_id":"u-1","event":"opened","timestamp":"t","list":{"a":[1]}}]
          events [0], not repeatable, rest 0 ms, budgets []
          context {"records":1,"repeatable":false}
    "#]],
    );
}
