//! Data that goes both ways: what the sink's system said itself comes back.

use brazeline_kit::Snapshot;
use expect_test::expect;
use serde_json::{Value, json};

use super::{Story, day, look, ms, says};

/// The sink's system says so.
fn known(attributes: &str, time: &str) -> String {
    let as_of = day(time);
    format!(r#"{{"user":{{"external_id":"u"}},"attributes":{attributes},"known_as_of":"{as_of}"}}"#)
}

/// The source says so, of a member of `a`.
fn source(attributes: &str, time: &str) -> String {
    says("a", "a", time).replacen('{', &format!(r#"{{"attributes":{attributes},"#), 1)
}

/// A full look at `a`.
fn scan(time: &str) -> Snapshot {
    look("a", ms(time), "")
}

fn story(settings: Value) -> Story {
    Story::new(settings).bodies(&[&source(r#"{"n":1}"#, "08:00")], None)
}

#[test]
fn what_comes_back_is_no_news() {
    let story = story(json!({}))
        .bodies(&[&known(r#"{"n":2,"new":"x"}"#, "09:00")], None)
        .bodies(&[&source(r#"{"n":"2","new":"x"}"#, "09:01")], Some(&scan("09:01")))
        .bodies(&[&source(r#"{"n":"2","new":"x"}"#, "09:02")], Some(&scan("09:02")))
        .bodies(&[&source(r#"{"n":1,"new":"y"}"#, "09:03")], None);
    expect![[r#"
        0 -> {"attributes":{"n":1},"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T08:00:00Z"}}
        key 0 tagged ["a"]

        0 dropped
        key 0 tagged ["a"]

        0 dropped
        key 0 tagged ["a"]

        0 dropped

        0 -> {"attributes":{"n":1,"new":"y"}}
        key 0 tagged ["a"]
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn what_the_source_said_before_does_not_undo_it() {
    let story = story(json!({}))
        .bodies(&[&known(r#"{"n":2}"#, "09:00")], None)
        // A trigger that was on its way.
        .bodies(&[&source(r#"{"n":7}"#, "08:59")], None)
        // The source has not taken it yet.
        .bodies(&[&source(r#"{"n":1}"#, "09:14")], Some(&scan("09:14")))
        // It did not take it: its own value counts.
        .bodies(&[&source(r#"{"n":1}"#, "09:15")], Some(&scan("09:15")))
        .bodies(&[&source(r#"{"n":1}"#, "09:16")], Some(&scan("09:16")));
    expect![[r#"
        0 -> {"attributes":{"n":1},"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T08:00:00Z"}}
        key 0 tagged ["a"]

        0 dropped
        key 0 tagged ["a"]

        0 dropped
        key 0 tagged ["a"]

        0 dropped

        0 -> {"attributes":{"n":1}}
        key 0 tagged ["a"]

        0 dropped
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn a_third_value_is_news_at_once() {
    let story = story(json!({}))
        .bodies(&[&known(r#"{"n":2}"#, "09:00")], None)
        .bodies(&[&source(r#"{"n":3}"#, "09:01")], None)
        .bodies(&[&source(r#"{"n":2}"#, "09:02")], None);
    expect![[r#"
        0 -> {"attributes":{"n":1},"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T08:00:00Z"}}
        key 0 tagged ["a"]

        0 dropped
        key 0 tagged ["a"]

        0 -> {"attributes":{"n":3}}
        key 0 tagged ["a"]

        0 -> {"attributes":{"n":2}}
        key 0 tagged ["a"]
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn the_newest_that_the_system_said_counts() {
    let story = story(json!({ "echo_window_ms": 0 }))
        .bodies(&[&known(r#"{"n":2}"#, "09:00")], None)
        .bodies(&[&known(r#"{"n":3}"#, "08:30"), &known(r#"{"n":1}"#, "08:40")], None)
        .bodies(&[&known(r#"{"n":4,"n":5}"#, "09:10")], None)
        .bodies(&[&source(r#"{"n":5}"#, "09:11")], None);
    expect![[r#"
        0 -> {"attributes":{"n":1},"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T08:00:00Z"}}
        key 0 tagged ["a"]

        0 dropped
        key 0 tagged ["a"]

        0 dropped
        1 dropped

        0 dropped
        key 0 tagged ["a"]

        0 dropped
        key 0 tagged ["a"]
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn what_is_said_once_more_is_as_new_as_that() {
    let story = story(json!({}))
        .bodies(&[&known(r#"{"n":2}"#, "09:00")], None)
        .bodies(&[&known(r#"{"n":2}"#, "09:10")], None)
        .bodies(&[&source(r#"{"n":1}"#, "09:16")], Some(&scan("09:16")))
        .bodies(&[&source(r#"{"n":2}"#, "09:17")], Some(&scan("09:17")));
    expect![[r#"
        0 -> {"attributes":{"n":1},"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T08:00:00Z"}}
        key 0 tagged ["a"]

        0 dropped
        key 0 tagged ["a"]

        0 dropped
        key 0 tagged ["a"]

        0 dropped

        0 dropped
        key 0 tagged ["a"]
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn what_may_be_overtaken_is_told_when_it_comes_back() {
    let both = [source(r#"{"n":3}"#, "09:03"), known(r#"{"n":4}"#, "09:04")];
    let story = story(json!({}))
        .pending()
        .bodies(&[&known(r#"{"n":2}"#, "09:00")], None)
        .bodies(&[&known(r#"{"n":2}"#, "09:01")], None)
        .bodies(&[&source(r#"{"n":2}"#, "09:02")], None)
        .bodies(&[&source(r#"{"n":2}"#, "09:02")], None)
        // One call decides on both.
        .bodies(&[&both[0], &both[1]], None)
        .bodies(&[&source(r#"{"n":3}"#, "09:05")], Some(&scan("09:05")))
        .bodies(&[&source(r#"{"n":4}"#, "09:06")], Some(&scan("09:06")));
    expect![[r#"
        0 -> {"attributes":{"n":1},"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T08:00:00Z"}}
        key 0 tagged ["a"]

        0 dropped
        key 0 tagged ["a"]

        0 dropped
        key 0 tagged ["a"]

        0 -> {"attributes":{"n":2}}
        key 0 tagged ["a"]

        0 dropped

        0 -> {"attributes":{"n":3}}
        1 dropped
        key 0 tagged ["a"]

        0 dropped

        0 -> {"attributes":{"n":4}}
        key 0 tagged ["a"]
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn what_the_system_said_before_does_not_undo_what_it_said_last() {
    let story = story(json!({}))
        .bodies(&[&known(r#"{"n":2}"#, "09:00")], None)
        .bodies(&[&known(r#"{"n":3}"#, "09:05")], None)
        .bodies(&[&source(r#"{"n":2}"#, "09:06")], Some(&scan("09:06")))
        .bodies(&[&source(r#"{"n":1}"#, "09:07")], Some(&scan("09:07")))
        .bodies(&[&source(r#"{"n":3}"#, "09:08")], Some(&scan("09:08")))
        .bodies(&[&source(r#"{"n":2}"#, "09:09")], Some(&scan("09:09")));
    expect![[r#"
        0 -> {"attributes":{"n":1},"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T08:00:00Z"}}
        key 0 tagged ["a"]

        0 dropped
        key 0 tagged ["a"]

        0 dropped
        key 0 tagged ["a"]

        0 dropped

        0 dropped

        0 dropped
        key 0 tagged ["a"]

        0 -> {"attributes":{"n":2}}
        key 0 tagged ["a"]
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn it_passes_nothing_on_and_what_it_knows_already_is_not_written() {
    let all = r#"{"user":{"external_id":"u"},"attributes":{"n":1},"events":[{"name":"x"}],"audiences":{"in":[],"of":["a"]},"other":1,"known_as_of":"2026-11-23T09:00:00Z"}"#;
    let bad = all.replace("2026-11-23T09", "soon");
    let story = story(json!({})).bodies(&[all, &bad], None);
    expect![[r#"
        0 -> {"attributes":{"n":1},"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T08:00:00Z"}}
        key 0 tagged ["a"]

        0 dropped
        1 rejected: /known_as_of: it is no RFC 3339 time
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn of_somebody_in_doubt_everything_is_told() {
    let story = story(json!({}))
        .bodies(&[&known(r#"{"n":2}"#, "09:00")], None)
        .doubt()
        .bodies(&[&known(r#"{"n":3}"#, "09:01")], None)
        .bodies(&[&source(r#"{"n":2}"#, "09:02")], None);
    expect![[r#"
        0 -> {"attributes":{"n":1},"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T08:00:00Z"}}
        key 0 tagged ["a"]

        0 dropped
        key 0 tagged ["a"]

        0 dropped

        0 -> {"attributes":{"n":2},"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:02:00Z"},"restated":true}
        key 0 tagged ["a"]
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn who_was_only_heard_of_is_a_stranger_in_a_first_look() {
    let first = look("a", ms("09:00"), "a");
    let story = Story::new(json!({ "existing_users": false }))
        .bodies(&[&known(r#"{"n":2}"#, "08:00")], None)
        .bodies(&[&source(r#"{"n":1}"#, "09:00")], Some(&first))
        .bodies(&[&source(r#"{"n":1}"#, "09:10")], Some(&scan("09:10")));
    expect![[r#"
        0 dropped
        key 0 tagged []

        0 dropped
        key 0 tagged ["a"]

        0 dropped
    "#]]
    .assert_eq(&story.told());
}
