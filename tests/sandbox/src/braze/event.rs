//! Custom events (contract 2.5).

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::attribute::too_long;
use super::refusal::Refusal;
use super::{date, limit, properties};

/// Something that somebody did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// What it is called.
    pub name: String,
    /// When it was, never in the future.
    pub time: Timestamp,
    /// The app, if one was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// More about it.
    pub properties: Map<String, Value>,
}

impl Event {
    /// Reads an object whose identifier is taken out.
    pub fn read(mut object: Map<String, Value>, now: Timestamp) -> Result<Self, Refusal> {
        Ok(Self {
            name: name(object.remove("name"), "name")?,
            time: time(object.get("time"), now)?,
            app_id: object.get("app_id").and_then(Value::as_str).map(str::to_owned),
            properties: properties::read(object.remove("properties"), limit::EVENT_PROPERTIES_BYTES)?,
        })
    }
}

/// The name of an event or a product.
pub fn name(value: Option<Value>, key: &'static str) -> Result<String, Refusal> {
    match value {
        Some(Value::String(text)) if !text.is_empty() && !too_long(&text) => Ok(text),
        _ => Err(Refusal::said(format!("{key} is a text of 1 to 255 characters"))),
    }
}

/// A time in ISO 8601; one in the future becomes now.
pub fn time(value: Option<&Value>, now: Timestamp) -> Result<Timestamp, Refusal> {
    let time = value.and_then(Value::as_str).and_then(date::iso);
    time.map(|time| time.min(now)).ok_or(Refusal::said("time is a time in ISO 8601"))
}
