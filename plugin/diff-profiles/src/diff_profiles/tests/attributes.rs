//! Profile attributes.

use expect_test::expect;
use serde_json::json;

use super::{Story, look, says};

/// What a source says of attributes.
fn has(attributes: &str) -> String {
    format!(r#"{{"user":{{"external_id":"u"}},"attributes":{attributes}}}"#)
}

#[test]
fn only_another_value_is_told() {
    let table = [
        r#"{"n":1,"s":"x","list":[1, 2]}"#,
        r#"{"list": [1, 2] ,"s":"x"}"#,
        r#"{"n":2,"\u0073":"x"}"#,
        r#"{"n":null}"#,
        r#"{"n":null,"s":"\u0078"}"#,
        r#"{"n":1,"n":2,"n":3}"#,
        r#"{"n":1,"n":3}"#,
        "{}",
        "null",
    ];
    let story = table.iter().fold(Story::new(json!({})), |story, text| story.bodies(&[&has(text)], None));
    expect![[r#"
        0 -> {"attributes":{"n":1,"s":"x","list":[1, 2]}}
        key 0 tagged []

        0 dropped

        0 -> {"attributes":{"n":2}}
        key 0 tagged []

        0 -> {"attributes":{"n":null}}
        key 0 tagged []

        0 -> {"attributes":{"s":"\u0078"}}
        key 0 tagged []

        0 -> {"attributes":{"n":3}}
        key 0 tagged []

        0 dropped

        0 dropped

        0 dropped
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn they_come_beside_memberships() {
    let with = |n: u32, inside: &str, time| {
        says(inside, "a", time).replacen('{', &format!(r#"{{"attributes":{{"n":{n}}},"#), 1)
    };
    let scan = |time: &str| Some(look("a", super::ms(time), ""));
    let story = Story::new(json!({}))
        .bodies(&[&with(1, "a", "09:00")], scan("09:00").as_ref())
        .bodies(&[&with(1, "a", "09:10")], scan("09:10").as_ref())
        .bodies(&[&with(2, "a", "09:20")], scan("09:20").as_ref())
        .bodies(&[&with(2, "", "09:30")], scan("09:30").as_ref());
    expect![[r#"
        0 -> {"attributes":{"n":1},"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged ["a"]

        0 dropped

        0 -> {"attributes":{"n":2}}
        key 0 tagged ["a"]

        0 -> {"audiences":{"in":[],"of":["a"],"as_of":"2026-11-23T09:30:00Z"}}
        key 0 tagged []
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn a_first_look_learns_those_of_strangers() {
    let first = look("a", super::ms("09:00"), "a");
    let with = |text: &str, inside| says(inside, "a", "09:00").replacen('{', &format!(r#"{{"attributes":{text},"#), 1);
    let story = Story::new(json!({ "existing_users": false }))
        .bodies(&[&with(r#"{"n":1}"#, "a")], Some(&first))
        .bodies(&[&with(r#"{"n":1}"#, "a")], None)
        .bodies(&[&with(r#"{"n":2}"#, "a")], None);
    expect![[r#"
        0 dropped
        key 0 tagged ["a"]

        0 dropped

        0 -> {"attributes":{"n":2}}
        key 0 tagged ["a"]
    "#]]
    .assert_eq(&story.told());
    let twice = [with(r#"{"n":1}"#, "a"), with(r#"{"n":2}"#, "a")];
    let twice =
        Story::new(json!({ "existing_users": false })).bodies(&twice.each_ref().map(String::as_str), Some(&first));
    expect![[r#"
        1 -> {"attributes":{"n":2}}
        0 dropped
        key 0 tagged ["a"]
    "#]]
    .assert_eq(&twice.told());
    let known = Story::new(json!({ "existing_users": false }))
        .trigger("b", "b", "08:00")
        .bodies(&[&with(r#"{"n":1}"#, "a")], Some(&first));
    expect![[r#"
        0 -> {"audiences":{"in":["b"],"of":["b"],"as_of":"2026-11-23T08:00:00Z"}}
        key 0 tagged ["b"]

        0 -> {"attributes":{"n":1}}
        key 0 tagged ["a", "b"]
    "#]]
    .assert_eq(&known.told());
}
