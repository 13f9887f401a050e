//! A run, and the one that takes its place when the pipeline file is read again.
//!
//! The new file and its components are checked and compiled while the old ones run; then those stop as they would at the end of the process,
//! and the new ones start on the same store. A file that does not check changes nothing. What neither knows of the other is the address that
//! both may want: it is bound when the old one has let it go, and if that fails, the run ends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::run::{no_signals, say_warnings, started, stopped};
use super::{Failure, say};
use crate::assembly::Assembly;
use crate::clock::Clock;
use crate::component::Library;
use crate::config::{self, Pipeline, Plugin, Secrets, System};
use crate::control::{Clerk, Refusal, Reload, Run, socket::Socket};
use crate::observe::progress::{Progress, Shown};
use crate::pipeline::stop::{Signals, Stopper, Wish, stop};
use crate::pipeline::window::Window;
use crate::pipeline::{Ended, run_in};
use crate::problem::{Problem, Problems};
use crate::store::Handle;

/// The built-in source whose thread waits for the terminal and cannot be told to stop: what it reads then would be lost.
const STDIN: &str = "stdin";

/// A pipeline file that was read, and its secrets.
pub struct Loaded {
    /// What it says.
    pub pipeline: Arc<Pipeline>,
    /// What it names.
    pub secrets: Secrets,
}

/// Everything that stays from one round to the next.
pub struct Rounds {
    /// The pipeline file.
    pub file: PathBuf,
    /// Compiles.
    pub library: Arc<Library>,
    /// Whatever the file says of sources, there are none.
    pub without_sources: bool,
    /// The store.
    pub store: Handle,
    /// How files come along is shown so.
    pub progress: Shown,
    /// The clock.
    pub clock: Clock,
    signals: Signals,
    clerk: watch::Sender<Option<Arc<Clerk>>>,
    reloads: (mpsc::UnboundedSender<Reload>, mpsc::UnboundedReceiver<Reload>),
}

/// How a graph ended, and what takes its place: what was loaded, and who waits for it.
type Round = Result<(Ended, Option<(Loaded, Vec<Reload>)>), Failure>;

/// What is being read again, and for whom.
type Checking = (JoinHandle<Result<Loaded, Problems>>, Vec<Reload>);

impl Rounds {
    /// Made within a runtime. From now on, signals are heard.
    pub fn new(
        file: &Path,
        library: Library,
        without_sources: bool,
        store: Handle,
        progress: Shown,
    ) -> Result<Self, Failure> {
        let signals = Signals::new().map_err(|error| no_signals(&error))?;
        Ok(Self {
            file: file.to_owned(),
            library: Arc::new(library),
            without_sources,
            store,
            progress,
            clock: Clock::system(),
            signals,
            clerk: watch::channel(None).0,
            reloads: mpsc::unbounded_channel(),
        })
    }

    /// Runs until the end; gives what ran last.
    pub async fn run(mut self, first: Loaded, assembly: Assembly<'_>) -> Result<(Loaded, Ended), Failure> {
        let served = match Socket::open(&first.pipeline.data_dir) {
            Ok(socket) => Some(tokio::spawn(socket.serve(self.clerk.subscribe()))),
            Err(error) => {
                tracing::warn!(%error, "no control socket: `status` and other commands cannot reach this run");
                None
            }
        };
        let mut round = self.round(&first, assembly, Vec::new()).await;
        let mut loaded = first;
        let ended = loop {
            match round {
                Ok((ended, None)) => break Ok((loaded, ended)),
                Ok((_, Some((next, waiting)))) => {
                    round = self.again(&next, waiting).await;
                    loaded = next;
                }
                Err(failure) => break Err(failure),
            }
        };
        // Its file goes with it.
        if let Some(served) = served {
            served.abort();
            let _aborted = served.await;
        }
        ended
    }

    async fn again(&mut self, loaded: &Loaded, waiting: Vec<Reload>) -> Round {
        // It was right a moment ago, so what is wrong now ends a run that had begun.
        let stopped = |failure| match failure {
            Failure::Wrong(problems) => Failure::Stopped(problems),
            other => other,
        };
        let assembly = tokio::task::block_in_place(|| Assembly::new(&loaded.pipeline, &self.library));
        let assembly = Assembly { reads_nothing: self.without_sources, ..assembly.map_err(Failure::Stopped)? };
        self.round(loaded, assembly, waiting).await.map_err(stopped)
    }

    /// One graph, from its start to its end.
    async fn round(&mut self, loaded: &Loaded, assembly: Assembly<'_>, waiting: Vec<Reload>) -> Round {
        let pipeline = Arc::clone(&loaded.pipeline);
        let graph = assembly.graph(&loaded.secrets, &self.clock).await?;
        started(&pipeline, &graph);
        let (asks, asked) = stop();
        let window = Arc::new(Window::default());
        let seen = Run {
            window: Arc::clone(&window),
            since_ms: self.clock.unix_ms(),
            desks: graph.desks.clone(),
            budgets: graph.budgets.clone(),
            reloads: self.reloads.0.clone(),
        };
        let (receivers, store) = (assembly.receivers(), self.store.clone());
        let (pipeline, remembering) = (Arc::clone(&pipeline), BTreeMap::new());
        let clerk = Clerk { pipeline, receivers, remembering, store, clock: self.clock, run: Some(seen) };
        let _shown = Progress::begin(Arc::clone(&window), self.clock, self.progress);
        let run = run_in(graph, self.store.clone(), self.clock, asked, window);
        self.clerk.send_replace(Some(Arc::new(clerk)));
        // Whoever asked may have gone.
        waiting.into_iter().for_each(|reload| reload.send(Ok(())).unwrap_or_default());
        self.until_end(loaded, run, asks).await
    }

    async fn until_end(
        &mut self,
        loaded: &Loaded,
        run: impl Future<Output = anyhow::Result<Ended>>,
        asks: Stopper,
    ) -> Round {
        let mut run = std::pin::pin!(run);
        let (mut checking, mut next): (Option<Checking>, _) = (None, None);
        let mut is_ending = false;
        loop {
            tokio::select! {
                ended = &mut run => return Ok((ended.map_err(stopped)?, next)),
                wish = self.signals.next() => match wish {
                    Wish::Stop => {
                        tracing::info!("asked to stop: requests in flight may end, what waits stays in the journal");
                        (is_ending, next) = (true, None);
                        asks.ask();
                    }
                    Wish::Reload if is_ending => {}
                    Wish::Reload => drop(checking.get_or_insert_with(|| (self.check(loaded), Vec::new()))),
                },
                Some(reload) = self.reloads.1.recv() => match is_ending {
                    // Dropped unanswered: whoever asked is told that it ended.
                    true => drop(reload),
                    false => checking.get_or_insert_with(|| (self.check(loaded), Vec::new())).1.push(reload),
                },
                checked = of(&mut checking), if checking.is_some() => {
                    let reloads = checking.take().map_or_else(Vec::new, |(_, reloads)| reloads);
                    match checked {
                        _ if is_ending => {}
                        Ok(loaded) => {
                            tracing::info!("the pipeline file is right: the run stops, and goes on with what it says now");
                            self.clerk.send_replace(None);
                            next = Some((loaded, reloads));
                            is_ending = true;
                            asks.ask();
                        }
                        Err(problems) => refuse(&problems, reloads),
                    }
                }
            }
        }
    }

    /// Reads and checks the file, beside the run.
    fn check(&self, old: &Loaded) -> JoinHandle<Result<Loaded, Problems>> {
        let (file, library, old) = (self.file.clone(), Arc::clone(&self.library), Arc::clone(&old.pipeline));
        tracing::info!(file = %file.display(), "asked to read the pipeline file again");
        tokio::task::spawn_blocking(move || {
            let pipeline = config::load(&file)?;
            stays(&old, &pipeline)?;
            let secrets = pipeline.resolve_secrets(&System)?;
            Assembly::new(&pipeline, &library)?.reach(&secrets)?;
            say_warnings(&pipeline);
            Ok(Loaded { pipeline: Arc::new(pipeline), secrets })
        })
    }
}

async fn of(checking: &mut Option<Checking>) -> Result<Loaded, Problems> {
    let Some((checking, _)) = checking else { return std::future::pending().await };
    let failed = |error| {
        let help = "nothing changed; please report this";
        Err(Problem::error("reading the pipeline file again failed", help).fact(format!("{error}")).into())
    };
    checking.await.unwrap_or_else(failed)
}

/// Nothing changed, and why.
fn refuse(problems: &Problems, reloads: Vec<Reload>) {
    say(problems);
    tracing::error!("the pipeline file is not right: the run goes on with what it said before");
    for reload in reloads {
        // Whoever asked may have gone.
        let _gone = reload.send(Err(Refusal::from(problems.clone())));
    }
}

/// What a run cannot change.
fn stays(old: &Pipeline, new: &Pipeline) -> Result<(), Problems> {
    let mut problems = Vec::new();
    let help = "change it back, or stop the run and start it again";
    if old.name != new.name {
        problems.push(Problem::error("`name` cannot be changed by a reload: what is stored belongs to it", help));
    }
    if old.data_dir != new.data_dir {
        problems.push(Problem::error("`data_dir` cannot be changed by a reload: what waits lies there", help));
    }
    if old.journal.max_size != new.journal.max_size {
        problems.push(Problem::error("`journal` cannot be changed by a reload: the store is open", help));
    }
    let is_stdin = |source: &config::Source| source.node.plugin.value == Plugin::Name(STDIN.to_owned());
    if old.sources.iter().chain(&new.sources).any(is_stdin) {
        let what = "a pipeline that reads standard input cannot be reloaded: what was read of it is gone";
        problems.push(Problem::error(what, "stop the run and start it again"));
    }
    if problems.is_empty() { Ok(()) } else { Err(Problems::new(problems)) }
}
