//! `brazeline approve`, `reconcile`, `teardown` and `state`: what operators do with what a transform remembers.
//!
//! They need the pipeline to be at rest: a running one holds its store.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use anyhow::Context;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};

use super::{Exit, Failure, Outcome, library};
use crate::assembly::{Assembly, Plugin};
use crate::clock::Clock;
use crate::component::Kind;
use crate::config::{self, Pipeline};
use crate::pipeline::keyed::rest::{AtRest, Moved};
use crate::pipeline::keyed::upkeep::{Person, Question, Reply};
use crate::problem::{Problem, Problems};
use crate::store::{LocalStore, Shelf, StoreError};

/// Lets go on what was held up.
pub fn approve(file: &Path, node: Option<&str>) -> Outcome {
    let mut rest = open(file, node)?;
    let Reply::Approved(held) = ask(&mut rest, Question::Approve)? else { return Ok(Exit::Done) };
    match held.as_slice() {
        [] => println!("nothing is held up"),
        held => held.iter().for_each(|held| println!("approved: {held}")),
    }
    if !held.is_empty() {
        println!("the next `brazeline run` goes on with it");
    }
    Ok(Exit::Done)
}

/// What is to be reconciled, and with what.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// A CSV of what the other side holds.
    pub file: std::path::PathBuf,
    /// The column with the identifier.
    pub key_column: String,
    /// Its kind: `external_id`.
    pub kind: String,
    /// The column with the audiences.
    pub audiences_column: String,
    /// What joins them in a cell.
    pub joiner: String,
}

/// Puts people in doubt, so that everything about them is said again: everybody, or those of whom the other side holds something else.
pub fn reconcile(file: &Path, node: Option<&str>, comparison: Option<&Comparison>, really: bool) -> Outcome {
    let mut rest = open(file, node)?;
    let keys = match comparison {
        None => None,
        Some(comparison) => Some(drift(&mut rest, comparison)?),
    };
    let people = match &keys {
        Some(keys) => keys.len() as u64,
        None => match ask(&mut rest, Question::Summary)? {
            Reply::Summary(summary) => summary.people,
            _ => 0,
        },
    };
    if !really {
        println!("{people} people would be told everything again when they next come; add `--yes` to let that happen");
        return Ok(Exit::Done);
    }
    ask(&mut rest, Question::Doubt { keys })?;
    println!("{people} people are told everything again when they next come");
    Ok(Exit::Done)
}

/// Takes what was told off everybody. The people that it is about, and whether it is to happen now.
pub fn teardown(
    file: &Path,
    node: Option<&str>,
    audiences: Option<Vec<String>>,
    really: bool,
) -> Result<bool, Failure> {
    let mut rest = open(file, node)?;
    let at_ms = Clock::system().unix_ms();
    let Reply::People(people) = ask(&mut rest, Question::TakeOff { audiences, really, at_ms })? else {
        return Ok(false);
    };
    match really {
        true => println!("taking it off {people} people; broken off, it goes on with the next run"),
        false => println!("it would be taken off {people} people, one update each; add `--yes` to let that happen"),
    }
    Ok(really && people > 0)
}

/// Shows what is known of somebody.
pub fn get(file: &Path, node: Option<&str>, key: &str) -> Outcome {
    let mut rest = open(file, node)?;
    let Reply::Person(person) = ask(&mut rest, Question::Get { key: key.to_owned() })? else { return Ok(Exit::Done) };
    match person {
        None => println!("nothing is known of this key"),
        Some(Person { audiences, unsure, state_version, state_bytes }) => {
            println!("audiences: {}", if audiences.is_empty() { "none".to_owned() } else { audiences.join(", ") });
            println!(
                "in doubt: {}",
                if unsure { "yes, everything is told again when the person next comes" } else { "no" }
            );
            println!("state: {state_bytes} bytes of version {state_version}");
        }
    }
    Ok(Exit::Done)
}

/// Forgets somebody.
pub fn forget(file: &Path, node: Option<&str>, key: &str) -> Outcome {
    let mut rest = open(file, node)?;
    match ask(&mut rest, Question::Forget { key: key.to_owned() })? {
        Reply::People(0) => println!("nothing was known of this key"),
        _ => println!("forgotten here; what the other side was told stays there"),
    }
    Ok(Exit::Done)
}

/// A record in an exported file: binary as base64.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    shelf: Shelf,
    key: String,
    value: String,
}

/// Writes everything that is remembered to a file, a JSON object a line.
pub fn export(file: &Path, node: Option<&str>, to: &Path) -> Outcome {
    let rest = open(file, node)?;
    let created = File::create_new(to).with_context(|| format!("`{}` cannot be made", to.display()))?;
    let mut out = io::BufWriter::new(created);
    let mut count = 0_u64;
    rest.export(|Moved { shelf, key, value }| {
        count += 1;
        let line = Line { shelf, key: BASE64_STANDARD.encode(key), value: BASE64_STANDARD.encode(value) };
        serde_json::to_writer(&mut out, &line)?;
        Ok(out.write_all(b"\n")?)
    })?;
    out.into_inner().context("the file cannot be written")?.sync_all().context("the file cannot be written")?;
    println!("{count} records written");
    Ok(Exit::Done)
}

/// Takes what was exported elsewhere.
pub fn import(file: &Path, node: Option<&str>, from: &Path) -> Outcome {
    let mut rest = open(file, node)?;
    let opened = File::open(from).with_context(|| format!("`{}` cannot be read", from.display()))?;
    let records = BufReader::new(opened).lines().enumerate().map(|(number, line)| {
        let place = || format!("line {} of `{}` is no record", number + 1, from.display());
        let Line { shelf, key, value } = serde_json::from_str(&line?).with_context(place)?;
        let (key, value) = (BASE64_STANDARD.decode(key), BASE64_STANDARD.decode(value));
        Ok(Moved { shelf, key: key.with_context(place)?, value: value.with_context(place)? })
    });
    match rest.import(records)? {
        Ok(count) => {
            println!("{count} records taken");
            Ok(Exit::Done)
        }
        Err(people) => {
            let what = format!("{people} people are known here already, and two memories cannot be joined");
            Err(Failure::Wrong(Problem::error(what, "import into a `data_dir` in which nothing was run yet").into()))
        }
    }
}

/// The keys of those of whom the other side holds other audiences; it prints how many and how.
fn drift(rest: &mut AtRest<LocalStore>, comparison: &Comparison) -> Result<Vec<String>, Failure> {
    let Comparison { file, key_column, kind, audiences_column, joiner } = comparison;
    let mut reader = csv::Reader::from_path(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
    let headers = reader.headers().context("the file has no header row")?.clone();
    let column = |name: &str| {
        headers.iter().position(|header| header == name).ok_or_else(|| {
            let what = format!("`{}` has no column `{name}`", file.display());
            let fact = format!("columns there: {}", headers.iter().collect::<Vec<_>>().join(", "));
            Failure::Wrong(Problem::error(what, "name one of them").fact(fact).into())
        })
    };
    let (key, audiences) = (column(key_column)?, column(audiences_column)?);
    let (mut keys, mut unknown, mut rows) = (Vec::new(), 0_u64, 0_u64);
    for record in reader.records() {
        let record = record.context("a row cannot be read")?;
        let (Some(id), Some(cell)) = (record.get(key), record.get(audiences)) else { continue };
        rows += 1;
        let key = format!("{kind}:{id}");
        let mut there: Vec<&str> = cell.split(joiner.as_str()).map(str::trim).filter(|name| !name.is_empty()).collect();
        there.sort_unstable();
        match ask(rest, Question::Get { key: key.clone() })? {
            Reply::Person(Some(mut person)) => {
                person.audiences.sort_unstable();
                if person.audiences != there {
                    keys.push(key);
                }
            }
            _ => unknown += u64::from(!there.is_empty()),
        }
    }
    println!(
        "{rows} rows compared: {} people hold other audiences than they were told, {unknown} hold some and are not known here",
        keys.len()
    );
    Ok(keys)
}

fn ask(rest: &mut AtRest<LocalStore>, question: Question) -> Result<Reply, Failure> {
    rest.ask(question).map_err(|error| Failure::Unforeseen(error.into()))
}

/// Opens what the transform of a pipeline remembers.
fn open(file: &Path, node: Option<&str>) -> Result<AtRest<LocalStore>, Failure> {
    let pipeline = config::load(file)?;
    let library = library(&pipeline.data_dir)?;
    let assembly = Assembly::new(&pipeline, &library)?;
    let remembers = |transform: &&config::Transform| match assembly.plugins.get(transform.node.id.as_str()) {
        Some(Plugin::Component { component, .. }) => component.kinds().has(Kind::KeyedTransform),
        _ => false,
    };
    let all: Vec<&str> = pipeline.transforms.iter().filter(remembers).map(|one| one.node.id.as_str()).collect();
    let id = choose(&all, node)?;
    let Some(Plugin::Component { component, .. }) = assembly.plugins.get(id) else {
        return Err(Failure::Unforeseen(anyhow::anyhow!("transform `{id}` is no component")));
    };
    let manifest = component.manifest();
    let store =
        LocalStore::open(&pipeline.data_dir, pipeline.journal.max_size.0).map_err(|error| closed(&pipeline, error))?;
    AtRest::claim(store, id, &manifest.name, &manifest.state_versions)
        .map_err(|error| Failure::Unforeseen(error.into()))
}

fn choose<'a>(all: &[&'a str], node: Option<&str>) -> Result<&'a str, Problems> {
    let listed = all.join(", ");
    match (all, node) {
        (all, Some(node)) => all.iter().copied().find(|id| *id == node).ok_or_else(|| {
            let fact = format!("those that do: {}", if all.is_empty() { "none" } else { &listed });
            Problem::error(format!("no transform `{node}` remembers anything"), "name one that does").fact(fact).into()
        }),
        ([one], None) => Ok(one),
        ([], None) => {
            Err(Problem::error("no transform of this pipeline remembers anything", "nothing is to be done here").into())
        }
        (_, None) => Err(Problem::error("several transforms remember", "say which with `--node`").fact(listed).into()),
    }
}

fn closed(pipeline: &Pipeline, error: StoreError) -> Failure {
    match error {
        error @ StoreError::Locked { .. } => {
            let what = format!("the `data_dir` {} is in use", pipeline.data_dir.display());
            let help = "stop the pipeline first (SIGTERM): it goes on where it was";
            Failure::Stopped(Problem::error(what, help).fact(error.to_string()).into())
        }
        error => Failure::Unforeseen(error.into()),
    }
}
