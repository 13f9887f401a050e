//! What is read of each value, and what of it is refused or dropped.

use serde_json::{Value, json};

use super::super::refusal::Refusal;
use super::read;

/// What reading this says: the edit, `dropped: why`, or the refusal's code or sentence.
fn said(key: &str, value: Value, merge: bool) -> String {
    match read(key, value, merge) {
        Ok(super::Reading::Edit(edit)) => format!("{edit:?}"),
        Ok(super::Reading::Dropped(reason)) => format!("dropped: {reason}"),
        Err(Refusal { code: Some(code), .. }) => code.to_owned(),
        Err(refusal) => refusal.sentence.into_owned(),
    }
}

fn check(key: &str, value: Value, expected: &str) {
    assert_eq!(said(key, value.clone(), false), expected, "{key}: {value}");
}

/// Only whether it is taken.
fn takes(key: &str, value: Value, expected: bool) {
    assert_eq!(said(key, value.clone(), false).starts_with("Set("), expected, "{key}: {value}");
}

#[test]
fn plain_values() {
    // Contract 2.3.
    check("plan", json!(null), "Unset");
    check("plan", json!("gold"), r#"Set(String("gold"))"#);
    check("plan", json!(2.5), "Set(Number(2.5))");
    check("plan", json!(true), "Set(Bool(true))");
    check("plan", json!({"inc": -2}), "Increment(-2)");
    check("plan", json!({"inc": 1.5}), "inc is a whole number");
    takes("plan", json!("é".repeat(255)), true);
    check("plan", json!("é".repeat(256)), "an attribute's value has at most 255 characters");
    takes(&"k".repeat(255), json!(1), true);
    check(&"k".repeat(256), json!(1), "an attribute's key has at most 255 characters");
}

#[test]
fn arrays() {
    // Contract 2.1.
    check("seg", json!(["a", 1]), r#"Set(Array [String("a"), Number(1)])"#);
    check("seg", json!([]), "Set(Array [])");
    check("seg", json!({"add": ["c"]}), r#"Array { add: [String("c")], remove: [] }"#);
    check("seg", json!({"remove": ["a"]}), r#"Array { add: [], remove: [String("a")] }"#);
    check("seg", json!({"add": ["c"], "remove": ["a"]}), r#"Array { add: [String("c")], remove: [String("a")] }"#);
    check("seg", json!({"add": "c"}), "what is added or removed is an array");
    check("seg", json!({"add": [["c"]]}), "an array of values has one dimension");
    check("seg", json!([["a"], {"b": 1}]), "an array of values has one dimension");
    check("seg", json!([null]), "an array holds no null");
    check("seg", json!({"add": ["x".repeat(256)]}), "an array's element has at most 255 characters");
}

#[test]
fn objects() {
    // Contract 2.2.
    let bad_key = "a key inside an object has no space, `.` or `$`";
    check("car", json!({"make": "x"}), r#"Set(Object {"make": String("x")})"#);
    assert_eq!(said("car", json!({"make": "x"}), true), r#"Merge({"make": String("x")})"#);
    takes("car", json!({"since": {"$time": "2026-01-31"}}), true);
    check("car", json!({"a": {"b": null}}), "dropped: a null inside an object");
    check("car", json!({"since": {"$time": "soon"}}), "dropped: a bad date inside an object");
    check("car", json!({"a b": 1}), bad_key);
    check("car", json!({"a": {"b.c": 1}}), bad_key);
    check("car", json!({"$a": 1}), bad_key);
    check("car", json!({"k".repeat(256): 1}), "a key inside an object has at most 255 characters");
    check("car", json!({"a": "x".repeat(256)}), "a text inside an object has at most 255 characters");
    let large =
        |n: usize| json!((0..n).map(|i| (format!("k{i}"), json!("x".repeat(255)))).collect::<serde_json::Map<_, _>>());
    takes("car", large(370), true);
    check("car", large(400), "an object has at most 100 KB");
}

#[test]
fn arrays_of_objects() {
    // Contract 2.2.
    takes("pets", json!([{"id": 1}]), true);
    check(
        "pets",
        json!({"$add": [{"id": 2}]}),
        r#"Objects { add: [Object {"id": Number(2)}], remove: [], update: [] }"#,
    );
    let remove = json!({"$remove": [{"$identifier_key": "id", "$identifier_value": 7}]});
    check("pets", remove, r#"Objects { add: [], remove: [("id", Number(7))], update: [] }"#);
    let update = json!({"$update": [{"$identifier_key": "id", "$identifier_value": 7, "$new_object": {"n": 1}}]});
    let expected = r#"Objects { add: [], remove: [], update: [Update { key: "id", value: Number(7), object: {"n": Number(1)} }] }"#;
    check("pets", update, expected);
    check("pets", json!({"$add": [1]}), "$add holds objects");
    check(
        "pets",
        json!({"$remove": [{"id": 7}]}),
        "an item of $remove and $update has $identifier_key and $identifier_value",
    );
    check("pets", json!({"$add": [{"d": {"$time": "soon"}}]}), "dropped: a bad date inside an object");
    check("pets", json!([{"id": null}]), "dropped: a null inside an object");
    let many: Vec<Value> = (0..400).map(|_| json!({"a": "x".repeat(255)})).collect();
    check("pets", json!(many), "dropped: an array of objects over 100 KB");
}

#[test]
fn fields_that_are_kept_or_quietly_not() {
    // Contract 2.4.
    check("country", json!("DE"), r#"Set(String("DE"))"#);
    check("country", json!("United States"), r#"Set(String("US"))"#);
    check("country", json!("Atlantis"), "Unset");
    check("country", json!(49), "Unset");
    let table = [
        ("language", json!("en"), true),
        ("language", json!("English"), false),
        ("dob", json!("1982-01-31"), true),
        ("dob", json!("19820131"), false),
        ("gender", json!("F"), true),
        ("gender", json!("female"), false),
        ("time_zone", json!("Asia/Seoul"), true),
        ("time_zone", json!("Etc/GMT+7"), true),
        ("time_zone", json!("Pacific Time (US & Canada)"), true),
        ("time_zone", json!("GMT+7"), false),
        ("date_of_first_session", json!("2026-01-31T00:00:00Z"), true),
        ("date_of_first_session", json!("soon"), false),
        ("email_open_tracking_disabled", json!(true), true),
        ("email_open_tracking_disabled", json!("yes"), false),
        ("twitter", json!({"id": 1}), true),
        ("twitter", json!("ann"), false),
        ("first_name", json!("Ann"), true),
        ("first_name", json!(7), false),
        ("phone", json!("12223334444"), true),
    ];
    for (key, value, is_taken) in table {
        takes(key, value.clone(), is_taken);
        assert_eq!(said(key, value.clone(), false).starts_with("dropped"), !is_taken, "{key}: {value}");
        check(key, json!(null), "Unset");
    }
    check("bio", json!("x"), "dropped: bio is gone");
}

#[test]
fn fields_that_have_a_code() {
    // Contract 1.5 and 2.4.
    let group = |id: Value, state: Value| json!([{"subscription_group_id": id, "subscription_state": state}]);
    let token = |token: Value, device: &str| json!([{"app_id": "a", "token": token, "device_id": device}]);
    let table = [
        ("email", json!("no address"), "EMAIL_BAD_FORMAT"),
        ("email", json!("a@b@c.de"), "EMAIL_BAD_FORMAT"),
        ("email", json!(7), "EMAIL_BAD_FORMAT"),
        ("email_subscribe", json!("yes"), "BAD_EMAIL_SUBSCRIPTION_STATE"),
        ("push_subscribe", json!(true), "BAD_PUSH_SUBSCRIPTION_STATE"),
        ("current_location", json!({"longitude": 1}), "BAD_LOCATION_UPDATE"),
        ("current_location", json!({"longitude": 1, "latitude": 91}), "BAD_LOCATION_UPDATE"),
        ("subscription_groups", json!({}), "BAD_SUBSCRIPTION_GROUP_ARRAY"),
        ("subscription_groups", json!(["g"]), "BAD_SUBSCRIPTION_GROUP_HASH"),
        ("subscription_groups", group(json!(null), json!("subscribed")), "BAD_SUBSCRIPTION_GROUP_ID"),
        ("subscription_groups", group(json!("g"), json!("opted_in")), "BAD_SUBSCRIPTION_GROUP_STATE"),
        ("push_tokens", json!("t"), "BAD_PUSH_TOKEN_IMPORT"),
        ("push_tokens", json!([{"token": "t"}]), "BAD_PUSH_TOKEN_APP_ID"),
        ("push_tokens", token(json!(7), "12345678"), "BAD_PUSH_TOKEN_STRING"),
        ("push_tokens", token(json!(""), "12345678"), "BAD_PUSH_TOKEN_VALUE"),
        ("push_tokens", token(json!("t"), "1234567"), "BAD_DEVICE_ID"),
        ("push_tokens", token(json!("t"), &"1".repeat(256)), "BAD_DEVICE_ID"),
    ];
    table.into_iter().for_each(|(key, value, expected)| check(key, value, expected));
    takes("email", json!("a@example.com"), true);
    takes("email_subscribe", json!("opted_in"), true);
    takes("current_location", json!({"longitude": -73.9, "latitude": 40.7}), true);
    takes("push_tokens", token(json!("t"), "12345678"), true);
    let subscribed = group(json!("g"), json!("subscribed"));
    check("subscription_groups", subscribed, r#"Subscriptions([("g", "subscribed")])"#);
    takes("first_name", json!("x".repeat(256)), false);
}
