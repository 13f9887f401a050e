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
    expect![[r#"
        Some(Receiver) []
        Some(Poller) [
            Target {
                name: "api",
                origin: Some(
                    "https://api.lytics.io",
                ),
                scheme: Some(
                    Scheme {
                        name: "header",
                        settings: Object {
                            "name": String("authorization"),
                            "secret": String("api_token"),
                        },
                    },
                ),
            },
        ]
        Some(Decoder) []
    "#]]
    .assert_eq(&shown.concat());
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
    expect![[r#"
        {}
        (all): missing field `identifier`
        {"audiences":[],"identifier":{}}
        /audiences: it names no audience; leave it out to pass on all triggers
        /identifier: name exactly one of external_id, braze_id, email, phone and alias
        {"identifier":{"email":"e","phone":"p"},"path":"triggers"}
        /path: a path begins with `/` and has no `?`, `#` or white space
        /identifier: name exactly one of external_id, braze_id, email, phone and alias
        {"identifier":{"email":"e"},"mode":"trigger","path":"/a?b"}
        /path: a path begins with `/` and has no `?`, `#` or white space
        {"caller":{"header":"x key"},"identifier":{"email":"e"},"mode":"trigger"}
        /caller/header: a header's name has letters, digits, `-` and `_` alone
        {"caller":"basic","identifier":{"email":"e"},"mode":"trigger"}
        /caller: unknown variant `basic`, expected one of `none`, `bearer`, `header`
        {"identifier":{"e_mail":"e"}}
        /identifier/e_mail: unknown field `e_mail`, expected one of `external_id`, `braze_id`, `email`, `phone`, `alias`
        {"complete":false,"format":"csv","identifier":{"email":"e"},"mode":"trigger","scan":"each"}
        /scan: this belongs to `mode: scan`; the mode here is `trigger`
        /format: this belongs to `mode: file`; the mode here is `trigger`
        /complete: this belongs to `mode: file`; the mode here is `trigger`
        {"audiences":["vip",{"id":"1","slug":"vip"},{"id":"1","slug":""}],"identifier":{"email":"e"},"mode":"trigger"}
        /audiences/1: the slug stands here twice: two audiences would become one
        /audiences/2: an audience's slug or id is empty
        /audiences/2: the id stands here twice
        {"audiences":[{"id":"1"}],"identifier":{"email":"e"},"mode":"trigger"}
        /audiences/0: expected a slug, or `{ id: .., slug: .. }`
        {"identifier":{"email":"e"},"mode":"poll"}
        /mode: unknown variant `poll`, expected one of `trigger`, `scan`, `file`
        {"identifier":{"email":"e"},"mode":"scan"}
        /audiences: name the audiences to scan
        {"audiences":["a b",{"id":"../x","slug":"y z"}],"caller":"none","identifier":{"email":"e"},"mode":"scan","path":"/"}
        /path: this belongs to `mode: trigger`; the mode here is `scan`
        /caller: this belongs to `mode: trigger`; the mode here is `scan`
        /audiences/0: what Lytics is asked for has letters, digits, `_` and `-` alone
        /audiences/1: what Lytics is asked for has letters, digits, `_` and `-` alone
        {"audiences":["a",{"id":"1","slug":"b"}],"identifier":{"email":"e"},"mode":"scan","scan":"union"}
        /audiences/1/id: people in a scan of all carry the slugs of their audiences, which a rename changes; leave the id out, or set `scan: each`
        {"audiences":["a"],"identifier":{"email":"e"},"mode":"scan","scan":"some"}
        /scan: unknown variant `some`, expected `union` or `each`
        {"identifier":{"email":"e"},"mode":"file"}
        (all): say what a file tells: `audience`, `audiences_column` or `fields`
        {"audience":"","delimiter":"ab","identifier":{"email":"e"},"joiner":"","mode":"file","scan":"each"}
        /scan: this belongs to `mode: scan`; the mode here is `file`
        /audience: it names no audience
        /delimiter: it is one character that is no letter, digit or quote, or `tab`
        /joiner: it is empty; `&` is the default
        {"audiences_column":"a","identifier":{"email":"e"},"mode":"file"}
        /audiences_column: name in `audiences` those that are read of it
        {"audience":"new","audiences":["vip"],"audiences_column":"","complete":true,"identifier":{"email":"e"},"mode":"file"}
        /audiences_column: it names no column
        /audience: with `audiences_column`, it must be one of `audiences`
        /complete: it goes with `audiences_column`, and without `audience`
        {"audience":"vip","audiences":["vip"],"fields":["a"],"identifier":{"email":"e"},"list_fields":["a","b"],"mode":"file"}
        /audiences: name in `audiences_column` the field that they are read of
        /list_fields/1: it is not among `fields`
        {"complete":true,"delimiter":"x","fields":["a"],"identifier":{"email":"e"},"mode":"file"}
        /complete: it goes with `audiences_column`, and without `audience`
        /delimiter: it is one character that is no letter, digit or quote, or `tab`
    "#]].assert_eq(&table.iter().map(shown).collect::<String>());
}
