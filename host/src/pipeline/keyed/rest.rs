//! What a transform remembers, while no pipeline runs: whoever has the store may ask and wish, too.

use super::memory::Memory;
use super::moved;
use super::upkeep::{Question, Reply, answer, failed};
use crate::problem::Problem;
use crate::store::{Commit, Handle, StoreError};

/// What a component says of itself: states are read by it alone.
#[derive(Debug, Clone)]
pub struct Reads {
    /// Its name.
    pub component: String,
    /// State versions: what it writes, then what it still reads.
    pub versions: Vec<u32>,
}

/// Answers, and stores what was wished.
pub async fn ask(store: &Handle, node: &str, reads: &Reads, question: Question) -> Result<Reply, Problem> {
    match question {
        Question::Export { to } => moved::export(store.reader(), node, &to),
        Question::Import { from } => moved::import(store, node, &from).await,
        question => remembered(store, node, reads, question).await.map_err(|error| failed(&error)),
    }
}

async fn remembered(store: &Handle, node: &str, reads: &Reads, question: Question) -> Result<Reply, StoreError> {
    let mut memory = Memory::load(store.reader(), node, &reads.component, &reads.versions)?;
    let is_reading = question.is_reading();
    let reply = answer(&mut memory, store.reader(), question)?;
    let states = memory.flush();
    if !is_reading && !states.is_empty() {
        store.commit(Commit { states, ..Commit::default() }).await?;
    }
    Ok(reply)
}
