//! What does the operator read when something is wrong?
//!
//! One type reaches the terminal: what, where, facts, help. It cannot be made without help: what nobody can do anything about is a
//! mistake of ours and an [`anyhow::Error`]. Control characters are shown as escapes, because names and messages come from files and
//! plugins of others, and none of those may write to a terminal.

mod paint;

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use paint::{COLOURS, PLAIN, Painted, PaintedList};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Nothing starts, or the node stopped.
    Error,
    /// It goes on.
    Warning,
}

/// Where to look.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A line of a text file.
    Text {
        /// As the operator named it.
        file: Arc<str>,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
    },
    /// In the unit of whoever will look: `vip.zip/users-3.csv: row 48213, byte 9120334`.
    Other(String),
}

/// One message for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub what: String,
    /// Where, if it has a place.
    pub place: Option<Place>,
    /// What the reader needs to know, a line each.
    pub facts: Vec<String>,
    /// What to do next, a line each.
    pub help: Vec<String>,
}

impl Problem {
    /// Nothing starts, or goes on, before this is mended.
    #[must_use]
    pub fn error(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(Severity::Error, what.into(), help.into())
    }

    /// It goes on all the same.
    #[must_use]
    pub fn warning(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::new(Severity::Warning, what.into(), help.into())
    }

    fn new(severity: Severity, what: String, help: String) -> Self {
        Self { severity, what, place: None, facts: Vec::new(), help: vec![help] }
    }

    /// Where it is.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// One more fact.
    #[must_use]
    pub fn fact(mut self, fact: impl Into<String>) -> Self {
        self.facts.push(fact.into());
        self
    }

    /// One more line of help: a line to copy, say.
    #[must_use]
    pub fn help(mut self, line: impl Into<String>) -> Self {
        self.help.push(line.into());
        self
    }

    /// For a terminal that shows colours.
    #[must_use]
    pub fn coloured(&self) -> impl Display + '_ {
        Painted { problem: self, paint: COLOURS }
    }
}

impl Display for Problem {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Painted { problem: self, paint: PLAIN }.fmt(f)
    }
}

impl std::error::Error for Problem {}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { file, line, column } => write!(f, "{}:{line}:{column}", Clean(file)),
            Self::Other(place) => Clean(place).fmt(f),
        }
    }
}

/// Several messages, in the order of their places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Sorts them: what comes first in the file is mended first. What has no place comes before.
    #[must_use]
    pub fn new(mut problems: Vec<Problem>) -> Self {
        problems.sort_by(|one, other| one.place.cmp(&other.place));
        Self(problems)
    }

    /// Whether anything forbids going on.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }

    /// Both together.
    #[must_use]
    pub fn and(self, more: Self) -> Self {
        Self::new(self.0.into_iter().chain(more.0).collect())
    }

    /// For a terminal that shows colours.
    #[must_use]
    pub fn coloured(&self) -> impl Display + '_ {
        PaintedList(&self.0, COLOURS)
    }
}

impl Display for Problems {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        PaintedList(&self.0, PLAIN).fmt(f)
    }
}

impl std::error::Error for Problems {}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Text in which control characters are escapes.
pub struct Clean<'a>(pub &'a str);

impl Display for Clean<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            control if control.is_control() => write!(f, "{}", control.escape_default()),
            other => write!(f, "{other}"),
        })
    }
}

#[cfg(test)]
mod tests;
