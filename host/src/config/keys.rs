//! What is a host's own key: its name, what it means, what it may be, and what it is when nobody says?
//!
//! Each is one constant, from which the reader, the messages and the editor's schema are made.

use std::time::Duration;

use serde_json::json;

use super::tree::{Tree, Value};
use super::units::{Percent, Size, parse_duration, show_duration};

/// A key with a default.
pub struct Key<T> {
    /// As it is written.
    pub name: &'static str,
    /// For editors.
    pub about: &'static str,
    /// Without it.
    pub default: T,
    /// The smallest and the largest value.
    pub bounds: Option<(T, T)>,
}

/// What a value can be read as.
pub(super) trait Read: Clone + PartialOrd {
    fn read(tree: &Tree) -> Option<Self>;
    /// As it is written.
    fn show(&self) -> String;
    /// In words, with an example.
    fn expected() -> String;
    /// JSON Schema.
    fn schema() -> serde_json::Value;
}

impl<T: Read> Key<T> {
    pub(super) fn allows(&self, value: &T) -> bool {
        self.bounds.as_ref().is_none_or(|(least, most)| least <= value && value <= most)
    }

    /// In words.
    pub(super) fn expected(&self) -> String {
        match &self.bounds {
            Some((least, most)) => format!("{} between {} and {}", T::expected(), least.show(), most.show()),
            None => T::expected(),
        }
    }

    /// The key as a property of a JSON Schema.
    pub(super) fn property(&self) -> (String, serde_json::Value) {
        let mut schema = T::schema();
        schema["default"] = shown(&self.default);
        schema["description"] = self.about.into();
        if let Some((least, most)) = &self.bounds {
            match schema["type"] == "integer" {
                true => (schema["minimum"], schema["maximum"]) = (shown(least), shown(most)),
                false => {
                    let about = format!("{} Between {} and {}.", self.about, least.show(), most.show());
                    schema["description"] = about.into();
                }
            }
        }
        (self.name.to_owned(), schema)
    }
}

/// As JSON: numbers are numbers in the file, and so are `true` and `false`; everything else is text.
fn shown<T: Read>(value: &T) -> serde_json::Value {
    let text = value.show();
    let plain =
        serde_json::from_str(&text).ok().filter(|value: &serde_json::Value| value.is_u64() || value.is_boolean());
    plain.unwrap_or_else(|| text.into())
}

impl Read for Size {
    fn read(tree: &Tree) -> Option<Self> {
        Self::parse(tree.as_text()?)
    }

    fn show(&self) -> String {
        self.to_string()
    }

    fn expected() -> String {
        "a size such as `64MiB`".to_owned()
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string", "pattern": "^[0-9]+ *(B|[KMGT]iB|[kMGT]B)$" })
    }
}

impl Read for Percent {
    fn read(tree: &Tree) -> Option<Self> {
        Self::parse(tree.as_text()?)
    }

    fn show(&self) -> String {
        format!("{}%", self.0)
    }

    fn expected() -> String {
        "a percentage such as `20%`".to_owned()
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string", "pattern": "^[0-9]+ *%$" })
    }
}

impl Read for Duration {
    fn read(tree: &Tree) -> Option<Self> {
        parse_duration(tree.as_text()?)
    }

    fn show(&self) -> String {
        show_duration(*self)
    }

    fn expected() -> String {
        "a duration such as `100ms` or `5m`".to_owned()
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string" })
    }
}

impl Read for bool {
    fn read(tree: &Tree) -> Option<Self> {
        match tree.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    fn show(&self) -> String {
        self.to_string()
    }

    fn expected() -> String {
        "`true` or `false`".to_owned()
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "boolean" })
    }
}

/// A whole number.
macro_rules! count {
    ($type:ty) => {
        impl Read for $type {
            fn read(tree: &Tree) -> Option<Self> {
                match &tree.value {
                    Value::Number(number) => number.as_u64()?.try_into().ok(),
                    _ => None,
                }
            }

            fn show(&self) -> String {
                self.to_string()
            }

            fn expected() -> String {
                "a whole number".to_owned()
            }

            fn schema() -> serde_json::Value {
                json!({ "type": "integer" })
            }
        }
    };
}

count!(u32);
count!(usize);

/// One of a few words.
pub(super) trait Choice: Copy + PartialOrd + 'static {
    /// Each with its word.
    const WORDS: &'static [(&'static str, Self)];
}

impl<T: Choice> Read for T {
    fn read(tree: &Tree) -> Option<Self> {
        let word = tree.as_text()?;
        T::WORDS.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
    }

    fn show(&self) -> String {
        T::WORDS.iter().find(|(_, value)| value == self).map_or_else(String::new, |(name, _)| (*name).to_owned())
    }

    fn expected() -> String {
        let words: Vec<String> = T::WORDS.iter().map(|(name, _)| format!("`{name}`")).collect();
        words.join(" or ")
    }

    fn schema() -> serde_json::Value {
        json!({ "enum": T::WORDS.iter().map(|(name, _)| *name).collect::<Vec<_>>() })
    }
}
