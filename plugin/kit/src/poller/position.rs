//! Where a run stands, as bytes.
//!
//! They are JSON with a version in front, and with a mark of the settings that they were made by: under others, a run that goes on there would be
//! another run.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The form of the bytes.
const VERSION: u32 = 1;

/// What a position turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place<T> {
    /// The begin of a run.
    Begin,
    /// One of ours.
    At(T),
    /// One of other settings.
    OtherSettings,
    /// One of another version of the component.
    OtherVersion,
}

#[derive(Serialize, Deserialize)]
struct Stored<T> {
    v: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    settings: String,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    at: Option<T>,
}

fn none<T>() -> Option<T> {
    None
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

    /// The mark: 16 letters and digits.
    #[must_use]
    pub fn mark(&self) -> &str {
        &self.0
    }

    /// Reads a position; none is the begin.
    #[must_use]
    pub fn read<T: DeserializeOwned>(&self, position: Option<&[u8]>) -> Place<T> {
        let Some(bytes) = position else { return Place::Begin };
        match serde_json::from_slice::<Stored<T>>(bytes) {
            Ok(Stored { v: VERSION, at: None, .. }) => Place::Begin,
            Ok(Stored { v: VERSION, settings, at: Some(at) }) if settings == self.0 => Place::At(at),
            Ok(Stored { v: VERSION, .. }) => Place::OtherSettings,
            _ => Place::OtherVersion,
        }
    }

    /// A place as bytes.
    #[must_use]
    pub fn write<T: Serialize>(&self, at: &T) -> Vec<u8> {
        bytes(&Stored { v: VERSION, settings: self.0.clone(), at: Some(at) })
    }

    /// The begin as bytes, whatever the settings.
    #[must_use]
    pub fn begin() -> Vec<u8> {
        bytes::<()>(&Stored { v: VERSION, settings: String::new(), at: None })
    }
}

/// Texts and numbers can always be written.
fn bytes<T: Serialize>(stored: &Stored<T>) -> Vec<u8> {
    serde_json::to_vec(stored).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_under_its_own_settings_alone() {
        let (ours, others) = (Settled::of("vip"), Settled::of("lapsed"));
        let there = ours.write(&7_u32);
        assert_eq!(String::from_utf8_lossy(&there), r#"{"v":1,"settings":"68e906194eba76f0","at":7}"#);
        assert_eq!(Settled::begin(), br#"{"v":1}"#);
        assert_eq!(ours.read::<u32>(None), Place::Begin);
        assert_eq!(others.read::<u32>(Some(&Settled::begin())), Place::Begin);
        assert_eq!(ours.read(Some(&there)), Place::At(7_u32));
        assert_eq!(others.read::<u32>(Some(&there)), Place::OtherSettings);
        for other in [&br#"{"v":2,"at":7}"#[..], b"nonsense", br#"{"v":1,"at":"text"}"#] {
            assert_eq!(ours.read::<u32>(Some(other)), Place::OtherVersion, "{}", String::from_utf8_lossy(other));
        }
    }
}
