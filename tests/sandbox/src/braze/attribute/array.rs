//! An array attribute: set, add, remove (contract 2.1).

use serde_json::{Map, Value};

use super::super::limit;
use super::super::refusal::Refusal;
use super::{Edit, Reading, nested, size, too_long};

/// A whole array.
pub fn read(items: Vec<Value>) -> Result<Reading, Refusal> {
    if !items.is_empty() && items.iter().all(Value::is_object) {
        return objects(items);
    }
    elements(&items)?;
    Ok(Reading::Edit(Edit::Set(Value::Array(items))))
}

fn objects(items: Vec<Value>) -> Result<Reading, Refusal> {
    if let Some(reason) = items.iter().find_map(nested::flaw) {
        return Ok(Reading::Dropped(reason));
    }
    items.iter().try_for_each(nested::check)?;
    let value = Value::Array(items);
    if size(&value) > limit::NESTED_BYTES {
        return Ok(Reading::Dropped("an array of objects over 100 KB"));
    }
    Ok(Reading::Edit(Edit::Set(value)))
}

/// `{"add": [...], "remove": [...]}`.
pub fn operation(mut object: Map<String, Value>) -> Result<Reading, Refusal> {
    let add = list(object.remove("add"))?;
    let remove = list(object.remove("remove"))?;
    elements(&add)?;
    elements(&remove)?;
    Ok(Reading::Edit(Edit::Array { add, remove }))
}

/// What stands under `add` or `remove`, or their `$` forms.
pub fn list(value: Option<Value>) -> Result<Vec<Value>, Refusal> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(Refusal::said("what is added or removed is an array")),
    }
}

fn elements(items: &[Value]) -> Result<(), Refusal> {
    items.iter().try_for_each(|item| match item {
        Value::String(text) if too_long(text) => Err(Refusal::said("an array's element has at most 255 characters")),
        Value::Array(_) | Value::Object(_) => Err(Refusal::said("an array of values has one dimension")),
        Value::Null => Err(Refusal::said("an array holds no null")),
        _ => Ok(()),
    })
}

/// Puts values at the end of an array of unique values; one that is there moves, and past `most` the oldest go.
pub fn put(array: &mut Vec<Value>, values: impl IntoIterator<Item = Value>, most: usize) {
    for value in values {
        array.retain(|present| *present != value);
        array.push(value);
    }
    array.drain(..array.len().saturating_sub(most));
}
