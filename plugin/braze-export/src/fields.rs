//! What members does an object have?
//!
//! They are read once and in order; values stay the text that they are.

use std::borrow::Cow;

use brazeline_kit::json::{Fault, Reader};

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

impl<'a> Fields<'a> {
    /// Reads them.
    pub fn read(reader: &mut Reader<'a>) -> Result<Self, Fault> {
        let mut fields = Vec::with_capacity(24);
        reader.members("an object", |reader, name| {
            fields.push(Field { name: name.into(), value: Cow::Borrowed(reader.value()?.get()) });
            Ok(())
        })?;
        Ok(Self(fields))
    }
}
