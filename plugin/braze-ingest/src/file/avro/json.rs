//! How does a stored record read as JSON?
//!
//! As Currents would post it. Every field may be `null` in a stored record, so one that is says nothing, and is left out.

use apache_avro::types::Value;
use serde_json::{Map, Value as Json};

/// Fields that are a posted event's own.
const OWN: [&str; 2] = ["id", "time"];

/// Fields that a posted event has in `user`.
const USER: [&str; 4] = ["user_id", "external_user_id", "device_id", "timezone"];

/// The posted form.
#[must_use]
pub fn event(event_type: &str, record: Value) -> String {
    let (mut event, mut user, mut properties) = (Map::new(), Map::new(), Map::new());
    event.insert("event_type".to_owned(), event_type.into());
    let fields = if let Value::Record(fields) = record { fields } else { Vec::new() };
    for (name, value) in fields {
        let members = match name.as_str() {
            own if OWN.contains(&own) => &mut event,
            of_user if USER.contains(&of_user) => &mut user,
            _ => &mut properties,
        };
        let value = json(value);
        if !value.is_null() {
            members.insert(name, value);
        }
    }
    event.insert("user".to_owned(), user.into());
    event.insert("properties".to_owned(), properties.into());
    Json::from(event).to_string()
}

/// A value; `null` for a number that JSON does not have.
fn json(value: Value) -> Json {
    match value {
        Value::Union(_, value) => json(*value),
        Value::Float(number) => f64::from(number).into(),
        Value::Double(number) => number.into(),
        Value::Array(items) => items.into_iter().map(json).collect(),
        Value::Map(members) => members.into_iter().map(|(name, value)| (name, json(value))).collect(),
        Value::Record(members) => members.into_iter().map(|(name, value)| (name, json(value))).collect(),
        Value::Bytes(bytes) | Value::Fixed(_, bytes) => String::from_utf8_lossy(&bytes).into(),
        scalar => Json::try_from(scalar).unwrap_or_default(),
    }
}
