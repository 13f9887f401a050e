//! How do audiences stand in a profile?

use std::fmt;

use brazeline_kit::Problem;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::identifier::is_primary;
use crate::limits;
use crate::rule::is_reserved;

/// What stands for an audience's name.
pub const AUDIENCE: &str = "{audience}";

/// How an audience stands in profiles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Representation {
    /// By its name, in the array `membership_attribute`. An array has 500 elements at most, and Braze drops the oldest.
    #[default]
    Array,
    /// As a boolean attribute of its own, `boolean_attribute`.
    Booleans,
    /// Both.
    Both,
}

impl Representation {
    /// Whether its name stands in the array.
    #[must_use]
    pub const fn in_array(self) -> bool {
        matches!(self, Self::Array | Self::Both)
    }

    /// Whether it is a boolean.
    #[must_use]
    pub const fn as_boolean(self) -> bool {
        matches!(self, Self::Booleans | Self::Both)
    }
}

/// A name that holds an audience's: `lytics_segment_{audience}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Template(String);

impl Default for Template {
    fn default() -> Self {
        Self("lytics_segment_{audience}".to_owned())
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Template {
    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self, membership_attribute: &str) -> Option<Problem> {
        let message = match self.parts() {
            None => "say where the audience's name goes: `lytics_segment_{audience}`",
            Some(_) if self.0.matches(AUDIENCE).count() > 1 => "say `{audience}` once",
            // Then every attribute would look like an audience.
            Some(("", "")) => "say more than `{audience}`: `lytics_segment_{audience}`",
            Some(_) if self.0.chars().count() - AUDIENCE.len() >= limits::CHARACTERS => {
                "Braze allows a name of at most 255 characters, and this leaves none for the audience's"
            }
            Some(_) if self.covers(membership_attribute) => {
                "this can be the name of `membership_attribute`; take another"
            }
            Some(_) => return None,
        };
        Some(Problem::at("/boolean_attribute", message))
    }

    /// The name for an audience, or why Braze would not take it.
    pub fn name(&self, audience: &str) -> Result<String, String> {
        let name = self.0.replace(AUDIENCE, audience);
        if name.chars().count() > limits::CHARACTERS {
            return Err(format!(
                "`boolean_attribute` makes a name of more than {} characters of it",
                limits::CHARACTERS
            ));
        }
        if is_reserved(&name) || is_primary(&name) {
            return Err("`boolean_attribute` makes the name of one of Braze's own fields of it".to_owned());
        }
        Ok(name)
    }

    /// Whether this is the name for some audience.
    #[must_use]
    pub fn covers(&self, name: &str) -> bool {
        self.parts().is_some_and(|(before, behind)| {
            name.len() > before.len() + behind.len() && name.starts_with(before) && name.ends_with(behind)
        })
    }

    fn parts(&self) -> Option<(&str, &str)> {
        // A letter is found faster than text.
        let mut places = self.0.match_indices('{').map(|(at, _)| self.0.split_at(at));
        places.find_map(|(before, more)| Some((before, more.strip_prefix(AUDIENCE)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_and_known_again() {
        let template = Template::default();
        assert_eq!(template.name("vip").as_deref(), Ok("lytics_segment_vip"));
        for (name, expected) in [("lytics_segment_vip", true), ("lytics_segment_", false), ("lytics_segments", false)] {
            assert_eq!(template.covers(name), expected, "{name}");
        }
        assert!(template.name(&"é".repeat(240)).is_ok());
        assert!(template.name(&"é".repeat(241)).unwrap_err().contains("255"));
        assert!(Template("first_{audience}".into()).name("name").unwrap_err().contains("Braze's own"));
        assert!(Template("{audience}_id".into()).name("external").unwrap_err().contains("Braze's own"));
    }

    #[test]
    fn a_template_has_one_place_and_something_around_it() {
        let table = [
            ("in_{audience}", ""),
            ("{audience}_is_in", ""),
            ("in_audience", "say where the audience's name goes: `lytics_segment_{audience}`"),
            ("", "say where the audience's name goes: `lytics_segment_{audience}`"),
            ("{audience}", "say more than `{audience}`: `lytics_segment_{audience}`"),
            ("{audience}_{audience}", "say `{audience}` once"),
            ("lytics_{audience}", "this can be the name of `membership_attribute`; take another"),
        ];
        for (text, expected) in table {
            let problem = Template(text.to_owned()).problem("lytics_segments");
            assert_eq!(problem.map(|problem| problem.message).unwrap_or_default(), expected, "{text}");
        }
        assert!(Template("x".repeat(254) + AUDIENCE).problem("s").is_none());
        assert!(Template("x".repeat(255) + AUDIENCE).problem("s").is_some());
    }
}
