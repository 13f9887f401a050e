//! `brazeline dead-letters`

use std::io::{self, Write, stdout};
use std::path::Path;

use anyhow::Context;
use serde_json::json;

use super::{Exit, Outcome};
use crate::clock::shown as time;
use crate::config;
use crate::problem::Problem;
use crate::store::{LocalStore, Store, StoreError, StoredLetter};

/// Which of them, and how.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Beginning with this number.
    pub from: u64,
    /// At most so many.
    pub limit: usize,
    /// For machines, with the event itself.
    pub json: bool,
}

/// Lists what is stored. It needs the pipeline to be at rest: a running one holds its store.
pub fn list(file: &Path, page: &Page) -> Outcome {
    let pipeline = config::load(file)?;
    let store = match LocalStore::look(&pipeline.data_dir) {
        Ok(store) => store,
        Err(StoreError::Missing { .. }) => return none(&pipeline.data_dir, page),
        Err(error @ StoreError::Locked { .. }) => {
            let what = format!("the `data_dir` {} is in use", pipeline.data_dir.display());
            let problem = Problem::error(what, "stop the pipeline first (SIGTERM): it goes on where it was")
                .fact(error.to_string());
            return Err(super::Failure::Stopped(problem.into()));
        }
        Err(error) => return Err(anyhow::Error::new(error).into()),
    };
    let letters = store.reader().dead_letters(page.from, page.limit).map_err(anyhow::Error::new)?;
    write(&letters, page, &mut stdout().lock()).context("standard output cannot be written")?;
    Ok(Exit::Done)
}

fn none(data_dir: &Path, page: &Page) -> Outcome {
    if !page.json {
        println!("no dead letters: {} holds no store yet", data_dir.display());
    }
    Ok(Exit::Done)
}

fn write(letters: &[StoredLetter], page: &Page, out: &mut impl Write) -> io::Result<()> {
    if page.json {
        return letters.iter().try_for_each(|letter| writeln!(out, "{}", as_json(letter)));
    }
    if letters.is_empty() {
        return writeln!(out, "no dead letters");
    }
    letters.iter().try_for_each(|letter| text(letter, out))?;
    match letters.last() {
        Some(last) if letters.len() == page.limit => writeln!(out, "more may follow: --from {}", last.number + 1),
        _ => Ok(()),
    }
}

/// For a terminal: neither the event nor whom it is about, for a terminal's text goes where logs go.
fn text(stored: &StoredLetter, out: &mut impl Write) -> io::Result<()> {
    let letter = &stored.letter;
    writeln!(out, "{}  {}  {}", stored.number, time(stored.last_at_ms), letter.reason.escape_debug())?;
    let times = if letter.count == 1 { String::new() } else { format!(", {} times", letter.count) };
    let arrived = if letter.may_have_arrived { ", may have arrived" } else { "" };
    let source = if letter.node == letter.source { String::new() } else { format!(" from `{}`", letter.source) };
    writeln!(out, "   at `{}`{source}: {}{times}{arrived}", letter.node, letter.place.escape_debug())
}

fn as_json(stored: &StoredLetter) -> serde_json::Value {
    let letter = &stored.letter;
    let body = match serde_json::from_slice::<serde_json::Value>(&letter.body) {
        Ok(event) => json!({ "event": event }),
        Err(_) => json!({ "raw": String::from_utf8_lossy(&letter.body) }),
    };
    let mut whole = json!({
        "number": stored.number,
        "source": letter.source,
        "node": letter.node,
        "place": letter.place,
        "key": letter.key,
        "reason": letter.reason,
        "count": letter.count,
        "first_at": time(letter.at_ms),
        "last_at": time(stored.last_at_ms),
        "may_have_arrived": letter.may_have_arrived,
    });
    if let (Some(whole), serde_json::Value::Object(body)) = (whole.as_object_mut(), body) {
        whole.extend(body);
    }
    whole
}
