//! What members does an object have?
//!
//! They are read once and in order; values stay the text that they are.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::text::Text;

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name.
    pub name: Text<'a>,
    /// Its value, as JSON.
    pub value: Cow<'a, str>,
}

/// The members of an object, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields<'a>(pub Vec<Field<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Fields<'de>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::with_capacity(24);
        while let Some((name, value)) = map.next_entry::<Text<'de>, &RawValue>()? {
            fields.push(Field { name, value: Cow::Borrowed(value.get()) });
        }
        Ok(Fields(fields))
    }
}
