//! What attributes does an update have?
//!
//! They are read once and in order; values stay the text that they are.

use std::borrow::Cow;

use brazeline_kit::json::{Fault, Member, Reader};

use crate::attribute::{Attribute, Known};
use crate::text::Text;

/// An attribute.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    /// Its name.
    pub name: Text<'a>,
    /// What its name says.
    pub about: Attribute,
    /// Its value, as JSON.
    pub value: Cow<'a, str>,
}

/// Attributes, in order.
#[derive(Debug, Default)]
pub struct Fields<'a> {
    /// Each.
    pub list: Vec<Field<'a>>,
    /// The same as they stood in an update, side by side; none if they stand nowhere so.
    pub text: Option<&'a str>,
}

impl<'a> Fields<'a> {
    /// Reads them.
    pub fn read(reader: &mut Reader<'a>, known: &mut Known<'_>) -> Result<Self, Fault> {
        let mut list = Vec::with_capacity(24);
        let (names, learn) = known.parts();
        let (object, ()) = reader.text_of(|reader| {
            reader.known_members("an object", names, learn, |reader, Member { name, about, .. }| {
                list.push(Field { name: name.into(), about: *about, value: Cow::Borrowed(reader.value()?.get()) });
                Ok(())
            })
        })?;
        let text = object.get().strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        Ok(Self { list, text })
    }

    /// Without those for which `stays` says no.
    pub fn retain(&mut self, stays: impl FnMut(&Field<'a>) -> bool) {
        let before = self.list.len();
        self.list.retain(stays);
        if self.list.len() < before {
            self.text = None;
        }
    }
}
