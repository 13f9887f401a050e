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
    expect![[r#""#]].assert_eq(&story.told());
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
    expect![[r#""#]].assert_eq(&story.told());
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
    expect![[r#""#]].assert_eq(&problems);
}
