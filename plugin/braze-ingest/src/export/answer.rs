//! What does Braze say when it is asked for an export?
//!
//! `{"message":"success","object_prefix":"<uuid>-<time>","url":"https://..."}`; no `url` if the workspace has a bucket of its own (Braze, "Users by
//! segment", read 2026-11-26).

use brazeline_kit::{Onward, Response};
use serde::Deserialize;

use super::name;
use super::position::At;
use super::refusal::{self, AGAIN_MS, said};

/// A file's name has at most so many bytes of the segment's id and of the export's, each: as many as they have.
const PART_BYTES: usize = 48;

/// The host fetches from no longer address.
const ADDRESS_BYTES: usize = 8 * 1024;

#[derive(Deserialize)]
struct Answer {
    message: Option<String>,
    object_prefix: Option<String>,
    url: Option<String>,
}

/// The file that will be, or how to go on without one.
pub fn read(response: &Response, segment: &str, mark: &str) -> Result<At, Onward> {
    refusal::of_export(response).map_or(Ok(()), Err)?;
    // It broke off, or somebody between us and Braze answered.
    let answer: Answer = serde_json::from_slice(&response.body).map_err(|_| Onward::Retry(AGAIN_MS))?;
    if !answer.message.is_some_and(|message| message.eq_ignore_ascii_case("success")) {
        return Err(Onward::Stop(said(response, "that is no success; check `segment_id` and `fields_to_export`")));
    }
    let prefix = answer.object_prefix.unwrap_or_default();
    let Some(address) = answer.url.filter(|url| !url.is_empty()) else {
        return Err(Onward::Stop(in_a_bucket(&prefix)));
    };
    if !is_address(&address) {
        return Err(Onward::Stop(said(response, "the address that it names for the file is none")));
    }
    let asked_at_ms = response.sent_at_ms;
    let which = if prefix.is_empty() { asked_at_ms.to_string() } else { prefix };
    let name = name::of(&plain(segment), &plain(&which), mark);
    Ok(At { address, name, asked_at_ms })
}

/// Whether it can be one: kept, it would have to be used at each start.
fn is_address(text: &str) -> bool {
    let rest = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    let is_named = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#']));
    is_named && text.len() <= ADDRESS_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What a file's name may have.
fn plain(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    text.chars().take(PART_BYTES).map(plain).collect()
}

fn in_a_bucket(prefix: &str) -> String {
    format!(
        "Braze makes the export and names no address: this workspace has a bucket of its own, and the files come there, under \
         segment-export/<segment_id>/<day>/{}. Read them with `mode: file` and `files: {{ type: object_store, path: \
         segment-export/<segment_id>, ... }}`",
        plain(prefix)
    )
}
