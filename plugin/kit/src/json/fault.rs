//! What is wrong with what was read?

use std::fmt;

/// Why something cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is no JSON.
    Syntax,
    /// It is of another kind.
    Wrong {
        /// Where: `/audiences/in/0`. Empty for the whole.
        place: String,
        /// What it is, in words that say nothing of what is in it.
        found: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
}

impl Fault {
    /// It is something else than what is expected.
    #[must_use]
    pub fn wrong(found: &'static str, expected: &'static str) -> Self {
        Self::Wrong { place: String::new(), found, expected }
    }

    /// The same, in a member or an element of this name.
    #[must_use]
    pub fn within(mut self, name: &str) -> Self {
        if let Self::Wrong { place, .. } = &mut self {
            place.insert_str(0, &format!("/{}", name.replace('~', "~0").replace('/', "~1")));
        }
        self
    }

    /// The same, in the member whose name and colon stand before `end`.
    pub(super) fn within_member(self, text: &str, end: usize) -> Self {
        let before = text[..end].trim_end().trim_end_matches(':').trim_end();
        // A quote within a name has a backslash before it, and then the name is told as it is written.
        let inside = before.strip_suffix('"').unwrap_or(before);
        let start =
            inside.rmatch_indices('"').find(|(at, _)| !inside[..*at].ends_with('\\')).map_or(0, |(at, _)| at + 1);
        self.within(&inside[start..])
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax => formatter.write_str("it is no JSON"),
            Self::Wrong { place, found, expected } if place.is_empty() => {
                write!(formatter, "it is {found}, expected {expected}")
            }
            Self::Wrong { place, found, expected } => write!(formatter, "{place}: it is {found}, expected {expected}"),
        }
    }
}
