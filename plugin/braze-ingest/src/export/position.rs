//! Where does a run stand?
//!
//! Before an export was asked for, or at the address of its file. As bytes it is JSON with a version in front, and with a mark of what was
//! asked for: an address that another segment or other fields were asked for under is none of ours, and the export is asked for.

use serde::{Deserialize, Serialize};

/// The form of the bytes.
const VERSION: u32 = 1;

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

#[derive(Serialize, Deserialize)]
struct Stored {
    v: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    settings: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<At>,
}

/// A mark of what is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled(String);

impl Settled {
    /// The mark of a text (FNV-1a): equal for equal texts, on every machine.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(format!("{:016x}", text.bytes().fold(0xcbf2_9ce4_8422_2325, fold)))
    }

    /// The file at whose address a run stands; none at its begin, and none of other settings or another version.
    #[must_use]
    pub fn read(&self, position: Option<&[u8]>) -> Option<At> {
        let Stored { v, settings, at } = serde_json::from_slice(position?).ok()?;
        at.filter(|_| v == VERSION && settings == self.0)
    }

    /// A position as bytes.
    #[must_use]
    pub fn write(&self, at: &At) -> Vec<u8> {
        bytes(&Stored { v: VERSION, settings: self.0.clone(), at: Some(at.clone()) })
    }

    /// The begin as bytes.
    #[must_use]
    pub fn begin() -> Vec<u8> {
        bytes(&Stored { v: VERSION, settings: String::new(), at: None })
    }
}

/// Texts and numbers can always be written.
fn bytes(stored: &Stored) -> Vec<u8> {
    serde_json::to_vec(stored).unwrap_or_default()
}
