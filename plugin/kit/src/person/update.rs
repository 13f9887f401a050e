//! The update itself.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::MapAccess;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::members::{self, Members, object};
use super::text::Text;
use super::{Audiences, User};

/// What an event's body says about one person.
#[derive(Debug, Default, Serialize)]
pub struct PersonUpdate<'a> {
    /// Who it is.
    pub user: User<'a>,
    /// Profile attributes, an object; `null` unsets one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<&'a RawValue>,
    /// Memberships.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audiences: Option<Audiences<'a>>,
    /// Things the person did, an object each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<&'a RawValue>,
    /// Things the person bought, an object each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub purchases: Vec<&'a RawValue>,
    /// Only said again: no transition happened.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub restated: bool,
    /// The system that is written to holds this already, as of then (RFC 3339): it said so itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_as_of: Option<Cow<'a, str>>,
    /// What this version does not know, untouched.
    #[serde(flatten)]
    pub other: BTreeMap<Cow<'a, str>, &'a RawValue>,
}

impl<'de: 'a, 'a> Deserialize<'de> for PersonUpdate<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        members::read::<PersonUpdate<'de>, D>(deserializer)
    }
}

impl<'de> Members<'de> for PersonUpdate<'de> {
    const WHAT: &'static str = "a person update";

    fn read<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "user" => self.user = map.next_value()?,
            "attributes" => self.attributes = Some(object(map.next_value()?, "`attributes`")?),
            "audiences" => self.audiences = Some(map.next_value()?),
            "events" => self.events = objects(map, "each of `events`")?,
            "purchases" => self.purchases = objects(map, "each of `purchases`")?,
            "restated" => self.restated = map.next_value()?,
            "known_as_of" => self.known_as_of = map.next_value::<Option<Text<'de>>>()?.map(|Text(text)| text),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn other(&mut self) -> &mut BTreeMap<Cow<'de, str>, &'de RawValue> {
        &mut self.other
    }
}

fn objects<'de, A: MapAccess<'de>>(map: &mut A, what: &str) -> Result<Vec<&'de RawValue>, A::Error> {
    let values: Vec<&'de RawValue> = map.next_value()?;
    values.iter().try_for_each(|value| object(value, what).map(|_| ()))?;
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::PersonUpdate;

    fn check(body: &str, again: &str) {
        let update: PersonUpdate<'_> = serde_json::from_str(body).unwrap();
        assert_eq!(serde_json::to_string(&update).unwrap(), again);
    }

    #[test]
    fn what_nobody_touches_passes_byte_for_byte() {
        let same = [
            r#"{"user":{"external_id":"u-1"}}"#,
            r#"{"user":{"external_id":"u-1"},"attributes":{"n":1.50e+3, "s":"\u00e4" ,"plan":null}}"#,
            r#"{"user":{},"audiences":{"in":["vip"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}"#,
            r#"{"user":{},"events":[{"name":"opened", "properties":{ }}],"purchases":[{"price":9.50}]}"#,
            r#"{"user":{},"restated":true}"#,
            r#"{"user":{},"known_as_of":"2026-11-23T09:00:00Z"}"#,
            r#"{"user":{"email":"a@x","cookie":[1.0, 2]},"audiences":{"in":[],"of":["vip"],"why":{ }},"aaa":12345678901234567890123,"zzz":"\/"}"#,
        ];
        same.iter().for_each(|body| check(body, body));
    }

    #[test]
    fn what_says_nothing_is_left_out() {
        check(r#"{}"#, r#"{"user":{}}"#);
        check(
            r#" { "events" : [] , "user" : { "external_id" : "\u0075-1", "email":null } , "restated": false } "#,
            r#"{"user":{"external_id":"u-1"}}"#,
        );
    }

    #[test]
    fn text_is_borrowed() {
        let body = r#"{"user":{"external_id":"u-1","alias":{"name":"n","label":"l"}},"audiences":{"in":["vip"],"of":["vip"]},"x":1}"#;
        let update: PersonUpdate<'_> = serde_json::from_str(body).unwrap();
        let inside = |text: &str| body.as_bytes().as_ptr_range().contains(&text.as_ptr());
        assert!(inside(update.user.external_id.as_deref().unwrap()));
        assert!(inside(&update.user.alias.as_ref().unwrap().label));
        assert!(inside(&update.audiences.as_ref().unwrap().members_in[0]));
        assert!(inside(update.other.keys().next().unwrap()));
    }
}
