//! How the files of a source stand, for a terminal.

use std::fmt::{Result, Write};

use super::bytes;
use crate::clock::shown;
use crate::control::status::{Asking, At, End, File, Files, LeftOut, Rows, State};
use crate::problem::Clean;

/// The files of a source, below its lines.
pub fn write(files: &Files, out: &mut String) -> Result {
    files.asking.iter().try_for_each(|asking| write_asking(asking, out))?;
    if files.shown.is_empty() && files.left_out.is_empty() {
        return Ok(());
    }
    writeln!(out, "    files")?;
    let (waits, rest): (Vec<&File>, Vec<&File>) = files.shown.iter().partition(|file| file.state == State::Waiting);
    let (now, done): (Vec<&File>, Vec<&File>) = rest.into_iter().partition(|file| file.ended_ms.is_none());
    now.into_iter().chain(waits).try_for_each(|file| write_file(file, out))?;
    if files.more_waiting > 0 {
        writeln!(out, "      {} more wait", files.more_waiting)?;
    }
    done.into_iter().try_for_each(|file| write_file(file, out))?;
    let left_out = |LeftOut { name, why }: &LeftOut| writeln!(out, "      {}: left out: {}", Clean(name), Clean(why));
    files.left_out.iter().try_for_each(left_out)
}

fn write_asking(asking: &Asking, out: &mut String) -> Result {
    match &asking.file {
        Some(file) => {
            write!(out, "    waits for {}, asked for at {}", Clean(file), shown(asking.asked_ms.unwrap_or_default()))?
        }
        None => write!(out, "    asks for a file")?,
    }
    if asking.bytes > 0 {
        write!(out, "; {} of it are here", bytes(asking.bytes))?;
    }
    if let Some(said) = &asking.said {
        write!(out, "; {}", Clean(said))?;
    }
    match asking.again_ms {
        Some(again) => writeln!(out, ", asked again at {}", shown(again)),
        None => writeln!(out),
    }
}

fn write_file(file: &File, out: &mut String) -> Result {
    write!(out, "      {}", Clean(&file.name))?;
    if let Some(hash) = &file.hash {
        write!(out, " ({hash})")?;
    }
    write!(out, ": {}", state(file))?;
    match &file.rows {
        Some(rows) => write_rows(rows, out),
        None => writeln!(out),
    }
}

fn state(file: &File) -> String {
    let (size, here) = (bytes(file.size), bytes(file.here.unwrap_or_default()));
    let reason = file.reason.as_deref().unwrap_or_default();
    let words = match (file.state, &file.at) {
        (State::Waiting, _) => format!("waiting, {size}"),
        // Its size may not be known before it is here.
        (State::Fetching, _) if file.size == 0 => format!("fetching, {here} so far"),
        (State::Fetching, _) => format!("fetching, {here} of {size}"),
        (State::Copying, _) => format!("copying, {here} of {size}"),
        (State::Staged, _) => format!("copied, {size}; all of it is proven before it is read"),
        (State::Reading, Some(at)) => format!("reading{}", place(at)),
        (State::Reading, None) => "reading".to_owned(),
        (State::Delivering, _) => "read, on its way".to_owned(),
        (State::Delivered, _) => "delivered".to_owned(),
        (State::SetAside, _) => format!("set aside: {}", Clean(reason)),
        (State::Skipped, _) => format!("skipped: the same was imported before, as {}", Clean(reason)),
        (State::Lost, _) => "it was gone before all of it was read".to_owned(),
    };
    match file.ended_ms {
        Some(ended) => format!("{words}, {}", shown(ended)),
        None => words,
    }
}

fn place(at: &At) -> String {
    let At { entry, number, entries, byte, done_bytes, of_bytes } = at;
    let entry = match entries {
        0 | 1 => String::new(),
        _ => format!(" {}, entry {number} of {entries}", Clean(entry)),
    };
    let share = (u128::from(*done_bytes) * 100).checked_div(u128::from(*of_bytes)).unwrap_or(100);
    format!("{entry} at byte {byte}, {share} %")
}

fn write_rows(rows: &Rows, out: &mut String) -> Result {
    writeln!(out, "; {} read, {} skipped, {} rejected", rows.read, rows.skipped, rows.rejected)?;
    rows.ends.iter().try_for_each(|end| {
        let End { to, delivered, dropped, rejected, waiting } = end;
        writeln!(
            out,
            "        to {to}: {delivered} delivered, {dropped} dropped, {rejected} rejected, {waiting} waiting"
        )
    })
}
