//! Does Braze know enough of what a person did or bought?
//!
//! Events and purchases are checked for what Braze requires and allows, since one object that it cannot read is refused with all
//! others of its request or with none, and are then sent as they are, behind whom they are about.

use std::borrow::Cow;

use brazeline_kit::json::{self, Json, Members};
use serde_json::Value;

use crate::identifier::{UPDATE_ONLY, is_primary};
use crate::rule::{code, is_too_long, properties, text};
use crate::{limits, time};

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
#[derive(Debug, Clone)]
pub struct Action<'a> {
    /// Where it belongs.
    pub array: Array,
    /// A JSON object with all that Braze requires, and nothing about whom it is about.
    pub json: Cow<'a, str>,
    /// Whether it never creates a profile, whatever the settings say.
    pub update_only: bool,
}

impl Array {
    /// All of them, in the order in which Braze takes them.
    pub const ALL: [Self; 3] = [Self::Attributes, Self::Events, Self::Purchases];

    /// Its name in a request.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Attributes => "attributes",
            Self::Events => "events",
            Self::Purchases => "purchases",
        }
    }

    /// `braze.com/docs/api/objects_filters/event_object`, and the purchase object, 2026-11-23.
    fn required(self) -> &'static [&'static str] {
        match self {
            Self::Attributes => &[],
            Self::Events => &["name", "time"],
            Self::Purchases => &["product_id", "currency", "price", "time"],
        }
    }

    fn properties_bytes(self) -> usize {
        match self {
            Self::Purchases => limits::PURCHASE_PROPERTIES_BYTES,
            _ => limits::EVENT_PROPERTIES_BYTES,
        }
    }
}

/// Checks all of an array.
pub fn actions<'a>(array: Array, items: Vec<Json<'a>>) -> impl Iterator<Item = Result<Action<'a>, String>> {
    items.into_iter().enumerate().map(move |(place, item)| {
        let json = item.get();
        check(array, json).map_err(|reason| format!("/{}/{place}: it {reason}", array.name()))?;
        Ok(Action { array, json: json.into(), update_only: false })
    })
}

/// Checks an object of an array; the reason goes on where `it` stands.
pub fn check(array: Array, json: &str) -> Result<(), String> {
    let members = json::read(json, Members::read).map_err(|error| format!("cannot be read: {error}"))?;
    if let Some(name) = array.required().iter().find(|name| members.get(name).is_none()) {
        return Err(format!("has no `{name}`; Braze requires {}", names(array)));
    }
    members.0.iter().try_for_each(|(name, value)| member(array, name, value.get()))
}

fn member(array: Array, name: &str, json: &str) -> Result<(), String> {
    let is_text = |is: fn(&str) -> bool| text(json).is_some_and(|text| is(&text));
    let (is_good, expected) = match (array, name) {
        _ if is_ours(name) => {
            return Err(format!("has `{name}`; whom it is about is said under `user`, and the rest by the settings"));
        }
        (Array::Events, "name") | (Array::Purchases, "product_id") => {
            (is_text(is_name), "a text of 1 to 255 characters")
        }
        (_, "time") => (is_text(time::is_iso), "a time in ISO 8601, such as `2026-11-23T09:00:00Z`"),
        (_, "app_id") => (json == "null" || is_text(|text| !text.is_empty()), "a text, or is an empty one"),
        (Array::Purchases, "currency") => (is_text(code::is_currency), "an ISO 4217 code, such as `USD`"),
        (Array::Purchases, "price") => (is_number(json), "a number"),
        (Array::Purchases, "quantity") => (is_quantity(json), "a whole number from 1 to 100"),
        (_, "properties") => {
            let value: Value = serde_json::from_str(json).unwrap_or_default();
            return properties::check(&value, array.properties_bytes())
                .map_err(|reason| format!("has `properties` that Braze refuses: it {reason}"));
        }
        _ => (true, ""),
    };
    if is_good { Ok(()) } else { Err(format!("has a `{name}` that is not {expected}")) }
}

/// Whether every object gets a member of this name from us, so that another one would contradict it.
fn is_ours(name: &str) -> bool {
    is_primary(name) || matches!(name, "email" | "phone" | UPDATE_ONLY)
}

fn names(array: Array) -> String {
    array.required().iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !is_too_long(text)
}

fn is_number(json: &str) -> bool {
    json.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

fn is_quantity(json: &str) -> bool {
    json == "null" || json.parse::<u64>().is_ok_and(|quantity| (1..=limits::QUANTITY).contains(&quantity))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(array: Array, json: &str) -> String {
        check(array, json).err().unwrap_or("ok".to_owned())
    }

    #[test]
    fn what_braze_requires_is_there() {
        let name = "has a `name` that is not a text of 1 to 255 characters";
        let time = "has a `time` that is not a time in ISO 8601, such as `2026-11-23T09:00:00Z`";
        let table = [
            (Array::Events, r#"{"name":"opened","time":"2026-11-23T09:00:00Z","properties":{}}"#, "ok"),
            (Array::Events, r#"{"name":"opened"}"#, "has no `time`; Braze requires `name`, `time`"),
            (Array::Events, r#"{"name":"","time":"2026-11-23"}"#, name),
            (Array::Events, r#"{"name":7,"time":"2026-11-23"}"#, name),
            (Array::Events, r#"{"name":"n","time":1795600000}"#, time),
            (Array::Events, r#"{"name":"n","time":"12/1/2021"}"#, time),
            (Array::Events, r#"{"name":"n","time":null}"#, time),
            (
                Array::Events,
                r#"{"name":"n","time":"2026-11-23","braze_id":"b"}"#,
                "has `braze_id`; whom it is about is said under `user`, and the rest by the settings",
            ),
            (Array::Events, r#"{"name":"n","time":"2026-11-23","app_id":"a","other":7}"#, "ok"),
            (Array::Purchases, r#"{"product_id":"p","currency":"USD","price":-9.5,"time":"2026-11-23"}"#, "ok"),
            (
                Array::Purchases,
                r#"{"product_id":"p","currency":"USD","time":"2026-11-23"}"#,
                "has no `price`; Braze requires `product_id`, `currency`, `price`, `time`",
            ),
            (
                Array::Purchases,
                r#"{"product_id":"p","currency":"USD","price":"9.5","time":"2026-11-23"}"#,
                "has a `price` that is not a number",
            ),
            (
                Array::Purchases,
                r#"{"product_id":"p","currency":"usd","price":9,"time":"2026-11-23"}"#,
                "has a `currency` that is not an ISO 4217 code, such as `USD`",
            ),
            (
                Array::Purchases,
                r#"{"product_id":"p","currency":"USD","price":9,"time":"2026-11-23","quantity":101}"#,
                "has a `quantity` that is not a whole number from 1 to 100",
            ),
        ];
        for (array, json, expected) in table {
            assert_eq!(reason(array, json), expected, "{json}");
        }
        for json in ["3", "\"secret\"", "[]", "null"] {
            let reason = reason(Array::Events, json);
            assert!(reason.starts_with("cannot be read: ") && !reason.contains("secret"), "{reason}");
        }
    }

    #[test]
    fn properties_keep_to_the_rules() {
        let long = "é".repeat(256);
        let many = |bytes: usize| format!(r#"{{"a":[{}"x"]}}"#, r#""1234567","#.repeat(bytes / 10));
        let table = [
            (r#"{"a":1,"b":["x"],"c":null,"d":{"e":1}}"#.to_owned(), "ok"),
            ("null".to_owned(), "ok"),
            ("[]".to_owned(), "is no object"),
            (r#"{"time":1}"#.to_owned(), "has `time`, a name that Braze keeps for itself"),
            (r#"{"event_name":1}"#.to_owned(), "has `event_name`, a name that Braze keeps for itself"),
            (r#"{"":1}"#.to_owned(), "has a name that is empty, begins with `$`, or has more than 255 characters"),
            (r#"{"$a":1}"#.to_owned(), "has a name that is empty, begins with `$`, or has more than 255 characters"),
            (
                format!(r#"{{"{long}":1}}"#),
                "has a name that is empty, begins with `$`, or has more than 255 characters",
            ),
            (format!(r#"{{"a":"{long}"}}"#), "has more than 255 characters in `a`"),
            (format!(r#"{{"a":"{}"}}"#, &long[2..]), "ok"),
            (r#"{"a":["2026-11-23"]}"#.to_owned(), "has a time in the array `a`"),
            (many(99_900), "ok"),
            (many(100_100), "has more than 100 KB"),
        ];
        for (properties, expected) in table {
            let json = format!(r#"{{"name":"n","time":"2026-11-23","properties":{properties}}}"#);
            let expected = match expected {
                "ok" => expected.to_owned(),
                reason => format!("has `properties` that Braze refuses: it {reason}"),
            };
            assert_eq!(reason(Array::Events, &json), expected);
        }
        let purchase = format!(
            r#"{{"product_id":"p","currency":"USD","price":1,"time":"2026-11-23","properties":{}}}"#,
            many(50_100)
        );
        assert!(reason(Array::Purchases, &purchase).ends_with("it has more than 50 KB"));
    }
}
