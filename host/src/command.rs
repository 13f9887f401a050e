//! What each command does, and how what went wrong reaches the terminal.

pub mod authorizations;
pub mod check;
pub mod dead_letters;
pub mod dry_run;
pub mod inspect;
mod live;
pub mod reader;
pub mod reload;
pub mod remembered;
mod rounds;
pub mod run;
pub mod schema;
pub mod status;

use std::io::{IsTerminal, stderr};
use std::process::ExitCode;

use crate::assembly::library;
use crate::config::Pipeline;
use crate::control::{self, Answer, Request, Unanswered};
use crate::observe::progress::beside;
use crate::problem::{Problem, Problems};

/// How the program ends. Scripts and supervisors look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All that was asked for is done.
    Done = 0,
    /// It stopped before the end: a vendor, a key, the disk.
    Stopped = 1,
    /// The pipeline file, or the command line, is wrong; nothing was started.
    Wrong = 2,
    /// Done, but some events were rejected and stand in the dead letters.
    Rejected = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// How a command failed.
#[derive(Debug)]
pub enum Failure {
    /// The operator can mend it, before anything was started.
    Wrong(Problems),
    /// The operator can mend it, but it ended a run.
    Stopped(Problems),
    /// Nobody foresaw it.
    Unforeseen(anyhow::Error),
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Wrong(problems)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Unforeseen(error)
    }
}

/// What a command comes back with.
pub type Outcome = Result<Exit, Failure>;

/// Says what failed, and how the program ends.
pub fn report(outcome: Outcome) -> Exit {
    match outcome {
        Ok(exit) => exit,
        Err(Failure::Wrong(problems)) => {
            say(&problems);
            Exit::Wrong
        }
        Err(Failure::Stopped(problems)) => {
            say(&problems);
            Exit::Stopped
        }
        Err(Failure::Unforeseen(error)) => {
            eprintln!("error: {error:#}");
            Exit::Stopped
        }
    }
}

/// Prints problems where an operator looks for them.
pub fn say(problems: &Problems) {
    beside(|| match stderr().is_terminal() {
        true => eprintln!("{}", problems.coloured()),
        false => eprintln!("{problems}"),
    });
}

/// The answer of whoever has the pipeline's store; none if nothing ran yet.
fn asked(pipeline: &Pipeline, request: Request) -> Result<Option<Answer>, Failure> {
    match control::ask_or_open(pipeline, request) {
        Ok(answer) => Ok(Some(answer)),
        Err(Unanswered::NothingRan) => Ok(None),
        Err(error) => Err(failure(error)),
    }
}

/// How a command fails that got no answer.
fn failure(unanswered: Unanswered) -> Failure {
    match unanswered {
        Unanswered::NothingRan => {
            Failure::Stopped(Problem::error("there is no store yet", "run the pipeline first").into())
        }
        Unanswered::Problems(problems) => Failure::Stopped(problems),
        Unanswered::Unforeseen(error) => Failure::Unforeseen(error),
    }
}
