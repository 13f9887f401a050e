//! People who were not seen.

use brazeline_kit::testing::Table;
use expect_test::expect;
use serde_json::json;

use super::{DiffProfiles, Story, look};

#[test]
fn they_left_what_was_looked_at() {
    let story = Story::new(json!({}))
        .row("a b c", "a b c", "09:00")
        .absent("a b d", "09:10")
        .absent("a b d", "09:20")
        .absent("c", "09:00")
        .row("a", "a b c d", "09:30");
    expect![[r#"
        0 -> {"audiences":{"in":["a","b","c"],"of":["a","b","c"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged ["a", "b", "c"]

        0 -> {"audiences":{"in":[],"of":["a","b"],"as_of":"2026-11-23T09:10:00Z"}}
        key 0 tagged ["c"]

        0 dropped

        0 -> {"audiences":{"in":[],"of":["c"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged []

        0 -> {"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:30:00Z"}}
        key 0 tagged ["a"]
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn a_newer_trigger_stays() {
    let story = Story::new(json!({}))
        .row("a", "a b", "09:00")
        .trigger("b", "b", "09:15")
        .absent("a b", "09:10")
        // A trigger from before the look comes late.
        .trigger("a", "a", "09:09")
        .absent("a b", "09:15");
    expect![[r#"
        0 -> {"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged ["a"]

        0 -> {"audiences":{"in":["b"],"of":["b"],"as_of":"2026-11-23T09:15:00Z"}}
        key 0 tagged ["a", "b"]

        0 -> {"audiences":{"in":[],"of":["a"],"as_of":"2026-11-23T09:10:00Z"}}
        key 0 tagged ["b"]

        0 dropped

        0 -> {"audiences":{"in":[],"of":["b"],"as_of":"2026-11-23T09:15:00Z"}}
        key 0 tagged []
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn what_the_first_look_only_learnt_is_left_as_news() {
    let story = Story::new(json!({ "existing_users": false })).first_row("a", "a", "09:00").absent("a", "09:10");
    expect![[r#"
        0 dropped
        key 0 tagged ["a"]

        0 -> {"audiences":{"in":[],"of":["a"],"as_of":"2026-11-23T09:10:00Z"}}
        key 0 tagged []
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn in_doubt_everything_is_said_again() {
    let story = Story::new(json!({}))
        .row("a b", "a b", "09:00")
        .trigger("c", "c", "09:20")
        .trigger("", "d", "09:01")
        .trigger("", "e", "09:02")
        .doubt()
        .absent("a c d f", "09:10")
        // `e` was not named.
        .absent("e", "09:20")
        .absent("e", "09:30");
    expect![[r#"
        0 -> {"audiences":{"in":["a","b"],"of":["a","b"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged ["a", "b"]

        0 -> {"audiences":{"in":["c"],"of":["c"],"as_of":"2026-11-23T09:20:00Z"}}
        key 0 tagged ["a", "b", "c"]

        0 -> {"audiences":{"in":[],"of":["d"],"as_of":"2026-11-23T09:01:00Z"}}
        key 0 tagged ["a", "b", "c"]

        0 -> {"audiences":{"in":[],"of":["e"],"as_of":"2026-11-23T09:02:00Z"}}
        key 0 tagged ["a", "b", "c"]

        0 -> {"audiences":{"in":["b","c"],"of":["a","b","c","d","e","f"],"as_of":"2026-11-23T09:20:00Z"},"restated":true}
        key 0 tagged ["b", "c"]

        0 dropped

        0 dropped
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn an_audience_can_be_taken_off_everybody() {
    let attributes = r#"{"user":{"external_id":"u"},"attributes":{"city":"Uji"}}"#;
    let story = Story::new(json!({}))
        .trigger("a b", "a b", "09:00")
        .bodies(&[attributes], None)
        // However new the membership is.
        .taken_off("a c", "08:00")
        .taken_off("a", "08:00")
        .bodies(&[attributes], None)
        .doubt()
        .taken_off("b", "09:10");
    expect![[r#"
        0 -> {"audiences":{"in":["a","b"],"of":["a","b"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged ["a", "b"]

        0 -> {"attributes":{"city":"Uji"}}
        key 0 tagged ["a", "b"]

        0 -> {"audiences":{"in":[],"of":["a"],"as_of":"2026-11-23T09:00:00Z"},"restated":true}
        key 0 tagged ["b"]

        0 dropped

        0 dropped

        0 -> {"audiences":{"in":[],"of":["a","b"],"as_of":"2026-11-23T09:10:00Z"},"restated":true}
        key 0 tagged []
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn nobody_is_named_by_what_the_key_does_not_say() {
    let table = Table::<DiffProfiles>::new(json!({}))
        .doubt("alias:app:x%3Ay")
        .doubt("cookie:1")
        .absent(&["alias:app:x%3Ay", "cookie:1", "external_id:unknown"], &look("a", 1, ""));
    expect![[r#"
        0 -> alias:app:x%3Ay {"user":{"alias":{"name":"x:y","label":"app"}},"audiences":{"in":[],"of":["a"],"as_of":"1970-01-01T00:00:00.001Z"},"restated":true}
        1 -> cookie:1 {"audiences":{"in":[],"of":["a"],"as_of":"1970-01-01T00:00:00.001Z"},"restated":true}
        2 dropped
        key 0 keeps \x00\x01\x04\x01a tagged []
        key 1 keeps \x00\x01\x04\x01a tagged []
    "#]].assert_eq(&table.shown());
}
