//! Memberships. There is one spelling for all of them, so that nobody has to guess whether a missing name means "left" or "not asked".

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::MapAccess;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::members::{self, Members, Other};
use super::text::{all, maybe};

/// *Of* these audiences the person is *in* those, as of then.
///
/// Entering is `{"in":["vip"],"of":["vip"]}`, leaving `{"in":[],"of":["vip"]}`; a full membership names every audience of its scope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Audiences<'a> {
    /// The person is in these.
    #[serde(rename = "in")]
    pub members_in: Vec<Cow<'a, str>>,
    /// Of these.
    pub of: Vec<Cow<'a, str>>,
    /// As of then, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Cow<'a, str>>,
    /// Those of `of` for which the person has no room in an array of names: a sink writes each of them as an attribute of its own. Written
    /// by `diff-profiles`, which counts them, never by a source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub beyond: Vec<Cow<'a, str>>,
    /// What this version does not know, untouched.
    #[serde(flatten)]
    pub other: Other<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Audiences<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        members::read::<Audiences<'de>, D>(deserializer)
    }
}

impl<'de> Members<'de> for Audiences<'de> {
    const WHAT: &'static str = "memberships, `in` and `of`";
    /// Without one of them nobody knows whether a name was left out by intent.
    const REQUIRED: &'static [&'static str] = &["in", "of"];

    fn read<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "in" => self.members_in = all(map.next_value()?),
            "of" => self.of = all(map.next_value()?),
            "beyond" => self.beyond = all(map.next_value()?),
            "as_of" => self.as_of = maybe(map.next_value()?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn other(&mut self) -> &mut BTreeMap<Cow<'de, str>, &'de RawValue> {
        &mut self.other.0
    }
}
