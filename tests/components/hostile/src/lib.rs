//! Reaches for what no component may have, as the events ask: `{"try":"connect"}` becomes `{"tried":"connect","outcome":"refused"}`.
//!
//! The tests run it to see each attempt refused. As plain Rust it tries nothing: there nobody would refuse.

#[cfg(target_family = "wasm")]
mod component;
#[cfg(target_family = "wasm")]
mod reach;
#[cfg(not(target_family = "wasm"))]
mod reach {
    //! Natively nothing is tried.
    pub(crate) fn reach(_attempt: crate::Attempt) -> crate::Outcome {
        crate::Outcome::Refused
    }
}

use brazeline_kit::{Event, Output, Plugin, Problem, Transform};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something to try.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attempt {
    /// Read a file.
    ReadFile,
    /// Write a file.
    WriteFile,
    /// List the folders that were handed in.
    Folders,
    /// Read the environment's variables.
    Environment,
    /// Read the program's arguments.
    Arguments,
    /// Look up a host's address.
    Resolve,
    /// Connect to a TCP port.
    Connect,
    /// Listen on a TCP port.
    Listen,
    /// Bind a UDP port.
    Udp,
    /// Send an HTTP request by `wasi:http`.
    Http,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The host did not allow it.
    Refused,
    /// It was allowed, and went wrong for another reason.
    Failed(String),
    /// It was allowed.
    Reached(String),
}

/// What is tried before any event comes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// If one of these is not refused, that is a problem.
    #[serde(default)]
    pub at_configure: Vec<Attempt>,
}

/// The transform.
#[derive(Debug)]
pub struct Hostile;

impl Plugin for Hostile {
    const NAME: &'static str = "hostile";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = "Reaches for what it may not have.";
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
        let tried =
            settings.at_configure.into_iter().enumerate().map(|(index, attempt)| (index, reach::reach(attempt)));
        let problem = |(index, outcome)| Problem::at(format!("/at_configure/{index}"), format!("{outcome:?}"));
        let problems: Vec<_> = tried.filter(|(_, outcome)| *outcome != Outcome::Refused).map(problem).collect();
        if problems.is_empty() { Ok(Self) } else { Err(problems) }
    }
}

#[derive(Deserialize)]
struct Wish {
    r#try: Attempt,
}

#[derive(Serialize)]
struct Report {
    tried: Attempt,
    outcome: Outcome,
}

impl Transform for Hostile {
    fn transform(&self, event: Event<'_>, out: &mut Output) -> Result<(), String> {
        let Wish { r#try: tried } = event.parse()?;
        out.emit(event.key, &Report { tried, outcome: reach::reach(tried) })
    }
}
