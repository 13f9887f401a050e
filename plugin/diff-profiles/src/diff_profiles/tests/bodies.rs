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
    expect![[r#""#]].assert_eq(&story.told());
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
    expect![[r#""#]].assert_eq(&story.told());
}
