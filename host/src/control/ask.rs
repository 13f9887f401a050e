//! Asking a pipeline, whether it runs or not.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use super::{Answer, Clerk, Needs, Request, socket};
use crate::assembly::{Assembly, library};
use crate::clock::Clock;
use crate::config::Pipeline;
use crate::problem::{Problem, Problems};
use crate::store::{Committer, Handle, LocalStore, Store, StoreError};

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
    Session::begin(pipeline, request.needs())?.ask(request)
}

/// Whoever has the pipeline's store, for one request or several.
pub struct Session<'p> {
    pipeline: &'p Pipeline,
    rest: Option<Rest>,
}

/// A store that nobody else has.
struct Rest {
    clerk: Clerk,
    runtime: tokio::runtime::Runtime,
    // Last: whoever used it is gone when it is closed.
    _store: Kept,
}

/// What has to be held as long as the store is used.
enum Kept {
    Claimed { _committer: Committer },
    Read { _store: LocalStore },
}

impl<'p> Session<'p> {
    /// Finds whoever has the store, or opens it.
    pub fn begin(pipeline: &'p Pipeline, needs: Needs) -> Result<Self, Unanswered> {
        let data_dir = &pipeline.data_dir;
        loop {
            if socket::is_served(data_dir) {
                return Ok(Self { pipeline, rest: None });
            }
            let bytes = pipeline.journal.max_size.0;
            let opened = patiently(data_dir, || match needs.makes {
                true => LocalStore::open(data_dir, bytes),
                false => LocalStore::existing(data_dir, bytes),
            });
            match opened {
                Ok(store) => return Ok(Self { pipeline, rest: Some(Rest::open(pipeline, store, needs)?) }),
                // A run has begun meanwhile.
                Err(StoreError::Locked { .. }) if socket::is_served(data_dir) => {}
                Err(error) => return Err(closed(pipeline, &error)),
            }
        }
    }

    /// Whether a run is asked.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.rest.is_none()
    }

    /// Asks.
    pub fn ask(&self, request: Request) -> Result<Answer, Unanswered> {
        let data_dir = &self.pipeline.data_dir;
        let answer = match &self.rest {
            Some(Rest { clerk, runtime, .. }) => runtime.block_on(clerk.answer(request)),
            None => match socket::ask(data_dir, &request).map_err(|error| unreachable(data_dir, &error))? {
                Some(answer) => answer,
                None => return Err(unreachable(data_dir, &std::io::ErrorKind::ConnectionRefused.into())),
            },
        };
        match answer {
            Answer::Refused(refusal) => Err(Unanswered::Problems(refusal.into())),
            answer => Ok(answer),
        }
    }
}

impl Rest {
    fn open(pipeline: &Pipeline, store: LocalStore, needs: Needs) -> Result<Self, Unanswered> {
        let (mut receivers, mut remembering) = (BTreeMap::new(), BTreeMap::new());
        if needs.receivers || needs.remembering {
            let library = library(&pipeline.data_dir).map_err(Unanswered::Unforeseen)?;
            let assembly = Assembly::new(pipeline, &library).map_err(Unanswered::Problems)?;
            (receivers, remembering) = (assembly.receivers(), assembly.remembering());
        }
        let opened = || {
            let (store, kept) = match needs.claims {
                true => {
                    let committer = Committer::start(store).context("the store cannot be claimed")?;
                    (committer.handle(), Kept::Claimed { _committer: committer })
                }
                // Whoever only looks leaves no trace.
                false => (Handle::reading(store.reader()), Kept::Read { _store: store }),
            };
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no threads")?;
            let pipeline = Arc::new(pipeline.clone());
            // Made within the runtime, whose clock it reads.
            let clerk = runtime.block_on(async {
                Clerk { pipeline, receivers, remembering, store, clock: Clock::system(), run: None }
            });
            Ok(Self { clerk, runtime, _store: kept })
        };
        opened().map_err(Unanswered::Unforeseen)
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
    fn looking_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let file = format!(
            "name: p\ndata_dir: {}\nsources:\n  in: {{ type: stdin }}\nsinks:\n  out: {{ type: stdout, inputs: [in] }}\n",
            folder.path().join("data").display()
        );
        let pipeline = crate::config::parse("p.yaml", &file).unwrap();
        let open = || LocalStore::open(&pipeline.data_dir, 1 << 20).unwrap();
        let first = open().claim().unwrap().epoch.0;
        for request in [Request::Status, Request::Letters { from: 0, limit: 9 }] {
            ask_or_open(&pipeline, request).unwrap();
        }
        assert_eq!(open().claim().unwrap().epoch.0, first + 1);
        ask_or_open(&pipeline, Request::Purge { which: super::super::Which::All }).unwrap();
        assert_eq!(open().claim().unwrap().epoch.0, first + 3, "whoever changes something claims it");
    }

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
