//! Which file is being read, and where in it does reading go on?

use serde::{Deserialize, Serialize};

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
    /// Nothing more is read of it. What is left to be done is to remember it and to put it away.
    pub fate: Option<Fate>,
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
