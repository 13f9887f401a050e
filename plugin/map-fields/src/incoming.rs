//! Is what came in a person update?
//!
//! It is read once: its members, and those of the two that make a person update of it. What becomes of a field is asked once for all events
//! that have it.

use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

use brazeline_kit::json::{Fault, Json, Member, Names, Reader};
use brazeline_kit::person::Kind;

use crate::rules::{Fate, Rules};

/// A member of an object.
#[derive(Debug)]
pub struct Field<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// Its value.
    pub value: Json<'a>,
    /// Where it stands in the event, from the name to the end of the value.
    pub place: Range<usize>,
    /// What becomes of it.
    pub fate: Rc<Fate>,
}

/// The names that events have, and what becomes of each.
#[derive(Debug, Default)]
pub struct Known {
    members: Names<Rc<Fate>>,
    attributes: Names<Rc<Fate>>,
}

/// What came in.
#[derive(Debug, Default)]
pub struct Incoming<'a> {
    /// Its members.
    pub members: Vec<Field<'a>>,
    /// Those of its `attributes`, if that is an object.
    pub attributes: Option<Vec<Field<'a>>>,
    /// Its `user` names somebody, so it is a person update.
    pub is_update: bool,
}

impl<'a> Incoming<'a> {
    /// Reads it.
    pub fn read(reader: &mut Reader<'a>, rules: &Rules, known: &mut Known) -> Result<Self, Fault> {
        let mut incoming = Self::default();
        let Known { members, attributes } = known;
        incoming.members = fields(reader, rules, members, |reader, name, before| {
            // Of a name that stands there twice, the first counts.
            match name {
                "user" if find(before, name).is_none() => {
                    let (user, names_somebody) = reader.attempt(names_somebody)?;
                    incoming.is_update = names_somebody.unwrap_or_default();
                    Ok(user)
                }
                "attributes" if find(before, name).is_none() => {
                    let read =
                        |reader: &mut Reader<'a>| fields(reader, rules, attributes, |reader, _, _| reader.value());
                    let (text, attributes) = reader.attempt(read)?;
                    incoming.attributes = attributes;
                    Ok(text)
                }
                _ => reader.value(),
            }
        })?;
        Ok(incoming)
    }

    /// The text of its `attributes`, if there are any.
    pub fn attributes_text(&self) -> Option<Json<'a>> {
        find(&self.members, "attributes").filter(|attributes| attributes.get() != "null")
    }
}

/// The value of the first field of this name.
pub fn find<'a>(fields: &[Field<'a>], name: &str) -> Option<Json<'a>> {
    fields.iter().find(|field| field.name == name).map(|field| field.value)
}

/// Reads the fields of an object; `read` is told the name of each and what stands before it, and reads its value.
fn fields<'a>(
    reader: &mut Reader<'a>,
    rules: &Rules,
    names: &mut Names<Rc<Fate>>,
    mut read: impl FnMut(&mut Reader<'a>, &str, &[Field<'a>]) -> Result<Json<'a>, Fault>,
) -> Result<Vec<Field<'a>>, Fault> {
    // Most objects have fewer, and growing from nothing copies them four times.
    let mut fields = Vec::with_capacity(24);
    let learn = |name: &str| Rc::clone(rules.fate(name));
    reader.known_members("an object", names, learn, |reader, Member { name, start, about }| {
        let value = read(reader, &name, &fields)?;
        fields.push(Field { name, value, place: start..reader.at(), fate: Rc::clone(about) });
        Ok(())
    })?;
    Ok(fields)
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
