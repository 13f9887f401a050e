//! Events as a component reads and makes them.

mod members;
mod no_event;
mod parse;

pub use members::Members;
pub use no_event::NoEvent;
pub use parse::{parse, parse_member};

use serde::{Deserialize, Serialize};

use crate::append::{Appending, append};

/// One event: a JSON object about one person.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// Its place in the batch.
    pub index: u32,
    /// Whom it is about: `external_id:u-1`.
    pub key: &'a str,
    /// What it says: one JSON object.
    pub body: &'a str,
}

impl<'a> Event<'a> {
    /// Reads the body. An error says where and what, never the data itself.
    pub fn parse<T: Deserialize<'a>>(&self) -> Result<T, String> {
        parse(self.body)
    }
}

/// Events in order, as the host gave them.
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) keys: String,
    pub(crate) key_ends: Vec<u32>,
    pub(crate) bodies: String,
    pub(crate) body_ends: Vec<u32>,
}

impl Batch {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.key_ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.key_ends.is_empty()
    }

    /// An event; an empty one if there is none at this place.
    #[must_use]
    pub fn get(&self, index: usize) -> Event<'_> {
        let key = cut(&self.keys, &self.key_ends, index);
        let body = cut(&self.bodies, &self.body_ends, index);
        Event { index: u32::try_from(index).unwrap_or(u32::MAX), key, body }
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Event<'_>> {
        (0..self.len()).map(|index| self.get(index))
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Batch {
    fn from_iter<T: IntoIterator<Item = (&'a str, &'a str)>>(events: T) -> Self {
        let mut batch = Self::default();
        for (key, body) in events {
            batch.keys.push_str(key);
            batch.key_ends.push(batch.keys.len() as u32);
            batch.bodies.push_str(body);
            batch.body_ends.push(batch.bodies.len() as u32);
        }
        batch
    }
}

fn cut<'a>(text: &'a str, ends: &[u32], index: usize) -> &'a str {
    let start = index.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |end| *end as usize);
    let end = ends.get(index).map_or(start, |end| *end as usize);
    text.get(start..end).unwrap_or_default()
}

/// Events that a component makes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events {
    pub(crate) keys: Vec<u8>,
    pub(crate) key_ends: Vec<u32>,
    pub(crate) bodies: Vec<u8>,
    pub(crate) body_ends: Vec<u32>,
    /// A column each: name, values, ends.
    pub(crate) columns: Vec<(String, Vec<u8>, Vec<u32>)>,
}

impl Events {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.key_ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.key_ends.is_empty()
    }

    /// Adds an event whose body is JSON text already.
    pub fn push_json(&mut self, key: &str, body: &str) {
        self.push_written(key, body.as_bytes());
    }

    /// The same for one that was written elsewhere.
    pub fn push_written(&mut self, key: &str, body: &[u8]) {
        append(&mut self.keys, key.as_bytes());
        self.bodies.extend_from_slice(body);
        self.end();
    }

    /// Adds an event. Nothing is added if the body cannot be written as JSON.
    pub fn push(&mut self, key: &str, body: &impl Serialize) -> Result<(), String> {
        self.write(key, |bodies| serde_json::to_writer(Appending(bodies), body)).map_err(|error| error.to_string())
    }

    /// Gives the last event a value in a column: `id` (deduplication) and `time` (RFC 3339) are known to the host. A value given
    /// again replaces the one before.
    pub fn column(&mut self, name: &str, value: &str) {
        let Some(before) = self.len().checked_sub(1) else { return };
        let at = self.columns.iter().position(|(known, ..)| known == name).unwrap_or_else(|| {
            self.columns.push((name.to_owned(), Vec::new(), Vec::new()));
            self.columns.len() - 1
        });
        let (_, values, ends) = &mut self.columns[at];
        ends.resize(before.min(ends.len()), 0);
        values.truncate(ends.last().map_or(0, |end| *end as usize));
        ends.resize(before, values.len() as u32);
        values.extend_from_slice(value.as_bytes());
        ends.push(values.len() as u32);
    }

    /// The keys and bodies.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
        let (keys, bodies) = (text(&self.keys), text(&self.bodies));
        (0..self.len()).map(move |i| (cut(keys, &self.key_ends, i), cut(bodies, &self.body_ends, i)))
    }

    /// The values of an event in the columns that have one for it.
    #[cfg(feature = "testing")]
    pub(crate) fn columns_of(&self, index: usize) -> impl Iterator<Item = (&str, &str)> {
        self.columns.iter().filter_map(move |(name, values, ends)| {
            let value = cut(std::str::from_utf8(values).unwrap_or_default(), ends, index);
            (!value.is_empty()).then_some((name.as_str(), value))
        })
    }

    /// Keeps only the first `events`.
    pub(crate) fn truncate(&mut self, events: usize) {
        fn shorten(bytes: &mut Vec<u8>, ends: &mut Vec<u32>, events: usize) {
            ends.truncate(events);
            bytes.truncate(ends.last().map_or(0, |end| *end as usize));
        }
        shorten(&mut self.keys, &mut self.key_ends, events);
        shorten(&mut self.bodies, &mut self.body_ends, events);
        self.columns.iter_mut().for_each(|(_, values, ends)| shorten(values, ends, events));
    }

    /// The same for a body that is written in place. It has to be JSON.
    pub fn write<E>(&mut self, key: &str, write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<(), E> {
        let before = self.bodies.len();
        if let Err(error) = write(&mut self.bodies) {
            self.bodies.truncate(before);
            return Err(error);
        }
        append(&mut self.keys, key.as_bytes());
        self.end();
        Ok(())
    }

    fn end(&mut self) {
        self.key_ends.push(self.keys.len() as u32);
        self.body_ends.push(self.bodies.len() as u32);
    }
}

/// Something that a source read and could not, or by its settings would not, turn into an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// What was read.
    pub raw: Vec<u8>,
    /// Where, in the unit of whoever will look: `row 48213, byte 9120334`.
    pub place: String,
    /// Whom it is about, where that can be told.
    pub key: Option<String>,
    /// Left out because the settings say so: only counted. Otherwise it becomes a dead letter.
    pub skipped: bool,
    /// What is wrong, and what to do.
    pub reason: String,
}

/// The audiences for which a snapshot speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Their names.
    pub audiences: Vec<String>,
    /// As of when, in milliseconds since 1970.
    pub as_of_ms: u64,
    /// The vendor's own count, where it tells one.
    pub total: Option<u64>,
}
