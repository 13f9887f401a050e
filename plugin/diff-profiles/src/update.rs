//! What does an event say about a person?
//!
//! A body is read once, in place: text is borrowed, values stay the text they came in, and the lists are used again for the next event, so
//! that a person about whom nothing changed costs no allocation.

mod audiences;
mod fields;
mod in_place;

pub use audiences::Audiences;
pub use fields::{Field, Fields};

use std::borrow::Cow;
use std::fmt;

use brazeline_kit::event::parse;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use in_place::{Fill, InPlace, Name};

/// What an event's body says.
#[derive(Debug, Default)]
pub struct Update<'a> {
    /// Who it is.
    pub user: Option<&'a RawValue>,
    /// Profile attributes, in order.
    pub attributes: Fields<'a>,
    /// Memberships. Without statements there are none.
    pub audiences: Audiences<'a>,
    /// Things the person did: a list that is not empty.
    pub events: Option<&'a RawValue>,
    /// Things the person bought: a list that is not empty.
    pub purchases: Option<&'a RawValue>,
    /// The source only says it again: no transition happened.
    pub restated: bool,
    /// The sink's system holds this already, as of then (RFC 3339): it said so itself.
    pub known_as_of: Option<Cow<'a, str>>,
    /// Members that this version does not know.
    pub other: Fields<'a>,
}

impl<'a> Update<'a> {
    /// Reads an event's body. An error says where and what, never the data itself; what is read of it then means nothing.
    pub fn read(&mut self, body: &'a str) -> Result<(), String> {
        let mut deserializer = serde_json::Deserializer::from_str(body);
        let read = self.fill(&mut deserializer).and_then(|()| deserializer.end());
        // Read once more for the place of the mistake.
        read.map_err(|error| parse::<Self>(body).err().unwrap_or_else(|| error.to_string()))?;
        self.audiences.order()
    }

    /// Whether it says something that is passed on whatever is known: something done or bought, or members that nobody here knows.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.events.is_some() || self.purchases.is_some() || !self.other.0.is_empty()
    }

    fn clear(&mut self) {
        self.attributes.0.clear();
        self.audiences.clear();
        self.other.0.clear();
        (self.user, self.events, self.purchases) = (None, None, None);
        (self.restated, self.known_as_of) = (false, None);
    }

    fn member<A: MapAccess<'a>>(&mut self, name: Cow<'a, str>, map: &mut A) -> Result<(), A::Error> {
        match &*name {
            "user" => self.user = map.next_value()?,
            "attributes" => map.next_value_seed(InPlace(&mut self.attributes))?,
            "audiences" => map.next_value_seed(InPlace(&mut self.audiences))?,
            "events" => self.events = list(map.next_value()?, "events")?,
            "purchases" => self.purchases = list(map.next_value()?, "purchases")?,
            "restated" => self.restated = map.next_value::<Option<bool>>()?.unwrap_or_default(),
            "known_as_of" => self.known_as_of = map.next_value::<Option<Name<'a>>>()?.map(|name| name.0),
            _ => self.other.0.push(Field { name, value: map.next_value()? }),
        }
        Ok(())
    }
}

impl<'de> Fill<'de> for Update<'de> {
    fn fill<D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        self.clear();
        deserializer.deserialize_map(UpdateVisitor(self))
    }
}

impl<'de> Deserialize<'de> for Update<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut update = Self::default();
        update.fill(deserializer).map(|()| update)
    }
}

struct UpdateVisitor<'s, 'a>(&'s mut Update<'a>);

impl<'de> Visitor<'de> for UpdateVisitor<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a person update")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            self.0.member(name, &mut map)?;
        }
        Ok(())
    }
}

/// A list, unless it is empty or `null`. A `RawValue` has no white space around it.
fn list<'a, E: Error>(value: &'a RawValue, name: &str) -> Result<Option<&'a RawValue>, E> {
    let inner = value.get().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match inner {
        Some(inner) if inner.trim_ascii().is_empty() => Ok(None),
        Some(_) => Ok(Some(value)),
        None if value.get() == "null" => Ok(None),
        None => Err(E::custom(format_args!("`{name}` must be a list"))),
    }
}

#[cfg(test)]
mod tests;
