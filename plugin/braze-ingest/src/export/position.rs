//! Where does a run stand?
//!
//! Before an export was asked for, or at the address of its file. An address that another segment or other fields were asked for under is none of
//! ours, and the export is asked for.

use brazeline_kit::poller::position::{Place, Settled};
use serde::{Deserialize, Serialize};

/// The file of an export that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct At {
    /// Where it will lie. Whoever knows it may read it.
    pub address: String,
    /// What it is to be called here.
    pub name: String,
    /// When it was asked for, in milliseconds since 1970.
    pub asked_at_ms: u64,
}

/// The file at whose address a run stands; none at its begin, and none of other settings or another version.
#[must_use]
pub fn read(position: Option<&[u8]>, settled: &Settled) -> Option<At> {
    match settled.read(position) {
        Place::At(at) => Some(at),
        Place::Begin | Place::OtherSettings | Place::OtherVersion => None,
    }
}
