//! Asking a pipeline, whether it runs or not.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use super::{Answer, Clerk, Request, socket};
use crate::assembly::Assembly;
use crate::clock::Clock;
use crate::component::Library;
use crate::config::Pipeline;
use crate::problem::{Problem, Problems};
use crate::store::{Committer, LocalStore, StoreError};

/// A command has a store for some milliseconds, a run that ends for a little longer: so often it is tried ...
const TRIES: u32 = 50;
/// ... with so long between.
const PAUSE: Duration = Duration::from_millis(100);

/// Why there is no answer.
#[derive(Debug)]
pub enum Unanswered {
    /// There is no store: nothing ran yet.
    NothingRan,
    /// The operator can mend it.
    Problems(Problems),
    /// Nobody foresaw it.
    Unforeseen(anyhow::Error),
}

/// Asks the run, if there is one. Otherwise the store is opened, and the same is done by this process. What was not done is
/// [`Unanswered::Problems`].
pub fn ask_or_open(pipeline: &Pipeline, request: Request) -> Result<Answer, Unanswered> {
    let data_dir = &pipeline.data_dir;
    let answer = loop {
        let asked = socket::ask(data_dir, &request).map_err(|error| unreachable(data_dir, &error))?;
        if let Some(answer) = asked {
            break answer;
        }
        let store = patiently(data_dir, || LocalStore::existing(data_dir, pipeline.journal.max_size.0));
        match store {
            Ok(store) => break open(pipeline, store, request)?,
            // A run has begun meanwhile.
            Err(StoreError::Locked { .. }) if socket::is_served(data_dir) => {}
            Err(error) => return Err(closed(pipeline, &error)),
        }
    };
    match answer {
        Answer::Refused(refusal) => Err(Unanswered::Problems(refusal.into())),
        answer => Ok(answer),
    }
}

/// Opens a store that somebody may have for a moment: a command, or a run that begins or ends. A run that answers has it for longer.
pub fn patiently(data_dir: &Path, open: impl Fn() -> Result<LocalStore, StoreError>) -> Result<LocalStore, StoreError> {
    for _ in 1..TRIES {
        match open() {
            Err(StoreError::Locked { .. }) if !socket::is_served(data_dir) => std::thread::sleep(PAUSE),
            opened => return opened,
        }
    }
    open()
}

fn open(pipeline: &Pipeline, store: LocalStore, request: Request) -> Result<Answer, Unanswered> {
    let receivers = match request {
        Request::Replay { .. } => receivers(pipeline)?,
        _ => BTreeMap::new(),
    };
    let answered = || {
        let committer = Committer::start(store).context("the store cannot be claimed")?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no threads")?;
        let pipeline = Arc::new(pipeline.clone());
        // Made within the runtime, whose clock it reads.
        Ok(runtime.block_on(async {
            let clerk = Clerk { pipeline, receivers, store: committer.handle(), clock: Clock::system(), run: None };
            clerk.answer(request).await
        }))
    };
    answered().map_err(Unanswered::Unforeseen)
}

/// The components that read what was sent to a source.
fn receivers(pipeline: &Pipeline) -> Result<BTreeMap<String, crate::component::Node>, Unanswered> {
    let library = Library::new(None).map_err(Unanswered::Unforeseen)?;
    let assembly = Assembly::new(pipeline, &library).map_err(Unanswered::Problems)?;
    Ok(assembly.receivers())
}

fn closed(pipeline: &Pipeline, error: &StoreError) -> Unanswered {
    let folder = pipeline.data_dir.display();
    let problem = match error {
        StoreError::Missing { .. } => return Unanswered::NothingRan,
        StoreError::Locked { .. } => Problem::error(
            format!("the `data_dir` {folder} is in use, and nobody answers there"),
            "try again: a run may be starting or ending, or another command be at work",
        ),
        error => Problem::error(
            format!("the store in {folder} cannot be opened"),
            "see what it says; the disk may be full or failing",
        )
        .fact(error.to_string()),
    };
    Unanswered::Problems(problem.into())
}

fn unreachable(data_dir: &Path, error: &std::io::Error) -> Unanswered {
    let what = format!("the run in {} cannot be asked", data_dir.display());
    let help = "see its log, and ask as the user who runs it";
    Unanswered::Problems(Problem::error(what, help).fact(error.to_string()).into())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn who_has_a_store_for_a_moment_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let (other, tries) = (Cell::new(LocalStore::open(folder.path(), 1 << 20).ok()), Cell::new(0));
        let opened = patiently(folder.path(), || {
            tries.set(tries.get() + 1);
            if tries.get() == 2 {
                drop(other.take());
            }
            LocalStore::open(folder.path(), 1 << 20)
        });
        assert_eq!((opened.is_ok(), tries.get()), (true, 2));
    }
}
