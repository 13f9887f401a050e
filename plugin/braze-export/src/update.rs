//! What does an event say about a person?
//!
//! Only what Braze can be told is read; whatever else a person update holds is not looked at.

use brazeline_kit::Event;
use brazeline_kit::event::parse_member;
use brazeline_kit::json::{self, Fault, Json, Reader};
use brazeline_kit::person::{Audiences, User};

use crate::attribute::Known;
use crate::fields::Fields;
use crate::time::is_iso;

/// The members of a person update that Braze can be told.
#[derive(Debug, Default)]
pub struct Update<'a> {
    user: Option<Json<'a>>,
    /// Profile attributes.
    pub attributes: Option<Fields<'a>>,
    audiences: Option<Json<'a>>,
    /// What the person did.
    pub events: Vec<Json<'a>>,
    /// What the person bought.
    pub purchases: Vec<Json<'a>>,
    /// Braze said it itself: nothing of it is sent.
    known_as_of: Option<Json<'a>>,
    /// Only said again: no transition happened.
    pub restated: bool,
    /// It has members that only a person update has.
    is_update: bool,
}

impl<'a> Update<'a> {
    /// Reads an event's body. An error says where and what, never the data itself.
    pub fn read(event: &Event<'a>, known: &mut Known<'_>) -> Result<Self, String> {
        let update = Self::of(event.body, known)?;
        if !update.is_update && update.user()?.is_none() {
            return Err(
                "the body is no person update: it has none of `attributes`, `audiences`, `events` and `purchases`; \
                        `map-fields` makes one of other JSON"
                    .to_owned(),
            );
        }
        Ok(update)
    }

    /// What of a body Braze can be told, perhaps nothing.
    pub fn of(body: &'a str, known: &mut Known<'_>) -> Result<Self, String> {
        let mut update = Self::default();
        json::read(body, |reader| {
            reader.members("a person update", |reader, name| update.member(reader, &name, known))
        })?;
        Ok(update)
    }

    /// Of a name that stands there twice, the last value counts, as in any JSON; but nothing that was done or bought is lost. `null` is as good
    /// as no member.
    fn member(&mut self, reader: &mut Reader<'a>, name: &str, known: &mut Known<'_>) -> Result<(), Fault> {
        match name {
            "user" => self.user = reader.some()?,
            "known_as_of" => self.known_as_of = reader.some()?,
            "restated" => self.restated = !reader.null()? && reader.boolean()?,
            "attributes" | "audiences" | "events" | "purchases" => {
                let is_null = reader.null()?;
                self.is_update |= !is_null;
                match name {
                    "attributes" => self.attributes = if is_null { None } else { Some(Fields::read(reader, known)?) },
                    "audiences" => self.audiences = if is_null { None } else { Some(reader.value()?) },
                    "events" if !is_null => items(reader, &mut self.events)?,
                    "purchases" if !is_null => items(reader, &mut self.purchases)?,
                    _ => {}
                }
            }
            _ => drop(reader.value()?),
        }
        Ok(())
    }

    /// Memberships.
    pub fn audiences(&self) -> Result<Audiences<'a>, String> {
        self.audiences.map_or_else(|| Ok(Audiences::default()), |json| parse_member("audiences", json.get()))
    }

    /// Whom it is about, where the body says so.
    pub fn user(&self) -> Result<Option<User<'a>>, String> {
        self.user.map(|user| parse_member("user", user.get())).transpose()
    }

    /// Whether Braze holds it already, by its own word.
    pub fn is_known(&self) -> Result<bool, String> {
        let Some(as_of) = self.known_as_of.map(Json::get) else { return Ok(false) };
        let time = as_of.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        match time.is_some_and(is_iso) {
            true => Ok(true),
            false => Err("/known_as_of: it is no RFC 3339 time".to_owned()),
        }
    }
}

fn items<'a>(reader: &mut Reader<'a>, items: &mut Vec<Json<'a>>) -> Result<(), Fault> {
    reader.elements("a list", |reader| {
        items.push(reader.value()?);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_done_is_lost() {
        let body = r#"{"events":[1],"purchases":null,"events":[2,3],"events":null,"restated":null,"attributes":{"a":1},"attributes":{"b":2}}"#;
        let settings = serde_json::from_str("{}").unwrap();
        let update = Update::of(body, &mut Known::new(&settings)).unwrap();
        assert_eq!(update.events.iter().map(|event| event.get()).collect::<Vec<_>>(), ["1", "2", "3"]);
        assert!(update.purchases.is_empty() && !update.restated);
        let names = update.attributes.unwrap().list;
        assert_eq!(names.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["b"]);
    }
}
