//! The fields that Braze knows, and which values it takes for them. (`braze.com/docs/api/objects_filters/user_attributes_object`,
//! 2026-11-23. The list of error codes on `.../post_user_track` names those that are answered; the others are lost without a word.)

use serde_json::Value;

use super::{code, is_too_long, text};
use crate::limits;
use crate::time;

const SUBSCRIPTION: &str = "this is none of `opted_in`, `subscribed` and `unsubscribed`, the states that Braze knows";

/// Looks at a value.
pub type Check = fn(&str) -> Result<(), &'static str>;

/// Whether Braze has a field of this name.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    check(name).is_some()
}

/// What Braze takes for a field; none if it has none of this name.
#[must_use]
pub fn check(name: &str) -> Option<Check> {
    Some(match name {
        "bio" => |_| Err("Braze gave this field up, and keeps nothing under its name"),
        "country" => |json| {
            is_text(
                json,
                code::is_country,
                "this is no country's code of two capital letters (ISO 3166-1: `US`), and Braze may turn it into null",
            )
        },
        "language" => {
            |json| is_text(json, code::is_language, "this is no language's code of two letters (ISO 639-1: `en`)")
        }
        "dob" => |json| is_text(json, time::is_day, "this is no day as Braze takes it: `1982-01-31`"),
        "gender" => |json| {
            let is_gender = |text: &str| matches!(text, "M" | "F" | "O" | "N" | "P");
            is_text(json, is_gender, "this is none of `M`, `F`, `O`, `N` and `P`")
        },
        "email_subscribe" | "push_subscribe" => |json| {
            let is_state = |text: &str| matches!(text, "opted_in" | "subscribed" | "unsubscribed");
            is_text(json, is_state, SUBSCRIPTION)
        },
        "email" => |json| is_text(json, is_email, "this is no e-mail address"),
        "time_zone" => |json| {
            is_text(
                json,
                code::is_time_zone,
                "this is no time zone's name (IANA: `Asia/Seoul`), and Braze would not set it",
            )
        },
        "date_of_first_session" | "date_of_last_session" | "marked_email_as_spam_at" => |json| {
            is_text(json, time::is_any, "this is no time in a form that Braze reads (ISO 8601: `2026-11-23T09:00:00Z`)")
        },
        "email_open_tracking_disabled" | "email_click_tracking_disabled" => |json| match json {
            "true" | "false" => Ok(()),
            _ => Err("this is neither `true` nor `false`"),
        },
        "facebook" | "twitter" => |json| match json.starts_with('{') {
            true => Ok(()),
            false => Err("this is no object, as Braze takes it: `{\"id\": ..}`"),
        },
        "current_location" => location,
        "push_tokens" => |json| match read(json) {
            Value::Array(tokens) => tokens.iter().try_for_each(token),
            _ => Err("this is no array of push tokens"),
        },
        "subscription_groups" => |json| match read(json) {
            Value::Array(groups) => groups.iter().try_for_each(group),
            _ => Err("this is no array of subscription groups"),
        },
        "first_name" | "last_name" | "home_city" | "phone" => {
            |json| is_text(json, |text| !is_too_long(text), "this is no text of at most 255 characters")
        }
        _ => return None,
    })
}

fn is_text(json: &str, is: fn(&str) -> bool, rule: &'static str) -> Result<(), &'static str> {
    text(json).filter(|text| is(text)).map(|_| ()).ok_or(rule)
}

fn read(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_default()
}

/// Only the plainest mistakes are looked for.
fn is_email(text: &str) -> bool {
    let is_clean = |c: char| !c.is_whitespace() && !c.is_control();
    let bytes = text.as_bytes();
    let domain = bytes.iter().position(|byte| *byte == b'@').filter(|at| *at > 0).map(|at| &bytes[at + 1..]);
    domain.is_some_and(|domain| domain.contains(&b'.') && !domain.contains(&b'@') && !domain.starts_with(b"."))
        && match text.is_ascii() {
            true => bytes.iter().all(|byte| is_clean(char::from(*byte))),
            false => text.chars().all(is_clean),
        }
        && !is_too_long(text)
}

fn location(json: &str) -> Result<(), &'static str> {
    match is_location(&read(json)) {
        true => Ok(()),
        false => Err("this is no place on earth, as Braze takes it: `{\"longitude\": 126.9, \"latitude\": 37.5}`"),
    }
}

fn is_location(value: &Value) -> bool {
    let within = |name, most: f64| value.get(name).and_then(Value::as_f64).is_some_and(|degrees| degrees.abs() <= most);
    within("longitude", 180.0) && within("latitude", 90.0)
}

fn is_filled(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty())
}

fn token(value: &Value) -> Result<(), &'static str> {
    if !is_filled(value, "app_id") || !is_filled(value, "token") {
        return Err("a push token has no `app_id` or no `token`");
    }
    match value.get("device_id") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(id)) if limits::DEVICE_ID_BYTES.contains(&id.len()) => Ok(()),
        Some(_) => Err("a push token's `device_id` is no text of 8 to 255 bytes"),
    }
}

fn group(value: &Value) -> Result<(), &'static str> {
    if !is_filled(value, "subscription_group_id") {
        return Err("a subscription group has no `subscription_group_id`");
    }
    if !matches!(value.get("subscription_state").and_then(Value::as_str), Some("subscribed" | "unsubscribed")) {
        return Err("a group's `subscription_state` is neither `subscribed` nor `unsubscribed`");
    }
    match value.get("use_double_opt_in_logic") {
        None | Some(Value::Bool(_)) => Ok(()),
        Some(_) => Err("a group's `use_double_opt_in_logic` is neither `true` nor `false`"),
    }
}
