//! What does an answer hold?
//!
//! What is no JSON comes from something between us and Lytics, or broke off unseen: it passes, and the same is asked again, for as long as it
//! takes; the host makes the waits longer and shows them. JSON without a list of people is Lytics' own word in a form that is not known here.
//! Asking again would not change it, and taking it for an empty page would remove everybody: the source stops and says so.

use brazeline_kit::event::Members;
use brazeline_kit::{Onward, Response};
use jiff::fmt::rfc2822::DateTimeParser;
use serde_json::value::RawValue;

use super::refusal::{self, AGAIN_MS, Asked};
use crate::profile::{read, text};

/// A page.
#[derive(Debug)]
pub struct Answer<'a> {
    /// A profile each.
    pub people: Vec<&'a RawValue>,
    /// The token of the next page; none at the end.
    pub next: Option<String>,
    /// How many there are in all, where that is said.
    pub total: Option<u64>,
}

impl<'a> Answer<'a> {
    /// Reads it, or says how to go on without it.
    pub fn read(response: &'a Response, asked: &Asked) -> Result<Self, Onward> {
        refusal::of(response, response.status, asked).map_or(Ok(()), Err)?;
        let body: &RawValue = serde_json::from_slice(&response.body).map_err(|_| Onward::Retry(AGAIN_MS))?;
        let body: Members<'a> = read(body).ok_or_else(|| unknown("its answer is no JSON object"))?;
        // What the body says itself counts for more than the line above it.
        let said = body.get("status").and_then(read::<u16>).filter(|status| *status >= 400);
        said.and_then(|status| refusal::of(response, status, asked)).map_or(Ok(()), Err)?;
        let total = body.get("total").and_then(number);
        Ok(Self { people: people(&body, total)?, next: next(&body), total })
    }
}

/// When the answer was made, by the vendor's clock; if that is not said, when it was asked for, which is never later.
#[must_use]
pub fn answered_at_ms(response: &Response) -> u64 {
    let date = response.header("date").and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
    date.and_then(|date| u64::try_from(date.as_millisecond()).ok()).unwrap_or(response.sent_at_ms)
}

/// An empty list may come as `null`. It is believed where the answer counts everybody, too: the host compares.
fn people<'a>(body: &Members<'a>, total: Option<u64>) -> Result<Vec<&'a RawValue>, Onward> {
    let data = body.get("data").ok_or_else(|| unknown("its answer has no `data`"))?;
    if data.get() == "null" && total.is_some() {
        return Ok(Vec::new());
    }
    read(data).ok_or_else(|| unknown("the `data` of its answer is no list"))
}

/// Its documents call it `next`, the answers that were seen `_next`; it is empty at the end.
fn next(body: &Members<'_>) -> Option<String> {
    let token = |value: &RawValue| match text(value) {
        Some(token) => token.into_owned(),
        None if value.get() == "null" => String::new(),
        None => value.get().to_owned(),
    };
    let tokens = ["_next", "next"].into_iter().filter_map(|name| body.get(name).map(token));
    tokens.into_iter().find(|token| !token.is_empty())
}

/// A number, which may stand in quotes.
fn number(value: &RawValue) -> Option<u64> {
    read(value).or_else(|| text(value)?.parse().ok())
}

fn unknown(what: &str) -> Onward {
    Onward::Stop(format!("Lytics answers in a form that this version does not know: {what}"))
}
