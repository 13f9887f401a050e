//! A JSON object a line.

use std::borrow::Cow;
use std::str::from_utf8;

use brazeline_kit::event::{Members, NoEvent, parse};
use serde_json::value::RawValue;

use super::File;
use super::cell::items;
use super::row::Row;
use crate::profile::{attributes, names, text};
use crate::whom::of_profile;

/// What a line says; nothing if it is blank.
pub fn read<'a>(line: &'a [u8], file: &'a File) -> Result<Option<Row<'a>>, NoEvent> {
    let text = from_utf8(line).map_err(|error| {
        NoEvent::unreadable(format!("it is not UTF-8 from byte {} of the row", error.valid_up_to()))
    })?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    let profile: Members<'a> = parse(text).map_err(NoEvent::unreadable)?;
    let identifier = of_profile(&file.source, &profile)?;
    let audiences = match &file.column {
        Some(column) => {
            Some(list(&profile, column, &file.joiner).map_err(|why| NoEvent::about(identifier.key(), why))?)
        }
        None => None,
    };
    Ok(Some(Row { identifier, audiences, attributes: attributes(&file.fields, &profile) }))
}

/// The audiences of a person: a list, or its items joined. A field that is not there says nothing, so it is not taken for an empty list: its
/// name in the settings may be mistyped.
fn list<'a>(profile: &Members<'a>, column: &str, joiner: &str) -> Result<Vec<Cow<'a, str>>, String> {
    let value: &'a RawValue = profile.get(column).ok_or_else(|| format!("it has no `{column}`"))?;
    if value.get() == "null" {
        return Ok(Vec::new());
    }
    let joined = || Some(items(&text(value)?, joiner).map(|item| Cow::Owned(item.into_owned())).collect());
    names(value).or_else(joined).ok_or_else(|| format!("its `{column}` is neither a list of names nor a text"))
}
