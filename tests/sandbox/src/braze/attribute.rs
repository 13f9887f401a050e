//! What does an attribute's value ask for?
//!
//! [`read`] turns one member of an attributes object into an [`Edit`], checks its limits (contract 2.1 to 2.4), and says what
//! Braze drops without a word.

mod array;
mod nested;
mod object;
mod reserved;

pub use object::Update;
pub use reserved::is_reserved;

use serde_json::{Map, Value};

use super::limit;
use super::refusal::Refusal;

/// A change of one attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// It is removed.
    Unset,
    /// It gets this value.
    Set(Value),
    /// This is added to it.
    Increment(i64),
    /// Values are added to an array, then values are removed.
    Array {
        /// To the end, also if they are in it already.
        add: Vec<Value>,
        /// Every one that is equal.
        remove: Vec<Value>,
    },
    /// Objects of an array are added, then removed, then updated.
    Objects {
        /// To the end.
        add: Vec<Value>,
        /// Those with this value of this key.
        remove: Vec<(String, Value)>,
        /// Those with this value of this key, with what replaces their members.
        update: Vec<Update>,
    },
    /// An object is laid over the one that is there.
    Merge(Map<String, Value>),
    /// States of subscription groups, by id.
    Subscriptions(Vec<(String, String)>),
}

/// What came of reading a member.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// A change.
    Edit(Edit),
    /// Nothing, and Braze does not say so.
    Dropped(&'static str),
}

/// Reads one member; `merge` is `_merge_objects`.
pub fn read(key: &str, value: Value, merge: bool) -> Result<Reading, Refusal> {
    if let Some(reading) = reserved::read(key, &value) {
        return reading;
    }
    if too_long(key) {
        return Err(Refusal::said("an attribute's key has at most 255 characters"));
    }
    match value {
        Value::Null => Ok(Reading::Edit(Edit::Unset)),
        Value::String(text) => string(text),
        Value::Array(items) => array::read(items),
        Value::Object(object) => object::read(object, merge),
        scalar => Ok(Reading::Edit(Edit::Set(scalar))),
    }
}

fn string(text: String) -> Result<Reading, Refusal> {
    if too_long(&text) {
        return Err(Refusal::said("an attribute's value has at most 255 characters"));
    }
    Ok(Reading::Edit(Edit::Set(Value::String(text))))
}

/// Whether a text is over the limit of characters.
#[must_use]
pub fn too_long(text: &str) -> bool {
    text.len() > limit::CHARACTERS && text.chars().count() > limit::CHARACTERS
}

/// The size of a value as JSON.
#[must_use]
pub fn size(value: &Value) -> usize {
    serde_json::to_vec(value).map_or(0, |json| json.len())
}

pub use array::put;

#[cfg(test)]
mod tests;
