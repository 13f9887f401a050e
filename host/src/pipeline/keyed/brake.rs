//! Do so many people leave at once that a person should look first?
//!
//! A scan that broke, an audience that was redefined, a file that is half of what it should be: all look like an exodus. The brake
//! answers and does nothing.

use serde::{Deserialize, Serialize};

/// The most of an audience that may leave within one snapshot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MaxExit {
    /// This share of it ...
    pub share: f64,
    /// ... but fewer than so many may always leave: a small audience is no exodus.
    pub people: u64,
}

impl Default for MaxExit {
    /// A fifth, and at least 100.
    fn default() -> Self {
        Self { share: 0.2, people: 100 }
    }
}

/// Why a snapshot was held up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Which audience, or all of the scope.
    pub audience: String,
    /// How many would leave, or are missing.
    pub lost: u64,
    /// Of how many.
    pub of: u64,
    /// What was compared.
    pub why: Why,
}

/// What was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// So many were in the audience and would leave it.
    Exits,
    /// The vendor counts so many, and fewer came.
    Missing,
}

impl MaxExit {
    /// Whether it is too many.
    #[must_use]
    pub fn is_exceeded(&self, lost: u64, of: u64) -> bool {
        lost >= self.people && lost as f64 > self.share * of as f64
    }
}

impl std::fmt::Display for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { audience, lost, of, why } = self;
        match why {
            Why::Exits => write!(f, "{lost} of {of} people would leave audience `{audience}` at once"),
            Why::Missing => {
                write!(f, "{lost} of the {of} people that the source itself counts in `{audience}` did not come")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fifth_and_at_least_a_hundred() {
        let table = [
            (99, 99, false),
            (100, 100, true),
            (100, 500, false),
            (101, 500, true),
            (2_000, 10_000, false),
            (2_001, 10_000, true),
            (0, 0, false),
        ];
        for (lost, of, exceeded) in table {
            assert_eq!(MaxExit::default().is_exceeded(lost, of), exceeded, "{lost} of {of}");
        }
    }
}
