//! The properties of an event or a purchase. (`braze.com/docs/api/objects_filters/event_object`, 2026-11-23.)

use serde_json::{Map, Value};

use super::{bytes, is_too_long};
use crate::time;

/// Looks at them; `most` is how many bytes they may have if there are arrays or objects among them.
pub fn check(properties: &Value, most: usize) -> Result<(), String> {
    let properties = match properties {
        Value::Null => return Ok(()),
        Value::Object(properties) => properties,
        _ => return Err("is no object".to_owned()),
    };
    properties.iter().try_for_each(|(name, value)| property(name, value))?;
    if has_parts(properties) && size(properties) > most {
        return Err(format!("has more than {} KB", most / 1000));
    }
    Ok(())
}

fn property(name: &str, value: &Value) -> Result<(), String> {
    if name.is_empty() || name.starts_with('$') || is_too_long(name) {
        return Err("has a name that is empty, begins with `$`, or has more than 255 characters".to_owned());
    }
    if matches!(name, "time" | "event_name") {
        return Err(format!("has `{name}`, a name that Braze keeps for itself"));
    }
    match value {
        Value::String(text) if is_too_long(text) => Err(format!("has more than 255 characters in `{name}`")),
        Value::Array(items) if items.iter().any(is_time) => Err(format!("has a time in the array `{name}`")),
        _ => Ok(()),
    }
}

fn is_time(value: &Value) -> bool {
    value.as_str().is_some_and(time::is_any)
}

fn has_parts(properties: &Map<String, Value>) -> bool {
    properties.values().any(|value| value.is_array() || value.is_object())
}

fn size(properties: &Map<String, Value>) -> usize {
    properties.iter().map(|(name, value)| bytes(&Value::String(name.clone())) + bytes(value) + 2).sum::<usize>() + 1
}
