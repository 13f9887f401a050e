//! `brazeline run --dry-run`: see it before it runs.
//!
//! The pipeline runs on a copy of its store, which is thrown away afterwards, and every sink only notes what it would send.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use serde_json::json;

use super::{Exit, Failure, Outcome, library};
use crate::assembly::Assembly;
use crate::clock::Clock;
use crate::component::types::Budget;
use crate::config::{self, Pipeline, System};
use crate::observe::log::{self, Format};
use crate::pipeline::graph::SourceKind;
use crate::pipeline::rehearsal::{NotAsked, Rehearsal, Report, Sent, Shown as Request};
use crate::pipeline::stop::{self, stop};
use crate::pipeline::{Ended, Graph};
use crate::problem::{Clean, Problem};
use crate::store::{Committer, Handle, LocalStore, StoreError, StoredLetter};

/// What is printed.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// So many requests whole.
    pub requests: usize,
    /// For machines.
    pub json: bool,
    /// Files are asked for and fetched.
    pub fetch: bool,
}

/// Runs and reports.
pub fn run(file: &Path, format: Format, shown: &Shown) -> Outcome {
    log::start(format).context("the log cannot be started")?;
    let mut pipeline = config::load(file)?;
    let secrets = pipeline.resolve_secrets(&System)?;
    let library = library(&pipeline.data_dir)?;
    let folder = tempfile::tempdir().context("there is no room for a copy of the store")?;
    copy(&pipeline, folder.path())?;
    folder.path().clone_into(&mut pipeline.data_dir);
    pipeline.rehearse();
    let assembly = Assembly::new(&pipeline, &library)?;
    let store =
        LocalStore::open(&pipeline.data_dir, pipeline.journal.max_size.0).context("the copy cannot be opened")?;
    let committer = Committer::start(store).context("the copy cannot be claimed")?;
    let handle = committer.handle();
    let before = letters(&handle)?;
    let rehearsal = Arc::new(Rehearsal::new(shown.requests));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no threads")?;
    let ended = runtime.block_on(async {
        let clock = Clock::system();
        let mut graph = assembly.graph(&secrets, &clock).await?;
        let budgets = rehearse(&mut graph, &rehearsal, shown.fetch);
        let (asks, asked) = stop();
        let signal = tokio::spawn(async move {
            if stop::signal().await.is_ok() {
                asks.ask();
            }
        });
        let ended = crate::pipeline::run(graph, handle.clone(), clock, asked).await;
        signal.abort();
        ended.map(|ended| (ended, budgets)).map_err(Failure::Unforeseen)
    });
    runtime.shutdown_background();
    let (ended, budgets) = ended?;
    let rejected = rejected(&before, &letters(&handle)?);
    drop(committer);
    print(&rehearsal.report(budgets.iter()), &ended, &rejected, shown);
    Ok(if ended.stopped.is_empty() { Exit::Done } else { Exit::Stopped })
}

/// Puts notes in the place of every sink, and of asking for files unless they are to be fetched. The budgets that are known.
fn rehearse(graph: &mut Graph, rehearsal: &Arc<Rehearsal>, fetch: bool) -> Vec<Budget> {
    for source in graph.sources.iter_mut().filter(|_| !fetch) {
        if let SourceKind::Fetcher(fetcher) = &mut source.kind {
            fetcher.rehearsal = Some(Arc::clone(rehearsal));
        }
    }
    let mut budgets = Vec::new();
    for sink in &mut graph.sinks {
        budgets.extend(sink.outlet.node().into_iter().flat_map(|node| node.plan().budgets.iter().cloned()));
        sink.outlet = sink.outlet.rehearsed(rehearsal);
    }
    budgets
}

/// Copies the store, which nobody else may have meanwhile.
fn copy(pipeline: &Pipeline, to: &Path) -> Result<(), Failure> {
    let store = match LocalStore::look(&pipeline.data_dir) {
        Ok(store) => store,
        Err(StoreError::Missing { .. }) => return Ok(()),
        Err(error @ StoreError::Locked { .. }) => {
            let what = format!(
                "the `data_dir` {} is in use, and a rehearsal begins where the last run ended",
                pipeline.data_dir.display()
            );
            let help = "stop the pipeline first (SIGTERM): it goes on where it was";
            return Err(Failure::Stopped(Problem::error(what, help).fact(error.to_string()).into()));
        }
        Err(error) => return Err(Failure::Unforeseen(error.into())),
    };
    copy_folder(&pipeline.data_dir, to).context("the store cannot be copied")?;
    drop(store);
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (kind, to) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// Looked at, at most: more than anybody reads.
const LETTERS: usize = 1_000_000;

fn letters(handle: &Handle) -> anyhow::Result<Vec<StoredLetter>> {
    Ok(handle.reader().dead_letters(0, LETTERS)?)
}

/// How many more there are of each reason.
fn rejected(before: &[StoredLetter], after: &[StoredLetter]) -> BTreeMap<String, u64> {
    let counts: BTreeMap<u64, u64> = before.iter().map(|stored| (stored.number, stored.letter.count)).collect();
    let mut reasons = BTreeMap::new();
    for stored in after {
        let more = stored.letter.count - counts.get(&stored.number).copied().unwrap_or(0).min(stored.letter.count);
        if more > 0 {
            *reasons.entry(stored.letter.reason.clone()).or_default() += more;
        }
    }
    reasons
}

fn print(report: &Report, ended: &Ended, rejected: &BTreeMap<String, u64>, shown: &Shown) {
    if shown.json {
        let all = json!({ "report": report, "rejected": rejected, "skipped": ended.counts.skipped, "stopped": ended.stopped });
        return println!("{all:#}");
    }
    report.first.iter().for_each(request);
    let Report { people, enters, exits, restated, unchanged, sent, without_memory, seconds_at_budget, .. } = report;
    println!("people:         {people}");
    println!("enters:         {enters}");
    println!("exits:          {exits}");
    println!("there before:   {restated}");
    println!("unchanged:      {unchanged}");
    println!("skipped:        {}", ended.counts.skipped);
    rejected.iter().for_each(|(reason, count)| println!("rejected:       {count}: {reason}"));
    println!("requests:       {} ({} bytes)", sent.requests, sent.bytes);
    for (budget, seconds) in seconds_at_budget {
        println!("at the budget:  {seconds:.1} s at the rate of `{budget}`");
    }
    costs(sent, without_memory.as_ref());
    ended.stopped.iter().for_each(|(node, reason)| println!("stopped:        `{node}`: {reason}"));
    report.not_asked.iter().for_each(not_asked);
    println!("nothing was sent, and nothing was kept");
}

fn not_asked(NotAsked { source, what, body }: &NotAsked) {
    let body = if body.is_empty() { String::new() } else { format!(": {}", Clean(body)) };
    println!("not asked for:  by `{source}`: {}{body}", Clean(what));
    println!("                what it would bring is not counted; `--fetch` asks for it and throws it away");
}

fn request(Request { sink, method, target, path, headers, body }: &Request) {
    println!("{method} {path} to `{target}` by sink `{sink}`");
    headers.iter().for_each(|(name, value)| println!("{name}: {value}"));
    println!("(and the credentials of the authorization)\n\n{body}\n");
}

fn costs(sent: &Sent, without: Option<&Sent>) {
    let names = sent.costs.keys().chain(without.into_iter().flat_map(|sent| sent.costs.keys()));
    let names: std::collections::BTreeSet<&String> = names.collect();
    for name in names {
        let count = |sent: &Sent| sent.costs.get(name).copied().unwrap_or(0);
        let compared =
            without.map_or_else(String::new, |without| format!("; {} if everything were sent", count(without)));
        println!("{:<15} {}{compared}", format!("{name}:"), count(sent));
    }
}
