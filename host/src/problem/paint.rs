//! How a problem looks on a terminal, with and without colours.

use std::fmt::{self, Display, Formatter};

use super::{Clean, Problem, Severity};

/// Escape sequences; empty without colours.
#[derive(Clone, Copy)]
pub(super) struct Paint {
    error: &'static str,
    warning: &'static str,
    dim: &'static str,
    bold: &'static str,
    end: &'static str,
}

pub(super) const PLAIN: Paint = Paint { error: "", warning: "", dim: "", bold: "", end: "" };
pub(super) const COLOURS: Paint =
    Paint { error: "\x1b[1;31m", warning: "\x1b[1;33m", dim: "\x1b[2m", bold: "\x1b[1m", end: "\x1b[0m" };

pub(super) struct Painted<'a> {
    pub problem: &'a Problem,
    pub paint: Paint,
}

impl Display for Painted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { problem, paint: Paint { error, warning, dim, bold, end } } = self;
        let (colour, word) = match problem.severity {
            Severity::Error => (error, "error"),
            Severity::Warning => (warning, "warning"),
        };
        write!(f, "{colour}{word}{end}{bold}: {}{end}", Clean(&problem.what))?;
        if let Some(place) = &problem.place {
            write!(f, "\n  {dim}at {place}{end}")?;
        }
        for fact in &problem.facts {
            write!(f, "\n  {}", Clean(fact))?;
        }
        for (number, line) in problem.help.iter().enumerate() {
            // Lines after the first stand below its text.
            let head = if number == 0 { "help: " } else { "      " };
            write!(f, "\n  {bold}{head}{end}{}", Clean(line))?;
        }
        Ok(())
    }
}

pub(super) struct PaintedList<'a>(pub &'a [Problem], pub Paint);

impl Display for PaintedList<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.0.iter().enumerate() {
            let gap = if number == 0 { "" } else { "\n\n" };
            write!(f, "{gap}{}", Painted { problem, paint: self.1 })?;
        }
        Ok(())
    }
}
