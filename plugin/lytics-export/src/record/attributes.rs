//! The record of a person's attributes: their values as they came, and the identifiers that are not among them.

use std::borrow::Cow;
use std::ops::Range;

use brazeline_kit::json::{Fault, Json, Member, Object, Reader, written_name};

use super::{fitted, nobody};
use crate::identity::{Identity, check_value, is_identifier};
use crate::settings::Settings;
use crate::update::Known;

/// The attributes of an update.
#[derive(Debug)]
pub struct Attributes<'a>(Vec<Attribute<'a>>);

#[derive(Debug)]
struct Attribute<'a> {
    name: Cow<'a, str>,
    value: Json<'a>,
    /// Where it stands in the event.
    place: Range<usize>,
    is_identifier: bool,
}

impl<'a> Attributes<'a> {
    /// Reads them.
    pub fn read(reader: &mut Reader<'a>, known: &mut Known, settings: &Settings) -> Result<Self, Fault> {
        let mut attributes = Vec::with_capacity(24);
        let learn = |name: &str| is_identifier(name, &settings.identifier_fields);
        reader.known_members("an object", known, learn, |reader, Member { name, start, about }| {
            let value = reader.value()?;
            attributes.push(Attribute { name, value, place: start..reader.at(), is_identifier: *about });
            Ok(())
        })?;
        Ok(Self(attributes))
    }

    /// Their record; none if there is nothing to say.
    pub fn record(&self, event: &str, identity: &Identity<'_>, settings: &Settings) -> Result<Option<Vec<u8>>, String> {
        let mut record = Vec::with_capacity(event.len() + 128);
        let mut object = Object::begin(event, &mut record);
        let (mut known, mut said) = (Vec::new(), false);
        for Attribute { name, value, place, is_identifier } in &self.0 {
            let Some(fitted) = fitted(name, value.get(), settings)? else {
                object.skip();
                continue;
            };
            if *is_identifier {
                // An unset identifier would make it a record about nobody.
                if matches!(value.get(), "null" | r#""""#) {
                    object.skip();
                    continue;
                }
                check_value(name, value.get(), settings)?;
                known.push(name.as_ref());
            }
            match fitted {
                Cow::Borrowed(_) => object.stay(place),
                Cow::Owned(json) => object.member(&written_name(name), &json),
            }
            said = true;
        }
        if !said {
            return Ok(None);
        }
        if known.is_empty() && identity.is_empty() {
            return Err(nobody());
        }
        for (field, value) in identity.iter().filter(|(field, _)| !known.contains(field)) {
            object.member(&written_name(field), value);
        }
        object.end();
        Ok(Some(record))
    }
}
