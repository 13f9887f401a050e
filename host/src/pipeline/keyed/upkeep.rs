//! What an operator can ask of what a keyed transform remembers.
//!
//! The same questions are answered by a running pipeline and, when none runs, by whoever opens its store.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::memory::{Change, Memory};
use super::notes::Pass;
use crate::component::types::Standing;
use crate::store::{Reader, StoreError};

/// A question, or a wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// How many people, audiences and doubts are there, and what is held up?
    Summary,
    /// Let go on what is held up.
    Approve,
    /// Put people in doubt, so that everything about them is said again: these, or everybody.
    Doubt {
        /// The event keys.
        keys: Option<Vec<String>>,
    },
    /// Take audiences off everybody: these, or all.
    TakeOff {
        /// Their names.
        audiences: Option<Vec<String>>,
        /// Otherwise it is only counted.
        really: bool,
        /// Now, in milliseconds since 1970.
        at_ms: u64,
    },
    /// What is known of somebody?
    Get {
        /// The event key.
        key: String,
    },
    /// Forget somebody. What the sink was told stays there.
    Forget {
        /// The event key.
        key: String,
    },
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// See [`Question::Summary`].
    Summary(Summary),
    /// What was let go, in words.
    Approved(Vec<String>),
    /// How many people that concerns.
    People(u64),
    /// Somebody, if known.
    Person(Option<Person>),
}

/// What a keyed transform remembers, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many people were ever decided on.
    pub people: u64,
    /// How many are in doubt: everything about them is said again when they next come.
    pub unsure: u64,
    /// How many are in each audience.
    pub audiences: BTreeMap<String, u64>,
    /// What waits for `approve`, in words.
    pub held: Vec<String>,
    /// How many absent people are still to be decided on.
    pub absent: u64,
}

/// What is known of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The audiences that the sink was told.
    pub audiences: Vec<String>,
    /// Whether that is in doubt.
    pub unsure: bool,
    /// The state version of what the component keeps.
    pub state_version: u32,
    /// How large that is.
    pub state_bytes: usize,
}

/// Answers. What changed is in the memory, for the caller to flush and store.
pub fn answer(memory: &mut Memory, reader: &dyn Reader, question: Question) -> Result<Reply, StoreError> {
    Ok(match question {
        Question::Summary => Reply::Summary(summary(memory)),
        Question::Approve => {
            let held: Vec<String> = memory.held_passes().map(|(_, held)| held.to_string()).collect();
            memory.approve([]);
            Reply::Approved(held)
        }
        Question::Doubt { keys: None } => {
            memory.doubt_all();
            Reply::People(memory.unsure())
        }
        Question::Doubt { keys: Some(keys) } => {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            for (key, kept) in keys.iter().zip(memory.kept(reader, &keys)?) {
                memory.doubt_key(reader, key, &kept)?;
            }
            Reply::People(keys.len() as u64)
        }
        Question::TakeOff { audiences, really, at_ms } => {
            let audiences = audiences.unwrap_or_else(|| memory.facts().names.clone());
            let who = memory.members(&audiences);
            let people = who.len();
            if really && people > 0 {
                let pass = Pass {
                    source: None,
                    audiences,
                    as_of_ms: at_ms,
                    baseline: Vec::new(),
                    restates: true,
                    held: None,
                    next: 0,
                    people,
                };
                memory.add_pass(pass, &who);
            }
            Reply::People(people)
        }
        Question::Get { key } => Reply::Person(person(memory, reader, &key)?),
        Question::Forget { key } => {
            let kept = memory.kept(reader, &[&key])?.pop().filter(|kept| kept.record.is_some());
            let known = u64::from(kept.is_some());
            if let Some(kept) = kept {
                memory.change(reader, &key, &kept, Change::Delete)?;
            }
            Reply::People(known)
        }
    })
}

fn summary(memory: &Memory) -> Summary {
    let facts = memory.facts();
    Summary {
        people: memory.people(),
        unsure: memory.unsure(),
        audiences: facts.names.iter().map(|name| (name.clone(), memory.count(name))).collect(),
        held: memory.held_passes().map(|(_, held)| held.to_string()).collect(),
        absent: facts.passes.values().map(|pass| pass.people).sum(),
    }
}

fn person(memory: &Memory, reader: &dyn Reader, key: &str) -> Result<Option<Person>, StoreError> {
    let Some(kept) = memory.kept(reader, &[key])?.pop() else { return Ok(None) };
    Ok(kept.record.map(|record| Person {
        audiences: record.tags.iter().map(|tag| memory.facts().name(*tag).to_owned()).collect(),
        unsure: kept.standing == Standing::Unsure,
        state_version: record.version,
        state_bytes: record.bytes.len(),
    }))
}
