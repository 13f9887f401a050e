//! Where something stands in the pipeline file.

use std::sync::Arc;

use crate::problem::{Place, Problem, Problems};

/// A line and a column, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Spot {
    /// The beginning of a file.
    pub const START: Self = Self { line: 1, column: 1 };

    /// For a message.
    #[must_use]
    pub fn in_file(self, file: &Arc<str>) -> Place {
        Place::Text { file: Arc::clone(file), line: self.line, column: self.column }
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// What.
    pub value: T,
    /// Where.
    pub spot: Spot,
}

/// Collects all that is wrong with one file, so that one run of `check` shows it all.
pub(super) struct Report {
    pub file: Arc<str>,
    problems: Vec<Problem>,
}

impl Report {
    pub fn new(file: &str) -> Self {
        Self { file: file.into(), problems: Vec::new() }
    }

    /// Adds a problem that stands at `spot`.
    pub fn add(&mut self, spot: Spot, problem: Problem) {
        self.problems.push(problem.at(spot.in_file(&self.file)));
    }

    pub fn error(&mut self, spot: Spot, what: impl Into<String>, help: impl Into<String>) {
        self.add(spot, Problem::error(what, help));
    }

    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    pub fn into_problems(self) -> Problems {
        Problems::new(self.problems)
    }
}
