//! Does Braze know enough of what a person did or bought?
//!
//! Events and purchases are checked for the members that Braze requires, since one object that it cannot read is refused with all
//! others of its request or with none, and are then sent as they are, behind whom they are about.

use brazeline_kit::event::parse;
use serde_json::value::RawValue;

use crate::fields::Fields;
use crate::identifier::{UPDATE_ONLY, is_primary};

/// The arrays of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Array {
    /// What profiles hold.
    Attributes,
    /// What persons did.
    Events,
    /// What persons bought.
    Purchases,
}

/// Something that a person did or bought.
#[derive(Debug, Clone, Copy)]
pub struct Action<'a> {
    /// Where it belongs.
    pub array: Array,
    /// A JSON object with all that Braze requires, and nothing about whom it is about.
    pub json: &'a str,
}

/// What a member has to be.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Text,
    Number,
}

impl Array {
    /// Its name in a request.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Attributes => "attributes",
            Self::Events => "events",
            Self::Purchases => "purchases",
        }
    }

    /// Contract: the event object, and the purchase object.
    fn required(self) -> &'static [(&'static str, Shape)] {
        match self {
            Self::Attributes => &[],
            Self::Events => &[("name", Shape::Text), ("time", Shape::Text)],
            Self::Purchases => &[
                ("product_id", Shape::Text),
                ("currency", Shape::Text),
                ("price", Shape::Number),
                ("time", Shape::Text),
            ],
        }
    }
}

/// Checks all of an array.
pub fn actions<'a>(array: Array, items: Option<Vec<&'a RawValue>>) -> impl Iterator<Item = Result<Action<'a>, String>> {
    items.into_iter().flatten().enumerate().map(move |(place, item)| {
        let json = item.get();
        check(array, json).map_err(|reason| format!("/{}/{place}: it {reason}", array.name()))?;
        Ok(Action { array, json })
    })
}

fn check(array: Array, json: &str) -> Result<(), String> {
    let Fields(fields) = parse(json).map_err(|error| format!("cannot be read: {error}"))?;
    for (name, shape) in array.required() {
        let Some(field) = fields.iter().find(|field| field.name.as_str() == *name) else {
            return Err(format!("has no `{name}`; Braze requires {}", names(array)));
        };
        shape.check(&field.value).map_err(|expected| format!("has a `{name}` that is not {expected}"))?;
    }
    match fields.iter().map(|field| field.name.as_str()).find(|name| is_ours(name)) {
        Some(name) => Err(format!("has `{name}`; whom it is about is said under `user`, and the rest by the settings")),
        None => Ok(()),
    }
}

/// Whether every object gets a member of this name from us, so that another one would contradict it.
fn is_ours(name: &str) -> bool {
    is_primary(name) || matches!(name, "email" | "phone" | UPDATE_ONLY)
}

fn names(array: Array) -> String {
    array.required().iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl Shape {
    fn check(self, json: &str) -> Result<(), &'static str> {
        match self {
            Self::Text if json.starts_with('"') && json.len() > 2 => Ok(()),
            Self::Text => Err("a text, or is an empty one"),
            Self::Number if json.starts_with(|first: char| first == '-' || first.is_ascii_digit()) => Ok(()),
            Self::Number => Err("a number"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_braze_requires_is_there() {
        let table = [
            (Array::Events, r#"{"name":"opened","time":"2026-11-23T09:00:00Z","properties":{}}"#, "ok"),
            (Array::Events, r#"{"name":"opened"}"#, "has no `time`; Braze requires `name`, `time`"),
            (Array::Events, r#"{"name":"","time":"t"}"#, "has a `name` that is not a text, or is an empty one"),
            (Array::Events, r#"{"name":"n","time":1795600000}"#, "has a `time` that is not a text, or is an empty one"),
            (Array::Events, r#"{"name":"n","time":null}"#, "has a `time` that is not a text, or is an empty one"),
            (
                Array::Events,
                r#"{"name":"n","time":"t","braze_id":"b"}"#,
                "has `braze_id`; whom it is about is said under `user`, and the rest by the settings",
            ),
            (Array::Purchases, r#"{"product_id":"p","currency":"USD","price":-9.5,"time":"t"}"#, "ok"),
            (
                Array::Purchases,
                r#"{"product_id":"p","currency":"USD","time":"t"}"#,
                "has no `price`; Braze requires `product_id`, `currency`, `price`, `time`",
            ),
            (
                Array::Purchases,
                r#"{"product_id":"p","currency":"USD","price":"9.5","time":"t"}"#,
                "has a `price` that is not a number",
            ),
        ];
        for (array, json, expected) in table {
            assert_eq!(check(array, json).err().unwrap_or("ok".to_owned()), expected, "{json}");
        }
        for json in ["3", "\"secret\"", "[]", "null"] {
            let reason = check(Array::Events, json).unwrap_err();
            assert!(reason.starts_with("cannot be read: ") && !reason.contains("secret"), "{reason}");
        }
    }
}
