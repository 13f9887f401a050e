//! Objects of which some members are known and the others pass untouched.
//!
//! serde's `flatten` would do it for owned values. It reads into a buffer first, and what comes out of a buffer is no longer the text
//! that came in.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserializer, Serialize};
use serde_json::value::RawValue;

use super::text::Text;

/// Members that this version does not know, as the text they came in.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct Other<'a>(pub BTreeMap<Cow<'a, str>, &'a RawValue>);

impl PartialEq for Other<'_> {
    fn eq(&self, other: &Self) -> bool {
        let text = |(name, value): (&Cow<'_, str>, &&RawValue)| (name.clone().into_owned(), value.get().to_owned());
        self.0.iter().map(text).eq(other.0.iter().map(text))
    }
}

impl Eq for Other<'_> {}

/// An object with known members.
pub(super) trait Members<'de>: Default {
    /// What it is, for messages.
    const WHAT: &'static str;

    /// Members that must be there.
    const REQUIRED: &'static [&'static str] = &[];

    /// Reads the value of a member, or answers that it is not known.
    fn read<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error>;

    /// Where the others go.
    fn other(&mut self) -> &mut BTreeMap<Cow<'de, str>, &'de RawValue>;
}

/// Reads an object, going through it once.
pub(super) fn read<'de, T: Members<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(Reader(PhantomData))
}

struct Reader<T>(PhantomData<T>);

impl<'de, T: Members<'de>> Visitor<'de> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::WHAT)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut object = T::default();
        let mut missing = T::REQUIRED.to_vec();
        while let Some(Text(name)) = map.next_key()? {
            missing.retain(|required| *required != name);
            if !object.read(&name, &mut map)? {
                let value = map.next_value()?;
                object.other().insert(name, value);
            }
        }
        missing.first().map_or(Ok(object), |name| Err(Error::missing_field(name)))
    }
}

/// Refuses what is not an object. A `RawValue` has no white space around it.
pub(super) fn object<'a, E: Error>(value: &'a RawValue, what: &str) -> Result<&'a RawValue, E> {
    if value.get().starts_with('{') { Ok(value) } else { Err(E::custom(format_args!("{what} must be an object"))) }
}
