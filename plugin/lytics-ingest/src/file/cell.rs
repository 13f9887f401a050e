//! What stands in a cell of a CSV?
//!
//! An empty cell is a field that the profile does not have: Lytics writes nothing else there. A cell of a list holds its items, joined.

use std::borrow::Cow;

use serde_json::value::{RawValue, to_raw_value};

/// The items of a list.
pub fn items<'a>(cell: &'a str, joiner: &'a str) -> impl Iterator<Item = Cow<'a, str>> {
    split(cell, joiner).filter(|item| !item.is_empty()).map(Cow::Borrowed)
}

/// The parts of a text between others. Looks for the first letter, which is faster than to look for text, and nearly all that there is.
fn split<'a>(text: &'a str, between: &'a str) -> impl Iterator<Item = &'a str> {
    let (mut rest, first) = (Some(text), between.chars().next());
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let mut places = text.match_indices(first?).map(|(at, _)| text.split_at(at));
        let Some((part, behind)) = places.find_map(|(part, more)| Some((part, more.strip_prefix(between)?))) else {
            return Some(text);
        };
        rest = Some(behind);
        Some(part)
    })
}

/// The value of an attribute; none if the cell is empty.
#[must_use]
pub fn value(cell: &str, joiner: Option<&str>) -> Option<Box<RawValue>> {
    let value = match (cell, joiner) {
        ("", _) => return None,
        (cell, Some(joiner)) => to_raw_value(&items(cell, joiner).collect::<Vec<_>>()),
        (cell, None) => to_raw_value(cell),
    };
    value.ok()
}
