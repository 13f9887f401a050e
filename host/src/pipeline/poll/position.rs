//! Where does asking for pages go on after a restart?

use serde::{Deserialize, Serialize};

use crate::pipeline::opaque;
use crate::pipeline::snapshot::Snapshots;

/// What is stored with each page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// The format of this record.
    version: u32,
    /// The component's own place for its next ask; none at the very first, and after a restart.
    #[serde(with = "opaque")]
    pub at: Option<Vec<u8>>,
    /// The place at which the open snapshot began. Without one it means nothing.
    #[serde(with = "opaque")]
    pub begin: Option<Vec<u8>>,
    /// The snapshots.
    pub snapshots: Snapshots,
    /// It is between two runs.
    #[serde(default)]
    pub over: bool,
}

/// The only format so far.
const VERSION: u32 = 1;

impl Position {
    /// Reads what [`encode`](Self::encode) wrote; nothing if another release wrote something else.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().filter(|position: &Self| position.version == VERSION)
    }

    /// For the store.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(&Self { version: VERSION, ..self.clone() }).unwrap_or_default()
    }
}
