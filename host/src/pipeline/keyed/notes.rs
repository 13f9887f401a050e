//! What a keyed transform knows beside its people: names, counts, and which snapshots are open, closed or being wound up.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::brake::Held;
use super::tags::TagId;
use crate::component::types::{Scope, Snapshot};

/// The driver's own facts, stored as one note.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// The component that wrote the states.
    pub component: String,
    /// The number of the next person.
    pub next_number: u32,
    /// The audiences' names, by their ids.
    pub names: Vec<String>,
    /// Audiences of which a snapshot was closed, and as of when.
    pub closed: BTreeMap<String, u64>,
    /// Sources whose snapshot is held up before the decision that would take it too far.
    #[serde(default)]
    pub held: BTreeMap<String, Held>,
    /// Sources whose next held snapshot may pass: somebody looked.
    pub approved: BTreeSet<String>,
    /// Snapshots that are being read, by their source.
    pub looks: BTreeMap<String, Look>,
    /// What is left to do about those who were not there, by its number.
    pub passes: BTreeMap<u64, Pass>,
    /// The number of the next pass.
    pub next_pass: u64,
}

/// A snapshot that is being read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// Which of the source's.
    pub number: u64,
    /// At whom it looks.
    pub audiences: Vec<String>,
    /// As of when.
    pub as_of_ms: u64,
    /// The vendor's own count.
    pub total: Option<u64>,
    /// Audiences that are looked at for the first time.
    pub baseline: Vec<String>,
    /// How many were in each audience when it began.
    pub before: BTreeMap<String, u64>,
    /// How many have left each since.
    pub lost: BTreeMap<String, u64>,
    /// How many rows came.
    pub rows: u64,
    /// Something came of which nobody knows whom it is about.
    pub is_blind: bool,
}

/// The absent of a closed snapshot, or people about whom the operator wants something said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pass {
    /// The source whose snapshot it winds up; none if an operator asked for it.
    pub source: Option<String>,
    /// What it is about.
    pub audiences: Vec<String>,
    /// As of when.
    pub as_of_ms: u64,
    /// Audiences that were looked at for the first time.
    pub baseline: Vec<String>,
    /// An operator wants it said: it is no transition.
    pub restates: bool,
    /// Why it waits for a person to look.
    pub held: Option<Held>,
    /// Everybody with a lower number is done.
    pub next: u32,
    /// How many people it is about.
    pub people: u64,
}

impl Facts {
    /// An audience's id, given now if it is new.
    pub fn intern(&mut self, name: &str) -> Option<TagId> {
        match self.names.iter().position(|known| known == name) {
            Some(at) => at.try_into().ok(),
            None => {
                let id = self.names.len().try_into().ok()?;
                self.names.push(name.to_owned());
                Some(id)
            }
        }
    }

    /// What waits for somebody to look, in words.
    #[must_use]
    pub fn held_words(&self) -> Vec<String> {
        let passes = self.passes.values().filter_map(|pass| pass.held.as_ref());
        self.held.values().chain(passes).map(Held::to_string).collect()
    }

    /// An audience's id, if it has one.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<TagId> {
        self.names.iter().position(|known| known == name)?.try_into().ok()
    }

    /// An audience's name.
    #[must_use]
    pub fn name(&self, id: TagId) -> &str {
        self.names.get(usize::from(id)).map_or("", String::as_str)
    }

    /// A new person's number. `None` when there are no more.
    pub fn number(&mut self) -> Option<u32> {
        let number = self.next_number;
        self.next_number = number.checked_add(1)?;
        Some(number)
    }
}

impl Look {
    /// What the component is told of it.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let scope = Scope { audiences: self.audiences.clone(), as_of_ms: self.as_of_ms, total: self.total };
        Snapshot { scope, baseline: self.baseline.clone(), restated: false }
    }
}

impl Pass {
    /// What the component is told of it.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let scope = Scope { audiences: self.audiences.clone(), as_of_ms: self.as_of_ms, total: None };
        Snapshot { scope, baseline: self.baseline.clone(), restated: self.restates }
    }
}
