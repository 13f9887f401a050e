use brazeline_kit::Plugin;
use brazeline_kit::testing::{Table, arrival, configure, problems, response};
use brazeline_kit::{Decoder, Entry};
use expect_test::expect;
use serde_json::{Value, json};

use super::LyticsIngest;

#[test]
fn who_is_let_in() {
    let table = [
        (json!("none"), json!([])),
        (json!("bearer"), json!([["bearer", { "secret": "trigger_token" }]])),
        (json!({ "header": "X-API-Key" }), json!([["header", { "name": "x-api-key", "secret": "trigger_token" }]])),
    ];
    for (caller, expected) in table {
        let settings = json!({ "identifier": { "email": "email" }, "caller": caller });
        let plugin: LyticsIngest = configure(settings);
        let inbound = plugin.plan().inbound.into_iter();
        let found: Vec<_> = inbound.map(|scheme| json!([scheme.name, scheme.settings])).collect();
        assert_eq!(json!(found), expected, "{caller}");
    }
}

/// The smallest settings of each mode.
fn smallest() -> [Value; 3] {
    [
        json!({ "identifier": { "email": "email" } }),
        json!({ "identifier": { "email": "email" }, "mode": "scan", "audiences": ["vip"] }),
        json!({ "identifier": { "email": "email" }, "mode": "file", "audience": "vip" }),
    ]
}

#[test]
fn what_each_mode_asks_of_the_host() {
    let shown = smallest().map(|settings| {
        let plan = configure::<LyticsIngest>(settings).plan();
        format!("{:?} {:#?}\n", plan.source, plan.targets)
    });
    expect![].assert_eq(&shown.concat());
}

#[test]
fn a_mode_answers_as_itself_alone() {
    let [trigger, scan, file] = smallest();
    let receive = |settings: &Value| Table::<LyticsIngest>::new(settings.clone()).receive(arrival("POST /", "{}"));
    assert!(receive(&scan).shown().starts_with(r#"reply 404 {"error":"these settings are for `mode: scan`"}"#));
    assert!(receive(&file).shown().starts_with(r#"reply 404 {"error":"these settings are for `mode: file`"}"#));
    for settings in [&trigger, &file] {
        let table = Table::<LyticsIngest>::new(settings.clone()).next(None).page(None, response(200, &[], "{}"));
        assert!(table.shown().contains("stop: these settings are for `mode: "), "{}", table.shown());
    }
    for settings in [trigger, scan] {
        let plugin: LyticsIngest = configure(settings);
        assert!(plugin.open(&Entry::default(), None).is_err());
    }
}

#[test]
fn settings_that_cannot_be_meant() {
    let set = |mode: &str, more: Value| {
        let mut settings = json!({ "identifier": { "email": "e" }, "mode": mode });
        let all = settings.as_object_mut().map(|all| all.extend(more.as_object().cloned().unwrap_or_default()));
        assert_eq!(all, Some(()));
        settings
    };
    let table = [
        json!({}),
        json!({ "identifier": {}, "audiences": [] }),
        json!({ "identifier": { "email": "e", "phone": "p" }, "path": "triggers" }),
        set("trigger", json!({ "path": "/a?b" })),
        set("trigger", json!({ "caller": { "header": "x key" } })),
        set("trigger", json!({ "caller": "basic" })),
        json!({ "identifier": { "e_mail": "e" } }),
        set("trigger", json!({ "scan": "each", "format": "csv", "complete": false })),
        set("trigger", json!({ "audiences": ["vip", { "id": "1", "slug": "vip" }, { "id": "1", "slug": "" }] })),
        set("trigger", json!({ "audiences": [{ "id": "1" }] })),
        set("poll", json!({})),
        set("scan", json!({})),
        set("scan", json!({ "path": "/", "caller": "none", "audiences": ["a b", { "id": "../x", "slug": "y z" }] })),
        set("scan", json!({ "scan": "union", "audiences": ["a", { "id": "1", "slug": "b" }] })),
        set("scan", json!({ "scan": "some", "audiences": ["a"] })),
        set("file", json!({})),
        set("file", json!({ "audience": "", "scan": "each", "joiner": "", "delimiter": "ab" })),
        set("file", json!({ "audiences_column": "a" })),
        set("file", json!({ "audiences_column": "", "audiences": ["vip"], "audience": "new", "complete": true })),
        set("file", json!({ "audience": "vip", "audiences": ["vip"], "fields": ["a"], "list_fields": ["a", "b"] })),
        set("file", json!({ "fields": ["a"], "complete": true, "delimiter": "x" })),
    ];
    let shown = |settings: &Value| format!("{settings}\n{}", problems::<LyticsIngest>(settings.clone()));
    expect![].assert_eq(&table.iter().map(shown).collect::<String>());
}
