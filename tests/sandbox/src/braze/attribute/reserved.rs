//! The fields that Braze knows (contract 2.4): which are they, and which values does it take?

use serde_json::Value;

use super::super::refusal::Refusal;
use super::super::{code, date, limit};
use super::{Edit, Reading, too_long};

/// Whether a key is a field of Braze's own. Asked of every member of every object, so it is a `match` and no list.
#[must_use]
pub fn is_reserved(key: &str) -> bool {
    matches!(
        key,
        "alias_label"
            | "alias_name"
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

/// Reads a field of Braze's own; `None` if the key is not one.
pub fn read(key: &str, value: &Value) -> Option<Result<Reading, Refusal>> {
    if key == "bio" {
        return Some(Ok(Reading::Dropped("bio is gone")));
    }
    if !is_reserved(key) {
        return None;
    }
    if value.is_null() {
        return Some(Ok(Reading::Edit(Edit::Unset)));
    }
    Some(known(key, value))
}

fn known(key: &str, value: &Value) -> Result<Reading, Refusal> {
    let text = value.as_str();
    match key {
        "email" => email(value),
        "country" => Ok(Reading::Edit(text.and_then(code::country).map_or(Edit::Unset, |c| Edit::Set(c.into())))),
        "language" => Ok(keep_if(value, text.is_some_and(code::is_language), "a language that is not ISO 639-1")),
        "dob" => Ok(keep_if(value, text.is_some_and(date::day), "a dob that is not YYYY-MM-DD")),
        "gender" => {
            Ok(keep_if(value, text.is_some_and(|g| ["M", "F", "O", "N", "P"].contains(&g)), "an unknown gender"))
        }
        "time_zone" => Ok(keep_if(value, text.is_some_and(code::is_time_zone), "an unknown time zone")),
        "email_subscribe" => subscription(value, "BAD_EMAIL_SUBSCRIPTION_STATE"),
        "push_subscribe" => subscription(value, "BAD_PUSH_SUBSCRIPTION_STATE"),
        "subscription_groups" => groups(value),
        "current_location" => location(value),
        "push_tokens" => tokens(value),
        "facebook" | "twitter" => Ok(keep_if(value, value.is_object(), "a social profile that is no object")),
        "email_open_tracking_disabled" | "email_click_tracking_disabled" => {
            Ok(keep_if(value, value.is_boolean(), "a tracking switch that is no boolean"))
        }
        "date_of_first_session" | "date_of_last_session" | "marked_email_as_spam_at" => {
            Ok(keep_if(value, text.and_then(date::any).is_some(), "a date in no known form"))
        }
        _ => plain(value),
    }
}

fn keep(value: &Value) -> Reading {
    Reading::Edit(Edit::Set(value.clone()))
}

fn keep_if(value: &Value, is_good: bool, otherwise: &'static str) -> Reading {
    if is_good { keep(value) } else { Reading::Dropped(otherwise) }
}

fn plain(value: &Value) -> Result<Reading, Refusal> {
    match value.as_str() {
        Some(text) if too_long(text) => Err(Refusal::said("a field's value has at most 255 characters")),
        Some(_) => Ok(keep(value)),
        None => Ok(Reading::Dropped("a field that is no text")),
    }
}

fn email(value: &Value) -> Result<Reading, Refusal> {
    match value.as_str() {
        Some(text) if is_email(text) => plain(value),
        _ => Err(Refusal::coded("EMAIL_BAD_FORMAT", "email is not an address")),
    }
}

/// Whether a text can be an e-mail address; only the plainest mistakes are looked for.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let clean = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    let parts = text.split_once('@');
    clean && parts.is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.') && !domain.contains('@'))
}

fn subscription(value: &Value, code: &'static str) -> Result<Reading, Refusal> {
    match value.as_str() {
        Some("opted_in" | "subscribed" | "unsubscribed") => Ok(keep(value)),
        _ => Err(Refusal::coded(code, "a subscription is opted_in, subscribed or unsubscribed")),
    }
}

fn groups(value: &Value) -> Result<Reading, Refusal> {
    let groups =
        value.as_array().ok_or(Refusal::coded("BAD_SUBSCRIPTION_GROUP_ARRAY", "subscription_groups is an array"))?;
    groups.iter().map(group).collect::<Result<_, _>>().map(|groups| Reading::Edit(Edit::Subscriptions(groups)))
}

fn group(value: &Value) -> Result<(String, String), Refusal> {
    let object = value.as_object();
    let group = object.ok_or(Refusal::coded("BAD_SUBSCRIPTION_GROUP_HASH", "a subscription group is an object"))?;
    let id = group.get("subscription_group_id").and_then(Value::as_str);
    let id = id.ok_or(Refusal::coded("BAD_SUBSCRIPTION_GROUP_ID", "a subscription group has an id"))?;
    match group.get("subscription_state").and_then(Value::as_str) {
        Some(state @ ("subscribed" | "unsubscribed")) => Ok((id.to_owned(), state.to_owned())),
        _ => Err(Refusal::coded("BAD_SUBSCRIPTION_GROUP_STATE", "a group's state is subscribed or unsubscribed")),
    }
}

fn location(value: &Value) -> Result<Reading, Refusal> {
    let within = |name, most: f64| value.get(name).and_then(Value::as_f64).is_some_and(|n| n.abs() <= most);
    if within("longitude", 180.0) && within("latitude", 90.0) {
        return Ok(keep(value));
    }
    Err(Refusal::coded("BAD_LOCATION_UPDATE", "a location has a longitude and a latitude"))
}

fn tokens(value: &Value) -> Result<Reading, Refusal> {
    let tokens = value.as_array().ok_or(Refusal::coded("BAD_PUSH_TOKEN_IMPORT", "push_tokens is an array"))?;
    tokens.iter().try_for_each(token)?;
    Ok(keep(value))
}

fn token(value: &Value) -> Result<(), Refusal> {
    let filled = |name| value.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    if !filled("app_id") {
        return Err(Refusal::coded("BAD_PUSH_TOKEN_APP_ID", "a push token has an app_id"));
    }
    match value.get("token") {
        Some(Value::String(token)) if !token.is_empty() => {}
        Some(Value::String(_)) | None => {
            return Err(Refusal::coded("BAD_PUSH_TOKEN_VALUE", "a push token has a token"));
        }
        Some(_) => return Err(Refusal::coded("BAD_PUSH_TOKEN_STRING", "a push token is a text")),
    }
    match value.get("device_id").map(|id| id.as_str().map_or(0, str::len)) {
        Some(bytes) if !limit::DEVICE_ID_BYTES.contains(&bytes) => {
            Err(Refusal::coded("BAD_DEVICE_ID", "a device_id has 8 to 255 bytes"))
        }
        _ => Ok(()),
    }
}
