//! A value that is an object: an operation, or a nested attribute (contract 2.1, 2.2, 2.3).

use serde_json::{Map, Value};

use super::super::limit;
use super::super::refusal::Refusal;
use super::{Edit, Reading, array, nested, size};

/// What replaces members of the objects that match.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// The key that is looked at.
    pub key: String,
    /// The value that matches.
    pub value: Value,
    /// The new members.
    pub object: Map<String, Value>,
}

/// Reads an object by its keys.
pub fn read(mut object: Map<String, Value>, merge: bool) -> Result<Reading, Refusal> {
    let has_only = |keys: &[&str]| !object.is_empty() && object.keys().all(|key| keys.contains(&key.as_str()));
    if has_only(&["inc"]) {
        return increment(object.remove("inc"));
    }
    if has_only(&["add", "remove"]) {
        return array::operation(object);
    }
    if has_only(&["$add", "$remove", "$update"]) {
        return objects(object);
    }
    whole(object, merge)
}

fn increment(value: Option<Value>) -> Result<Reading, Refusal> {
    let number = value.as_ref().and_then(Value::as_i64);
    number.map(|n| Reading::Edit(Edit::Increment(n))).ok_or(Refusal::said("inc is a whole number"))
}

fn whole(object: Map<String, Value>, merge: bool) -> Result<Reading, Refusal> {
    let value = Value::Object(object);
    if let Some(reason) = nested::flaw(&value) {
        return Ok(Reading::Dropped(reason));
    }
    nested::check(&value)?;
    if size(&value) > limit::NESTED_BYTES {
        return Err(Refusal::said("an object has at most 100 KB"));
    }
    Ok(Reading::Edit(match value {
        Value::Object(object) if merge => Edit::Merge(object),
        value => Edit::Set(value),
    }))
}

fn objects(mut object: Map<String, Value>) -> Result<Reading, Refusal> {
    let add = array::list(object.remove("$add"))?;
    let remove = array::list(object.remove("$remove"))?;
    let update = array::list(object.remove("$update"))?;
    if let Some(reason) = add.iter().find_map(nested::flaw) {
        return Ok(Reading::Dropped(reason));
    }
    if !add.iter().all(Value::is_object) {
        return Err(Refusal::said("$add holds objects"));
    }
    add.iter().try_for_each(nested::check)?;
    let remove = remove.into_iter().map(identified).map(|item| item.map(|(key, value, _)| (key, value)));
    let update = update.into_iter().map(self::update).collect::<Result<Vec<_>, _>>()?;
    if let Some(reason) = update.iter().find_map(|update| update.object.values().find_map(nested::flaw)) {
        return Ok(Reading::Dropped(reason));
    }
    Ok(Reading::Edit(Edit::Objects { add, remove: remove.collect::<Result<_, _>>()?, update }))
}

fn update(item: Value) -> Result<Update, Refusal> {
    let (key, value, mut rest) = identified(item)?;
    let Some(Value::Object(object)) = rest.remove("$new_object") else {
        return Err(Refusal::said("an item of $update has a $new_object"));
    };
    Ok(Update { key, value, object })
}

fn identified(item: Value) -> Result<(String, Value, Map<String, Value>), Refusal> {
    let Value::Object(mut item) = item else { return Err(no_identifier()) };
    match (item.remove("$identifier_key"), item.remove("$identifier_value")) {
        (Some(Value::String(key)), Some(value)) => Ok((key, value, item)),
        _ => Err(no_identifier()),
    }
}

fn no_identifier() -> Refusal {
    Refusal::said("an item of $remove and $update has $identifier_key and $identifier_value")
}
