//! What does Lytics' answer mean?
//!
//! Its upload API answers 200 and counts what it refused, without naming it (`/c/` documents no answer, so a 200 is all there is).
//! On 429 it says nothing of when to come back; its own guide says to wait briefly.

use brazeline_kit::{Response, Verdict};
use serde::Deserialize;

use crate::context::Context;

/// "Wait briefly" ("API response format" guide, 2026-11-23).
const BRIEFLY_MS: u64 = 1000;

/// What a 401 or 403 means.
pub const TOKEN: &str =
    "refuses the token: it needs the role Data Manager, and may have expired; replace it and reload";

/// What a 404 means.
pub const NOWHERE: &str = "knows no such address: check the account and the stream";

/// What a redirect means.
pub const REDIRECTED: &str = "sends us elsewhere, and nobody follows: check `hosts`";

/// Reads an answer.
#[must_use]
pub fn verdict(context: Context, response: &Response) -> Verdict {
    match response.status {
        200..=299 => accepted(context, response),
        400 | 422 => Verdict::Split(reason(response, "refuses it")),
        413 => Verdict::Split(reason(response, "finds it too large")),
        401 | 403 => Verdict::Stop(reason(response, TOKEN)),
        404 => Verdict::Stop(reason(response, NOWHERE)),
        300..=399 => Verdict::Stop(reason(response, REDIRECTED)),
        408 | 425 | 500.. => Verdict::Retry(0),
        429 => Verdict::Retry(BRIEFLY_MS),
        _ => Verdict::Split(reason(response, "refuses it")),
    }
}

fn accepted(context: Context, response: &Response) -> Verdict {
    if !response.complete {
        // Accepted, but nobody read what of it. What may be sent twice is, to learn that.
        return if context.repeatable { Verdict::Retry(0) } else { Verdict::AcceptedBut(context.records) };
    }
    let refused = serde_json::from_slice::<Upload>(&response.body).map_or(0, |upload| upload.data.rejected_count);
    match refused {
        0 => Verdict::Accepted(Vec::new()),
        // None of it is in Lytics, so it can be taken apart whatever it is.
        all if all >= context.records => Verdict::Split("Lytics rejects its record and does not say why".to_owned()),
        some => Verdict::AcceptedBut(some),
    }
}

/// What Lytics does, with the status and such of its words as can be no data.
#[must_use]
pub fn reason(response: &Response, what: &str) -> String {
    let said: Said = serde_json::from_slice(&response.body).unwrap_or_default();
    let codes = said.errors.into_iter().filter_map(|error| error.code).filter(|code| is_code(code));
    let words: Vec<String> = said.message.into_iter().filter(|message| is_plain(message)).chain(codes).collect();
    let words = if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) };
    format!("Lytics {what}: it answered {}{words}", response.status)
}

/// Words and nothing else. What is quoted could be a person's data or a key, and a reason ends in logs.
fn is_plain(message: &str) -> bool {
    message.len() <= 200 && message.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | ',' | '.' | '-'))
}

/// `BADREQ-001`.
fn is_code(code: &str) -> bool {
    code.len() <= 40 && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-')
}

#[derive(Deserialize)]
struct Upload {
    data: Counts,
}

#[derive(Deserialize)]
struct Counts {
    #[serde(default)]
    rejected_count: u32,
}

#[derive(Default, Deserialize)]
struct Said {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    errors: Vec<Coded>,
}

#[derive(Deserialize)]
struct Coded {
    #[serde(default)]
    code: Option<String>,
}
