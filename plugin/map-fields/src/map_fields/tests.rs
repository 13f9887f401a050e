use brazeline_kit::testing::{Table, problems};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::MapFields;

mod converted;

const KEY: &str = "external_id:u-1";

fn check(settings: Value, bodies: &[impl AsRef<str>], expected: &Expect) {
    let events: Vec<_> = bodies.iter().map(|body| (KEY, body.as_ref())).collect();
    expected.assert_eq(&Table::<MapFields>::new(settings).transform(&events).shown());
}

/// A person update with these attributes, and something of everything else.
fn update(attributes: &str) -> String {
    format!(
        r#"{{"restated":false, "user":{{"external_id":"u-1"}},"attributes": {attributes} ,"audiences":{{"in":[],"of":["vip"]}},"x":1.50}}"#
    )
}

#[test]
fn an_update_that_no_rule_touches_passes_byte_for_byte() {
    let bodies = [
        update(r#"{ "a" : 1.50 , "\u00fc": "\/" }"#),
        update("{}"),
        update("null"),
        r#" {"user":{"alias":{"name":"n","label":"l"}}} "#.to_owned(),
    ];
    check(
        json!({}),
        &bodies,
        &expect![[r#"
        0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": { "a" : 1.50 , "\u00fc": "\/" } ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        1 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        2 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": null ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        3 -> external_id:u-1  {"user":{"alias":{"name":"n","label":"l"}}} 
    "#]],
    );
    check(
        json!({ "drop": ["b"], "rename": { "c": "d" }, "keep": ["a", "ü", "c"] }),
        &bodies,
        &expect![[r#"
        0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": { "a" : 1.50 , "\u00fc": "\/" } ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        1 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        2 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": null ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        3 -> external_id:u-1  {"user":{"alias":{"name":"n","label":"l"}}} 
    "#]],
    );
}

#[test]
fn only_attributes_are_edited() {
    let bodies = [update(r#"{"a":1.50,"user":"stays","b":[1, 2],"c":null,"d":{"e": 1}}"#), update(r#"{"b":1}"#)];
    check(
        json!({ "drop": ["b", "x", "restated"] }),
        &bodies,
        &expect![[r#"
        0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"a":1.50,"user":"stays","c":null,"d":{"e": 1}} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        1 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
    "#]],
    );
    check(
        json!({ "keep": ["a", "c"] }),
        &bodies,
        &expect![[r#"
        0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"a":1.50,"c":null} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        1 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
    "#]],
    );
    check(
        json!({ "rename": { "a": "plan\"", "d": "a" } }),
        &bodies,
        &expect![[r#"
        0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"plan\"":1.50,"user":"stays","b":[1, 2],"c":null,"a":{"e": 1}} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        1 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"b":1} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
    "#]],
    );
    check(
        json!({ "set": { "vip": true, "a": null, "tags": ["x"] } }),
        &bodies,
        &expect![[r#"
        0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"user":"stays","b":[1, 2],"c":null,"d":{"e": 1},"a":null,"tags":["x"],"vip":true} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        1 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"b":1,"a":null,"tags":["x"],"vip":true} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
    "#]],
    );
    check(
        json!({ "keep": ["a", "b"], "drop": ["c"], "rename": { "a": "b2" }, "set": { "a": "new" } }),
        &bodies,
        &expect![[r#"
            0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"b2":1.50,"b":[1, 2],"a":"new"} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
            1 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"b":1,"a":"new"} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        "#]],
    );
}

#[test]
fn a_value_is_not_set_where_there_are_no_attributes() {
    let bodies = [r#"{"user":{"external_id":"u-1"},"audiences":{"in":[],"of":["vip"]}}"#, &update("null")];
    check(
        json!({ "set": { "vip": true } }),
        &bodies,
        &expect![[r#"
        0 -> external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":[],"of":["vip"]}}
        1 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": null ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
    "#]],
    );
}

#[test]
fn two_fields_that_would_get_one_name_are_rejected() {
    let bodies = [update(r#"{"a":1,"b":2}"#), update(r#"{"b":2,"a":1}"#), update(r#"{"b":2}"#), update(r#"{"a":1}"#)];
    check(
        json!({ "rename": { "a": "b" } }),
        &bodies,
        &expect![[r#"
        2 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"b":2} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        3 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"b":1} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        0 rejected: `a` is renamed to `b`, and there is a `b` already: drop one of them
        1 rejected: `a` is renamed to `b`, and there is a `b` already: drop one of them
    "#]],
    );
    check(
        json!({ "rename": { "a": "b" }, "drop": ["b"] }),
        &bodies,
        &expect![[r#"
        0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"b":1} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        1 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"b":1} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        2 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        3 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"b":1} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
    "#]],
    );
    check(
        json!({ "rename": { "a": "b", "b": "a" } }),
        &bodies,
        &expect![[r#"
        0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"b":1,"a":2} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        1 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"a":2,"b":1} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        2 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"a":2} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        3 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"b":1} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
    "#]],
    );
}

#[test]
fn any_object_becomes_an_update() {
    let bodies = [
        r#"{"id":"u-2","name":"Ann","score":1.50}"#,
        r#" { "name" : null, "id" : 42 } "#,
        r#"{"id":"\"ü\\","user":{"name":"Ann"}}"#,
        r#"{"id":"u-2","user":"ann","attributes":{"a":1}}"#,
        r#"{"id":"u-2","user":{"email":null}}"#,
    ];
    check(
        json!({ "identifier": { "external_id": "id" } }),
        &bodies,
        &expect![[r#"
        0 -> external_id:u-2 {"user":{"external_id":"u-2"},"attributes":{"id":"u-2","name":"Ann","score":1.50}}
        1 -> external_id:42 {"user":{"external_id":"42"},"attributes":{"name" : null, "id" : 42}}
        2 -> external_id:"ü\ {"user":{"external_id":"\"ü\\"},"attributes":{"id":"\"ü\\","user":{"name":"Ann"}}}
        3 -> external_id:u-2 {"user":{"external_id":"u-2"},"attributes":{"id":"u-2","user":"ann","attributes":{"a":1}}}
        4 -> external_id:u-2 {"user":{"external_id":"u-2"},"attributes":{"id":"u-2","user":{"email":null}}}
    "#]],
    );
    let edits = json!({ "identifier": { "alias": { "label": "crm:no", "field": "id" } }, "drop": ["id"], "rename": { "name": "first_name" }, "set": { "vip": true } });
    check(
        edits,
        &bodies[..2],
        &expect![[r#"
        0 -> alias:crm%3Ano:u-2 {"user":{"alias":{"name":"u-2","label":"crm:no"}},"attributes":{"first_name":"Ann","score":1.50,"vip":true}}
        1 -> alias:crm%3Ano:42 {"user":{"alias":{"name":"42","label":"crm:no"}},"attributes":{"first_name":null,"vip":true}}
    "#]],
    );
}

#[test]
fn an_update_keeps_whom_it_is_about() {
    check(
        json!({ "identifier": { "email": "a" } }),
        &[update(r#"{"a":"b@example.com"}"#)],
        &expect![[r#"
        0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"a":"b@example.com"} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
    "#]],
    );
}

#[test]
fn what_is_about_nobody_is_rejected() {
    let long = format!(r#"{{"id":"{}"}}"#, "x".repeat(1013));
    let bodies = [r#"{"name":"Ann"}"#, r#"{"id":null}"#, r#"{"id":""}"#, r#"{"id":["u-1"]}"#, r#"{"id":1.5}"#, &long];
    check(
        json!({ "identifier": { "external_id": "id" } }),
        &bodies,
        &expect![[r#"
        0 rejected: it has no field `id` to identify the person by
        1 rejected: its `id` identifies nobody: it must be a text or a whole number
        2 rejected: its `id` identifies nobody: it must be a text or a whole number
        3 rejected: its `id` identifies nobody: it must be a text or a whole number
        4 rejected: its `id` identifies nobody: it must be a text or a whole number
        5 rejected: its `id` is too long: a key has at most 1024 bytes
    "#]],
    );
    check(
        json!({}),
        &bodies[..1],
        &expect![[r#"
        0 rejected: it is no person update, and no `identifier` is set to make one of it
    "#]],
    );
}

#[test]
fn what_is_no_object_is_rejected() {
    let bodies = ["[]", "{", r#"{"a":}"#, &update("[1]"), &update("\"a\"")];
    check(
        json!({ "drop": ["a"] }),
        &bodies,
        &expect![[r#"
            0 rejected: it is a list, expected an object
            1 rejected: EOF while parsing an object at line 1 column 1
            2 rejected: expected value at line 1 column 6
            3 rejected: `attributes` is no object
            4 rejected: `attributes` is no object
        "#]],
    );
}

#[test]
fn settings_that_contradict_each_other() {
    let table = [
        json!({ "keep": ["a", "b"], "drop": ["c", "b"] }),
        json!({ "rename": { "a/b": "c", "d~": "c" } }),
        json!({ "rename": { "a": "b" }, "drop": ["a"] }),
        json!({ "rename": { "a": "b" }, "keep": ["b"] }),
        json!({ "rename": { "a": "b" }, "set": { "b": 1 } }),
        json!({ "identifier": { "email": "a", "phone": "b" }, "keep": ["a"], "drop": ["a"] }),
        json!({ "renames": {} }),
        json!({ "drop": "a" }),
        json!({ "rename": { "a": "b" }, "set": { "a": 1 } }),
        json!({ "convert": { "a": "fone" } }),
        json!({ "convert": { "a": { "phone": { "regio": "US" } } } }),
        json!({ "convert": { "a": { "phone": {}, "date": {} } } }),
        json!({ "convert": { "a": 1 }, "on_failure": "ignore" }),
        json!({ "on_failure": "ignore" }),
        json!({ "convert": { "a/b": { "phone": { "region": "USA" } }, "c": { "phone": { "region": "US", "international": true } } } }),
        json!({ "convert": { "a": { "date": { "from": ["%Y-%m-%d", "%H:%M"] } }, "b": { "list": { "separator": "" } } } }),
        json!({ "rename": { "a": "b" }, "convert": { "a": "date" } }),
        json!({ "drop": ["a"], "convert": { "a": "date" } }),
        json!({ "keep": ["a"], "convert": { "b": "date" } }),
        json!({ "set": { "a": 1 }, "convert": { "a": "date" } }),
        json!({ "rename": { "a": "b", "b": "a" }, "keep": ["a", "b"], "convert": { "a": "date", "b": { "date": {} } } }),
    ];
    let shown = |settings: &Value| format!("{settings}\n{}", problems::<MapFields>(settings.clone()));
    expect![[r#"
        {"drop":["c","b"],"keep":["a","b"]}
        /drop/1: `b` is in `keep`, too: take it out of one of them
        {"rename":{"a/b":"c","d~":"c"}}
        /rename/d~0: `a/b` is renamed to `c`, too: give them different names
        {"drop":["a"],"rename":{"a":"b"}}
        /rename/a: `a` is gone before anything is renamed: take it out of `drop`, or add it to `keep`
        {"keep":["b"],"rename":{"a":"b"}}
        /rename/a: `a` is gone before anything is renamed: take it out of `drop`, or add it to `keep`
        {"rename":{"a":"b"},"set":{"b":1}}
        /rename/a: `set` writes `b` after that: drop `a` instead of renaming it, or take `b` out of `set`
        {"drop":["a"],"identifier":{"email":"a","phone":"b"},"keep":["a"]}
        /identifier: name exactly one of external_id, braze_id, email, phone and alias
        /drop/0: `a` is in `keep`, too: take it out of one of them
        {"renames":{}}
        /renames: unknown field `renames`, expected one of `identifier`, `keep`, `drop`, `rename`, `convert`, `on_failure`, `set`
        {"drop":"a"}
        /drop: invalid type: string "a", expected a sequence
        {"rename":{"a":"b"},"set":{"a":1}}
        {"convert":{"a":"fone"}}
        /convert/a: unknown variant `fone`, expected one of `country`, `language`, `gender`, `date`, `time_zone`, `phone`, `number`, `string`, `boolean`, `lower`, `trim`, `list`
        {"convert":{"a":{"phone":{"regio":"US"}}}}
        /convert/a/phone/regio: unknown field `regio`, expected `region` or `international`
        {"convert":{"a":{"date":{},"phone":{}}}}
        /convert/a: a field is converted by one kind: take the others out
        {"convert":{"a":1},"on_failure":"ignore"}
        /convert/a: invalid type: integer `1`, expected a kind, or `{ kind: { option: value } }`
        {"on_failure":"ignore"}
        /on_failure: unknown variant `ignore`, expected one of `keep`, `drop`, `reject`
        {"convert":{"a/b":{"phone":{"region":"USA"}},"c":{"phone":{"international":true,"region":"US"}}}}
        /convert/a~1b/phone/region: no phone numbers of `USA` are known: name a country by two letters, say US
        /convert/c/phone: a number without `+` either is one of `region` or begins with its country's code: take one of them out
        {"convert":{"a":{"date":{"from":["%Y-%m-%d","%H:%M"]}},"b":{"list":{"separator":""}}}}
        /convert/a/date/from/1: `%H:%M` is no format of strftime with a day in it, and not `seconds` or `milliseconds`
        /convert/b/list/separator: nothing stands between two items: name what does
        {"convert":{"a":"date"},"rename":{"a":"b"}}
        /convert/a: `a` is called `b` by then: convert `b`
        {"convert":{"a":"date"},"drop":["a"]}
        /convert/a: `a` is gone before anything is converted: take it out of `drop`, or add it to `keep`
        {"convert":{"b":"date"},"keep":["a"]}
        /convert/b: `b` is gone before anything is converted: take it out of `drop`, or add it to `keep`
        {"convert":{"a":"date"},"set":{"a":1}}
        /convert/a: `set` writes `a` after that: write there what it should be
        {"convert":{"a":"date","b":{"date":{}}},"keep":["a","b"],"rename":{"a":"b","b":"a"}}
    "#]]
    .assert_eq(&table.iter().map(shown).collect::<String>());
}

#[test]
fn what_cannot_be_looked_into_passes_as_a_value() {
    let bodies =
        [r#"{"id":"u-1","user":{"\ud800":1},"attributes":{"\ud800":1}}"#, r#"{"id":"u-1","user":[1],"attributes":7}"#];
    check(
        json!({ "identifier": { "external_id": "id" } }),
        &bodies,
        &expect![[r#"
        0 -> external_id:u-1 {"user":{"external_id":"u-1"},"attributes":{"id":"u-1","user":{"\ud800":1},"attributes":{"\ud800":1}}}
        1 -> external_id:u-1 {"user":{"external_id":"u-1"},"attributes":{"id":"u-1","user":[1],"attributes":7}}
    "#]],
    );
}
