//! People of whom it is not sure what arrived.

use expect_test::expect;
use serde_json::json;

use super::{Story, look, ms};

#[test]
fn a_row_says_everything_again() {
    let story = Story::new(json!({}))
        .row("a b", "a b c", "09:00")
        .trigger("", "b", "09:05")
        .doubt()
        .row("a", "a b c", "09:10")
        .row("a", "a b c", "09:20");
    expect![[r#"
        0 -> {"audiences":{"in":["a","b"],"of":["a","b"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged ["a", "b"]

        0 -> {"audiences":{"in":[],"of":["b"],"as_of":"2026-11-23T09:05:00Z"}}
        key 0 tagged ["a"]

        0 -> {"audiences":{"in":["a"],"of":["a","b","c"],"as_of":"2026-11-23T09:10:00Z"},"restated":true}
        key 0 tagged ["a"]

        0 dropped
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn what_really_changed_is_told_apart() {
    let body = r#"{"attributes":{"n":1},"audiences":{"in":["b","d"],"of":["a","b","c","d"],"as_of":"2026-11-23T09:10:00Z"},"events":[{}],"more":1}"#;
    let story = Story::new(json!({})).row("a b e", "a b e", "09:00").doubt().bodies(&[body], None);
    expect![[r#"
        0 -> {"audiences":{"in":["a","b","e"],"of":["a","b","e"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged ["a", "b", "e"]

        0 -> {"attributes":{"n":1},"audiences":{"in":["b","e"],"of":["b","c","e"],"as_of":"2026-11-23T09:10:00Z"},"restated":true}
        0 -> {"audiences":{"in":["d"],"of":["a","d"],"as_of":"2026-11-23T09:10:00Z"},"events":[{}],"more":1}
        key 0 tagged ["b", "d", "e"]
    "#]].assert_eq(&story.told());
}

#[test]
fn exits_that_nobody_names_any_more_are_said_again_and_then_sure() {
    let story = Story::new(json!({}))
        .trigger("", "a", "09:00")
        .trigger("", "b", "09:01")
        .trigger("c", "c", "09:02")
        .doubt()
        .trigger("c", "c", "09:03")
        .trigger("", "b", "09:00")
        .trigger("a", "a", "09:10")
        .trigger("a", "a", "09:11");
    expect![[r#"
        0 -> {"audiences":{"in":[],"of":["a"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged []

        0 -> {"audiences":{"in":[],"of":["b"],"as_of":"2026-11-23T09:01:00Z"}}
        key 0 tagged []

        0 -> {"audiences":{"in":["c"],"of":["c"],"as_of":"2026-11-23T09:02:00Z"}}
        key 0 tagged ["c"]

        0 -> {"audiences":{"in":["c"],"of":["a","b","c"],"as_of":"2026-11-23T09:03:00Z"},"restated":true}
        key 0 tagged ["c"]

        0 dropped

        0 -> {"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:10:00Z"}}
        key 0 tagged ["a", "c"]

        0 dropped
        key 0 tagged ["a", "c"]
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn an_exit_in_the_scope_is_said_once() {
    let body = r#"{"audiences":{"in":["c"],"of":["c"],"as_of":"2026-11-23T09:10:00Z"}}"#;
    let story = Story::new(json!({}))
        .trigger("", "a", "09:00")
        .trigger("", "b", "09:15")
        .doubt()
        .bodies(&[body, body], Some(&look("a b c d", ms("09:10"), "")));
    expect![[r#"
        0 -> {"audiences":{"in":[],"of":["a"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged []

        0 -> {"audiences":{"in":[],"of":["b"],"as_of":"2026-11-23T09:15:00Z"}}
        key 0 tagged []

        0 -> {"audiences":{"in":[],"of":["a","b"],"as_of":"2026-11-23T09:15:00Z"},"restated":true}
        0 -> {"audiences":{"in":["c"],"of":["c"],"as_of":"2026-11-23T09:10:00Z"}}
        1 dropped
        key 0 tagged ["c"]
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn attributes_are_told_when_they_next_come() {
    let attributes = |text: &str| format!(r#"{{"attributes":{text}}}"#);
    let story = Story::new(json!({}))
        .bodies(&[&attributes(r#"{"n":1,"s":"x"}"#)], None)
        .doubt()
        .bodies(&[&attributes(r#"{"n":1}"#)], None)
        .bodies(&[&attributes(r#"{"n":1,"s":"x"}"#)], None)
        .doubt()
        .bodies(&["{}"], None)
        .bodies(&[&attributes(r#"{"n":1}"#)], None);
    expect![[r#"
        0 -> {"attributes":{"n":1,"s":"x"}}
        key 0 tagged []

        0 -> {"attributes":{"n":1}}
        key 0 tagged []

        0 -> {"attributes":{"s":"x"}}
        key 0 tagged []

        0 dropped
        key 0 tagged []

        0 -> {"attributes":{"n":1}}
        key 0 tagged []
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn in_doubt_before_anything_was_kept() {
    let story = Story::new(json!({})).doubt().row("a", "a b", "09:00").row("a", "a b", "09:10");
    expect![[r#"
        0 -> {"audiences":{"in":[],"of":["b"],"as_of":"2026-11-23T09:00:00Z"},"restated":true}
        0 -> {"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged ["a"]

        0 dropped
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn what_is_refused_changes_no_doubt() {
    let story =
        Story::new(json!({})).trigger("a", "a", "09:00").doubt().bodies(&["[]"], None).trigger("a", "a", "09:00");
    expect![[r#"
        0 -> {"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged ["a"]

        0 rejected: it is a list, expected a person update

        0 -> {"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:00:00Z"},"restated":true}
        key 0 tagged ["a"]
    "#]]
    .assert_eq(&story.told());
}
