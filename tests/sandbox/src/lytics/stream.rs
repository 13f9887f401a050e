//! What was collected: records in the order of their arrival.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Map, Value};

/// One record of a stream.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// The time in its `timestamp_field`, or that of its arrival.
    pub at: Timestamp,
    /// The file it is said to come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// What was sent, value for value.
    pub fields: Map<String, Value>,
}

impl Record {
    /// A field.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.fields.get(key)
    }

    /// A field that is a text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }
}

/// Reads a record's time; whatever is in no known form counts as arrived now.
#[must_use]
pub fn time(fields: &Map<String, Value>, field: Option<&str>, now: Timestamp) -> Timestamp {
    let said = field.and_then(|field| fields.get(field));
    said.and_then(parsed).unwrap_or(now)
}

fn parsed(value: &Value) -> Option<Timestamp> {
    if let Some(seconds) = value.as_i64() {
        return Timestamp::from_second(seconds).ok();
    }
    let text = value.as_str()?;
    let utc = |text: &str| TimeZone::UTC.to_timestamp(text.parse().ok()?).ok();
    text.parse().ok().or_else(|| utc(text))
}
