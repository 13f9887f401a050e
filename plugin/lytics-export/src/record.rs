//! What are the records of an update?
//!
//! One for its attributes, and one for each of its events and purchases. If one of them cannot pass, none is sent: the update is
//! rejected whole, so that its dead letter can be sent again without repeating a part.

pub mod attributes;
mod event;

use std::borrow::Cow;

use brazeline_kit::{Event, json};

use crate::flatten::flatten;
use crate::identity::Identity;
use crate::settings::{ArraysOfObjects, Settings};
use crate::shape::has_nested_array;
use crate::update::{Known, Update};

pub use event::TIMESTAMP;

/// An update's records, each as JSON.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// What the person is. Sent twice, it says the same.
    pub attributes: Vec<Vec<u8>>,
    /// What the person did. Sent twice, it happened twice.
    pub events: Vec<Vec<u8>>,
}

/// Reads an update.
pub fn records(event: Event<'_>, known: &mut Known, settings: &Settings) -> Result<Records, String> {
    let update = json::read(event.body, |reader| Update::read(reader, known, settings))?;
    let identity = Identity::new(&update.user()?, settings)?;
    let attributes = update.attributes.as_ref();
    let attributes = attributes.map(|attributes| attributes.record(event.body, &identity, settings)).transpose()?;
    let events = update.events.iter().map(|event| event::event(event.get(), &identity, settings));
    let purchases = update.purchases.iter().map(|purchase| event::purchase(purchase.get(), &identity, settings));
    let records = Records {
        attributes: attributes.flatten().into_iter().collect(),
        events: events.chain(purchases).collect::<Result<_, _>>()?,
    };
    records.attributes.iter().chain(&records.events).try_for_each(|record| fits(record, settings))?;
    Ok(records)
}

fn fits(record: &[u8], settings: &Settings) -> Result<(), String> {
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
