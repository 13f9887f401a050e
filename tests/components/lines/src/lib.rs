//! Reads JSON lines: `{"id":"u-1", ..}`, one person a line.
//!
//! It proves the shape of a decoder: bytes are cut anywhere, and every answer says how to go on after a restart.

#[cfg(target_family = "wasm")]
mod component;
mod decoding;
mod token;

use brazeline_kit::{Decoder, Entry, Plugin, Problem};
use schemars::JsonSchema;
use serde::Deserialize;

pub use decoding::Reading;

/// Which member holds the person's id.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The member's name.
    #[serde(default = "id")]
    pub identifier: String,
}

fn id() -> String {
    "id".to_owned()
}

/// The decoder.
#[derive(Debug)]
pub struct Lines {
    identifier: String,
}

impl Plugin for Lines {
    const NAME: &'static str = "lines";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = "Reads JSON lines.";
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
        if settings.identifier.is_empty() {
            return Err(vec![Problem::at("/identifier", "name the member that holds the person's id")]);
        }
        Ok(Self { identifier: settings.identifier })
    }
}

impl Decoder for Lines {
    type Decoding = Reading;

    fn open(&self, _entry: &Entry, resume: Option<&[u8]>) -> Result<Reading, String> {
        Reading::open(self.identifier.clone(), resume)
    }
}
