//! Which file is being read, and where in it does reading go on?

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use crate::connector::shelf::{Fate, Item};
use crate::pipeline::opaque;
use crate::pipeline::snapshot::Snapshots;

/// What is stored with each piece of a file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// The format of this record.
    version: u32,
    /// The number of the next event.
    pub event: u64,
    /// The snapshots.
    pub snapshots: Snapshots,
    /// The file that is being read, or was read last.
    pub file: Option<Reading>,
}

/// A file that is being read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// As its shelf listed it.
    pub item: Item,
    /// What is in it, as a digest: by that, it is known.
    pub hash: String,
    /// The place.
    pub place: Place,
    /// By which component and settings it is read. Under others its events are others, and their numbers mean nothing.
    #[serde(default)]
    pub under: String,
    /// The same for people.
    #[serde(default)]
    pub stands: Standing,
    /// Nothing more is read of it. What is left to be done is to remember it and to put it away.
    pub fate: Option<Fate>,
    /// Why it is not what it should be.
    #[serde(default)]
    pub reason: Option<String>,
    /// What had been counted of the source when it began.
    #[serde(default)]
    pub before: Option<Counts>,
    /// When it began, milliseconds since 1970.
    #[serde(default)]
    pub began_ms: u64,
}

/// How far a file is read, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The entry's name.
    pub entry: String,
    /// Which entry it is, from 1.
    pub number: usize,
    /// How many there are; 0 before anybody looked.
    pub entries: usize,
    /// So many bytes of it, unpacked, are read.
    pub byte: u64,
    /// So many bytes of the whole file, unpacked.
    pub done: u64,
    /// Of so many.
    pub of: u64,
}

/// A place in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The entry. One behind the last at the end.
    pub entry: usize,
    /// So many bytes of it, unpacked, were given to the component.
    pub byte: u64,
    /// What the component said there.
    #[serde(with = "opaque")]
    pub resume: Option<Vec<u8>>,
}

/// The only format so far.
const VERSION: u32 = 1;

impl Position {
    /// Before the first file.
    pub fn starting_at(event: u64) -> Self {
        Self { event, ..Self::default() }
    }

    /// Reads what [`encode`](Self::encode) wrote; nothing if another release wrote something else.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().filter(|position: &Self| position.version == VERSION)
    }

    /// For the store.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(&Self { version: VERSION, ..self.clone() }).unwrap_or_default()
    }
}
