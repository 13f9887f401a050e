//! Whom is a record about, and what does it say?
//!
//! All its fields become attributes, that of the identifier too: whoever reads them downstream gets what Braze sent, value for value.

use std::borrow::Cow;
use std::fmt;

use brazeline_kit::Events;
use brazeline_kit::person::{KEY_BYTES, PersonUpdate, User};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use brazeline_kit::person::Source;

/// Makes an event of a record. An error says why it is none, without data.
pub fn add(record: &RawValue, source: &Source, known_as_of: Option<&str>, events: &mut Events) -> Result<(), String> {
    if !record.get().starts_with('{') {
        return Err("it is no JSON object".to_owned());
    }
    let field = &source.field;
    let found = find(record.get(), field).map_err(|error| error.to_string())?;
    let value = found.ok_or_else(|| format!("it has no field `{field}`, which says whom it is about"))?;
    let identifier = source.identifier(value.get()).ok_or_else(|| {
        format!("its field `{field}` says nobody: it has to hold a text that is not empty, or a whole number")
    })?;
    let key = identifier.key();
    if key.len() > KEY_BYTES {
        return Err(format!(
            "its field `{field}` is too long: the key made of it has {} bytes of {KEY_BYTES}",
            key.len()
        ));
    }
    let user = User::from(identifier);
    let known_as_of = known_as_of.map(Cow::Borrowed);
    events.push(&key, &PersonUpdate { user, attributes: Some(record), known_as_of, ..PersonUpdate::default() })
}

/// The value of a field; the last one, if there are several.
fn find<'a>(record: &'a str, field: &str) -> serde_json::Result<Option<&'a RawValue>> {
    let mut reader = serde_json::Deserializer::from_str(record);
    Find(field).deserialize(&mut reader)
}

struct Find<'f>(&'f str);

impl<'de> DeserializeSeed<'de> for Find<'_> {
    type Value = Option<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Visitor<'de> for Find<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(Name(name)) = map.next_key()? {
            if name == self.0 {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}
