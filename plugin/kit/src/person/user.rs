//! Who a person is.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::MapAccess;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::members::{self, Members, Other};
use super::text::maybe;
use super::{Identifier, Kind};

/// Who a person is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct User<'a> {
    /// The company's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<Cow<'a, str>>,
    /// Braze's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub braze_id: Option<Cow<'a, str>>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Cow<'a, str>>,
    /// Phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Cow<'a, str>>,
    /// A name under a label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<Alias<'a>>,
    /// What this version does not know, untouched.
    #[serde(flatten)]
    pub other: Other<'a>,
}

/// A name under a label.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Alias<'a> {
    /// The name.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// The label.
    #[serde(borrow)]
    pub label: Cow<'a, str>,
}

impl User<'_> {
    /// The first identifier that is there, in the order of [`Kind::ALL`]. An empty one is none: it would make one person of many.
    #[must_use]
    pub fn identifier(&self) -> Option<Identifier<'_>> {
        Kind::ALL.into_iter().find_map(|kind| self.get(kind))
    }

    /// The identifier of a kind, if it is there and not empty.
    #[must_use]
    pub fn get(&self, kind: Kind) -> Option<Identifier<'_>> {
        let value = match kind {
            Kind::ExternalId => &self.external_id,
            Kind::BrazeId => &self.braze_id,
            Kind::Email => &self.email,
            Kind::Phone => &self.phone,
            Kind::Alias => return self.alias.as_ref().and_then(|alias| Identifier::alias(&*alias.label, &*alias.name)),
        };
        Identifier::new(kind, value.as_deref()?)
    }
}

impl<'a> From<Identifier<'a>> for User<'a> {
    fn from(identifier: Identifier<'a>) -> Self {
        let mut user = Self::default();
        match identifier {
            Identifier::ExternalId(value) => user.external_id = Some(value),
            Identifier::BrazeId(value) => user.braze_id = Some(value),
            Identifier::Alias(alias) => user.alias = Some(alias),
            Identifier::Email(value) => user.email = Some(value),
            Identifier::Phone(value) => user.phone = Some(value),
        }
        user
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for User<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        members::read::<User<'de>, D>(deserializer)
    }
}

impl<'de> Members<'de> for User<'de> {
    const WHAT: &'static str = "a user's identifiers";

    fn read<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "external_id" => self.external_id = maybe(map.next_value()?),
            "braze_id" => self.braze_id = maybe(map.next_value()?),
            "email" => self.email = maybe(map.next_value()?),
            "phone" => self.phone = maybe(map.next_value()?),
            "alias" => self.alias = map.next_value()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn other(&mut self) -> &mut BTreeMap<Cow<'de, str>, &'de RawValue> {
        &mut self.other.0
    }
}
