//! Which types of events are taken?

use schemars::JsonSchema;
use serde::Deserialize;

/// Patterns of types, such as `users.messages.email.*`; `*` stands for any letters, dots too.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventTypes {
    /// Types that are taken; without this, all.
    #[serde(default)]
    pub keep: Option<Vec<String>>,
    /// Types that are left out, of those that are taken. They are counted.
    #[serde(default)]
    pub drop: Vec<String>,
}

/// The patterns, ready to be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    keep: Option<Vec<String>>,
    drop: Vec<String>,
}

impl Selection {
    /// Of the settings.
    #[must_use]
    pub fn new(types: Option<EventTypes>) -> Self {
        let EventTypes { keep, drop } = types.unwrap_or_default();
        Self { keep, drop }
    }

    /// Whether events of this type are taken.
    #[must_use]
    pub fn takes(&self, event_type: &str) -> bool {
        let fits = |patterns: &[String]| patterns.iter().any(|pattern| is_like(event_type, pattern));
        self.keep.as_deref().is_none_or(fits) && !fits(&self.drop)
    }
}

/// Whether a text is like a pattern. Each star takes as little as it can; only the last one tried has to give more.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return text == pattern };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_letters() {
        let table = [
            ("users.messages.email.Open", "users.messages.email.Open", true),
            ("users.messages.email.Open", "users.messages.email.*", true),
            ("users.messages.email.Open", "users.*.Open", true),
            ("users.messages.email.Open", "*", true),
            ("users.messages.email.Open", "*.email.*", true),
            ("users.messages.email.Open", "**Open", true),
            ("users.messages.email.Open", "users.messages.email", false),
            ("users.messages.email.Open", "users.messages.sms.*", false),
            ("users.messages.email.Open", "*.email", false),
            ("users.messages.email.Open", "", false),
            ("aXbXb", "a*Xb", true),
            ("ab", "ab*b", false),
            ("ab", "a*ab", false),
        ];
        for (text, pattern, expected) in table {
            assert_eq!(is_like(text, pattern), expected, "{text} {pattern}");
        }
    }

    #[test]
    fn what_is_dropped_was_kept_before() {
        let types = |json: &str| Selection::new(serde_json::from_str(json).unwrap());
        let some = types(r#"{"keep":["users.messages.*"],"drop":["*.Send"]}"#);
        let table = [
            (&some, "users.messages.email.Open", true),
            (&some, "users.messages.email.Send", false),
            (&some, "users.canvas.Entry", false),
            (&types(r#"{"drop":["*.Send"]}"#), "users.canvas.Entry", true),
            (&types(r#"{"keep":[]}"#), "users.canvas.Entry", false),
            (&types("null"), "anything", true),
        ];
        for (types, event_type, expected) in table {
            assert_eq!(types.takes(event_type), expected, "{event_type}");
        }
    }
}
