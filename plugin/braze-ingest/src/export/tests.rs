use brazeline_kit::testing::{Table, problems, response};
use brazeline_kit::{Entry, Response};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::position::{At, Settled};
use crate::BrazeIngest;

fn settings() -> Value {
    json!({ "mode": "export", "segment_id": "5e2b-x_1", "fields_to_export": ["external_id", "email"] })
}

/// What is asked for decides which positions are ours.
fn position(of: &Value) -> Vec<u8> {
    let body = json!({ "segment_id": of["segment_id"], "fields_to_export": of["fields_to_export"] }).to_string();
    let address = "https://files.example/a.zip?X-Signature=a%2B%2F".to_owned();
    let at = At { address, name: "segment-5e2b-x_1-p.zip".to_owned(), asked_at_ms: 1_795_600_000_000 };
    Settled::of(&body).write(&at)
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
    expect![[r#""#]].assert_eq(&shown.shown());
}

#[test]
fn only_named_custom_attributes_are_asked_for() {
    let mut settings = settings();
    settings["custom_attributes_to_export"] = json!(["plan", "tier"]);
    expect![[r#""#]].assert_eq(&Table::<BrazeIngest>::new(settings).next(None).shown());
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
    let said = |status, body: &str| (status, Vec::new(), body.to_owned());
    let answers: Vec<(u16, Vec<(&str, &str)>, String)> = vec![
        said(201, r#"{"message":"success","object_prefix":"../p 1","url":"https://x/y"}"#),
        said(200, r#"{"message":"Success","url":"https://x/y"}"#),
        said(201, r#"{"message":"success","object_prefix":"bb8e-1464728599"}"#),
        said(201, r#"{"message":"no 'such thing'","url":"https://x/y"}"#),
        said(201, "<html>"),
        said(201, ""),
        said(302, ""),
        said(400, r#"{"message":"an export of this segment is already in progress"}"#),
        said(429, r#"{"message":"only 100 exports can run concurrently"}"#),
        said(400, r#"{"message":"segment_id is of no segment"}"#),
        said(401, r#"{"message":"Invalid API key: 0123456789"}"#),
        said(401, r#"{"message":"the API key lacks the permission users.export.segment"}"#),
        said(403, ""),
        said(404, "Not Found"),
        (429, vec![("x-ratelimit-reset", "17")], String::new()),
        (429, vec![("x-ratelimit-retry-after", "5")], String::new()),
        said(503, "<html>"),
    ];
    let call = |table: Table<BrazeIngest>, (status, headers, body): (u16, Vec<(&str, &str)>, String)| {
        table.page(None, after(0, status, &headers, &body))
    };
    expect![[r#""#]].assert_eq(&answers.into_iter().fold(table(), call).shown());
}

#[test]
fn a_file_is_waited_for_and_not_for_ever() {
    let there = position(&settings());
    let table = |wait: Option<u32>, answers: &[(u64, u16)], expected: Expect| {
        let mut settings = settings();
        wait.iter().for_each(|wait| settings["wait_minutes"] = json!(wait));
        let ask = |table: Table<BrazeIngest>, (minutes, status): &(u64, u16)| {
            table.page(Some(&there), after(*minutes, *status, &[], ""))
        };
        expected.assert_eq(&answers.iter().fold(Table::<BrazeIngest>::new(settings), ask).shown());
    };
    let waits = [(0, 403), (1, 404), (239, 403), (240, 403), (300, 200), (1, 410), (1, 503), (1, 429), (1, 301), (300, 503)];
    table(None, &waits, expect![[r#""#]]);
    table(Some(2), &[(1, 403), (2, 404)], expect![[r#""#]]);
}

#[test]
fn its_rows_are_those_of_a_file() {
    let entry = Entry { name: "00.txt".to_owned(), path: "segment.zip".to_owned(), entries: 1, ..Entry::default() };
    let rows: &[u8] = b"{\"external_id\":\"u-1\",\"email\":\"a@x\",\"custom_attributes\":{\"plan\":\"gold\"}}\n\"a\",\"b\"\n";
    let mut settings = settings();
    settings["identifier"] = json!({ "external_id": "user_id" });
    expect![[r#""#]].assert_eq(&Table::<BrazeIngest>::new(settings).decode(&entry, None, &[rows]).shown());
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
    expect![[r#""#]].assert_eq(&answers.iter().fold(table().ask("nonce"), judge).shown());
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
        json!({ "mode": "file", "segment_id": "s", "fields_to_export": [], "custom_attributes_to_export": [], "wait_minutes": 1 }),
        set(json!({ "segment_id": "a/b", "wait_minutes": 0, "format": "csv", "empty_cells": "unset", "path": "/" })),
        set(json!({ "fields_to_export": ["first_name"] })),
        set(json!({ "fields_to_export": ["first_name"], "identifier": { "external_id": "number" } })),
        set(json!({ "fields_to_export": ["external_id"], "identifier": { "external_id": "external_id" } })),
        set(json!({ "fields_to_export": ["email", "", "email"], "custom_attributes_to_export": ["a", "a"] })),
        set(json!({ "fields_to_export": ["custom_attributes"], "custom_attributes_to_export": ["a"] })),
        set(json!({ "custom_attributes_to_export": vec!["a"; 501].iter().enumerate().map(|(n, a)| format!("{a}{n}")).collect::<Vec<_>>() })),
        set(json!({ "authorization": { "instance": "US-99" } })),
        set(json!({ "identifier": {} })),
        // These can.
        set(json!({ "fields_to_export": ["first_name"], "identifier": { "external_id": "number" }, "custom_attributes_to_export": ["number"] })),
        set(json!({ "fields_to_export": ["phone"], "identifier": { "phone": "tel" }, "rename": { "phone": "tel" }, "same_names": "first" })),
        set(json!({ "fields_to_export": ["custom_attributes"], "mark_known": true, "wait_minutes": 1 })),
    ];
    let shown = |settings: &Value| {
        let text = settings.to_string();
        format!("{}\n{}", text.get(..400).unwrap_or(&text), problems::<BrazeIngest>(settings.clone()))
    };
    expect![[r#""#]].assert_eq(&table.iter().map(shown).collect::<String>());
}
