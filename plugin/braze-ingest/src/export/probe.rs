//! Does the key work?
//!
//! Asked with a request for an export of nothing: it names no segment, so whatever Braze thinks of it, no export comes of it. What its answers mean:
//!
//! | status | finding |
//! |---|---|
//! | 400, 422 | Braze took the key and missed the segment |
//! | 401 | it does not know the key; or the key is good and belongs to another instance, which is answered the same way |
//! | 403, or words about a permission | the key lacks the permission `users.export.segment` |
//! | 404, a redirect | nothing of Braze's is at this address |
//! | anything else | nothing is proven |

use brazeline_kit::{Finding, Request, Response};

use super::post;
use super::refusal::{is_about_permission, refused, said};

/// The request.
#[must_use]
pub fn ask() -> Request {
    post(b"{}".to_vec())
}

/// What its answer proves.
#[must_use]
pub fn judge(response: &Response) -> Finding {
    match response.status {
        400..=499 if is_about_permission(response) => Finding::Fails(said(response, refused(403, response))),
        400 | 422 => Finding::Works,
        status @ (300..=399 | 401 | 403 | 404) => Finding::Fails(said(response, refused(status, response))),
        408 | 429 | 500.. => Finding::Unknown(said(response, "try again later")),
        _ => Finding::Unknown(said(response, "that proves nothing; check that this is Braze's REST host")),
    }
}
