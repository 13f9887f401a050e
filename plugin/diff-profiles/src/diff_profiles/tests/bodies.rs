//! What else is in an event.

use expect_test::expect;
use serde_json::json;

use super::Story;

#[test]
fn events_and_purchases_and_the_unknown_always_pass() {
    let table = [
        r#"{"user": {"external_id":"u", "email":null },"events":[ {"name":"opened"} ]}"#,
        r#"{"purchases":[{"price":9.50}],"attributes":{},"audiences":{"in":[],"of":[]}}"#,
        r#"{"events":[],"purchases":null}"#,
        r#"{"consents":{ "a":1.0 }}"#,
        r#"{"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T10:00:00.123456789+01:00","why":{ }},"events":[{}]}"#,
        r#"{"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00.123Z","why":{ }},"events":[{}]}"#,
    ];
    let story = table.iter().fold(Story::new(json!({})), |story, body| story.bodies(&[body], None));
    expect![[r#"
        0 -> {"user":{"external_id":"u", "email":null },"events":[ {"name":"opened"} ]}

        0 -> {"purchases":[{"price":9.50}]}

        0 dropped

        0 -> {"consents":{ "a":1.0 }}

        0 -> {"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T10:00:00.123456789+01:00","why":{ }},"events":[{}]}
        key 0 tagged ["vip"]

        0 -> {"events":[{}]}
    "#]].assert_eq(&story.told());
}

#[test]
fn what_cannot_be_read_is_refused_and_changes_nothing() {
    let bodies = [
        r#"[1]"#,
        r#"{"attributes":[1]}"#,
        r#"{"audiences":{"in":[]}}"#,
        r#"{"audiences":{"in":["a"],"of":["a"],"as_of":"yesterday"}}"#,
        r#"{"audiences":{"in":["a"],"of":["a"]}}"#,
        r#"{"audiences":{"in":[null],"of":["a"]}}"#,
        r#"{"events":{}}"#,
        r#"{"restated":1}"#,
        "{",
    ];
    let story = Story::new(json!({})).bodies(&bodies, None);
    expect![[r#"
        4 -> {"audiences":{"in":["a"],"of":["a"]}}
        0 rejected: it is a list, expected a person update
        1 rejected: /attributes: it is a list, expected an object
        2 rejected: /audiences: it is without `of`, expected memberships, `in` and `of`
        3 rejected: /audiences/as_of: it is no RFC 3339 time
        5 rejected: /audiences/in/0: it is null, expected a string
        6 rejected: /events: it is an object, expected a list
        7 rejected: /restated: it is a number, expected a boolean
        8 rejected: EOF while parsing an object at line 1 column 1
        key 0 tagged ["a"]
    "#]]
    .assert_eq(&story.told());
}
