//! `brazeline state`: looking at what is remembered, forgetting it, moving it.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Desk, unexpected};
use crate::command::{Exit, Failure, Outcome, say};
use crate::config;
use crate::pipeline::keyed::upkeep::{Person, Question, Reply};
use crate::problem::Problem;

/// Shows what is known of somebody.
pub fn get(file: &Path, node: Option<&str>, key: &str) -> Outcome {
    match asked(file, node, Question::Get { key: key.to_owned() })? {
        Reply::Person(None) => println!("nothing is known of this key"),
        Reply::Person(Some(Person { audiences, unsure, state_version, state_bytes })) => {
            let doubt = if unsure { "yes, everything is told again when the person next comes" } else { "no" };
            println!("audiences: {}", if audiences.is_empty() { "none".to_owned() } else { audiences.join(", ") });
            println!("in doubt: {doubt}");
            println!("state: {state_bytes} bytes of version {state_version}");
        }
        other => return Err(unexpected(&other)),
    }
    Ok(Exit::Done)
}

/// Forgets somebody.
pub fn forget(file: &Path, node: Option<&str>, key: &str) -> Outcome {
    match asked(file, node, Question::Forget { key: key.to_owned() })? {
        Reply::People(0) => println!("nothing was known of this key"),
        Reply::People(_) => println!("forgotten here; what the other side was told stays there"),
        other => return Err(unexpected(&other)),
    }
    Ok(Exit::Done)
}

/// Writes everything that is remembered to a file.
pub fn export(file: &Path, node: Option<&str>, to: &Path) -> Outcome {
    match asked(file, node, Question::Export { to: whole(to)? })? {
        Reply::Moved { records, waiting } => {
            println!("{records} records written");
            if waiting > 0 {
                let what = format!("{waiting} events are decided and not delivered, and do not move");
                let help = "let the pipeline run until they are, and export then; or let it deliver them where it is";
                say(&Problem::warning(what, help).into());
            }
        }
        other => return Err(unexpected(&other)),
    }
    Ok(Exit::Done)
}

/// Takes what was exported elsewhere.
pub fn import(file: &Path, node: Option<&str>, from: &Path) -> Outcome {
    match asked(file, node, Question::Import { from: whole(from)? })? {
        Reply::Moved { records, .. } => println!("{records} records taken"),
        other => return Err(unexpected(&other)),
    }
    Ok(Exit::Done)
}

/// A run stands in another folder than the command.
fn whole(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).context("the current folder cannot be found").map_err(Failure::Unforeseen)
}

fn asked(file: &Path, node: Option<&str>, question: Question) -> Result<Reply, Failure> {
    let pipeline = config::load(file)?;
    Desk::open(&pipeline, node, question.clone())?.ask(question)
}
