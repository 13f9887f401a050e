use brazeline_kit::poller::position::Settled;
use brazeline_kit::testing::{Table, problems, response};
use brazeline_kit::{Entry, Response};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::position::At;
use crate::BrazeIngest;

/// A status, headers and a body.
type Said<'a> = (u16, &'a [(&'a str, &'a str)], &'a str);

fn settings() -> Value {
    json!({ "mode": "export", "segment_id": "5e2b-x_1", "fields_to_export": ["external_id", "email"] })
}

/// What is asked for decides which positions are ours.
fn position(of: &Value) -> Vec<u8> {
    let body = json!({ "segment_id": of["segment_id"], "fields_to_export": of["fields_to_export"] }).to_string();
    let settled = Settled::of(&format!(" {body}"));
    let address = "https://files.example/a.zip?X-Signature=a%2B%2F".to_owned();
    let at = At { address, name: "segment-5e2b-x_1-p.zip".to_owned(), asked_at_ms: 1_795_600_000_000 };
    settled.write(&at)
}

/// An answer that came so many minutes after the export was asked for.
fn after(minutes: u64, status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let at = 1_795_600_000_000 + minutes * 60_000;
    Response { sent_at_ms: at - 50, received_at_ms: at, ..response(status, headers, body) }
}

fn table() -> Table<BrazeIngest> {
    Table::new(settings())
}

#[test]
fn it_asks_for_an_export_and_then_for_its_file() {
    let good = r#"{"message":"success","object_prefix":"bb8e-1464728599","url":"https://files.example/a.zip?X-Signature=a%2B%2F"}"#;
    let asked = table().next(None).page(None, after(0, 201, &[], good));
    let there = position(&settings());
    let shown = asked.next(Some(&there)).page(Some(&there), after(3, 200, &[], "")).next(Some(&Settled::begin()));
    expect![[r#"
        POST rest /users/export/segment
          content-type: application/json
          {"fields_to_export":["external_id","email"],"segment_id":"5e2b-x_1"}
          after 0 ms, into a page, budgets []

        more from "{\"v\":1,\"settings\":\"099ba376f810c4ba\",\"at\":{\"address\":\"https://files.example/a.zip?X-Signature=a%2B%2F\",\"name\":\"segment-5e2b-x_1-bb8e-1464728599-099ba376f810c4ba.zip\",\"asked_at_ms\":1795599999950}}"

        file `segment-5e2b-x_1-p.zip` as of 1795600000000, from https://files.example/a.zip?X-Signature=a%2B%2F
          after 0 ms, into a file, budgets []

        end, next from "{\"v\":1}"

        POST rest /users/export/segment
          content-type: application/json
          {"fields_to_export":["external_id","email"],"segment_id":"5e2b-x_1"}
          after 0 ms, into a page, budgets []
    "#]].assert_eq(&shown.shown());
}

#[test]
fn only_named_custom_attributes_are_asked_for() {
    let mut settings = settings();
    settings["custom_attributes_to_export"] = json!(["plan", "tier"]);
    expect![[r#"
        POST rest /users/export/segment
          content-type: application/json
          {"custom_attributes_to_export":["plan","tier"],"fields_to_export":["external_id","email"],"segment_id":"5e2b-x_1"}
          after 0 ms, into a page, budgets []
    "#]].assert_eq(&Table::<BrazeIngest>::new(settings).next(None).shown());
}

#[test]
fn an_address_of_other_settings_or_another_version_is_none_of_ours() {
    let mut other = settings();
    other["segment_id"] = json!("other");
    for bytes in [position(&other), b"{\"v\":2}".to_vec(), b"nonsense".to_vec()] {
        let shown = table().next(Some(&bytes)).shown();
        assert!(shown.starts_with("POST rest /users/export/segment\n"), "{shown}");
    }
}

#[test]
fn what_braze_says_to_being_asked() {
    let answers: &[Said] = &[
        (201, &[], r#"{"message":"success","object_prefix":"../p 1","url":"https://x/y"}"#),
        (200, &[], r#"{"message":"Success","url":"https://x/y"}"#),
        (201, &[], r#"{"message":"success","object_prefix":"bb8e-1464728599"}"#),
        (201, &[], r#"{"message":"no 'such thing'","url":"https://x/y"}"#),
        (201, &[], "<html>"),
        (201, &[], ""),
        (302, &[], ""),
        (400, &[], r#"{"message":"an export of this segment is already in progress"}"#),
        (429, &[], r#"{"message":"only 100 exports can run concurrently"}"#),
        (400, &[], r#"{"message":"the segment 'is running wild' has already been archived"}"#),
        (201, &[], r#"{"message":"success","url":"/no address"}"#),
        (400, &[], r#"{"message":"segment_id is of no segment"}"#),
        (401, &[], r#"{"message":"Invalid API key: 0123456789"}"#),
        (401, &[], r#"{"message":"the API key lacks the permission users.export.segment"}"#),
        (403, &[], ""),
        (404, &[], "Not Found"),
        (429, &[("x-ratelimit-reset", "17")], ""),
        (429, &[("x-ratelimit-retry-after", "5")], ""),
        (503, &[], "<html>"),
    ];
    let call =
        |table: Table<BrazeIngest>, (status, headers, body): &Said| table.page(None, after(0, *status, headers, body));
    expect![[r#"
        more from "{\"v\":1,\"settings\":\"099ba376f810c4ba\",\"at\":{\"address\":\"https://x/y\",\"name\":\"segment-5e2b-x_1-___p_1-099ba376f810c4ba.zip\",\"asked_at_ms\":1795599999950}}"

        more from "{\"v\":1,\"settings\":\"099ba376f810c4ba\",\"at\":{\"address\":\"https://x/y\",\"name\":\"segment-5e2b-x_1-1795599999950-099ba376f810c4ba.zip\",\"asked_at_ms\":1795599999950}}"

        stop: Braze makes the export and names no address: this workspace has a bucket of its own, and the files come there, under segment-export/<segment_id>/<day>/bb8e-1464728599. Read them with `mode: file` and `files: { type: object_store, path: segment-export/<segment_id>, ... }`

        stop: Braze answers 201 to /users/export/segment (no …): that is no success; check `segment_id` and `fields_to_export`

        retry after 1000 ms

        retry after 1000 ms

        stop: Braze answers 302 to /users/export/segment: no request is redirected; check `instance` or `hosts`

        retry after 60000 ms

        retry after 60000 ms

        stop: Braze answers 400 to /users/export/segment (the segment … has already been archived): it makes no such export; check `segment_id`, `fields_to_export` and `custom_attributes_to_export`

        stop: Braze answers 201 to /users/export/segment (success): the address that it names for the file is none

        stop: Braze answers 400 to /users/export/segment (segment_id is of no segment): it makes no such export; check `segment_id`, `fields_to_export` and `custom_attributes_to_export`

        stop: Braze answers 401 to /users/export/segment (Invalid API key: …): it does not know the API key; check `api_key`, and that it belongs to this instance, since the key of another one is answered the same way

        stop: Braze answers 401 to /users/export/segment (the API key lacks the permission users.export.segment): the key needs the permission `users.export.segment`, and the plan has to allow it

        stop: Braze answers 403 to /users/export/segment: the key needs the permission `users.export.segment`, and the plan has to allow it

        stop: Braze answers 404 to /users/export/segment: it knows no such segment, or nothing of Braze's is at this address; check `segment_id`, and `instance` or `hosts`

        retry after 17000 ms

        retry after 5000 ms

        retry after 1000 ms
    "#]].assert_eq(&answers.iter().fold(table(), call).shown());
}

#[test]
fn a_file_is_waited_for_and_not_for_ever() {
    let there = position(&settings());
    let table = |wait: Option<u32>, answers: &[(u64, u16)], expected: Expect| {
        let mut settings = settings();
        wait.iter().for_each(|wait| settings["wait_seconds"] = json!(wait));
        let ask = |table: Table<BrazeIngest>, (minutes, status): &(u64, u16)| {
            table.page(Some(&there), after(*minutes, *status, &[], ""))
        };
        expected.assert_eq(&answers.iter().fold(Table::<BrazeIngest>::new(settings), ask).shown());
    };
    let waits =
        [(0, 403), (1, 404), (239, 403), (240, 403), (300, 200), (1, 410), (1, 503), (1, 429), (1, 301), (300, 503)];
    table(
        None,
        &waits,
        expect![[r#"
            retry after 0 ms

            retry after 0 ms

            retry after 0 ms

            restart: 14400 s after the export was asked for, there is no file at the address that Braze named for it (403): it was not made, or is gone again. See `wait_seconds`

            end, next from "{\"v\":1}"

            retry after 0 ms

            retry after 1000 ms

            retry after 1000 ms

            stop: the address of the file that Braze named leads on to another (301), and no request is redirected: look for a proxy in between, or let Braze write its exports to a bucket of yours, which `mode: file` reads

            restart: 18000 s after the export was asked for, there is no file at the address that Braze named for it (503): it was not made, or is gone again. See `wait_seconds`
        "#]],
    );
    table(
        Some(120),
        &[(1, 403), (2, 404)],
        expect![[r#"
            retry after 0 ms

            restart: 120 s after the export was asked for, there is no file at the address that Braze named for it (404): it was not made, or is gone again. See `wait_seconds`
        "#]],
    );
}

/// The entry of a file that was asked for under these settings.
fn entry(of: &Value) -> Entry {
    let position: Value = serde_json::from_slice(&position(of)).unwrap();
    let path = super::name::of("5e2b-x_1", "p", position["settings"].as_str().unwrap());
    Entry { name: "00.txt".to_owned(), path, entries: 1, ..Entry::default() }
}

#[test]
fn a_file_of_other_settings_is_not_read() {
    let mut other = settings();
    other["fields_to_export"] = json!(["external_id"]);
    let row: &[u8] = b"{\"external_id\":\"u-1\"}\n";
    expect![[r#"
        not opened: it was exported under other settings (another segment, instance or fields), so it is not read under these: what is wanted of it can be read with `mode: file`
    "#]].assert_eq(&table().decode(&entry(&other), None, &[row]).shown());
    // How it is read may have changed.
    let mut renamed = settings();
    renamed["rename"] = json!({ "external_id": "id" });
    renamed["identifier"] = json!({ "external_id": "id" });
    expect![[r#"
        external_id:u-1 {"user":{"external_id":"u-1"},"attributes":{"id":"u-1"}}
        resume 1 lines 1 22 0

    "#]]
    .assert_eq(&Table::<BrazeIngest>::new(renamed).decode(&entry(&settings()), None, &[row]).shown());
}

#[test]
fn its_rows_are_those_of_a_file() {
    let entry = entry(&settings());
    let rows: &[u8] =
        b"{\"external_id\":\"u-1\",\"email\":\"a@x\",\"custom_attributes\":{\"plan\":\"gold\"}}\n\"a\",\"b\"\n";
    let mut settings = settings();
    settings["identifier"] = json!({ "external_id": "user_id" });
    expect![[r#"
        external_id:u-1 {"user":{"external_id":"u-1"},"attributes":{"user_id":"u-1","email":"a@x","plan":"gold"}}
        unread at row 2, byte 72: invalid type: string, expected a JSON object at line 1 column 3: "a","b"
        resume 1 lines 2 80 0

    "#]]
    .assert_eq(&Table::<BrazeIngest>::new(settings).decode(&entry, None, &[rows]).shown());
}

#[test]
fn the_key_is_tried_without_an_export() {
    let answers = [
        (400, r#"{"message":"segment_id is needed"}"#),
        (401, r#"{"message":"Invalid API key"}"#),
        (400, r#"{"message":"the API key lacks the permission users.export.segment"}"#),
        (403, ""),
        (404, ""),
        (302, ""),
        (503, ""),
        (201, "{}"),
    ];
    let judge = |table: Table<BrazeIngest>, (status, body): &(u16, &str)| table.judge(response(*status, &[], body));
    expect![[r#"
        POST rest /users/export/segment
          content-type: application/json
          {}

        works

        fails: Braze answers 401 to /users/export/segment (Invalid API key): it does not know the API key; check `api_key`, and that it belongs to this instance, since the key of another one is answered the same way

        fails: Braze answers 400 to /users/export/segment (the API key lacks the permission users.export.segment): the key needs the permission `users.export.segment`, and the plan has to allow it

        fails: Braze answers 403 to /users/export/segment: the key needs the permission `users.export.segment`, and the plan has to allow it

        fails: Braze answers 404 to /users/export/segment: it knows no such segment, or nothing of Braze's is at this address; check `segment_id`, and `instance` or `hosts`

        fails: Braze answers 302 to /users/export/segment: no request is redirected; check `instance` or `hosts`

        unknown: Braze answers 503 to /users/export/segment: try again later

        unknown: Braze answers 201 to /users/export/segment: that proves nothing; check that this is Braze's REST host
    "#]].assert_eq(&answers.iter().fold(table().ask("nonce"), judge).shown());
    assert_eq!(Table::<BrazeIngest>::new(json!({ "mode": "file" })).ask("nonce").shown(), "nothing to ask\n");
}

#[test]
fn settings_that_cannot_be_meant() {
    let set = |more: Value| {
        let mut all = settings();
        let members = all.as_object_mut().map(|all| all.extend(more.as_object().cloned().unwrap_or_default()));
        assert_eq!(members, Some(()));
        all
    };
    let table = [
        json!({ "mode": "export" }),
        json!({ "mode": "file", "segment_id": "s", "fields_to_export": [], "custom_attributes_to_export": [], "wait_seconds": 1 }),
        set(json!({ "segment_id": "a/b", "wait_seconds": 0, "format": "csv", "empty_cells": "unset", "path": "/" })),
        set(json!({ "fields_to_export": ["first_name"] })),
        set(json!({ "fields_to_export": ["first_name"], "identifier": { "external_id": "number" } })),
        set(json!({ "fields_to_export": ["external_id"], "identifier": { "external_id": "external_id" } })),
        set(json!({ "fields_to_export": ["email", "", "email"], "custom_attributes_to_export": ["a", "a"] })),
        set(json!({ "fields_to_export": ["custom_attributes"], "custom_attributes_to_export": ["a"] })),
        set(
            json!({ "custom_attributes_to_export": vec!["a"; 501].iter().enumerate().map(|(n, a)| format!("{a}{n}")).collect::<Vec<_>>() }),
        ),
        set(json!({ "authorization": { "instance": "US-99" } })),
        set(json!({ "identifier": {} })),
        // These can.
        set(
            json!({ "fields_to_export": ["first_name"], "identifier": { "external_id": "number" }, "custom_attributes_to_export": ["number"] }),
        ),
        set(
            json!({ "fields_to_export": ["phone"], "identifier": { "phone": "tel" }, "rename": { "phone": "tel" }, "same_names": "first" }),
        ),
        set(json!({ "fields_to_export": ["custom_attributes"], "mark_known": true, "wait_seconds": 1 })),
    ];
    let shown = |settings: &Value| {
        let text = settings.to_string();
        format!("{}\n{}", text.get(..400).unwrap_or(&text), problems::<BrazeIngest>(settings.clone()))
    };
    expect![[r#"
        {"mode":"export"}
        /segment_id: name the segment by its API identifier, which has letters, digits, `-` and `_` alone
        /fields_to_export: name the fields that Braze is to export
        {"custom_attributes_to_export":[],"fields_to_export":[],"mode":"file","segment_id":"s","wait_seconds":1}
        /segment_id: this belongs to `mode: export`; the mode here is `file`
        /fields_to_export: this belongs to `mode: export`; the mode here is `file`
        /custom_attributes_to_export: this belongs to `mode: export`; the mode here is `file`
        /wait_seconds: this belongs to `mode: export`; the mode here is `file`
        {"empty_cells":"unset","fields_to_export":["external_id","email"],"format":"csv","mode":"export","path":"/","segment_id":"a/b","wait_seconds":0}
        /path: this belongs to `mode: currents`; the mode here is `export`
        /format: this belongs to `mode: file`; the mode here is `export`
        /empty_cells: this belongs to `mode: file`; the mode here is `export`
        /segment_id: name the segment by its API identifier, which has letters, digits, `-` and `_` alone
        /wait_seconds: no export is made within no time
        {"fields_to_export":["first_name"],"mode":"export","segment_id":"5e2b-x_1"}
        /fields_to_export: no row would say whom it is about: export what becomes `braze_id` or `user_id` or `email` (`external_id` is renamed to `user_id`)
        {"fields_to_export":["first_name"],"identifier":{"external_id":"number"},"mode":"export","segment_id":"5e2b-x_1"}
        /fields_to_export: no row would say whom it is about: export what becomes `number` (`external_id` is renamed to `user_id`)
        {"fields_to_export":["external_id"],"identifier":{"external_id":"external_id"},"mode":"export","segment_id":"5e2b-x_1"}
        /fields_to_export: no row would say whom it is about: export what becomes `external_id` (`external_id` is renamed to `user_id`)
        {"custom_attributes_to_export":["a","a"],"fields_to_export":["email","","email"],"mode":"export","segment_id":"5e2b-x_1"}
        /fields_to_export/1: it names nothing
        /fields_to_export/2: it stands here twice
        /custom_attributes_to_export/1: it stands here twice
        {"custom_attributes_to_export":["a"],"fields_to_export":["custom_attributes"],"mode":"export","segment_id":"5e2b-x_1"}
        /custom_attributes_to_export: `fields_to_export` has `custom_attributes`, which is all of them: leave one of both out
        {"custom_attributes_to_export":["a0","a1","a2","a3","a4","a5","a6","a7","a8","a9","a10","a11","a12","a13","a14","a15","a16","a17","a18","a19","a20","a21","a22","a23","a24","a25","a26","a27","a28","a29","a30","a31","a32","a33","a34","a35","a36","a37","a38","a39","a40","a41","a42","a43","a44","a45","a46","a47","a48","a49","a50","a51","a52","a53","a54","a55","a56","a57","a58","a59","a60","a61","a62",
        /custom_attributes_to_export: Braze exports at most 500 by name; the field `custom_attributes` is all of them
        {"authorization":{"instance":"US-99"},"fields_to_export":["external_id","email"],"mode":"export","segment_id":"5e2b-x_1"}
        /authorization/instance: no instance of Braze is called `US-99`; known are US-01, US-02, US-03, US-04, US-05, US-06, US-07, US-08, US-10, EU-01, EU-02, AU-01, ID-01, JP-01, KR-01. For another one leave `instance` out and name its REST host: `hosts: { rest: "https://rest.example.braze.com" }`
        {"fields_to_export":["external_id","email"],"identifier":{},"mode":"export","segment_id":"5e2b-x_1"}
        /identifier: name exactly one of external_id, braze_id, email, phone and alias
        {"custom_attributes_to_export":["number"],"fields_to_export":["first_name"],"identifier":{"external_id":"number"},"mode":"export","segment_id":"5e2b-x_1"}
        {"fields_to_export":["phone"],"identifier":{"phone":"tel"},"mode":"export","rename":{"phone":"tel"},"same_names":"first","segment_id":"5e2b-x_1"}
        {"fields_to_export":["custom_attributes"],"mark_known":true,"mode":"export","segment_id":"5e2b-x_1","wait_seconds":1}
    "#]].assert_eq(&table.iter().map(shown).collect::<String>());
}
