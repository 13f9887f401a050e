//! By which fields does Lytics know whom a record is about?

use std::borrow::Cow;

use brazeline_kit::person::User;
use serde_json::Value;

use crate::settings::{IdentifierFields, Settings};

/// A person's identifiers: the field that holds each, and its value as JSON.
#[derive(Debug, PartialEq, Eq)]
pub struct Identity<'a>(Vec<(&'a str, String)>);

impl<'a> Identity<'a> {
    /// The identifiers of a user that have a field.
    pub fn new(user: &User<'_>, settings: &'a Settings) -> Result<Self, String> {
        let fields = &settings.identifier_fields;
        let alias = user.alias.as_ref().map(|alias| &alias.name);
        let pairs = [
            (&fields.external_id, user.external_id.as_ref()),
            (&fields.braze_id, user.braze_id.as_ref()),
            (&fields.email, user.email.as_ref()),
            (&fields.phone, user.phone.as_ref()),
            (&fields.alias, alias),
        ];
        let mut identity = Vec::new();
        for (field, value) in pairs {
            let (Some(field), Some(value)) = (field, value.filter(|value| !value.is_empty())) else { continue };
            check(field, value, settings)?;
            identity.push((field.as_str(), Value::from(value.as_ref()).to_string()));
        }
        Ok(Self(identity))
    }

    /// The fields and their values.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &str)> {
        self.0.iter().map(|(field, value)| (*field, value.as_str()))
    }

    /// Whether nobody is known by it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether a field is one that holds an identifier.
#[must_use]
pub fn is_identifier(field: &str, fields: &IdentifierFields) -> bool {
    let IdentifierFields { external_id, braze_id, email, phone, alias } = fields;
    [external_id, braze_id, email, phone, alias].into_iter().flatten().any(|known| known == field)
}

/// Checks an identifier that stands among the attributes.
pub fn check_value(field: &str, json: &str, settings: &Settings) -> Result<(), String> {
    match serde_json::from_str::<Cow<'_, str>>(json) {
        Ok(value) => check(field, &value, settings),
        Err(_) => Ok(()),
    }
}

fn check(field: &str, value: &str, settings: &Settings) -> Result<(), String> {
    match (value.len(), settings.limits.identifier_bytes) {
        (bytes, most) if bytes > most => {
            Err(format!("its `{field}` has {bytes} bytes; Lytics takes an identifier of {most}"))
        }
        _ => Ok(()),
    }
}
