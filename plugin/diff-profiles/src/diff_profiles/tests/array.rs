//! People in very many audiences.

use brazeline_kit::testing;
use expect_test::expect;
use serde_json::json;

use super::{DiffProfiles, Story};

#[test]
fn too_many_are_refused() {
    let story = Story::new(json!({ "array_limit": 2 }))
        .trigger("a b", "a b", "09:00")
        .trigger("c", "c", "09:01")
        .trigger("c", "b c", "09:02")
        .row("a b c", "a b c", "09:10")
        .absent("a", "09:11")
        .row("b c", "a b c", "09:12");
    expect![[r#"
        0 -> {"audiences":{"in":["a","b"],"of":["a","b"],"as_of":"2026-11-23T09:00:00Z"}}
        key 0 tagged ["a", "b"]

        0 rejected: the person would be in more audiences than the array holds: `array_limit` is 2; set `beyond_array_limit: booleans`, or send fewer audiences

        0 -> {"audiences":{"in":["c"],"of":["b","c"],"as_of":"2026-11-23T09:02:00Z"}}
        key 0 tagged ["a", "c"]

        0 rejected: the person would be in more audiences than the array holds: `array_limit` is 2; set `beyond_array_limit: booleans`, or send fewer audiences

        0 -> {"audiences":{"in":[],"of":["a"],"as_of":"2026-11-23T09:11:00Z"}}
        key 0 tagged ["c"]

        0 -> {"audiences":{"in":["b"],"of":["b"],"as_of":"2026-11-23T09:12:00Z"}}
        key 0 tagged ["b", "c"]
    "#]].assert_eq(&story.told());
}

#[test]
fn or_told_beside_the_array() {
    let story = Story::new(json!({ "array_limit": 2, "beyond_array_limit": "booleans" }))
        .trigger("a b c d", "a b c d e", "09:00")
        .trigger("", "a c", "09:01")
        // Never back into the array, though there is room; what was in it finds room again.
        .trigger("c", "c", "09:02")
        .trigger("a", "a", "09:03")
        .trigger("e", "e", "09:04")
        .doubt()
        .row("a c", "a b c d e", "09:10")
        .doubt()
        .absent("a b c d e", "09:20");
    expect![[r#"
        0 -> {"audiences":{"in":[],"of":["e"],"as_of":"2026-11-23T09:00:00Z"},"restated":true}
        0 -> {"audiences":{"in":["a","b","c","d"],"of":["a","b","c","d"],"as_of":"2026-11-23T09:00:00Z","beyond":["c","d"]}}
        key 0 tagged ["a", "b", "c", "d"]

        0 -> {"audiences":{"in":[],"of":["a","c"],"as_of":"2026-11-23T09:01:00Z","beyond":["c"]}}
        key 0 tagged ["b", "d"]

        0 -> {"audiences":{"in":["c"],"of":["c"],"as_of":"2026-11-23T09:02:00Z","beyond":["c"]}}
        key 0 tagged ["b", "c", "d"]

        0 -> {"audiences":{"in":["a"],"of":["a"],"as_of":"2026-11-23T09:03:00Z"}}
        key 0 tagged ["a", "b", "c", "d"]

        0 -> {"audiences":{"in":["e"],"of":["e"],"as_of":"2026-11-23T09:04:00Z","beyond":["e"]}}
        key 0 tagged ["a", "b", "c", "d", "e"]

        0 -> {"audiences":{"in":["a","c"],"of":["a","c"],"as_of":"2026-11-23T09:03:00Z","beyond":["c"]},"restated":true}
        0 -> {"audiences":{"in":[],"of":["b","d","e"],"as_of":"2026-11-23T09:10:00Z","beyond":["d","e"]}}
        key 0 tagged ["a", "c"]

        0 -> {"audiences":{"in":[],"of":["a","b","c","d","e"],"as_of":"2026-11-23T09:20:00Z","beyond":["c","d","e"]},"restated":true}
        key 0 tagged []
    "#]].assert_eq(&story.told());
}

#[test]
fn settings_are_checked() {
    let table = [
        json!({ "array_limit": 0 }),
        json!({ "array_limit": 501 }),
        json!({ "array_limit": -1 }),
        json!({ "beyond_array_limit": "drop" }),
        json!({ "existing": true }),
        json!({ "array_limit": 500, "beyond_array_limit": "reject", "existing_users": false }),
    ];
    let problems: String = table.into_iter().map(testing::problems::<DiffProfiles>).collect();
    expect![[r#"
        /array_limit: say a number from 1 to 500
        /array_limit: say a number from 1 to 500
        /array_limit: invalid value: integer `-1`, expected usize
        /beyond_array_limit: unknown variant `drop`, expected `reject` or `booleans`
        /existing: unknown field `existing`, expected one of `existing_users`, `array_limit`, `beyond_array_limit`, `echo_window_ms`
    "#]]
    .assert_eq(&problems);
}
