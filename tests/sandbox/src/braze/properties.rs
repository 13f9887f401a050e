//! The properties of an event or a purchase (contract 2.5).

use serde_json::{Map, Value};

use super::attribute::{size, too_long};
use super::date;
use super::refusal::Refusal;

/// Checks them, and turns the objects in them into texts, as Braze does.
pub fn read(value: Option<Value>, most_bytes: usize) -> Result<Map<String, Value>, Refusal> {
    let mut properties = match value {
        None | Some(Value::Null) => return Ok(Map::new()),
        Some(Value::Object(properties)) => properties,
        Some(_) => return Err(Refusal::said("properties is an object")),
    };
    properties.iter().try_for_each(|(name, value)| check(name, value))?;
    let has_parts = properties.values().any(|value| value.is_array() || value.is_object());
    let whole = Value::Object(std::mem::take(&mut properties));
    if has_parts && size(&whole) > most_bytes {
        return Err(Refusal::said(format!("properties have at most {} KB", most_bytes / 1000)));
    }
    let Value::Object(properties) = whole else { return Ok(properties) };
    Ok(properties.into_iter().map(|(name, value)| (name, flat(value))).collect())
}

fn check(name: &str, value: &Value) -> Result<(), Refusal> {
    if ["time", "event_name"].contains(&name) {
        return Err(Refusal::said("a property is not called time or event_name"));
    }
    if name.is_empty() || name.starts_with('$') || too_long(name) {
        return Err(Refusal::said("a property's name has 1 to 255 characters and no leading $"));
    }
    match value {
        Value::String(text) if too_long(text) => Err(Refusal::said("a property's text has at most 255 characters")),
        Value::Array(items) if items.iter().any(is_date) => Err(Refusal::said("a property's array holds no time")),
        _ => Ok(()),
    }
}

fn is_date(value: &Value) -> bool {
    value.as_str().is_some_and(|text| date::any(text).is_some())
}

fn flat(value: Value) -> Value {
    if value.is_object() { Value::String(value.to_string()) } else { value }
}
