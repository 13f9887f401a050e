//! What is read of a profile, and how, wherever it comes from?

use std::borrow::Cow;
use std::collections::BTreeMap;

use brazeline_kit::event::Members;
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};

/// The value, if it is of that type.
pub fn read<'a, T: Deserialize<'a>>(value: &'a RawValue) -> Option<T> {
    serde_json::from_str(value.get()).ok()
}

/// A text.
#[must_use]
pub fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    read::<Text<'_>>(value).map(|Text(text)| text)
}

/// A list of names.
#[must_use]
pub fn names(value: &RawValue) -> Option<Vec<Cow<'_, str>>> {
    Some(read::<Vec<Text<'_>>>(value)?.into_iter().map(|Text(name)| name).collect())
}

/// The chosen fields, where the profile has them, as they are.
#[must_use]
pub fn attributes(fields: &[String], profile: &Members<'_>) -> Option<Box<RawValue>> {
    let fields = fields.iter().filter_map(|field| Some((field, profile.get(field)?)));
    let attributes: BTreeMap<_, _> = fields.collect();
    if attributes.is_empty() { None } else { to_raw_value(&attributes).ok() }
}

/// A moment as RFC 3339. None if it is later than that can say.
#[must_use]
pub fn moment(ms: u64) -> Option<String> {
    let moment = jiff::Timestamp::from_millisecond(i64::try_from(ms).ok()?).ok()?;
    Some(moment.to_string())
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
