//! The attributes that are the company's own. (Braze's developer guide on attributes, its user attributes object, and its pages on nested
//! custom attributes and arrays of objects, 2026-11-23.)

use serde_json::{Map, Value};

use super::{Rule, bytes, is_too_long, text};
use crate::limits;
use crate::time;

/// Looks at an attribute that Braze has no field for.
pub fn check(name: &str, json: &str) -> Result<(), Rule> {
    if name.is_empty() {
        return Err("an attribute has a name".into());
    }
    if is_too_long(name) {
        return Err("the name has more than 255 characters".into());
    }
    match json.as_bytes().first() {
        // Quotation marks are two more bytes, and escapes only make it longer.
        Some(b'"') if json.len() <= limits::CHARACTERS + 2 => Ok(()),
        Some(b'"') if text(json).is_some_and(|text| !is_too_long(&text)) => Ok(()),
        Some(b'"') => Err("the text has more than 255 characters"),
        Some(b'[' | b'{') => parts(&serde_json::from_str(json).unwrap_or_default()),
        _ => Ok(()),
    }
    .map_err(Into::into)
}

fn parts(value: &Value) -> Result<(), &'static str> {
    match value {
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_object) => objects(items),
        Value::Array(items) => elements(items),
        Value::Object(object) => by_members(object),
        _ => Ok(()),
    }
}

fn by_members(object: &Map<String, Value>) -> Result<(), &'static str> {
    let has_only = |names: &[&str]| !object.is_empty() && object.keys().all(|name| names.contains(&name.as_str()));
    if has_only(&["inc"]) {
        let is_whole = object.get("inc").is_some_and(|by| by.is_i64() || by.is_u64());
        return if is_whole { Ok(()) } else { Err("what is counted up with `inc` is no whole number") };
    }
    if has_only(&["add", "remove"]) {
        return object.values().try_for_each(|items| match items {
            Value::Array(items) => elements(items),
            _ => Err("what is added or removed is no array"),
        });
    }
    if has_only(&["$add", "$remove", "$update"]) {
        return object.iter().try_for_each(|(name, items)| operation(name, items));
    }
    whole(&Value::Object(object.clone()))
}

/// The elements of an array of single values.
fn elements(items: &[Value]) -> Result<(), &'static str> {
    if items.len() > limits::ARRAY_ELEMENTS {
        return Err("the array has more than 500 elements, and Braze would drop the first");
    }
    items.iter().try_for_each(|item| match item {
        Value::String(text) if is_too_long(text) => Err("an element of the array has more than 255 characters"),
        Value::Array(_) | Value::Object(_) => Err("an array of single values has one of arrays or objects in it"),
        Value::Null => Err("the array has a null in it"),
        _ => Ok(()),
    })
}

fn objects(items: &[Value]) -> Result<(), &'static str> {
    items.iter().try_for_each(nested)?;
    let size = items.iter().map(|item| bytes(item) + 1).sum::<usize>() + 1;
    if size > limits::NESTED_BYTES {
        Err("the array of objects has more than 100 KB, and Braze would drop it")
    } else {
        Ok(())
    }
}

fn operation(name: &str, items: &Value) -> Result<(), &'static str> {
    let Value::Array(items) = items else { return Err("what is under `$add`, `$remove` or `$update` is no array") };
    items.iter().try_for_each(|item| {
        if name == "$add" {
            return if item.is_object() { nested(item) } else { Err("what is added with `$add` is no object") };
        }
        if !item.get("$identifier_key").is_some_and(Value::is_string) || item.get("$identifier_value").is_none() {
            return Err("an item of `$remove` or `$update` has no `$identifier_key` or no `$identifier_value`");
        }
        match item.get("$new_object") {
            Some(object @ Value::Object(_)) => nested(object),
            _ if name == "$update" => Err("an item of `$update` has no `$new_object`"),
            _ => Ok(()),
        }
    })
}

fn whole(value: &Value) -> Result<(), &'static str> {
    nested(value)?;
    if bytes(value) > limits::NESTED_BYTES { Err("the object has more than 100 KB") } else { Ok(()) }
}

/// What stands in an object.
fn nested(value: &Value) -> Result<(), &'static str> {
    match value {
        Value::Null => Err("there is a null in the object, and Braze would drop all of it"),
        Value::String(text) if is_too_long(text) => Err("a text in the object has more than 255 characters"),
        Value::Array(items) => items.iter().try_for_each(nested),
        Value::Object(object) => match (object.len(), object.get("$time")) {
            (1, Some(time)) if time.as_str().is_some_and(time::is_any) => Ok(()),
            (1, Some(_)) => Err("a `$time` in the object is no time, and Braze would drop all of it"),
            _ => object.iter().try_for_each(|(name, value)| member(name, value)),
        },
        _ => Ok(()),
    }
}

fn member(name: &str, value: &Value) -> Result<(), &'static str> {
    if name.contains([' ', '.', '$']) {
        return Err("a name in the object has a space, a `.` or a `$` in it");
    }
    if is_too_long(name) {
        return Err("a name in the object has more than 255 characters");
    }
    nested(value)
}
