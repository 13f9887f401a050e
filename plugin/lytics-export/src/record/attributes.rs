//! The record of a person's attributes: their values as they came, and the identifiers that are not among them.

use serde_json::value::RawValue;

use super::{Object, fitted, nobody};
use crate::identity::{Identity, check_value, is_identifier};
use crate::settings::Settings;
use brazeline_kit::event::Members;

/// None if there is nothing to say.
pub fn record(attributes: &RawValue, identity: &Identity<'_>, settings: &Settings) -> Result<Option<String>, String> {
    let json = attributes.get();
    let members: Members<'_> = brazeline_kit::event::parse(json)?;
    let mut record = Object::with_capacity(json.len() + 128);
    let (mut known, mut said) = (Vec::new(), false);
    for (name, value) in &members.0 {
        let Some(fitted) = fitted(name, value.get(), settings)? else { continue };
        if is_identifier(name, &settings.identifier_fields) {
            // An unset identifier would make it a record about nobody.
            if matches!(value.get(), "null" | r#""""#) {
                continue;
            }
            check_value(name, value, settings)?;
            known.push(name.as_ref());
        }
        record.member(name, &fitted);
        said = true;
    }
    if !said {
        return Ok(None);
    }
    if known.is_empty() && identity.is_empty() {
        return Err(nobody());
    }
    for (field, value) in identity.iter().filter(|(field, _)| !known.contains(field)) {
        record.member(field, value);
    }
    Ok(Some(record.end()))
}
