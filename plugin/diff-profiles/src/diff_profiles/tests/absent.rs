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
    expect![[r#""#]].assert_eq(&story.told());
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
    expect![[r#""#]].assert_eq(&story.told());
}

#[test]
fn what_the_first_look_only_learnt_is_left_as_news() {
    let story = Story::new(json!({ "existing_users": false })).first_row("a", "a", "09:00").absent("a", "09:10");
    expect![[r#""#]].assert_eq(&story.told());
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
    expect![[r#""#]].assert_eq(&story.told());
}

#[test]
fn an_audience_can_be_taken_off_everybody() {
    let story = Story::new(json!({})).trigger("a", "a", "09:00").doubt().absent("a", "09:10").absent("a", "09:20");
    expect![[r#""#]].assert_eq(&story.told());
}

#[test]
fn nobody_is_named_by_what_the_key_does_not_say() {
    let table = Table::<DiffProfiles>::new(json!({}))
        .doubt("alias:app:x%3Ay")
        .doubt("cookie:1")
        .absent(&["alias:app:x%3Ay", "cookie:1", "external_id:unknown"], &look("a", 1, ""));
    expect![[r#""#]].assert_eq(&table.shown());
}
