//! What is asked, and what is answered?
//!
//! A [`Request`] and an [`Answer`] are plain values: a vendor turns one into the other without a network, and the server carries
//! them.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, StatusCode};
use serde::Serialize;

/// A whole request.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// GET, POST and so on.
    pub method: Method,
    /// The path, as it was sent.
    pub path: String,
    /// What follows the question mark, as it was sent; empty if there is none.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Request {
    /// A header as text; `None` also if it is no text.
    #[must_use]
    pub fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The first value of a query parameter, decoded.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// A whole answer, and how it reaches the caller.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// How it reaches the caller.
    pub delivery: Delivery,
}

/// How an answer reaches the caller.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Delivery {
    /// At once.
    #[default]
    Prompt,
    /// After so long.
    After(Duration),
    /// Never: the connection is cut.
    Never,
    /// Half of its body, then the connection is cut.
    Half,
}

impl Answer {
    /// A JSON answer.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Self {
        // Only a map whose keys are no text cannot be written, and no answer holds one.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self { status, body: body.into(), ..Self::default() }
            .with(CONTENT_TYPE, HeaderValue::from_static("application/json"))
    }

    /// A page.
    #[must_use]
    pub fn html(page: String) -> Self {
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        Self { body: page.into(), ..Self::default() }.with(CONTENT_TYPE, kind)
    }

    /// No answer at all.
    #[must_use]
    pub fn cut() -> Self {
        Self { delivery: Delivery::Never, ..Self::default() }
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// With one more header that is a number.
    #[must_use]
    pub fn with_number(self, name: &'static str, value: i64) -> Self {
        self.with(HeaderName::from_static(name), HeaderValue::from(value))
    }

    /// Delivered in another way.
    #[must_use]
    pub fn delivered(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    /// With only the first half of its body, which is then no JSON any more.
    #[must_use]
    pub fn halved(mut self) -> Self {
        self.body.truncate(self.body.len() / 2);
        self
    }
}
