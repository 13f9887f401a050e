//! Events that are news.

use expect_test::expect;
use serde_json::json;

use super::Story;

#[test]
fn only_what_changes_is_told() {
    let story = Story::new(json!({}))
        .trigger("vip", "vip", "09:00")
        .trigger("vip", "vip", "09:00")
        .trigger("vip", "vip", "09:01")
        .trigger("vip lapsed", "vip lapsed", "09:02")
        .trigger("", "vip", "09:03")
        .trigger("", "vip", "09:04")
        .trigger("vip", "vip lapsed", "09:05");
    expect![[r#"
        0 -> {"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged ["vip"]

        0 dropped

        0 dropped
        key 0 tagged ["vip"]

        0 -> {"audiences":{"in":["lapsed"],"of":["lapsed"],"as_of":"2026-11-23T09:02:00Z"}}
        key 0 tagged ["lapsed", "vip"]

        0 -> {"audiences":{"in":[],"of":["vip"],"as_of":"2026-11-23T09:03:00Z"}}
        key 0 tagged ["lapsed"]

        0 dropped
        key 0 tagged ["lapsed"]

        0 -> {"audiences":{"in":["vip"],"of":["lapsed","vip"],"as_of":"2026-11-23T09:05:00Z"}}
        key 0 tagged ["vip"]
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn who_was_never_heard_of_can_leave() {
    let story = Story::new(json!({ "existing_users": false }))
        .trigger("", "vip", "09:00")
        .trigger("", "vip", "09:01")
        // A full membership: of most of these nothing happened now.
        .trigger("new", "lapsed new old vip", "09:02")
        .trigger("new", "lapsed new old vip", "09:03");
    expect![[r#"
        0 -> {"audiences":{"in":[],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged []

        0 dropped
        key 0 tagged []

        0 -> {"audiences":{"in":[],"of":["lapsed","old"],"as_of":"2026-11-23T09:02:00Z"},"restated":true}
        0 -> {"audiences":{"in":["new"],"of":["new"],"as_of":"2026-11-23T09:02:00Z"}}
        key 0 tagged ["new"]

        0 dropped
        key 0 tagged ["new"]
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn what_is_older_is_ignored() {
    let story = Story::new(json!({}))
        .trigger("vip", "vip", "09:05")
        .trigger("", "vip", "09:04")
        .trigger("", "vip lapsed", "09:03")
        .trigger("", "vip", "09:06")
        .trigger("vip", "vip", "09:05");
    expect![[r#"
        0 -> {"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:05:00Z"}}
        key 0 tagged ["vip"]

        0 dropped

        0 -> {"audiences":{"in":[],"of":["lapsed"],"as_of":"2026-11-23T09:03:00Z"},"restated":true}
        key 0 tagged ["vip"]

        0 -> {"audiences":{"in":[],"of":["vip"],"as_of":"2026-11-23T09:06:00Z"}}
        key 0 tagged []

        0 dropped
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn at_the_same_time_the_later_trigger_wins() {
    let story =
        Story::new(json!({})).trigger("vip", "vip", "09:00").trigger("", "vip", "09:00").trigger("vip", "vip", "09:00");
    expect![[r#"
        0 -> {"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged ["vip"]

        0 -> {"audiences":{"in":[],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged []

        0 -> {"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged ["vip"]
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn what_has_no_time_is_newest() {
    let enter = r#"{"audiences":{"in":["vip"],"of":["vip"]}}"#;
    let leave = r#"{"audiences":{"in":[],"of":["vip"],"as_of":null}}"#;
    let story = Story::new(json!({}))
        .bodies(&[enter], None)
        .trigger("", "vip", "09:00")
        .bodies(&[enter], None)
        .bodies(&[leave], None)
        // What is held is still as of nine.
        .trigger("vip", "vip", "08:59")
        .trigger("vip", "vip", "09:01");
    expect![[r#"
        0 -> {"audiences":{"in":["vip"],"of":["vip"]}}
        key 0 tagged ["vip"]

        0 -> {"audiences":{"in":[],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged []

        0 -> {"audiences":{"in":["vip"],"of":["vip"]}}
        key 0 tagged ["vip"]

        0 -> {"audiences":{"in":[],"of":["vip"]}}
        key 0 tagged []

        0 dropped

        0 -> {"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:01:00Z"}}
        key 0 tagged ["vip"]
    "#]]
    .assert_eq(&story.told());
}

#[test]
fn enter_and_exit_in_one_batch_are_both_told() {
    let bodies = [("vip", "09:00"), ("", "09:01"), ("vip", "09:02"), ("vip", "09:02")];
    let bodies = bodies.map(|(inside, time)| super::says(inside, "vip", time));
    let bodies = bodies.each_ref().map(String::as_str);
    let story = Story::new(json!({})).bodies(&bodies, None).trigger("", "vip", "09:01");
    expect![[r#"
        0 -> {"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        1 -> {"audiences":{"in":[],"of":["vip"],"as_of":"2026-11-23T09:01:00Z"}}
        2 -> {"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:02:00Z"}}
        3 dropped
        key 0 tagged ["vip"]

        0 dropped
    "#]]
    .assert_eq(&story.told());
}
