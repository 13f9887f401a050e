//! `brazeline dead-letters`

use std::io::{self, Write, stdout};
use std::path::Path;

use anyhow::Context;
use serde_json::json;

use super::{Exit, Failure, Outcome, asked};
use crate::clock::shown as time;
use crate::config;
use crate::control::{Answer, Letter, Replayed, Request, Which};
use crate::problem::{Clean, Problem};

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

/// Lists what is stored.
pub fn list(file: &Path, page: &Page) -> Outcome {
    let pipeline = config::load(file)?;
    let letters = match asked(&pipeline, Request::Letters { from: page.from, limit: page.limit })? {
        Some(Answer::Letters(letters)) => letters,
        _ => return none(&pipeline.data_dir, page),
    };
    write(&letters, page, &mut stdout().lock()).context("standard output cannot be written")?;
    Ok(Exit::Done)
}

/// Shows one, with the event: for the eyes of somebody who may see it.
pub fn show(file: &Path, number: u64) -> Outcome {
    let pipeline = config::load(file)?;
    let letters = match asked(&pipeline, Request::Letter { number })? {
        Some(Answer::Letters(letters)) => letters,
        _ => Vec::new(),
    };
    let letter = letters.first().ok_or_else(|| nothing_ran(&pipeline.data_dir))?;
    whole(letter, &mut stdout().lock()).context("standard output cannot be written")?;
    Ok(Exit::Done)
}

/// Sends them again to who rejected them.
pub fn replay(file: &Path, which: Which, may_have_arrived: bool) -> Outcome {
    let pipeline = config::load(file)?;
    let replayed = match asked(&pipeline, Request::Replay { which, may_have_arrived })? {
        Some(Answer::Replayed(replayed)) => replayed,
        _ => return Err(nothing_ran(&pipeline.data_dir)),
    };
    let Replayed { letters, kept, more_kept } = replayed;
    println!("{letters} dead letters are sent again");
    kept.iter().for_each(|kept| println!("{} stays: {}", kept.number, Clean(&kept.why)));
    if more_kept > 0 {
        println!("{more_kept} more stay");
    }
    Ok(if kept.is_empty() { Exit::Done } else { Exit::Rejected })
}

/// Forgets them.
pub fn purge(file: &Path, which: Which, yes: bool) -> Outcome {
    let pipeline = config::load(file)?;
    if which == Which::All && !yes {
        let help = "add `--yes` if none of these events is needed any more; nothing brings them back";
        return Err(Failure::Wrong(Problem::error("all dead letters would be forgotten", help).into()));
    }
    match asked(&pipeline, Request::Purge { which })? {
        Some(Answer::Purged(letters)) => println!("{letters} dead letters are forgotten"),
        _ => return Err(nothing_ran(&pipeline.data_dir)),
    }
    Ok(Exit::Done)
}

fn nothing_ran(data_dir: &Path) -> Failure {
    let what = format!("no dead letters: {} holds no store yet", data_dir.display());
    Failure::Stopped(Problem::error(what, "run the pipeline first").into())
}

fn none(data_dir: &Path, page: &Page) -> Outcome {
    if !page.json {
        println!("no dead letters: {} holds no store yet", data_dir.display());
    }
    Ok(Exit::Done)
}

fn write(letters: &[Letter], page: &Page, out: &mut impl Write) -> io::Result<()> {
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
fn text(stored: &Letter, out: &mut impl Write) -> io::Result<()> {
    let letter = &stored.about;
    writeln!(out, "{}  {}  {}", stored.number, time(stored.last_at_ms), Clean(&letter.reason))?;
    let times = if letter.count == 1 { String::new() } else { format!(", {} times", letter.count) };
    let arrived = if letter.may_have_arrived { ", may have arrived" } else { "" };
    let source = if letter.node == letter.source { String::new() } else { format!(" from `{}`", letter.source) };
    writeln!(out, "   at `{}`{source}: {}{times}{arrived}", letter.node, Clean(&letter.place))
}

fn as_json(stored: &Letter) -> serde_json::Value {
    let letter = &stored.about;
    let body = match serde_json::from_slice::<serde_json::Value>(&stored.body) {
        Ok(event) => json!({ "event": event }),
        Err(_) => json!({ "raw": String::from_utf8_lossy(&stored.body) }),
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

/// All that is known of one.
fn whole(stored: &Letter, out: &mut impl Write) -> io::Result<()> {
    let letter = &stored.about;
    writeln!(out, "dead letter {}", stored.number)?;
    writeln!(out, "  reason: {}", Clean(&letter.reason))?;
    writeln!(out, "  at `{}`, from `{}`: {}", letter.node, letter.source, Clean(&letter.place))?;
    letter.key.iter().try_for_each(|key| writeln!(out, "  about: {}", Clean(key)))?;
    writeln!(out, "  times: {}, first {}, last {}", letter.count, time(letter.at_ms), time(stored.last_at_ms))?;
    let arrived = if letter.may_have_arrived { "yes" } else { "no" };
    writeln!(out, "  may have arrived: {arrived}")?;
    let event = serde_json::from_slice::<serde_json::Value>(&stored.body);
    let text = match event.and_then(|event| serde_json::to_string_pretty(&event)) {
        Ok(text) => text,
        Err(_) => String::from_utf8_lossy(&stored.body).into_owned(),
    };
    // It comes from somebody else, who may not write to a terminal.
    let clean = |line: &str| line.chars().flat_map(escaped).collect::<String>();
    text.lines().try_for_each(|line| writeln!(out, "{}", clean(line)))
}

fn escaped(character: char) -> impl Iterator<Item = char> {
    let (plain, control) = match character.is_control() {
        true => (None, Some(character.escape_default())),
        false => (Some(character), None),
    };
    plain.into_iter().chain(control.into_iter().flatten())
}
