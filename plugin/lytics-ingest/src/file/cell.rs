//! What stands in a cell of a CSV?
//!
//! An empty cell is a field that the profile does not have: Lytics writes nothing else there. A cell of a list holds its items, joined.

use std::borrow::Cow;

use serde_json::value::{RawValue, to_raw_value};

/// The items of a list.
pub fn items<'a>(cell: &'a str, joiner: &'a str) -> impl Iterator<Item = Cow<'a, str>> {
    cell.split(joiner).filter(|item| !item.is_empty()).map(Cow::Borrowed)
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
