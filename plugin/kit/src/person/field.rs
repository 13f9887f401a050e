//! Whom is an object about?
//!
//! One kind of identifier, and one field that holds it. Several in order of preference would put one person under two keys.

use std::borrow::Cow;

use super::{Identifier, Kind};
use crate::Problem;
use schemars::JsonSchema;
use serde::Deserialize;

/// One kind of identifier, and the field that holds it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub struct IdentifierField {
    /// The field with the company's own id.
    #[serde(default)]
    pub external_id: Option<String>,
    /// The field with Braze's id.
    #[serde(default)]
    pub braze_id: Option<String>,
    /// The field with the e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// The field with the phone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// A label, and the field with the name under it.
    #[serde(default)]
    pub alias: Option<AliasField>,
}

/// A user alias: `{ label: customer_no, field: number }`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AliasField {
    /// The label: the same text for everybody.
    pub label: String,
    /// The field with the name.
    pub field: String,
}

/// [`IdentifierField`], known to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    kind: Kind,
    label: String,
    /// The field that holds it.
    pub field: String,
}

impl Source {
    /// Reads the setting `identifier`.
    pub fn new(setting: IdentifierField) -> Result<Self, Problem> {
        let IdentifierField { external_id, braze_id, email, phone, alias } = setting;
        let (label, name) = alias.map_or((String::new(), None), |alias| (alias.label, Some(alias.field)));
        let fields = [
            (Kind::ExternalId, external_id),
            (Kind::BrazeId, braze_id),
            (Kind::Email, email),
            (Kind::Phone, phone),
            (Kind::Alias, name),
        ];
        let mut named = fields.into_iter().filter_map(|(kind, field)| Some((kind, field?)));
        match (named.next(), named.next()) {
            (Some((kind, field)), None) => Ok(Self { kind, label, field }),
            _ => Err(Problem::at("/identifier", "name exactly one of external_id, braze_id, email, phone and alias")),
        }
    }

    /// The identifier that the field's value is, which is JSON. None if that identifies nobody.
    #[must_use]
    pub fn identifier<'a>(&'a self, json: &'a str) -> Option<Identifier<'a>> {
        self.named(text(json)?)
    }

    /// The identifier that a text is: a cell of a table, say. None if it is empty.
    #[must_use]
    pub fn named<'a>(&'a self, value: impl Into<Cow<'a, str>>) -> Option<Identifier<'a>> {
        match self.kind {
            Kind::Alias => Identifier::alias(&*self.label, value),
            kind => Identifier::new(kind, value),
        }
    }
}

/// The text of an identifier: a string, or a whole number. Nothing else identifies anybody.
fn text(json: &str) -> Option<Cow<'_, str>> {
    if json.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Cow::Borrowed(json));
    }
    serde_json::from_str(json).ok().map(|Text(text)| text)
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn source(json: &str) -> Result<Source, Problem> {
        Source::new(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn what_identifies_somebody() {
        let table = [
            (r#""u-1""#, Some("external_id:u-1")),
            (r#""\u00fc""#, Some("external_id:ü")),
            ("12345678901234567890123", Some("external_id:12345678901234567890123")),
            (r#""""#, None),
            ("1.5", None),
            ("-1", None),
            ("null", None),
            ("true", None),
            (r#"["u-1"]"#, None),
            (r#"{"id":1}"#, None),
        ];
        let source = source(r#"{"external_id":"id"}"#).unwrap();
        for (json, expected) in table {
            assert_eq!(source.identifier(json).map(|found| found.key()).as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn exactly_one_kind_is_named() {
        let table = [
            (r#"{"external_id":"f"}"#, Some("external_id:7")),
            (r#"{"braze_id":"f"}"#, Some("braze_id:7")),
            (r#"{"email":"f"}"#, Some("email:7")),
            (r#"{"phone":"f"}"#, Some("phone:7")),
            (r#"{"alias":{"label":"a:b","field":"f"}}"#, Some("alias:a%3Ab:7")),
            (r#"{}"#, None),
            (r#"{"email":"f","phone":"f"}"#, None),
        ];
        for (json, expected) in table {
            let key = source(json).ok().and_then(|source| {
                assert_eq!(source.field, "f", "{json}");
                source.identifier("7").map(|found| found.key())
            });
            assert_eq!(key.as_deref(), expected, "{json}");
        }
    }
}
