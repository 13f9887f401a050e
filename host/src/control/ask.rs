//! Asking a pipeline, whether it runs or not.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use super::{Answer, Clerk, Request, socket};
use crate::assembly::Assembly;
use crate::clock::Clock;
use crate::component::Library;
use crate::config::Pipeline;
use crate::problem::{Problem, Problems};
use crate::store::{Committer, LocalStore, StoreError};

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
    let asked = socket::ask(data_dir, &request);
    let answer = match asked.map_err(|error| unreachable(data_dir, &error))? {
        Some(answer) => answer,
        None => open(pipeline, request)?,
    };
    match answer {
        Answer::Refused(refusal) => Err(Unanswered::Problems(refusal.into())),
        answer => Ok(answer),
    }
}

fn open(pipeline: &Pipeline, request: Request) -> Result<Answer, Unanswered> {
    let store = LocalStore::existing(&pipeline.data_dir, pipeline.journal.max_size.0);
    let store = store.map_err(|error| closed(pipeline, &error))?;
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
