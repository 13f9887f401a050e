//! What stands around a message?
//!
//! Lytics' own form has its time in `meta.timestamp`, CloudEvents 1.0 in `time`; in both, `data` is the profile. Batched, they come as
//! an array. Anything else that is around (a job's template can add to it) is not looked at.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use brazeline_kit::event::Members;

use crate::profile::{read, text};

/// A message without what stood around it.
#[derive(Debug)]
pub struct Envelope<'a> {
    /// The profile.
    pub data: Members<'a>,
    /// When it was sent, where it says so.
    pub sent_at: Option<Timestamp>,
}

/// The messages of a body, each as its text. An error: the body is not JSON, or neither an object nor an array.
pub fn messages(body: &[u8]) -> Result<Vec<&RawValue>, String> {
    let text = std::str::from_utf8(body).map_err(|_| "the body is not UTF-8".to_owned())?;
    let wrong =
        |error: serde_json::Error| format!("the body is not JSON: at line {}, column {}", error.line(), error.column());
    let whole: &RawValue = serde_json::from_str(text).map_err(wrong)?;
    match whole.get().as_bytes().first() {
        Some(b'{') => Ok(vec![whole]),
        Some(b'[') => serde_json::from_str(text).map_err(wrong),
        _ => Err("the body is neither a JSON object nor an array of objects".to_owned()),
    }
}

/// Takes off what stands around a message.
pub fn open(message: &RawValue) -> Result<Envelope<'_>, String> {
    let around: Around<'_> = read(message).ok_or("it is no JSON object")?;
    let data = around.data.ok_or("it has no `data`: a trigger of Lytics has its profile there")?;
    let data = read(data).ok_or("its `data` is no JSON object")?;
    let sent_at = around.time.and_then(time).or_else(|| read::<Meta<'_>>(around.meta?)?.timestamp.and_then(time));
    Ok(Envelope { data, sent_at })
}

/// A time with nanoseconds and either `Z` or an offset.
#[must_use]
pub fn time(value: &RawValue) -> Option<Timestamp> {
    text(value)?.parse().ok()
}

#[derive(Deserialize)]
struct Around<'a> {
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    meta: Option<&'a RawValue>,
    #[serde(borrow, default)]
    time: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(borrow, default)]
    timestamp: Option<&'a RawValue>,
}
