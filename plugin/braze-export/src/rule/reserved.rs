//! The fields that Braze knows, and which values it takes for them. (`braze.com/docs/api/objects_filters/user_attributes_object`,
//! 2026-11-23. The list of error codes on `.../post_user_track` names those that are answered; the others are lost without a word.)

use serde_json::Value;

use super::{code, is_too_long, text};
use crate::limits;
use crate::time;

const SUBSCRIPTION: &str = "this is none of `opted_in`, `subscribed` and `unsubscribed`, the states that Braze knows";

/// Whether Braze has a field of this name.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    matches!(
        name,
        "bio"
            | "country"
            | "current_location"
            | "date_of_first_session"
            | "date_of_last_session"
            | "dob"
            | "email"
            | "email_click_tracking_disabled"
            | "email_open_tracking_disabled"
            | "email_subscribe"
            | "facebook"
            | "first_name"
            | "gender"
            | "home_city"
            | "language"
            | "last_name"
            | "marked_email_as_spam_at"
            | "phone"
            | "push_subscribe"
            | "push_tokens"
            | "subscription_groups"
            | "time_zone"
            | "twitter"
    )
}

/// Looks at a field; None if Braze has none of this name.
pub fn check(name: &str, json: &str) -> Option<Result<(), &'static str>> {
    is_reserved(name).then(|| known(name, json))
}

fn known(name: &str, json: &str) -> Result<(), &'static str> {
    let text = |is: fn(&str) -> bool, rule| text(json).filter(|text| is(text)).map(|_| ()).ok_or(rule);
    match name {
        "bio" => Err("Braze gave this field up, and keeps nothing under its name"),
        "country" => text(
            code::is_country,
            "this is no country's code of two capital letters (ISO 3166-1: `US`), and Braze may turn it into null",
        ),
        "language" => text(code::is_language, "this is no language's code of two letters (ISO 639-1: `en`)"),
        "dob" => text(time::is_day, "this is no day as Braze takes it: `1982-01-31`"),
        "gender" => {
            text(|text| matches!(text, "M" | "F" | "O" | "N" | "P"), "this is none of `M`, `F`, `O`, `N` and `P`")
        }
        "email_subscribe" | "push_subscribe" => {
            text(|text| matches!(text, "opted_in" | "subscribed" | "unsubscribed"), SUBSCRIPTION)
        }
        "email" => text(is_email, "this is no e-mail address"),
        "time_zone" => {
            text(code::is_time_zone, "this is no time zone's name (IANA: `Asia/Seoul`), and Braze would not set it")
        }
        "date_of_first_session" | "date_of_last_session" | "marked_email_as_spam_at" => {
            text(time::is_any, "this is no time in a form that Braze reads (ISO 8601: `2026-11-23T09:00:00Z`)")
        }
        "email_open_tracking_disabled" | "email_click_tracking_disabled" => {
            if matches!(json, "true" | "false") {
                Ok(())
            } else {
                Err("this is neither `true` nor `false`")
            }
        }
        "facebook" | "twitter" if json.starts_with('{') => Ok(()),
        "facebook" | "twitter" => Err("this is no object, as Braze takes it: `{\"id\": ..}`"),
        "current_location" | "push_tokens" | "subscription_groups" => parts(name, json),
        // first_name, last_name, home_city, phone.
        _ => text(|text| !is_too_long(text), "this is no text of at most 255 characters"),
    }
}

fn parts(name: &str, json: &str) -> Result<(), &'static str> {
    let value: Value = serde_json::from_str(json).unwrap_or_default();
    match (name, &value) {
        ("current_location", location) => is_location(location)
            .then_some(())
            .ok_or("this is no place on earth, as Braze takes it: `{\"longitude\": 126.9, \"latitude\": 37.5}`"),
        ("push_tokens", Value::Array(tokens)) => tokens.iter().try_for_each(token),
        ("push_tokens", _) => Err("this is no array of push tokens"),
        (_, Value::Array(groups)) => groups.iter().try_for_each(group),
        _ => Err("this is no array of subscription groups"),
    }
}

/// Only the plainest mistakes are looked for.
fn is_email(text: &str) -> bool {
    let is_clean = !text.contains(|c: char| c.is_whitespace() || c.is_control()) && !is_too_long(text);
    is_clean
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !domain.contains('@') && !domain.starts_with('.')
        })
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
