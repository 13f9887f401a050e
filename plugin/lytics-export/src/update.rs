//! What does an event say about a person?
//!
//! Only what Lytics can be told is read; whatever else a person update holds is not looked at.

use brazeline_kit::event::parse_member;
use brazeline_kit::json::{Fault, Json, Names, Reader};
use brazeline_kit::person::User;

use crate::record::attributes::Attributes;
use crate::settings::Settings;

/// The members of a person update that Lytics can be told.
#[derive(Debug, Default)]
pub struct Update<'a> {
    user: Option<Json<'a>>,
    /// What the person is.
    pub attributes: Option<Attributes<'a>>,
    /// What the person did, an object each.
    pub events: Vec<Json<'a>>,
    /// What the person bought, an object each.
    pub purchases: Vec<Json<'a>>,
}

/// What is known about the attributes of a batch, by their names.
pub type Known = Names<bool>;

impl<'a> Update<'a> {
    /// Reads it. Of a name that stands there twice, the last value counts, but nothing that was done or bought is lost. `null` is as good as no
    /// member.
    pub fn read(reader: &mut Reader<'a>, known: &mut Known, settings: &Settings) -> Result<Self, Fault> {
        let mut update = Self::default();
        reader.members("a person update", |reader, name| {
            match &*name {
                "user" => update.user = reader.some()?,
                "attributes" | "events" | "purchases" if reader.null()? => {}
                "attributes" => update.attributes = Some(Attributes::read(reader, known, settings)?),
                "events" => objects(reader, &mut update.events)?,
                "purchases" => objects(reader, &mut update.purchases)?,
                _ => drop(reader.value()?),
            }
            Ok(())
        })?;
        Ok(update)
    }

    /// Whom it is about.
    pub fn user(&self) -> Result<User<'a>, String> {
        self.user.map_or_else(|| Ok(User::default()), |user| parse_member("user", user.get()))
    }
}

fn objects<'a>(reader: &mut Reader<'a>, objects: &mut Vec<Json<'a>>) -> Result<(), Fault> {
    reader.elements("a list", |reader| {
        objects.push(reader.object()?);
        Ok(())
    })
}
