//! What does an event say about a person?
//!
//! A body is read once, in place: text is borrowed, values stay the text they came in, and the lists are used again for the next event, so
//! that a person about whom nothing changed costs no allocation.

mod audiences;
mod fields;

pub use audiences::Audiences;
pub use fields::{Field, Fields};

use std::borrow::Cow;

use brazeline_kit::json::{self, Fault, Json, Reader};

/// What an event's body says.
#[derive(Debug, Default)]
pub struct Update<'a> {
    /// Who it is.
    pub user: Option<Json<'a>>,
    /// Profile attributes, in order.
    pub attributes: Fields<'a>,
    /// Memberships. Without statements there are none.
    pub audiences: Audiences<'a>,
    /// Things the person did: a list that is not empty.
    pub events: Option<Json<'a>>,
    /// Things the person bought: a list that is not empty.
    pub purchases: Option<Json<'a>>,
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
        self.clear();
        json::read(body, |reader| reader.members("a person update", |reader, name| self.member(reader, name)))?;
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

    fn member(&mut self, reader: &mut Reader<'a>, name: Cow<'a, str>) -> Result<(), Fault> {
        match &*name {
            "user" => self.user = reader.some()?,
            "attributes" => self.attributes.fill(reader)?,
            "audiences" => self.audiences.fill(reader)?,
            "events" => self.events = list(reader)?,
            "purchases" => self.purchases = list(reader)?,
            "restated" => self.restated = !reader.null()? && reader.boolean()?,
            "known_as_of" => self.known_as_of = if reader.null()? { None } else { Some(reader.text()?) },
            _ => self.other.read(reader, name)?,
        }
        Ok(())
    }
}

/// A list, unless it is empty or `null`.
fn list<'a>(reader: &mut Reader<'a>) -> Result<Option<Json<'a>>, Fault> {
    if reader.null()? {
        return Ok(None);
    }
    let mut is_empty = true;
    let (list, ()) = reader.text_of(|reader| {
        reader.elements("a list", |reader| {
            is_empty = false;
            reader.value().map(drop)
        })
    })?;
    Ok((!is_empty).then_some(list))
}

#[cfg(test)]
mod tests;
