//! `brazeline status`

mod files;

use std::fmt::Write;
use std::path::Path;

use anyhow::Context;

use super::{Exit, Outcome, asked};
use crate::clock::shown;
use crate::config::{self, Kind, Size};
use crate::control::status::{Gives, Line, NodeStatus, Status, Sums};
use crate::control::{Answer, Request};
use crate::problem::Clean;

/// Shows how a pipeline stands.
pub fn status(file: &Path, json: bool) -> Outcome {
    let pipeline = config::load(file)?;
    let status = match asked(&pipeline, Request::Status)? {
        Some(Answer::Status(status)) => *status,
        // Nothing ran yet, which is how an empty store would look.
        _ => Status::stored(&pipeline, &crate::store::Accounts::default()),
    };
    match json {
        true => println!("{}", serde_json::to_string(&status).context("the status is no JSON")?),
        false => print!("{}", text(&status)),
    }
    Ok(Exit::Done)
}

/// For a terminal.
fn text(status: &Status) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _infallible = write(status, &mut out);
    out
}

fn write(status: &Status, out: &mut String) -> std::fmt::Result {
    write!(out, "pipeline `{}`", status.pipeline)?;
    match &status.label {
        Some(label) => writeln!(out, ": {}", Clean(label))?,
        None => writeln!(out)?,
    }
    match &status.running {
        Some(running) => writeln!(out, "  running since {} (process {})", shown(running.since_ms), running.pid)?,
        None => writeln!(out, "  not running")?,
    }
    for kind in Kind::ALL {
        let mut nodes = status.nodes.iter().filter(|node| node.kind == kind.word()).peekable();
        if nodes.peek().is_some() {
            writeln!(out, "{}", kind.section())?;
        }
        nodes.try_for_each(|node| write_node(node, out))?;
    }
    for paused in &status.pauses {
        let until = shown(paused.until_ms);
        writeln!(
            out,
            "paused until {until}: the budget `{}` of `{}` is spent",
            Clean(&paused.budget),
            paused.authorization
        )?;
    }
    writeln!(out, "dead letters: {}", status.dead_letters)
}

fn write_node(node: &NodeStatus, out: &mut String) -> std::fmt::Result {
    write!(out, "  {}", node.id)?;
    if let Some(label) = &node.label {
        write!(out, " ({})", Clean(label))?;
    }
    let (read, took) = (node.gives.as_ref().map(read), node.takes.as_ref().map(sums));
    let said: Vec<String> = match node.kind == Kind::Source.word() {
        true => read.into_iter().collect(),
        false => took.into_iter().collect(),
    };
    let letters = (node.dead_letters > 0).then(|| format!("{} dead letters", node.dead_letters));
    let said: Vec<String> = said.into_iter().chain(letters).collect();
    match said.is_empty() {
        true => writeln!(out)?,
        false => writeln!(out, ": {}", said.join("; "))?,
    }
    if let Some(reason) = &node.stopped {
        writeln!(out, "    stopped: {}", Clean(reason))?;
    }
    for held in &node.held {
        writeln!(out, "    held up: {}; `brazeline approve` lets it go on", Clean(held))?;
    }
    if let Some(forecast) = &node.forecast {
        writeln!(out, "    {}", Clean(&forecast.to_string()))?;
    }
    let Some(gives) = &node.gives else { return Ok(()) };
    gives.lines.iter().try_for_each(|line| writeln!(out, "    to {}: {}", line.to, line_sums(line)))?;
    if let Some(log) = &gives.log {
        writeln!(out, "    {} of at most {} are used", bytes(log.bytes), Size(log.max_bytes))?;
    }
    node.files.iter().try_for_each(|files| files::write(files, out))
}

fn read(gives: &Gives) -> String {
    format!("{} read, {} skipped, {} rejected", gives.read, gives.skipped, gives.rejected)
}

fn sums(sums: &Sums) -> String {
    let Sums { delivered, dropped, rejected, waiting } = sums;
    format!("{delivered} delivered, {dropped} dropped, {rejected} rejected, {waiting} waiting")
}

fn line_sums(line: &Line) -> String {
    let mut text = sums(&line.sums);
    if line.sent_again > 0 {
        text += &format!("; {} of all were sent again", line.sent_again);
    }
    if line.before > 0 {
        text += &format!("; {} came before it was there", line.before);
    }
    text
}

/// `12.3MiB`: no limit that somebody set, so it need not be exact.
fn bytes(bytes: u64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    match units.into_iter().find(|(_, power)| bytes >> power > 0) {
        Some((unit, power)) => format!("{}.{}{unit}", bytes >> power, ((bytes >> (power - 10)) & 1023) * 10 / 1024),
        None => format!("{bytes}B"),
    }
}

/// In a line, for the end of a run: `rows: 5 read, 0 skipped, 3 rejected; out: 2 delivered, ...`.
#[must_use]
pub fn brief(status: &Status) -> String {
    let node = |node: &NodeStatus| {
        let said = node.gives.as_ref().map(read).into_iter().chain(node.takes.as_ref().map(sums));
        let said: Vec<String> = said.collect();
        (!said.is_empty()).then(|| format!("{}: {}", node.id, said.join(", ")))
    };
    status.nodes.iter().filter_map(node).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_rounded_down() {
        let table = [(0, "0B"), (1023, "1023B"), (1536, "1.5KiB"), (12_900_000, "12.3MiB"), (3 << 30, "3.0GiB")];
        for (size, shown) in table {
            assert_eq!(bytes(size), shown);
        }
    }
}
