//! Will Braze keep this value as it is?
//!
//! Of some values it says that it refuses them; others it drops or turns into null without a word. Both are found here, before a person's
//! data is lost, and said by the attribute's name and the rule, never by the value. `null` unsets, and is always taken.

pub mod code;
mod custom;
pub mod properties;
pub mod reserved;

use std::borrow::Cow;

use brazeline_kit::json::is_plain;
use serde_json::Value;

use crate::limits;

pub use reserved::{Check, is_reserved};

/// What is wrong, and what Braze takes instead.
pub type Rule = Cow<'static, str>;

/// Looks at an attribute; `check` is what Braze takes for it, if it is a field of Braze's own.
pub fn check(name: &str, check: Option<Check>, json: &str) -> Result<(), Rule> {
    match check {
        _ if json == "null" => Ok(()),
        Some(check) => check(json).map_err(Cow::Borrowed),
        None => custom::check(name, json),
    }
}

/// What a JSON string says. None if it is something else.
#[must_use]
pub fn text(json: &str) -> Option<Cow<'_, str>> {
    let inside = json.strip_prefix('"')?.strip_suffix('"')?;
    if is_plain(inside) { Some(Cow::Borrowed(inside)) } else { serde_json::from_str(json).ok().map(Cow::Owned) }
}

/// Whether it has more characters than a text may.
#[must_use]
pub fn is_too_long(text: &str) -> bool {
    text.len() > limits::CHARACTERS && text.chars().count() > limits::CHARACTERS
}

/// How many bytes a value has without white space.
fn bytes(value: &Value) -> usize {
    serde_json::to_vec(value).map_or(0, |json| json.len())
}

#[cfg(test)]
mod tests;
