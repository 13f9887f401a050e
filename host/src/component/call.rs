//! Why did a call fail?

use std::time::Duration;

use wasmtime::Trap;

use super::limits::Limits;

/// A call of a component that gave no answer that can be used. The instance is gone; the next call meets a new one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The component gave up or broke a rule of WebAssembly.
    #[error("it trapped: {0}")]
    Trapped(String),
    /// The call lasted too long.
    #[error("it did not answer within {0:?}")]
    Deadline(Duration),
    /// Its memory grew too large.
    #[error("it asked for more than {0} bytes of memory")]
    Memory(usize),
    /// What it gave to the host was too large.
    #[error("it gave back more than {0} bytes")]
    Output(usize),
    /// The answer breaks a rule of its interface.
    #[error("its answer is invalid: {0}")]
    Invalid(String),
    /// It does not export what was called.
    #[error("it exports no `{0}`")]
    NotExported(&'static str),
    /// An interface has the right name and the wrong shape.
    #[error("what it exports differs from this release's interfaces: {0}")]
    Shape(String),
    /// No instance could be made ready for the call. What was to be processed is not to blame.
    #[error("no instance of it could be started: {0}")]
    NotStarted(String),
}

impl CallError {
    /// For a log: without the guest's own words, which may be about a person.
    #[must_use]
    pub fn brief(&self) -> String {
        let text = self.to_string();
        text.split_once(GUESTS_WORDS).map_or(text.clone(), |(before, _)| before.to_owned())
    }

    /// Whether a part of the same input may pass.
    #[must_use]
    pub fn may_pass_in_parts(&self) -> bool {
        match self {
            Self::Trapped(_) | Self::Deadline(_) | Self::Memory(_) | Self::Output(_) | Self::Invalid(_) => true,
            Self::NotExported(_) | Self::Shape(_) | Self::NotStarted(_) => false,
        }
    }
}

/// Stands before a guest's own words.
const GUESTS_WORDS: &str = "; it said: ";

/// The longest part of a guest's words that is repeated in a message.
const QUOTED_CHARS: usize = 300;

/// What a guest's failure means. `refused_memory`: its last request for memory was refused. `said`: what it wrote to stderr.
pub(super) fn failure(error: &wasmtime::Error, refused_memory: bool, said: &str, limits: &Limits) -> CallError {
    if refused_memory {
        CallError::Memory(limits.memory_bytes)
    } else if error.downcast_ref::<Trap>() == Some(&Trap::Interrupt) {
        CallError::Deadline(limits.deadline)
    } else if error.chain().any(|cause| cause.to_string().contains(OUT_OF_FUEL)) {
        CallError::Output(limits.output_bytes)
    } else {
        CallError::Trapped(trapped(error, said))
    }
}

/// Wasmtime's error for it has no public type. A test watches these words.
const OUT_OF_FUEL: &str = "fuel allocated for hostcalls has been exhausted";

/// The first line of the reason, and what a guest that panicked said about it.
fn trapped(error: &wasmtime::Error, said: &str) -> String {
    let cause = error.root_cause().to_string();
    let reason = cause.lines().next().unwrap_or_default();
    match quoted(said) {
        words if words.is_empty() => reason.to_owned(),
        words => format!("{reason}{GUESTS_WORDS}{words}"),
    }
}

/// The words of a panic on one line, without the advice that Rust adds for who can run it in a terminal.
fn quoted(said: &str) -> String {
    let lines = said.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("note: run with"));
    let words = lines.collect::<Vec<_>>().join(" ");
    let plain: String = words.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    match plain.char_indices().nth(QUOTED_CHARS) {
        Some((end, _)) => format!("{}...", &plain[..end]),
        None => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guests_words_are_one_short_line() {
        let long = "x".repeat(400);
        let cut = format!("{}...", "x".repeat(300));
        let table = [
            ("", ""),
            (
                "\nthread '<unnamed>' (1) panicked at src/lib.rs:5:9:\nboom\nnote: run with `RUST_BACKTRACE=1` environment",
                "thread '<unnamed>' (1) panicked at src/lib.rs:5:9: boom",
            ),
            ("bell\x07 and\ttab", "bell  and tab"),
            (&long, &cut),
        ];
        for (said, expected) in table {
            assert_eq!(quoted(said), expected);
        }
    }
}
