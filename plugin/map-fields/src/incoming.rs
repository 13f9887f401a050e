//! Is what came in a person update?
//!
//! It is read once: its members, and those of the two that make a person update of it.

use brazeline_kit::json::{Fault, Json, Members, Reader};
use brazeline_kit::person::Kind;

/// What came in.
#[derive(Debug, Default)]
pub struct Incoming<'a> {
    /// Its members.
    pub members: Members<'a>,
    /// Those of its `attributes`, if that is an object.
    pub attributes: Option<Members<'a>>,
    /// Its `user` names somebody, so it is a person update.
    pub is_update: bool,
}

impl<'a> Incoming<'a> {
    /// Reads it.
    pub fn read(reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let (mut incoming, mut members) = (Self::default(), Members::default());
        members.0.reserve(24);
        reader.members("an object", |reader, name| {
            // Of a name that stands there twice, the first counts.
            let value = match &*name {
                "user" if members.get("user").is_none() => {
                    let (user, names_somebody) = reader.attempt(names_somebody)?;
                    incoming.is_update = names_somebody.unwrap_or_default();
                    user
                }
                "attributes" if members.get("attributes").is_none() => {
                    let (text, attributes) = reader.attempt(Members::read)?;
                    incoming.attributes = attributes;
                    text
                }
                _ => reader.value()?,
            };
            members.0.push((name, value));
            Ok(())
        })?;
        incoming.members = members;
        Ok(incoming)
    }

    /// The text of its `attributes`, if there are any.
    pub fn attributes_text(&self) -> Option<Json<'a>> {
        self.members.get("attributes").filter(|attributes| attributes.get() != "null")
    }
}

/// Whether a member `user` is that of a person update.
fn names_somebody(reader: &mut Reader<'_>) -> Result<bool, Fault> {
    let mut is_named = false;
    reader.members("an object", |reader, name| {
        let is_kind = Kind::ALL.iter().any(|kind| kind.name() == name);
        is_named |= reader.some()?.is_some() && is_kind;
        Ok(())
    })?;
    Ok(is_named)
}
