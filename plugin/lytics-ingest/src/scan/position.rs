//! Where does a run stand?
//!
//! Between two pages: in which scan, at which of Lytics' tokens, as of when. As bytes it is JSON with a version in front, and with a mark of the
//! settings that it was made by: under others, its scan would be the scan of another audience, and what was seen so far would count for it.

use serde::{Deserialize, Serialize};

/// The form of the bytes.
const VERSION: u32 = 1;

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
        let Some(bytes) = position else { return Self::At(At::default()) };
        match serde_json::from_slice::<Stored>(bytes) {
            Ok(Stored { v: VERSION, at: None, .. }) => Self::At(At::default()),
            Ok(Stored { v: VERSION, settings, at: Some(at) }) if settings == settled.0 => Self::At(at),
            Ok(Stored { v: VERSION, .. }) => Self::Foreign("the settings changed while a scan was running".to_owned()),
            _ => Self::Foreign("the position is of another version of this component".to_owned()),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    v: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    settings: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<At>,
}

/// A mark of the settings that positions depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled(String);

impl Settled {
    /// The mark of a text (FNV-1a): equal for equal texts, on every machine.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(format!("{:016x}", text.bytes().fold(0xcbf2_9ce4_8422_2325, fold)))
    }

    /// A place as bytes.
    #[must_use]
    pub fn write(&self, at: &At) -> Vec<u8> {
        bytes(&Stored { v: VERSION, settings: self.0.clone(), at: Some(at.clone()) })
    }

    /// The begin as bytes, whatever the settings.
    #[must_use]
    pub fn begin() -> Vec<u8> {
        bytes(&Stored { v: VERSION, settings: String::new(), at: None })
    }
}

/// Texts and numbers can always be written.
fn bytes(stored: &Stored) -> Vec<u8> {
    serde_json::to_vec(stored).unwrap_or_default()
}
