//! What does an answer mean that is no page?
//!
//! The token of a later page is short-lived, and how Lytics says that it is too old is not documented. The first page of the same scan was
//! answered, so any refusal of a later one is taken for that, and the scan begins again. Refusals that are about the caller are not.

use brazeline_kit::{Onward, Response};

/// When to ask again where nothing says when. The host makes it longer each time.
pub const AGAIN_MS: u64 = 1000;

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Who was asked for, for people.
    pub what: String,
    /// It was a later page of a scan.
    pub later: bool,
}

/// What to do about a status; nothing if it is a page's. `status` is the answer's, or what its body says in its place.
#[must_use]
pub fn of(response: &Response, status: u16, asked: &Asked) -> Option<Onward> {
    let what = &asked.what;
    Some(match status {
        200..=299 if response.complete => return None,
        200..=299 | 408 | 429 | 500..=599 => Onward::Retry(wait_ms(response)),
        401 => Onward::Stop(
            "Lytics does not know the API token (401): it is mistyped, revoked or expired. Make a new one in Lytics and set \
             it as `api_token` of the authorization"
                .to_owned(),
        ),
        403 => Onward::Stop(format!(
            "Lytics does not let the API token read {what} (403): make one in Lytics with a role that may, Data Manager for \
             instance, and set it as `api_token` of the authorization"
        )),
        400..=499 if asked.later => {
            Onward::Restart(format!("Lytics does not know the scan's next page any more ({status})"))
        }
        404 => Onward::Stop(format!("Lytics does not know {what} (404): see `audiences`")),
        _ => Onward::Stop(format!("Lytics does not scan {what} ({status}): see `audiences` and `identifier`")),
    })
}

/// Lytics sends no header of that kind by its documents; what stands before it might.
fn wait_ms(response: &Response) -> u64 {
    let seconds = response.header("retry-after").and_then(|wait| wait.parse::<u64>().ok());
    seconds.map_or(AGAIN_MS, |seconds| seconds.saturating_mul(1000).max(AGAIN_MS))
}
