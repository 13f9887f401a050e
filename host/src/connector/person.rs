//! Whom is an event about?
//!
//! A built-in source reads any JSON object; all it has to know of it is its key. The rest is looked at only to see that it is
//! JSON, and stays the text that it was.

mod object;

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use schemars::JsonSchema;
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::component::validate::KEY_BYTES;

use object::Object;

/// RFC 3986's unreserved characters stay, so the colon between label and name is the only one.
const ALIAS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Which top-level field says whom an event is about. Without it, that is the first of `user.external_id`, `user.braze_id`,
/// `user.alias`, `user.email` and `user.phone`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Identifier {
    /// The field with the company's own id.
    ExternalId(String),
    /// The field with the `braze_id`.
    BrazeId(String),
    /// The field with the e-mail address.
    Email(String),
    /// The field with the phone number.
    Phone(String),
}

/// Why something is no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoEvent {
    /// It is no JSON.
    NotJson(String),
    /// It is JSON, but not an object about a person.
    NotAboutAnyone(String),
}

impl NoEvent {
    /// The reason, for a dead letter. It says nothing of the data itself.
    #[must_use]
    pub fn into_reason(self) -> String {
        match self {
            Self::NotJson(reason) | Self::NotAboutAnyone(reason) => reason,
        }
    }
}

/// The key of an event.
pub fn key(body: &[u8], identifier: Option<&Identifier>) -> Result<String, NoEvent> {
    let text = std::str::from_utf8(body)
        .map_err(|error| NoEvent::NotJson(format!("it is not UTF-8: at byte {} of it", error.valid_up_to())))?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let wanted = identifier.map_or("user", Identifier::field);
    let found = reader.deserialize_any(Object { wanted }).and_then(|found| reader.end().map(|()| found));
    let found = found.map_err(|error| {
        NoEvent::NotJson(format!("it is not JSON: at line {}, column {} of it", error.line(), error.column()))
    })?;
    let Some(member) = found else { return no_one("it is JSON, but not an object".to_owned()) };
    let key = match identifier {
        Some(identifier) => named(identifier, member),
        None => of_user(member),
    };
    match key {
        Ok(key) if key.len() > KEY_BYTES => no_one(format!("its identifier is longer than {KEY_BYTES} bytes")),
        Ok(key) => Ok(key),
        Err(reason) => no_one(reason),
    }
}

fn no_one(reason: String) -> Result<String, NoEvent> {
    Err(NoEvent::NotAboutAnyone(reason))
}

impl Identifier {
    fn field(&self) -> &str {
        match self {
            Self::ExternalId(field) | Self::BrazeId(field) | Self::Email(field) | Self::Phone(field) => field,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::ExternalId(_) => "external_id",
            Self::BrazeId(_) => "braze_id",
            Self::Email(_) => "email",
            Self::Phone(_) => "phone",
        }
    }
}

fn named(identifier: &Identifier, member: Option<&RawValue>) -> Result<String, String> {
    match member.map(plain).transpose() {
        Ok(Some(value)) if !value.is_empty() => Ok(format!("{}:{value}", identifier.kind())),
        Ok(_) => Err(format!("it has no `{}`, which `identifier` names", identifier.field())),
        Err(NotPlain) => {
            Err(format!("its `{}`, which `identifier` names, is neither text nor a number", identifier.field()))
        }
    }
}

#[derive(Default, Deserialize)]
struct User<'a> {
    #[serde(borrow)]
    external_id: Option<&'a RawValue>,
    #[serde(borrow)]
    braze_id: Option<&'a RawValue>,
    #[serde(borrow)]
    alias: Option<Alias<'a>>,
    #[serde(borrow)]
    email: Option<&'a RawValue>,
    #[serde(borrow)]
    phone: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Alias<'a> {
    #[serde(borrow)]
    label: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
}

impl Alias<'_> {
    fn is_whole(&self) -> bool {
        !self.label.is_empty() && !self.name.is_empty()
    }
}

fn of_user(member: Option<&RawValue>) -> Result<String, String> {
    let malformed =
        "its `user` is not what it should be: identifiers are text or numbers, `alias` has a `label` and a `name`";
    let user = member.map(|user| serde_json::from_str::<Option<User<'_>>>(user.get()));
    let user = user.transpose().map_err(|_| malformed.to_owned())?.flatten().unwrap_or_default();
    let first = [("external_id", user.external_id), ("braze_id", user.braze_id)];
    let last = [("email", user.email), ("phone", user.phone)];
    let of = |(kind, member): (&str, Option<&RawValue>)| match member.map(plain).transpose() {
        Ok(Some(value)) if !value.is_empty() => Some(Ok(format!("{kind}:{value}"))),
        Ok(_) => None,
        Err(NotPlain) => Some(Err(malformed.to_owned())),
    };
    let alias = user.alias.filter(Alias::is_whole).map(|Alias { label, name }| {
        Ok(format!("alias:{}:{}", utf8_percent_encode(&label, ALIAS), utf8_percent_encode(&name, ALIAS)))
    });
    let missing = "nobody can tell whom it is about: set `identifier: {external_id: <field>}`, or give it a `user` with an \
                   `external_id`, `braze_id`, `alias`, `email` or `phone`";
    first
        .into_iter()
        .find_map(of)
        .or(alias)
        .or_else(|| last.into_iter().find_map(of))
        .unwrap_or(Err(missing.to_owned()))
}

/// Neither text nor a number.
struct NotPlain;

/// Text or a number as text; nothing for `null`.
fn plain(value: &RawValue) -> Result<Cow<'_, str>, NotPlain> {
    /// Borrows where nothing is escaped.
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    match value.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str::<Text<'_>>(value.get()).map(|text| text.0).map_err(|_| NotPlain),
        Some(b'-' | b'0'..=b'9') => Ok(value.get().into()),
        Some(b'n') => Ok("".into()),
        _ => Err(NotPlain),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(body: &[u8], identifier: Option<&Identifier>) -> String {
        match key(body, identifier) {
            Ok(key) => key,
            Err(NoEvent::NotJson(reason)) => format!("no JSON: {reason}"),
            Err(NoEvent::NotAboutAnyone(reason)) => format!("nobody: {}", reason.split(':').next().unwrap()),
        }
    }

    #[test]
    fn the_key_of_a_person_update() {
        let table = [
            (r#"{"user":{"external_id":"u-1","email":"a@x"}}"#, "external_id:u-1"),
            (r#" {"a":[{"user":1}],"user":{"email":"a@x","phone":"1"},"b":"\ud83d\ude00"} "#, "email:a@x"),
            (r#"{"user":{"phone":"+1 2","x":{}}}"#, "phone:+1 2"),
            (r#"{"user":{"email":"a@x","alias":{"label":"a:b","name":"ü c"}}}"#, "alias:a%3Ab:%C3%BC%20c"),
            (r#"{"user":{"email":"a@x","alias":{"label":"","name":"n"}}}"#, "email:a@x"),
            (r#"{"user":{"external_id":null,"braze_id":"b-1"}}"#, "braze_id:b-1"),
            (r#"{"user":{"external_id":"","braze_id":7}}"#, "braze_id:7"),
            (r#"{"user":{"external_id":12345678901234567890123}}"#, "external_id:12345678901234567890123"),
            (r#"{"us\u0065r":{"external_id":"\u0061"}}"#, "external_id:a"),
            (r#"{"user":{}}"#, "nobody: nobody can tell whom it is about"),
            (r#"{"user":null}"#, "nobody: nobody can tell whom it is about"),
            (r#"{"external_id":"u-1"}"#, "nobody: nobody can tell whom it is about"),
            (r#"{"user":{"external_id":true}}"#, "nobody: its `user` is not what it should be"),
            (r#"{"user":"u-1"}"#, "nobody: its `user` is not what it should be"),
            (r#"{"user":{"alias":{"name":"n"}}}"#, "nobody: its `user` is not what it should be"),
            ("[]", "nobody: it is JSON, but not an object"),
            ("17", "nobody: it is JSON, but not an object"),
            ("-1.5", "nobody: it is JSON, but not an object"),
            ("null", "nobody: it is JSON, but not an object"),
            (r#""a""#, "nobody: it is JSON, but not an object"),
            ("", "no JSON: it is not JSON: at line 1, column 0 of it"),
            ("{", "no JSON: it is not JSON: at line 1, column 1 of it"),
            ("{} {}", "no JSON: it is not JSON: at line 1, column 4 of it"),
            ("{\n\"a\":nul}", "no JSON: it is not JSON: at line 2, column 8 of it"),
        ];
        for (body, expected) in table {
            assert_eq!(shown(body.as_bytes(), None), expected, "{body}");
        }
        assert_eq!(shown(b"{\"a\":\"\xff\"}", None), "no JSON: it is not UTF-8: at byte 6 of it");
        let long = format!(r#"{{"user":{{"external_id":"{}"}}}}"#, "u".repeat(KEY_BYTES));
        assert_eq!(shown(long.as_bytes(), None), "nobody: its identifier is longer than 1024 bytes");
        let deep = format!(r#"{{"user":{}"#, "[".repeat(100_000));
        assert!(shown(deep.as_bytes(), None).starts_with("no JSON"));
    }

    #[test]
    fn the_key_from_a_named_field() {
        let field = |field: &str| Identifier::ExternalId(field.to_owned());
        let table = [
            (r#"{"id":"u-1"}"#, "id", "external_id:u-1"),
            (r#"{"id":"a","id":-7.50}"#, "id", "external_id:-7.50"),
            (r#"{"id":{"id":1}}"#, "id", "nobody: its `id`, which `identifier` names, is neither text nor a number"),
            (r#"{"id":""}"#, "id", "nobody: it has no `id`, which `identifier` names"),
            (r#"{"user":{"external_id":"u-1"}}"#, "id", "nobody: it has no `id`, which `identifier` names"),
        ];
        for (body, name, expected) in table {
            assert_eq!(shown(body.as_bytes(), Some(&field(name))), expected, "{body}");
        }
    }
}
