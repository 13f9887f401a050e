//! What may stand inside an object (contract 2.2)?

use serde_json::Value;

use super::super::date;
use super::super::refusal::Refusal;
use super::too_long;

/// What makes Braze drop all updates of the attribute without a word.
pub fn flaw(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => Some("a null inside an object"),
        Value::Array(items) => items.iter().find_map(flaw),
        Value::Object(object) => match time(value) {
            Some(text) => text.is_none_or(|text| date::any(text).is_none()).then_some("a bad date inside an object"),
            None => object.values().find_map(flaw),
        },
        _ => None,
    }
}

/// Keys and texts of at most 255 characters; no space, `.` or `$` in a key.
pub fn check(value: &Value) -> Result<(), Refusal> {
    match value {
        Value::String(text) if too_long(text) => {
            Err(Refusal::said("a text inside an object has at most 255 characters"))
        }
        Value::Array(items) => items.iter().try_for_each(check),
        Value::Object(_) if time(value).is_some() => Ok(()),
        Value::Object(object) => object.iter().try_for_each(|(key, value)| {
            self::key(key)?;
            check(value)
        }),
        _ => Ok(()),
    }
}

fn key(key: &str) -> Result<(), Refusal> {
    if key.contains([' ', '.', '$']) {
        return Err(Refusal::said("a key inside an object has no space, `.` or `$`"));
    }
    if too_long(key) {
        return Err(Refusal::said("a key inside an object has at most 255 characters"));
    }
    Ok(())
}

/// The text of a `{"$time": ...}`, or that it is none.
fn time(value: &Value) -> Option<Option<&str>> {
    let object = value.as_object()?;
    (object.len() == 1).then(|| object.get("$time"))?.map(Value::as_str)
}
