//! How an operator says what a value becomes: `phone`, or `{ phone: { region: US } }`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A kind, by its name alone or with its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion(pub Kind);

/// What a value becomes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// A country's ISO 3166-1 code of two letters, made of its English name or of any of its codes.
    Country {},
    /// A language's ISO 639-1 code, made of its English name, of any of its codes or of a locale.
    Language {},
    /// `M`, `F`, `O`, `N` or `P`, as Braze has it, made of the word.
    Gender {},
    /// A day or a moment.
    Date {
        /// The formats in which it comes, tried in this order: of strftime (`%d/%m/%Y`), or `seconds` or `milliseconds` since 1970.
        /// Without them it comes in any common form that says which number is the month.
        #[serde(default)]
        from: Vec<String>,
        /// What it becomes.
        #[serde(default)]
        to: DateForm,
    },
    /// IANA's name of a time zone, made of that name in any letter case, or of an offset of whole hours.
    TimeZone {},
    /// A phone number as E.164.
    Phone {
        /// Whose numbers come without `+`: two letters.
        #[serde(default)]
        region: Option<String>,
        /// Numbers without `+` begin with their country's code.
        #[serde(default)]
        international: bool,
    },
    /// A number, made of text.
    Number {},
    /// Text, made of a number or a boolean.
    String {},
    /// `true` or `false`, made of `yes`, `no`, `1`, `0` and the like.
    Boolean {},
    /// Lower case, without white space around it.
    Lower {},
    /// Without white space around it.
    Trim {},
    /// A list, made of text.
    List {
        /// What stands between two items.
        #[serde(default = "comma")]
        separator: String,
    },
}

/// What a date becomes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateForm {
    /// The day as it is written: `1982-01-01`.
    #[default]
    Date,
    /// RFC 3339, in UTC: `1982-01-01T00:00:00Z`. A time without an offset is one of UTC.
    Timestamp,
}

/// What becomes of a field whose value cannot be converted.
///
/// Dropping it is the default: a typing error in a phone number must not cost a person the membership of an audience that stands in
/// the same event, and a value in the wrong form would be told to Braze, which makes null of some.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// The field stays as it is.
    Keep,
    /// The field goes.
    #[default]
    Drop,
    /// The event is rejected.
    Reject,
}

fn comma() -> String {
    ",".to_owned()
}

struct ConversionVisitor;

impl<'de> Visitor<'de> for ConversionVisitor {
    type Value = Conversion;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a kind, or `{ kind: { option: value } }`")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Conversion, E> {
        let options = std::iter::empty::<(&str, &str)>();
        let alone = std::iter::once((name, MapDeserializer::new(options)));
        self.visit_map(MapDeserializer::new(alone))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Conversion, A::Error> {
        let kind = Kind::deserialize(MapAccessDeserializer::new(&mut map))?;
        match map.next_key::<IgnoredAny>()? {
            None => Ok(Conversion(kind)),
            Some(_) => Err(Error::custom("a field is converted by one kind: take the others out")),
        }
    }
}

impl<'de> Deserialize<'de> for Conversion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ConversionVisitor)
    }
}

impl JsonSchema for Conversion {
    fn schema_name() -> Cow<'static, str> {
        "Conversion".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let kinds = Kind::json_schema(generator);
        let of = |kind: &Value| kind.pointer("/required/0").cloned();
        let names: Vec<Value> =
            kinds.get("oneOf").and_then(Value::as_array).into_iter().flatten().filter_map(of).collect();
        json_schema!({ "anyOf": [{ "type": "string", "enum": names }, kinds] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_names_every_kind() {
        let schema = SchemaGenerator::default().into_root_schema_for::<Conversion>();
        let names = schema.as_value().pointer("/anyOf/0/enum").and_then(Value::as_array).unwrap();
        assert_eq!(names.len(), 12, "{names:?}");
        for name in names {
            let alone: Conversion = serde_json::from_value(name.clone()).unwrap();
            let options = serde_json::json!({ name.as_str().unwrap(): {} });
            assert_eq!(serde_json::from_value::<Conversion>(options).unwrap(), alone, "{name}");
        }
    }
}
