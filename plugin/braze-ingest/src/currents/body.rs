//! Which events does a body hold?

use brazeline_kit::event::parse;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The events, each as it came.
#[derive(Debug, Default)]
pub struct Body<'a>(pub Vec<&'a RawValue>);

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Listed<'a> {
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

impl<'a> Body<'a> {
    /// Reads it; an empty one holds none. An error says what is wrong, without data.
    pub fn read(body: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(body)
            .map_err(|error| format!("the body is no UTF-8 from byte {} on", error.valid_up_to()))?;
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        match parse::<Listed<'a>>(text) {
            Ok(listed) => Ok(Self(listed.events)),
            Err(error) => Err(format!("the body is no JSON object with `events` ({error})")),
        }
    }
}
