//! What does a change cost (contract 2.6)?
//!
//! Each event, each purchase and each attribute set is one data point. An array is one for each call, however many values it
//! has and even if nothing changes; setting null is one; an object is one for each key (an empty one is taken to be one, since it is set,
//! too). Subscription states are free, and so are
//! identifiers.

use serde_json::{Map, Value};

use super::attribute::Edit;

/// The subscription states that are fields.
const STATES: [&str; 3] = ["email_subscribe", "push_subscribe", "subscription_groups"];

/// The data points of an edit of this attribute.
#[must_use]
pub fn of(key: &str, edit: &Edit) -> u64 {
    match edit {
        _ if STATES.contains(&key) => 0,
        Edit::Set(Value::Object(object)) | Edit::Merge(object) => keys(object).max(1),
        Edit::Set(_) | Edit::Unset | Edit::Increment(_) | Edit::Array { .. } | Edit::Objects { .. } => 1,
        Edit::Subscriptions(_) => 0,
    }
}

fn keys(object: &Map<String, Value>) -> u64 {
    let inner = |value: &Value| value.as_object().map_or(1, keys);
    object.values().map(inner).sum()
}
