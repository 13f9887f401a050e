//! What are the records of an update?
//!
//! One for its attributes, and one for each of its events and purchases. If one of them cannot pass, none is sent: the update is
//! rejected whole, so that its dead letter can be sent again without repeating a part.

mod attributes;
mod event;

use std::borrow::Cow;

use brazeline_kit::Event;
use brazeline_kit::person::PersonUpdate;

use crate::flatten::flatten;
use crate::identity::Identity;
use crate::settings::{ArraysOfObjects, Settings};
use crate::shape::has_nested_array;

pub use event::TIMESTAMP;

/// An update's records, each as JSON.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// What the person is. Sent twice, it says the same.
    pub attributes: Vec<String>,
    /// What the person did. Sent twice, it happened twice.
    pub events: Vec<String>,
}

/// Reads an update.
pub fn records(event: Event<'_>, settings: &Settings) -> Result<Records, String> {
    let update: PersonUpdate<'_> = event.parse()?;
    let identity = Identity::new(&update.user, settings)?;
    let attributes =
        update.attributes.map(|attributes| attributes::record(attributes, &identity, settings)).transpose()?;
    let events = update.events.iter().map(|event| event::event(event, &identity, settings));
    let purchases = update.purchases.iter().map(|purchase| event::purchase(purchase, &identity, settings));
    let records = Records {
        attributes: attributes.flatten().into_iter().collect(),
        events: events.chain(purchases).collect::<Result<_, _>>()?,
    };
    records.attributes.iter().chain(&records.events).try_for_each(|record| fits(record, settings))?;
    Ok(records)
}

fn fits(record: &str, settings: &Settings) -> Result<(), String> {
    match (record.len(), settings.record_bytes()) {
        (bytes, most) if bytes > most => {
            Err(format!("its record has {bytes} bytes; Lytics takes {most}: send fewer fields"))
        }
        _ => Ok(()),
    }
}

/// A value as Lytics takes it; none if it is left out. An error, if the settings do not say what becomes of it.
fn fitted<'v>(name: &str, value: &'v str, settings: &Settings) -> Result<Option<Cow<'v, str>>, String> {
    match (has_nested_array(value), settings.arrays_of_objects) {
        (true, ArraysOfObjects::Drop) => Ok(None),
        _ if settings.is_table() && value.starts_with(['{', '[']) => Err(format!(
            "its `{name}` is a list or an object, which no cell of a table holds: set `format: json_lines`"
        )),
        (false, _) => Ok(Some(Cow::Borrowed(value))),
        (true, ArraysOfObjects::Flatten) => Ok(Some(Cow::Owned(flatten(value)))),
        (true, ArraysOfObjects::Reject) => Err(format!(
            "its `{name}` has an array of objects or arrays, which Lytics refuses: drop the field before, or set \
             `arrays_of_objects` to `drop` or `flatten`"
        )),
    }
}

fn nobody() -> String {
    "it has no identifier that a field is set for: see `identifier_fields`".to_owned()
}

/// An object being written.
struct Object(String);

impl Object {
    fn with_capacity(bytes: usize) -> Self {
        let mut json = String::with_capacity(bytes);
        json.push('{');
        Self(json)
    }

    /// Adds a member, its value as JSON.
    fn member(&mut self, name: &str, value: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        if name.bytes().any(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
            self.0.push_str(&serde_json::Value::from(name).to_string());
        } else {
            self.0.push('"');
            self.0.push_str(name);
            self.0.push('"');
        }
        self.0.push(':');
        self.0.push_str(value);
    }

    fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}
