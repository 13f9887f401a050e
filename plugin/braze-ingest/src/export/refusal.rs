//! What does an answer mean that is no export, or no file?

use braze::quote::quote;
use braze::wait::wait_ms;
use brazeline_kit::{Onward, Response};
use serde_json::Value;

use super::{PATH, PERMISSION};

/// When to ask again where nothing says when. The host makes it longer each time.
pub const AGAIN_MS: u64 = 1000;

/// When to ask for an export again while another of the same segment is made.
const RUNNING_MS: u64 = 60_000;

/// By such words Braze says that an export of this segment runs, or too many of the company's do (one and 100 at a time; "Users by segment", read
/// 2026-11-26). Neither the status nor the words are documented, so all that speak of it count.
const RUNNING: [&str; 8] = [
    "already running",
    "already in progress",
    "already being",
    "in progress",
    "is running",
    "concurrent",
    "at a time",
    "wait for",
];

/// How to go on where no export was taken on; nothing if one was.
#[must_use]
pub fn of_export(response: &Response) -> Option<Onward> {
    Some(match response.status {
        200..=299 => return None,
        400 | 409 | 422 | 429 if is_running(response) => Onward::Retry(wait_ms(response).max(RUNNING_MS)),
        408 | 409 | 429 | 500.. => Onward::Retry(wait_ms(response).max(AGAIN_MS)),
        status => Onward::Stop(said(response, refused(status, response))),
    })
}

/// How to go on where no file came; nothing if it did.
#[must_use]
pub fn of_file(response: &Response, asked_at_ms: u64, patience_ms: u64) -> Option<Onward> {
    let status = response.status;
    let waited_ms = response.received_at_ms.saturating_sub(asked_at_ms);
    Some(match status {
        200 => return None,
        300..=399 => Onward::Stop(format!(
            "the address of the file that Braze named leads on to another ({status}), and no request is redirected: look for a proxy in \
             between, or let Braze write its exports to a bucket of yours, which `mode: file` reads"
        )),
        _ if waited_ms >= patience_ms => Onward::Restart(format!(
            "{} s after the export was asked for, there is no file at the address that Braze named for it ({status}): it was \
             not made, or is gone again. See `wait_seconds`",
            waited_ms / 1000
        )),
        408 | 429 | 500.. => Onward::Retry(wait_ms(response).max(AGAIN_MS)),
        // Not there yet. The host begins with half a second and asks ever more slowly, up to a minute.
        _ => Onward::Retry(0),
    })
}

/// What a refusal means.
#[must_use]
pub fn refused(status: u16, response: &Response) -> &'static str {
    match status {
        300..=399 => "no request is redirected; check `instance` or `hosts`",
        400..=499 if is_about_permission(response) => LACKS_PERMISSION,
        401 => {
            "it does not know the API key; check `api_key`, and that it belongs to this instance, since the key of another one is \
             answered the same way"
        }
        403 => LACKS_PERMISSION,
        404 => {
            "it knows no such segment, or nothing of Braze's is at this address; check `segment_id`, and `instance` or `hosts`"
        }
        _ => "it makes no such export; check `segment_id`, `fields_to_export` and `custom_attributes_to_export`",
    }
}

const LACKS_PERMISSION: &str = "the key needs the permission `users.export.segment`, and the plan has to allow it";

/// Braze's answer in a line: its own words, without data, and what they mean.
#[must_use]
pub fn said(response: &Response, meaning: &str) -> String {
    let words = match words(response) {
        words if words.is_empty() => String::new(),
        words => format!(" ({})", quote(&words)),
    };
    format!("Braze answers {} to {PATH}{words}: {meaning}", response.status)
}

/// Whether Braze says that the key is known and may not do this. Its pages document no status for that.
#[must_use]
pub fn is_about_permission(response: &Response) -> bool {
    let words = words(response).to_ascii_lowercase();
    words.contains("permission") || words.contains(PERMISSION) || words.contains("not authorized to access")
}

fn is_running(response: &Response) -> bool {
    // What it quotes is a name of the company's.
    let words = quote(&words(response)).to_ascii_lowercase();
    RUNNING.iter().any(|word| words.contains(word))
}

fn words(response: &Response) -> String {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    body.get("message").and_then(Value::as_str).unwrap_or_default().to_owned()
}
