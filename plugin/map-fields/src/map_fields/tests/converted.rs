use brazeline_kit::testing::Table;
use expect_test::expect;
use serde_json::{Value, json};

use super::super::MapFields;
use super::{KEY, check, update};

/// The body that the partner page shows.
const SAMPLE: &str = r#"{"city":"AnyTown","country":"United States","first_name":"John","gender":"male","language":"English","last_name":"Smith","date_of_birth":"19820101","phone_number":"5551231234","time_zone":"GMT+7","twitter_handle":"johnsmith","email":"john.smith@email.com","braze_id":"xxxxxx"}"#;

#[test]
fn the_partner_pages_sample_in_the_forms_of_the_reserved_fields() {
    let convert = json!({
        "country": "country", "gender": "gender", "language": "language", "date_of_birth": "date", "time_zone": "time_zone",
        "phone_number": { "phone": { "region": "US" } },
    });
    check(
        json!({ "convert": convert.clone() }),
        &[update(SAMPLE)],
        &expect![[r#"
        0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"city":"AnyTown","country":"US","first_name":"John","gender":"M","language":"en","last_name":"Smith","date_of_birth":"1982-01-01","phone_number":"+15551231234","time_zone":"Etc/GMT-7","twitter_handle":"johnsmith","email":"john.smith@email.com","braze_id":"xxxxxx"} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
    "#]],
    );
    check(
        json!({ "convert": convert, "identifier": { "external_id": "braze_id" } }),
        &[SAMPLE],
        &expect![[r#"
        0 -> external_id:xxxxxx {"user":{"external_id":"xxxxxx"},"attributes":{"city":"AnyTown","country":"US","first_name":"John","gender":"M","language":"en","last_name":"Smith","date_of_birth":"1982-01-01","phone_number":"+15551231234","time_zone":"Etc/GMT-7","twitter_handle":"johnsmith","email":"john.smith@email.com","braze_id":"xxxxxx"}}
    "#]],
    );
}

#[test]
fn fields_are_converted_after_they_are_renamed_and_before_others_are_set() {
    check(
        json!({
            "keep": ["date_of_birth", "phone", "phone_number"], "rename": { "date_of_birth": "dob", "phone_number": "phone", "phone": "other" },
            "convert": { "dob": "date", "phone": { "phone": { "region": "US" } } }, "set": { "gender": "male" },
        }),
        &[update(r#"{"date_of_birth":"19820101","phone_number":"5551231234","phone":"5551231234","dob":"19820102"}"#)],
        &expect![[r#"
            0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"dob":"1982-01-01","phone":"+15551231234","other":"5551231234","gender":"male"} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        "#]],
    );
}

#[test]
fn what_needs_no_conversion_passes_byte_for_byte() {
    let bodies = [
        update(r#"{ "country" : "US" , "dob": null, "n": 1.50, "tags":[ "a" ], "b":true, "x" : "\u00fc" }"#),
        update("{}"),
        update("null"),
        r#"{"user":{"external_id":"u-1"}, "country":"United States"}"#.to_owned(),
    ];
    check(
        json!({ "convert": { "country": "country", "dob": "date", "n": "number", "tags": "list", "b": "boolean" }, "on_failure": "reject" }),
        &bodies,
        &expect![[r#"
            0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": { "country" : "US" , "dob": null, "n": 1.50, "tags":[ "a" ], "b":true, "x" : "\u00fc" } ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
            1 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
            2 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": null ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
            3 -> external_id:u-1 {"user":{"external_id":"u-1"}, "country":"United States"}
        "#]],
    );
}

#[test]
fn what_cannot_be_converted() {
    let bodies = [
        update(r#"{"a":1,"phone":"secret","dob":"1982-01-01"}"#),
        update(r#"{"phone":["+15551231234"]}"#),
        update(r#"{"phone":"","dob":"someday"}"#),
    ];
    let settings = |on_failure: Value| {
        let convert = json!({ "phone": { "phone": { "region": "US" } }, "dob": "date" });
        let mut settings = json!({ "convert": convert });
        if on_failure != Value::Null {
            settings["on_failure"] = on_failure;
        }
        settings
    };
    check(
        settings(Value::Null),
        &bodies,
        &expect![[r#"
        0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"a":1,"dob":"1982-01-01"} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        1 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        2 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
    "#]],
    );
    check(
        settings("drop".into()),
        &bodies[..1],
        &expect![[r#"
        0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"a":1,"dob":"1982-01-01"} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
    "#]],
    );
    check(
        settings("keep".into()),
        &bodies,
        &expect![[r#"
        0 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"a":1,"phone":"secret","dob":"1982-01-01"} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        1 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"phone":["+15551231234"]} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
        2 -> external_id:u-1 {"restated":false, "user":{"external_id":"u-1"},"attributes": {"phone":"","dob":"someday"} ,"audiences":{"in":[],"of":["vip"]},"x":1.50}
    "#]],
    );
    check(
        settings("reject".into()),
        &bodies,
        &expect![[r#"
        0 rejected: `phone` cannot be converted: `phone` takes a phone number of the region, or one with `+`, that is as long as its country's are
        1 rejected: `phone` cannot be converted: `phone` takes a phone number of the region, or one with `+`, that is as long as its country's are
        2 rejected: `phone` cannot be converted: `phone` takes a phone number of the region, or one with `+`, that is as long as its country's are
    "#]],
    );
}

/// A dead letter's reason says which field and which kind, and nothing of the value.
#[test]
fn why_something_is_rejected() {
    let kinds = [
        json!("country"),
        json!("language"),
        json!("gender"),
        json!("date"),
        json!({ "date": { "from": ["%d/%m/%Y"], "to": "timestamp" } }),
        json!("time_zone"),
        json!("phone"),
        json!({ "phone": { "region": "US" } }),
        json!({ "phone": { "international": true } }),
        json!("number"),
        json!("boolean"),
    ];
    let reject = |kind: Value| {
        let settings = json!({ "convert": { "a": kind }, "on_failure": "reject" });
        Table::<MapFields>::new(settings).transform(&[(KEY, &update(r#"{"a":"secret"}"#))]).shown()
    };
    expect![[r#"
        0 rejected: `a` cannot be converted: `country` takes a country's English name or one of its ISO 3166-1 codes
        0 rejected: `a` cannot be converted: `language` takes a language's English name, one of its ISO 639 codes, or a locale
        0 rejected: `a` cannot be converted: `gender` takes a word such as male, female, other, not applicable and prefer not to say, or its first letter
        0 rejected: `a` cannot be converted: `date` takes a date that says which number is the month (else name its format in `from`), of a year from 1000 to 3000
        0 rejected: `a` cannot be converted: `date` takes a date in one of the formats in `from`, of a year from 1000 to 3000
        0 rejected: `a` cannot be converted: `time_zone` takes IANA's name of a time zone, or an offset of whole hours
        0 rejected: `a` cannot be converted: `phone` takes a phone number with `+` (else set `region` or `international`)
        0 rejected: `a` cannot be converted: `phone` takes a phone number of the region, or one with `+`, that is as long as its country's are
        0 rejected: `a` cannot be converted: `phone` takes a phone number that begins with its country's code
        0 rejected: `a` cannot be converted: `number` takes a number
        0 rejected: `a` cannot be converted: `boolean` takes true, false, yes, no, on, off, 1 or 0
    "#]].assert_eq(&kinds.map(reject).concat());
}
