//! Reading an answer, within bounds, without its secrets.

use http_body_util::BodyExt;

use super::Head;
use crate::component::types::{Field, Response};
use crate::delivery::mask::Mask;

/// At most so much of such a body is kept: an answer to a delivery is a few kilobytes, and 64 may be in flight for each sink.
pub(super) const BODY_BYTES: usize = 4 * 1024 * 1024;

/// Reads until the body's end, its break, the cap, or until `end` comes back.
pub(super) async fn read(head: Head, mask: &Mask, most: usize, end: impl Future<Output = ()>) -> Response {
    let (parts, mut incoming) = head.into_parts();
    tokio::pin!(end);
    let (mut body, mut complete) = (Vec::new(), false);
    loop {
        let frame = tokio::select! {
            frame = incoming.frame() => frame,
            () = &mut end => break,
        };
        let data = match frame {
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
            Some(Err(_)) => break,
            None => {
                complete = true;
                break;
            }
        };
        let room = most - body.len();
        body.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            break;
        }
    }
    mask.apply(&mut body);
    let field = |(name, value): (&http::HeaderName, &http::HeaderValue)| Field {
        name: name.as_str().to_owned(),
        value: mask.text(value.as_bytes()),
    };
    let headers = parts.headers.iter().map(field).collect();
    Response { status: parts.status.as_u16(), headers, body, complete, sent_at_ms: 0, received_at_ms: 0 }
}
