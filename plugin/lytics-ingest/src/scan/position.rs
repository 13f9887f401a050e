//! Where does a run stand?
//!
//! Between two pages: in which scan, at which of Lytics' tokens, as of when. Under other settings its scan would be the scan of another audience,
//! and what was seen so far would count for it.

use brazeline_kit::poller::position::{self, Settled};
use serde::{Deserialize, Serialize};

/// A place between two pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct At {
    /// Which scan of the run, from 0.
    pub scan: usize,
    /// Lytics' token for the next page; none for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// When the scan's first page was answered, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of_ms: Option<u64>,
}

impl At {
    /// The page, for people.
    #[must_use]
    pub fn page(&self) -> String {
        self.start.as_ref().map_or_else(|| "first page".to_owned(), |start| format!("page `{start}`"))
    }
}

/// What a position turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// One of ours.
    At(At),
    /// One of other settings or another version: why it is of no use.
    Foreign(String),
}

impl Place {
    /// Reads a position; none is the begin.
    #[must_use]
    pub fn read(position: Option<&[u8]>, settled: &Settled) -> Self {
        match settled.read(position) {
            position::Place::Begin => Self::At(At::default()),
            position::Place::At(at) => Self::At(at),
            position::Place::OtherSettings => Self::Foreign("the settings changed while a scan was running".to_owned()),
            position::Place::OtherVersion => {
                Self::Foreign("the position is of another version of this component".to_owned())
            }
        }
    }
}
