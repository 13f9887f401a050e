//! How does what a transform remembers move to another machine?
//!
//! As a file with a JSON object a line: each record as the store has it, binary as base64. A file is read whole before anything of it is taken,
//! and while it is taken a note says so: half a memory would be taken for a whole one.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};

use super::memory::{FACTS, TAKING};
use super::notes::Facts;
use super::upkeep::{Reply, failed};
use crate::problem::Problem;
use crate::store::{Commit, Handle, Reader, Shelf, StateChange, StoreError};

/// How many records are moved at once.
const MOVED: usize = 1_000;

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    shelf: Shelf,
    key: String,
    value: String,
}

struct Record {
    shelf: Shelf,
    key: Vec<u8>,
    value: Vec<u8>,
}

/// Writes all that is stored for `node` into a new file, for its owner alone.
pub fn export(reader: &dyn Reader, node: &str, to: &Path) -> Result<Reply, Problem> {
    let refused = |error: std::io::Error| {
        let help = "name a file that does not exist, in a folder that the pipeline's user may write to";
        Problem::error(format!("`{}` cannot be written", to.display()), help).fact(error.to_string())
    };
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).map_err(refused)?;
    let mut out = BufWriter::new(file);
    let mut records = 0;
    for shelf in [Shelf::State, Shelf::Number, Shelf::Note] {
        let mut from = Vec::new();
        loop {
            let page = reader.scan_states(node, shelf, &from, MOVED).map_err(|error| failed(&error))?;
            let Some((last, _)) = page.last() else { break };
            // The key behind the last one.
            from = [last.as_slice(), b"\0"].concat();
            records += page.len() as u64;
            for (key, value) in page {
                let line = Line { shelf, key: BASE64_STANDARD.encode(key), value: BASE64_STANDARD.encode(value) };
                serde_json::to_writer(&mut out, &line).map_err(|error| refused(error.into()))?;
                out.write_all(b"\n").map_err(refused)?;
            }
        }
    }
    let file = out.into_inner().map_err(|error| refused(error.into_error()))?;
    file.sync_all().map_err(refused)?;
    Ok(Reply::Moved { records, waiting: waiting(reader, node).map_err(|error| failed(&error))? })
}

/// Events of the outbox that the sink has not settled.
fn waiting(reader: &dyn Reader, node: &str) -> Result<u64, StoreError> {
    let accounts = reader.accounts()?;
    let Some(log) = accounts.logs.get(node) else { return Ok(0) };
    let cursors = accounts.cursors.iter().filter(|((source, _), _)| source == node);
    Ok(cursors.map(|(_, cursor)| cursor.open_below(log.next)).max().unwrap_or(log.events()))
}

/// Takes what was exported elsewhere. Only who knows nobody yet may: two memories cannot be joined.
pub async fn import(store: &Handle, node: &str, from: &Path) -> Result<Reply, Problem> {
    let people = known(store.reader(), node).map_err(|error| failed(&error))?;
    if people > 0 {
        let what = format!("{people} people are known here already, and two memories cannot be joined");
        return Err(Problem::error(what, "import into a `data_dir` in which nothing was run yet"));
    }
    let mut facts = None;
    for record in lines(from)? {
        facts = facts.or(Some(record?).filter(Record::is_facts));
    }
    let Some(facts) = facts else {
        let help = "name a file that `brazeline state export` wrote";
        return Err(Problem::error(format!("`{}` is not all of what a transform remembers", from.display()), help));
    };
    let (mut states, mut records) = (vec![note(node, Some(vec![]))], 0);
    for record in lines(from)? {
        let record = record?;
        records += 1;
        if record.is_facts() {
            continue;
        }
        states.push(record.change(node));
        if states.len() >= MOVED {
            commit(store, std::mem::take(&mut states)).await?;
        }
    }
    states.extend([facts.change(node), note(node, None)]);
    commit(store, states).await?;
    Ok(Reply::Moved { records, waiting: 0 })
}

/// How many people are known.
fn known(reader: &dyn Reader, node: &str) -> Result<u64, StoreError> {
    Ok(facts(reader, node)?.map_or(0, |facts| u64::from(facts.next_number)))
}

/// What a transform keeps beside its people, as it is stored.
pub fn facts(reader: &dyn Reader, node: &str) -> Result<Option<Facts>, StoreError> {
    let stored = reader.states(node, Shelf::Note, &[FACTS])?.pop().flatten();
    let read = |facts: Vec<u8>| {
        serde_json::from_slice(&facts).map_err(|_| StoreError::Unreadable { what: "what a transform remembers" })
    };
    stored.map(read).transpose()
}

fn note(node: &str, value: Option<Vec<u8>>) -> StateChange {
    StateChange { node: node.to_owned(), shelf: Shelf::Note, key: TAKING.to_vec(), value }
}

async fn commit(store: &Handle, states: Vec<StateChange>) -> Result<(), Problem> {
    let stored = store.commit(Commit { states, ..Commit::default() }).await;
    stored.map(drop).map_err(|error| failed(&error).help("then import the file again: it was not taken whole"))
}

fn lines(from: &Path) -> Result<impl Iterator<Item = Result<Record, Problem>>, Problem> {
    let help = "name a file that `brazeline state export` wrote, and that the pipeline's user may read";
    let refused = move |what: String, fact: String| Problem::error(what, help).fact(fact);
    let name = from.display().to_string();
    let file = File::open(from).map_err(|error| refused(format!("`{name}` cannot be read"), error.to_string()))?;
    Ok(BufReader::new(file).lines().enumerate().map(move |(number, line)| {
        let what = || format!("line {} of `{name}` is no record", number + 1);
        let line = line.map_err(|error| refused(what(), error.to_string()))?;
        let Line { shelf, key, value } =
            serde_json::from_str(&line).map_err(|error| refused(what(), error.to_string()))?;
        let bytes = |text: String| BASE64_STANDARD.decode(text).map_err(|error| refused(what(), error.to_string()));
        Ok(Record { shelf, key: bytes(key)?, value: bytes(value)? })
    }))
}

impl Record {
    fn is_facts(&self) -> bool {
        self.shelf == Shelf::Note && self.key == FACTS
    }

    fn change(self, node: &str) -> StateChange {
        let Self { shelf, key, value } = self;
        StateChange { node: node.to_owned(), shelf, key, value: Some(value) }
    }
}
