//! `brazeline run`

use std::io::{IsTerminal, stderr, stdout};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

use super::rounds::{Loaded, Rounds};
use super::status::brief;
use super::{Exit, Failure, Outcome, library, say};
use crate::assembly::Assembly;
use crate::clock::Clock;
use crate::config::{self, Pipeline, System};
use crate::control::{Status, patiently};
use crate::observe::log::{self, Format};
use crate::observe::progress::Shown;
use crate::pipeline::{Ended, Graph};
use crate::problem::{Problem, Problems};
use crate::store::{Committer, LocalStore, StoreError};

/// The built-in sink that writes where a bar may be.
const STDOUT: &str = "stdout";

/// Runs a pipeline until it ends or is told to.
///
/// `again`: what was imported before is imported again.
pub fn run(file: &Path, format: Format, again: bool) -> Outcome {
    start(file, format, Start { again, without_sources: false })
}

/// Runs it without its sources: what is decided already, or was wished by an operator, is delivered, and then it ends.
pub fn finish(file: &Path, format: Format) -> Outcome {
    start(file, format, Start { again: false, without_sources: true })
}

#[derive(Debug, Clone, Copy)]
struct Start {
    again: bool,
    without_sources: bool,
}

fn start(file: &Path, format: Format, Start { again, without_sources }: Start) -> Outcome {
    log::start(format).context("the log cannot be started")?;
    let mut pipeline = config::load(file)?;
    if again {
        pipeline.import_again();
    }
    say_warnings(&pipeline);
    let secrets = pipeline.resolve_secrets(&System)?;
    std::fs::create_dir_all(&pipeline.data_dir).map_err(|error| no_data_dir(&pipeline, &error))?;
    let library = library(&pipeline.data_dir)?;
    let pipeline = Arc::new(pipeline);
    let assembly = Assembly { reads_nothing: without_sources, ..Assembly::new(&pipeline, &library)? };
    let (data_dir, log_bytes) = (&pipeline.data_dir, pipeline.journal.max_size.0);
    let store = patiently(data_dir, || LocalStore::open(data_dir, log_bytes));
    let store = store.map_err(|error| no_store(&pipeline, &error))?;
    let committer = Committer::start(store).context("the store cannot be claimed")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no threads")?;
    let before = committer.handle().reader().accounts().map_err(anyhow::Error::new)?;
    let progress = progress(format, &pipeline);
    let ended = runtime.block_on(async {
        let rounds = Rounds::new(file, library, without_sources, committer.handle(), progress)?;
        rounds.run(Loaded { pipeline: Arc::clone(&pipeline), secrets }, assembly).await
    });
    // Standard input may be waited for by a thread that nothing can wake.
    runtime.shutdown_background();
    let accounts = committer.handle().reader().accounts();
    drop(committer);
    let (Loaded { pipeline: last, .. }, ended) = ended?;
    let sums = Status::stored(&last, &accounts.map_err(anyhow::Error::new)?.since(&before));
    Ok(summary(&last, file, &ended, &sums))
}

/// Bars where somebody sees them and nothing else writes there.
fn progress(format: Format, pipeline: &Pipeline) -> Shown {
    let is_stdout = |sink: &config::Sink| sink.node.plugin.value == config::Plugin::Name(STDOUT.to_owned());
    let is_written_to = stdout().is_terminal() && pipeline.sinks.iter().any(is_stdout);
    match format == Format::Text && stderr().is_terminal() && !is_written_to {
        true => Shown::Bars,
        false => Shown::Lines,
    }
}

pub(super) fn say_warnings(pipeline: &Pipeline) {
    let warnings = pipeline.warnings.clone().and(pipeline.expiring(Clock::system().unix_ms()));
    if !warnings.is_empty() {
        say(&warnings);
    }
}

pub(super) fn started(pipeline: &Pipeline, graph: &Graph) {
    for authorization in &pipeline.authorizations {
        for (target, origin) in authorization.hosts.iter().filter(|(_, origin)| origin.value.is_plain()) {
            tracing::warn!(authorization = %authorization.name, target, origin = %origin.value, "spoken to unencrypted");
        }
    }
    let (sources, transforms, sinks) = (graph.sources.len(), graph.transforms.len(), graph.sinks.len());
    tracing::info!(pipeline = %pipeline.name, data_dir = %pipeline.data_dir.display(), sources, transforms, sinks, "started");
}

fn summary(pipeline: &Pipeline, file: &Path, ended: &Ended, sums: &Status) -> Exit {
    let counts = ended.counts;
    tracing::info!(
        pipeline = %pipeline.name,
        read = counts.read,
        settled = counts.settled,
        rejected = counts.rejected,
        skipped = counts.skipped,
        nodes = brief(sums),
        "ended"
    );
    if counts.rejected > 0 {
        let what = format!("{} events were rejected", counts.rejected);
        let help = format!("see `brazeline dead-letters list {}`", file.display());
        say(&Problem::warning(what, help).into());
    }
    match () {
        () if !ended.stopped.is_empty() => Exit::Stopped,
        () if ended.asked => Exit::Done,
        () if counts.rejected > 0 => Exit::Rejected,
        () => Exit::Done,
    }
}

fn no_data_dir(pipeline: &Pipeline, error: &std::io::Error) -> Problems {
    let what = format!("the `data_dir` {} cannot be made", pipeline.data_dir.display());
    Problem::error(what, "name a folder that this user may write to").fact(error.to_string()).into()
}

fn no_store(pipeline: &Pipeline, error: &StoreError) -> Failure {
    let folder = pipeline.data_dir.display();
    let problem = match error {
        StoreError::Locked { .. } => Problem::error(
            format!("the `data_dir` {folder} is in use by another run"),
            "stop the other one, or give this pipeline its own `data_dir`",
        ),
        error => Problem::error(
            format!("the store in {folder} cannot be opened"),
            "see what it says; the disk may be full or failing",
        )
        .fact(error.to_string()),
    };
    Failure::Stopped(problem.into())
}

/// The process cannot be told to stop.
pub(super) fn no_signals(error: &std::io::Error) -> Failure {
    let help = "see what it says; without them, a run could not be stopped in order";
    Failure::Stopped(Problem::error("signals cannot be heard", help).fact(error.to_string()).into())
}

/// A run that was broken off: what it had taken on is safe, and the next run goes on with it.
pub(super) fn stopped(error: anyhow::Error) -> Failure {
    match error.downcast_ref::<StoreError>() {
        Some(store) => {
            let help = "mend the disk, then start again: nothing that was acknowledged is lost";
            Failure::Stopped(Problem::error("the run stopped: its store failed", help).fact(store.to_string()).into())
        }
        None => Failure::Unforeseen(error),
    }
}
