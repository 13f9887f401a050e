use brazeline_kit::testing::{Table, problems};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::BrazeExport;

/// The objects that events become, a line each.
fn check(settings: Value, events: &[(&str, &str)], expected: Expect) {
    let shown = Table::<BrazeExport>::new(settings).prepare(events).shown();
    let lines = shown.lines().map(str::trim).filter(|line| line.starts_with('{') || line.contains("rejected"));
    expected.assert_eq(&lines.map(|line| format!("{line}\n")).collect::<String>());
}

fn both_events() -> Value {
    json!({"enter_event": {"name": "entered_{audience}"}, "exit_event": {"name": "left", "properties": {"audience": "{audience}", "n": 1}}})
}

#[test]
fn a_transition_is_an_event() {
    check(
        both_events(),
        &[
            (
                "external_id:a",
                r#"{"audiences":{"in":["vip"],"of":["vip","old"],"as_of":"2026-11-23T09:00:00.123456789Z"}}"#,
            ),
            (
                "external_id:b",
                r#"{"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"},"restated":true}"#,
            ),
            // In and out again: two events, and one last word.
            ("external_id:c", r#"{"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}"#),
            ("external_id:c", r#"{"audiences":{"in":[],"of":["vip"],"as_of":"2026-11-23T09:01:00Z"}}"#),
        ],
        expect![[r#"
            {"attributes":[{"external_id":"a","lytics_segments":{"add":["vip"],"remove":["old"]}},{"external_id":"b","lytics_segments":{"add":["vip"]}},{"external_id":"c","_update_existing_only":true,"lytics_segments":{"remove":["vip"]}}]}
            {"events":[{"external_id":"a","name":"entered_vip","time":"2026-11-23T09:00:00.123456789Z"},{"external_id":"a","_update_existing_only":true,"name":"left","properties":{"audience":"old","n":1},"time":"2026-11-23T09:00:00.123456789Z"},{"external_id":"c","name":"entered_vip","time":"2026-11-23T09:00:00Z"},{"external_id":"c","_update_existing_only":true,"name":"left","properties":{"audience":"vip","n":1},"time":"2026-11-23T09:01:00Z"}]}
        "#]],
    );
}

#[test]
fn a_time_and_properties_come_from_attributes() {
    let event = json!({
        "name": "entered", "time_field": "seen", "properties": {"source": "lytics", "plan": "none"}, "attributes": ["plan", "email", "tags"]
    });
    let body = |attributes: &str| {
        format!(
            r#"{{"attributes":{attributes},"audiences":{{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}}}"#
        )
    };
    let all = body(r#"{"seen":"2026-11-20","plan":"x","email":"a@x.de","tags":["t"],"other":1}"#);
    let none = body(r#"{"plan":null}"#);
    let bad = body(r#"{"seen":1795600000}"#);
    check(
        json!({"enter_event": event}),
        &[("email:a@x.de", &all), ("external_id:b", &none), ("external_id:c", &bad)],
        expect![[r#"
            {"attributes":[{"email":"a@x.de","seen":"2026-11-20","plan":"x","tags":["t"],"other":1,"lytics_segments":{"add":["vip"]}},{"external_id":"b","plan":null,"lytics_segments":{"add":["vip"]}}]}
            {"events":[{"email":"a@x.de","name":"entered","properties":{"email":"a@x.de","plan":"x","source":"lytics","tags":["t"]},"time":"2026-11-20"},{"external_id":"b","name":"entered","properties":{"plan":"none","source":"lytics"},"time":"2026-11-23T09:00:00Z"}]}
            2 rejected: /audiences: what `enter_event` makes of it has a `time` that is not a time in ISO 8601, such as `2026-11-23T09:00:00Z`
        "#]],
    );
}

#[test]
fn a_transition_is_a_purchase() {
    let purchase = json!({
        "product_id": {"field": "sku"}, "currency": "EUR", "price": {"field": "value"}, "quantity": {"field": "n"},
        "properties": {"audience": "{audience}"}
    });
    let body = |attributes: &str, audiences: &str| {
        format!(r#"{{"attributes":{attributes},"audiences":{{{audiences},"as_of":"2026-11-23T09:00:00Z"}}}}"#)
    };
    let entered = r#""in":["vip"],"of":["vip"]"#;
    let bodies = [
        body(r#"{"sku":"p-1","value":9.50,"n":2}"#, entered),
        body(r#"{"sku":17,"value":"9.50"}"#, entered),
        body(r#"{"sku":"p-1"}"#, entered),
        body(r#"{"sku":"p-1","value":"dear"}"#, entered),
        body("{}", r#""in":[],"of":["vip"]"#),
    ];
    let keys = ["a", "b", "c", "d", "e"].map(|id| format!("external_id:{id}"));
    let events: Vec<_> = keys.iter().zip(&bodies).map(|(key, body)| (key.as_str(), body.as_str())).collect();
    let exit = json!({"product_id": "{audience}", "currency": "EUR", "price": -1, "quantity": 1, "time": "2026-11-01"});
    check(
        json!({"enter_purchase": purchase, "exit_purchase": exit}),
        &events,
        expect![[r#"
        {"attributes":[{"external_id":"a","sku":"p-1","value":9.50,"n":2,"lytics_segments":{"add":["vip"]}},{"external_id":"b","sku":17,"value":"9.50","lytics_segments":{"add":["vip"]}},{"external_id":"e","_update_existing_only":true,"lytics_segments":{"remove":["vip"]}}]}
        {"purchases":[{"external_id":"a","currency":"EUR","price":9.5,"product_id":"p-1","properties":{"audience":"vip"},"quantity":2,"time":"2026-11-23T09:00:00Z"},{"external_id":"b","currency":"EUR","price":9.5,"product_id":"17","properties":{"audience":"vip"},"time":"2026-11-23T09:00:00Z"},{"external_id":"e","_update_existing_only":true,"currency":"EUR","price":-1,"product_id":"vip","quantity":1,"time":"2026-11-01"}]}
        2 rejected: /attributes/value: `enter_purchase` takes its `price` from here, and there is nothing
        3 rejected: /audiences: what `enter_purchase` makes of it has a `price` that is not a number
    "#]],
    );
}

#[test]
fn what_has_no_time_or_breaks_a_rule_is_rejected() {
    let long = "x".repeat(250);
    let long = format!(r#"{{"audiences":{{"in":["{long}"],"of":["{long}"],"as_of":"2026-11-23"}}}}"#);
    let events = [
        ("external_id:a", r#"{"audiences":{"in":["vip"],"of":["vip"]}}"#),
        ("external_id:b", r#"{"audiences":{"in":["vip"],"of":["vip"],"as_of":"yesterday"}}"#),
        ("external_id:c", &long),
    ];
    check(
        both_events(),
        &events,
        expect![[r#"
        0 rejected: /audiences/as_of: there is nothing, and `enter_event` needs a time; let the source say it, or name an attribute that holds one
        1 rejected: /audiences: what `enter_event` makes of it has a `time` that is not a time in ISO 8601, such as `2026-11-23T09:00:00Z`
        2 rejected: /audiences: what `enter_event` makes of it has a `name` that is not a text of 1 to 255 characters
    "#]],
    );
}

#[test]
fn mistakes_in_the_settings_have_a_place() {
    let settings = json!({
        "enter_event": {"name": "", "properties": {"time": 1}},
        "exit_purchase": {"product_id": "", "currency": "euro", "price": 1, "quantity": 101, "time": "soon", "properties": {"$a": 1}},
    });
    expect![[r#"
        /enter_event/name: say a name of 1 to 255 characters
        /enter_event/properties: Braze would refuse this: it has `time`, a name that Braze keeps for itself
        /exit_purchase/product_id: say a name of 1 to 255 characters
        /exit_purchase/currency: say an ISO 4217 code of three capital letters: `USD`
        /exit_purchase/quantity: say a number from 1 to 100
        /exit_purchase/time: say a time in ISO 8601: `2026-11-23T09:00:00Z`
        /exit_purchase/properties: Braze would refuse this: it has a name that is empty, begins with `$`, or has more than 255 characters
    "#]].assert_eq(&problems::<BrazeExport>(settings));
    let unknown = json!({"enter_purchase": {"product_id": {"fields": "sku"}, "currency": "EUR", "price": 1}});
    expect![[r#"
        /enter_purchase/product_id: say the value, or `{ field: .. }` with the attribute of the update that holds it
    "#]]
    .assert_eq(&problems::<BrazeExport>(unknown));
}
