//! Sends what a vendor sends by itself.
//!
//! [`Post`] is a trait so that the retry rules can be tested on a paused clock without a network.

#[cfg(test)]
pub mod scripted;

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;

/// A status that no server sends: the host could not be reached (contract 6).
pub const UNREACHABLE: u16 = 599;

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// The status, or [`UNREACHABLE`].
    pub status: u16,
    /// The header `Retry-After` in seconds.
    pub retry_after: Option<Duration>,
}

/// Sends one request.
pub trait Post: Send + Sync + 'static {
    /// Sends it, and waits for the reply.
    fn post(&self, request: Request<Bytes>) -> impl Future<Output = Reply> + Send;
}

/// Sends over plain HTTP; the sandbox is for loopback only.
#[derive(Debug, Clone)]
pub struct Client {
    client: legacy::Client<HttpConnector, Full<Bytes>>,
    timeout: Duration,
}

impl Client {
    /// Gives up a request after `timeout`.
    #[must_use]
    pub fn new(timeout: Duration) -> Self {
        Self { client: legacy::Client::builder(TokioExecutor::new()).build_http(), timeout }
    }

    async fn send(&self, request: Request<Bytes>) -> Option<Reply> {
        let response = self.client.request(request.map(Full::new)).await.ok()?;
        let (head, body) = response.into_parts();
        // The connection is used again only after the body was read.
        body.collect().await.ok()?;
        Some(Reply { status: head.status.as_u16(), retry_after: retry_after(&head.headers) })
    }
}

impl Post for Client {
    async fn post(&self, request: Request<Bytes>) -> Reply {
        let sent = tokio::time::timeout(self.timeout, self.send(request)).await;
        sent.ok().flatten().unwrap_or(Reply { status: UNREACHABLE, retry_after: None })
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get("retry-after")?.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

/// A request with a JSON body; `None` if the method, the address or a header is none.
#[must_use]
pub fn json(method: &str, url: &str, headers: &[(String, String)], body: Bytes) -> Option<Request<Bytes>> {
    let start = Request::builder().method(method).uri(url).header("content-type", "application/json");
    headers.iter().fold(start, |request, (name, value)| request.header(name, value)).body(body).ok()
}
