use std::fmt::Write;

use expect_test::expect;
use serde_json::{Value, json};

use super::{check, reserved};

fn said(name: &str, value: &Value) -> String {
    check(name, reserved::check(name), &value.to_string()).err().map_or("ok".to_owned(), Into::into)
}

fn takes(name: &str, values: &[Value], expected: bool) {
    for value in values {
        let said = said(name, value);
        assert_eq!(said == "ok", expected, "{name}: {value}: {said}");
    }
}

#[test]
fn what_braze_takes_for_its_own_fields() {
    let token = |device: &str| json!([{"app_id": "a", "token": "t", "device_id": device}]);
    let group = |state: &str| json!([{"subscription_group_id": "g", "subscription_state": state}]);
    // (name, what is taken, what is not)
    let table = [
        ("country", json!(["US", "KR"]), json!(["us", "USA", "UK", "United States", "", 1])),
        ("language", json!(["en", "ko"]), json!(["EN", "en-US", "English", ""])),
        ("dob", json!(["1982-01-31", "2024-02-29"]), json!(["19820131", "1982-02-30", "1982-1-31", 1982])),
        ("gender", json!(["M", "F", "O", "N", "P"]), json!(["male", "f", ""])),
        ("email_subscribe", json!(["opted_in", "subscribed", "unsubscribed"]), json!(["yes", true])),
        ("push_subscribe", json!(["opted_in"]), json!([false])),
        (
            "email",
            json!(["a@example.com", "a+b@x.de"]),
            json!(["a", "a@b", "a@b@c.de", "a b@c.de", "@c.de", "a@.de", 7]),
        ),
        ("phone", json!(["+15551234567", "15551234567"]), json!([15551234567_u64])),
        (
            "time_zone",
            json!([
                "Asia/Seoul",
                "America/Argentina/Ushuaia",
                "Etc/GMT+7",
                "UTC",
                "EST5EDT",
                "Eastern Time (US & Canada)",
                "Nuku'alofa"
            ]),
            json!(["GMT+7", "+07:00", "", " ", "UTC+2", "/", 7]),
        ),
        ("first_name", json!(["Ann", "", "é".repeat(255)]), json!([7, "é".repeat(256), ["Ann"]])),
        ("home_city", json!(["Seoul"]), json!([{}])),
        (
            "current_location",
            json!([{"longitude": 126.9, "latitude": -37.5}]),
            json!([{"longitude": 181, "latitude": 0}, {"longitude": 1}, {"longitude": "1", "latitude": "2"}, [1, 2]]),
        ),
        ("date_of_first_session", json!(["2026-11-23T09:00:00Z", "12/1/2021"]), json!(["soon", 1795600000])),
        ("email_open_tracking_disabled", json!([true, false]), json!(["true", 1])),
        ("twitter", json!([{"id": 1}]), json!(["ann"])),
        (
            "subscription_groups",
            json!([group("subscribed"), group("unsubscribed"), []]),
            json!([group("opted_in"), {}, ["g"], [{"subscription_state": "subscribed"}]]),
        ),
        (
            "push_tokens",
            json!([token("12345678"), [{"app_id": "a", "token": "t"}]]),
            json!([token("1234567"), "t", [{"app_id": "a"}], [{"token": "t"}], [{"app_id": "a", "token": 7}]]),
        ),
        ("bio", json!([]), json!(["x"])),
    ];
    for (name, good, bad) in table {
        takes(name, good.as_array().unwrap(), true);
        takes(name, bad.as_array().unwrap(), false);
        takes(name, &[Value::Null], true);
    }
}

#[test]
fn what_braze_takes_for_other_attributes() {
    let long = "é".repeat(256);
    let large = |n: usize| (0..n).map(|i| (format!("k{i}"), json!("x".repeat(255)))).collect::<serde_json::Map<_, _>>();
    let good = [
        json!(null),
        json!(2.5),
        json!(true),
        json!(&long[2..]),
        json!(format!("\"{}\"", "x".repeat(253))),
        json!(["a", 1, true]),
        json!(vec!["x"; 500]),
        json!([]),
        json!({}),
        json!({"inc": -2}),
        json!({"add": ["a"], "remove": ["b"]}),
        json!({"make": "x", "since": {"$time": "2026-01-31"}, "wheels": [1, 2]}),
        json!(large(370)),
        json!([{"id": 1}, {"id": 2}]),
        json!({"$add": [{"id": 1}], "$remove": [{"$identifier_key": "id", "$identifier_value": 1}]}),
        json!({"$update": [{"$identifier_key": "id", "$identifier_value": 1, "$new_object": {"n": 2}}]}),
    ];
    takes("plan", &good, true);
    let bad = [
        json!(long),
        json!([["a"]]),
        json!(["a", {"b": 1}]),
        json!([null]),
        json!([long]),
        json!(vec!["x"; 501]),
        json!({"inc": 1.5}),
        json!({"add": "a"}),
        json!({"add": [[]]}),
        json!({"a": {"b": null}}),
        json!({"since": {"$time": "soon"}}),
        json!({"a b": 1}),
        json!({"a": {"b.c": 1}}),
        json!({"$a": 1}),
        json!({long.clone(): 1}),
        json!({"a": long}),
        json!(large(400)),
        json!([{"id": null}]),
        json!(vec![json!({"a": "x".repeat(255)}); 400]),
        json!({"$add": [1]}),
        json!({"$add": {}}),
        json!({"$remove": [{"id": 7}]}),
        json!({"$update": [{"$identifier_key": "id", "$identifier_value": 1}]}),
    ];
    let mut text = String::new();
    for value in &bad {
        writeln!(text, "{:.40}\n  {}", value.to_string(), said("plan", value)).unwrap();
    }
    expect![[r#"
        "ééééééééééééééééééééééééééééééééééééééé
          the text has more than 255 characters
        [["a"]]
          an array of single values has one of arrays or objects in it
        ["a",{"b":1}]
          an array of single values has one of arrays or objects in it
        [null]
          the array has a null in it
        ["éééééééééééééééééééééééééééééééééééééé
          an element of the array has more than 255 characters
        ["x","x","x","x","x","x","x","x","x","x"
          the array has more than 500 elements, and Braze would drop the first
        {"inc":1.5}
          what is counted up with `inc` is no whole number
        {"add":"a"}
          what is added or removed is no array
        {"add":[[]]}
          an array of single values has one of arrays or objects in it
        {"a":{"b":null}}
          there is a null in the object, and Braze would drop all of it
        {"since":{"$time":"soon"}}
          a `$time` in the object is no time, and Braze would drop all of it
        {"a b":1}
          a name in the object has a space, a `.` or a `$` in it
        {"a":{"b.c":1}}
          a name in the object has a space, a `.` or a `$` in it
        {"$a":1}
          a name in the object has a space, a `.` or a `$` in it
        {"éééééééééééééééééééééééééééééééééééééé
          a name in the object has more than 255 characters
        {"a":"éééééééééééééééééééééééééééééééééé
          a text in the object has more than 255 characters
        {"k0":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
          the object has more than 100 KB
        [{"id":null}]
          there is a null in the object, and Braze would drop all of it
        [{"a":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
          the array of objects has more than 100 KB, and Braze would drop it
        {"$add":[1]}
          what is added with `$add` is no object
        {"$add":{}}
          what is under `$add`, `$remove` or `$update` is no array
        {"$remove":[{"id":7}]}
          an item of `$remove` or `$update` has no `$identifier_key` or no `$identifier_value`
        {"$update":[{"$identifier_key":"id","$id
          an item of `$update` has no `$new_object`
    "#]]
    .assert_eq(&text);
    assert_eq!(said("", &json!(1)), "an attribute has a name");
    assert_eq!(said(&long, &json!(1)), "the name has more than 255 characters");
    takes(&long[2..], &[json!(1)], true);
}
