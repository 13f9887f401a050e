//! Fetching a file that lies where a vendor said, piece by piece.
//!
//! It is asked for without any credentials, because the address is the vendor's word: whether it is one that may be spoken to is decided before.
//! Nobody knows how long a file takes, so only silence ends the wait. No redirect is followed, for it would lead past that decision.

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue, USER_AGENT};
use http::{StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::capture_connection;

use super::{Client, Failed, Times, WHOLE, build};
use crate::clock::Clock;
use crate::component::types::{Field, Response};

/// What of a file is there already, so that only the rest is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// So many bytes.
    pub bytes: u64,
    /// The file's mark, as its server gave it: if that changed, it is another file.
    pub mark: HeaderValue,
}

/// An answer, with its body to come.
#[derive(Debug)]
pub struct Fetched {
    status: StatusCode,
    headers: HeaderMap,
    body: Incoming,
    clock: Clock,
    sent_at_ms: u64,
}

impl Client {
    /// Asks for what lies at an address. An error says why no answer came.
    pub async fn fetch(&self, address: &Uri, begun: Option<&Begun>) -> Result<Fetched, String> {
        let mut request = http::Request::new(Full::new(Bytes::new()));
        *request.uri_mut() = address.clone();
        request.headers_mut().insert(USER_AGENT, build::AGENT);
        if let Some(Begun { bytes, mark }) = begun {
            // Digits are a value of any header.
            let range = HeaderValue::from_str(&format!("bytes={bytes}-")).map_err(|error| error.to_string())?;
            request.headers_mut().insert(header::RANGE, range);
            request.headers_mut().insert(header::IF_RANGE, mark.clone());
        }
        let connection = capture_connection(&mut request);
        let times = Times { sent_at_ms: self.clock.unix_ms(), start: self.clock.now() };
        let head = self.head(self.http.request(request), connection, &times).await.map_err(|Failed { why, .. }| why)?;
        let (parts, body) = head.into_parts();
        let (status, headers) = (parts.status, parts.headers);
        Ok(Fetched { status, headers, body, clock: self.clock, sent_at_ms: times.sent_at_ms })
    }
}

impl Fetched {
    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The file's mark, if it is one by which its bytes are known.
    #[must_use]
    pub fn mark(&self) -> Option<&HeaderValue> {
        self.headers.get(header::ETAG).filter(|mark| mark.as_bytes().starts_with(b"\""))
    }

    /// How many bytes are still to come, where that is said.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
    }

    /// Where in the file a part begins, if this is one (RFC 9110, section 14.4).
    #[must_use]
    pub fn begins_at(&self) -> Option<u64> {
        let range = self.headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
        range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
    }

    /// How large the whole file is, where a part says so.
    #[must_use]
    pub fn whole(&self) -> Option<u64> {
        let range = self.headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
        range.strip_prefix("bytes ")?.split_once('/')?.1.trim().parse().ok()
    }

    /// The next bytes; nothing at the end. An error says why no more will come.
    pub async fn next(&mut self) -> Result<Option<Bytes>, String> {
        loop {
            let silence = self.clock.sleep_until(self.clock.now() + WHOLE);
            let frame = tokio::select! {
                frame = self.body.frame() => frame,
                () = silence => return Err(format!("nothing came for {} s", WHOLE.as_secs())),
            };
            match frame {
                None => return Ok(None),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => return Ok(Some(data)),
                    // Trailers say nothing of a file.
                    _ => {}
                },
                Some(Err(error)) => return Err(super::causes(&error)),
            }
        }
    }

    /// The answer without its body, as a component reads it.
    #[must_use]
    pub fn response(&self) -> Response {
        let field = |(name, value): (&http::HeaderName, &HeaderValue)| Field {
            name: name.as_str().to_owned(),
            value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
        };
        Response {
            status: self.status.as_u16(),
            headers: self.headers.iter().map(field).collect(),
            body: Vec::new(),
            complete: true,
            sent_at_ms: self.sent_at_ms,
            received_at_ms: self.clock.unix_ms(),
        }
    }
}
