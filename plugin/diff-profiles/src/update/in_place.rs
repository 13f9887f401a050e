//! Reading into what is there already, so that its memory is used again.

use std::borrow::Cow;

use serde::de::DeserializeSeed;
use serde::{Deserialize, Deserializer};

/// Something that can be read again and again.
pub(super) trait Fill<'de> {
    /// Replaces what it holds.
    fn fill<D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error>;
}

/// As serde wants it.
pub(super) struct InPlace<'s, T>(pub &'s mut T);

impl<'de, T: Fill<'de>> DeserializeSeed<'de> for InPlace<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.fill(deserializer)
    }
}

/// Text that is borrowed where it can be: serde borrows a `Cow` only as a field.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Name<'a>(#[serde(borrow)] pub Cow<'a, str>);
