//! Members of an object, each value as the text it came in.

use std::borrow::Cow;

use brazeline_kit::json::{Fault, Json, Reader};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Members, in order.
#[derive(Debug, Clone, Default)]
pub struct Fields<'a>(pub Vec<Field<'a>>);

/// A member.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// Its value.
    pub value: Json<'a>,
}

impl<'a> Fields<'a> {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads them in place of those that are there. `null` is as good as no member.
    pub(super) fn fill(&mut self, reader: &mut Reader<'a>) -> Result<(), Fault> {
        self.0.clear();
        if reader.null()? {
            return Ok(());
        }
        reader.members("an object", |reader, name| self.read(reader, name))
    }

    /// Reads the value of one more.
    pub(super) fn read(&mut self, reader: &mut Reader<'a>, name: Cow<'a, str>) -> Result<(), Fault> {
        self.0.push(Field { name, value: reader.value()? });
        Ok(())
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for field in &self.0 {
            map.serialize_entry(&field.name, &field.value)?;
        }
        map.end()
    }
}
