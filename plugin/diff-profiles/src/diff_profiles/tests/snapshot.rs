//! Rows of full looks.

use expect_test::expect;
use serde_json::json;

use super::{Story, look, ms, says};

#[test]
fn unchanged_people_cost_nothing() {
    let story = Story::new(json!({}))
        .first_row("a", "a b", "09:00")
        .row("a", "a b", "09:10")
        .row("a b", "a b", "09:20")
        .row("a b", "a b", "09:30")
        .row("b", "a b", "09:40")
        .row("b", "a b", "09:50");
    expect![[r#"
        0 -> {"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:00:00Z"},"restated":true}
        key 0 tagged ["a"]

        0 dropped

        0 -> {"audiences":{"in":["b"],"of":["b"],"as_of":"2026-11-23T09:20:00Z"}}
        key 0 tagged ["a", "b"]

        0 dropped

        0 -> {"audiences":{"in":[],"of":["a"],"as_of":"2026-11-23T09:40:00Z"}}
        key 0 tagged ["b"]

        0 dropped
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn a_first_look_is_restated_or_learnt() {
    for existing_users in [true, false] {
        let story = Story::new(json!({ "existing_users": existing_users }))
            .first_row("a", "a b", "09:00")
            .first_row("a", "a b", "09:05")
            .row("a b", "a b", "09:10")
            .row("", "a b", "09:20");
        let expected = if existing_users {
            expect![[r#"
            0 -> {"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:00:00Z"},"restated":true}
            key 0 tagged ["a"]

            0 dropped

            0 -> {"audiences":{"in":["b"],"of":["b"],"as_of":"2026-11-23T09:10:00Z"}}
            key 0 tagged ["a", "b"]

            0 -> {"audiences":{"in":[],"of":["a","b"],"as_of":"2026-11-23T09:20:00Z"}}
            key 0 tagged []
        "#]]
        } else {
            expect![[r#"
            0 dropped
            key 0 tagged ["a"]

            0 dropped

            0 -> {"audiences":{"in":["b"],"of":["b"],"as_of":"2026-11-23T09:10:00Z"}}
            key 0 tagged ["a", "b"]

            0 -> {"audiences":{"in":[],"of":["a","b"],"as_of":"2026-11-23T09:20:00Z"}}
            key 0 tagged []
        "#]]
        };
        expected.assert_eq(&story.told());
    }
}

#[test]
fn a_row_can_hold_old_and_new_audiences() {
    for existing_users in [true, false] {
        let body = r#"{"user":{"external_id":"u"},"attributes":{"n":1},"audiences":{"in":["a","b"],"of":["a","b"],"as_of":"2026-11-23T09:10:00Z"},"events":[{}]}"#;
        let story = Story::new(json!({ "existing_users": existing_users }))
            .row("", "a", "09:00")
            .bodies(&[body], Some(&look("a b", ms("09:10"), "b")));
        let expected = if existing_users {
            expect![[r#"
            0 dropped

            0 -> {"attributes":{"n":1},"audiences":{"in":["b"],"of":["b"],"as_of":"2026-11-23T09:10:00Z"},"restated":true}
            0 -> {"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:10:00Z"},"events":[{}]}
            key 0 tagged ["a", "b"]
        "#]]
        } else {
            expect![[r#"
            0 dropped

            0 -> {"attributes":{"n":1},"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:10:00Z"},"events":[{}]}
            key 0 tagged ["a", "b"]
        "#]]
        };
        expected.assert_eq(&story.told());
    }
}

#[test]
fn a_trigger_is_news_during_the_first_look_too() {
    let story = Story::new(json!({ "existing_users": false }))
        .trigger("a", "a", "09:01")
        // Older than the trigger, then newer.
        .first_row("", "a", "09:00")
        .first_row("", "a", "09:02")
        .first_row("a", "a", "09:03");
    expect![[r#"
        0 -> {"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:01:00Z"}}
        key 0 tagged ["a"]

        0 dropped

        0 -> {"audiences":{"in":[],"of":["a"],"as_of":"2026-11-23T09:02:00Z"}}
        key 0 tagged []

        0 -> {"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:03:00Z"}}
        key 0 tagged ["a"]
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn a_row_wins_over_a_trigger_of_the_same_time() {
    let story = Story::new(json!({})).trigger("a", "a", "09:00").row("", "a", "09:00").row("", "a", "09:01");
    expect![[r#"
        0 -> {"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged ["a"]

        0 -> {"audiences":{"in":[],"of":["a"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged []

        0 dropped
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn a_row_without_time_is_as_old_as_the_look() {
    let out = r#"{"audiences":{"in":[],"of":["a"]}}"#;
    let story = Story::new(json!({}))
        .trigger("a", "a", "09:01")
        .bodies(&[out], Some(&look("a", ms("09:00"), "")))
        .bodies(&[out], Some(&look("a", ms("09:02"), "")));
    expect![[r#"
        0 -> {"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:01:00Z"}}
        key 0 tagged ["a"]

        0 dropped

        0 -> {"audiences":{"in":[],"of":["a"],"as_of":"2026-11-23T09:02:00Z"}}
        key 0 tagged []
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn a_source_may_say_itself_that_it_restates() {
    let restated = says("a", "a b", "09:00").replacen('{', r#"{"restated":true,"events":[{}],"#, 1);
    let story = Story::new(json!({})).bodies(&[&restated], None).bodies(&[&restated], None);
    expect![[r#"
        0 -> {"audiences":{"in":["a"],"of":["a","b"],"as_of":"2026-11-23T09:00:00Z"},"events":[{}],"restated":true}
        key 0 tagged ["a"]

        0 -> {"events":[{}],"restated":true}
    "#]]
    .assert_eq(&story.told());
}
