//! What an operator can ask of what a keyed transform remembers.
//!
//! The same questions are answered by a running pipeline and, when none runs, by whoever opens its store.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::memory::{Change, Memory};
use super::notes::Pass;
use crate::component::types::Standing;
use crate::problem::Problem;
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
    /// Of whom does the other side hold other audiences than it was told?
    Compare {
        /// What it holds of some.
        people: Vec<Holds>,
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
    /// Write all of it to a file.
    Export {
        /// The file, which must not exist.
        to: PathBuf,
    },
    /// Take what was exported elsewhere.
    Import {
        /// The file.
        from: PathBuf,
    },
}

/// What the other side holds of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holds {
    /// The event key.
    pub key: String,
    /// The audiences.
    pub audiences: Vec<String>,
}

impl Question {
    /// Whether nothing is changed by it.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        match self {
            Self::Summary | Self::Compare { .. } | Self::Get { .. } | Self::Export { .. } => true,
            Self::TakeOff { really, .. } => !really,
            Self::Approve | Self::Doubt { .. } | Self::Forget { .. } | Self::Import { .. } => false,
        }
    }
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
    /// See [`Question::Compare`].
    Drift(Drift),
    /// So many records were written or taken.
    Moved {
        /// How many.
        records: u64,
        /// Events that were decided and have not reached the other side: they do not move.
        waiting: u64,
    },
}

/// People of whom the other side does not hold what it was told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// All of them.
    pub keys: Vec<String>,
    /// How many of them are known here.
    pub differ: u64,
    /// How many are not, and hold audiences all the same.
    pub unknown: u64,
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
            let held = memory.facts().held_words();
            memory.approve();
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
        Question::Compare { people } => Reply::Drift(drift(memory, reader, people)?),
        // Whoever has the store moves it: see `moved`.
        Question::Export { .. } | Question::Import { .. } => Reply::Moved { records: 0, waiting: 0 },
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
        held: facts.held_words(),
        absent: facts.passes.values().map(|pass| pass.people).sum(),
    }
}

/// Of audiences that are not known here nothing can be said, so they do not count.
fn drift(memory: &Memory, reader: &dyn Reader, people: Vec<Holds>) -> Result<Drift, StoreError> {
    let names = &memory.facts().names;
    let keys: Vec<&str> = people.iter().map(|holds| holds.key.as_str()).collect();
    let mut drift = Drift::default();
    for (kept, holds) in memory.kept(reader, &keys)?.into_iter().zip(&people) {
        let known = kept.record.map(|record| {
            let names = record.tags.iter().map(|tag| memory.facts().name(*tag).to_owned());
            names.collect::<BTreeSet<String>>()
        });
        let there = || holds.audiences.iter().filter(|name| names.contains(name)).cloned();
        match known {
            Some(told) if told != there().collect() => drift.differ += 1,
            None if !holds.audiences.is_empty() => drift.unknown += 1,
            _ => continue,
        }
        drift.keys.push(holds.key.clone());
    }
    Ok(drift)
}

/// What an operator reads when the store did not do it.
#[must_use]
pub fn failed(error: &StoreError) -> Problem {
    let help = "see what it says; nothing of this request was done by halves";
    Problem::error("the store did not do it", help).fact(error.to_string())
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
