//! Requests and responses as data.

/// A header or a query parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// In lower case for a header.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Field {
    /// A field.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// The first value of a field, its name in any letter case.
#[must_use]
pub fn value<'a>(fields: &'a [Field], name: &str) -> Option<&'a str> {
    fields.iter().find(|field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value.as_str())
}

/// A request of ours. It carries no credentials; the host adds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// One of the plan's targets.
    pub target: String,
    /// `POST`.
    pub method: String,
    /// Begins with one `/`; no `..`, no `//`, no query.
    pub path: String,
    /// The query's parameters, not yet encoded.
    pub query: Vec<Field>,
    /// Further headers.
    pub headers: Vec<Field>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A `POST` of JSON.
    pub fn post_json(target: impl Into<String>, path: impl Into<String>, body: Vec<u8>) -> Self {
        let headers = vec![Field::new("content-type", "application/json")];
        Self { target: target.into(), method: "POST".to_owned(), path: path.into(), query: Vec::new(), headers, body }
    }
}

/// The answer to a request of ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: Vec<Field>,
    /// Its body.
    pub body: Vec<u8>,
    /// False if the body broke off.
    pub complete: bool,
    /// When the request was sent, in milliseconds since 1970 by the host's clock.
    pub sent_at_ms: u64,
    /// When the answer was there.
    pub received_at_ms: u64,
}

impl Response {
    /// The first value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        value(&self.headers, name)
    }
}

/// A request of somebody else's; its credentials are checked and removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrival {
    /// `POST`.
    pub method: String,
    /// `/c/1234/braze_users`.
    pub path: String,
    /// The query's parameters, decoded.
    pub query: Vec<Field>,
    /// Its headers.
    pub headers: Vec<Field>,
    /// Its body.
    pub body: Vec<u8>,
    /// When it arrived, in milliseconds since 1970.
    pub received_at_ms: u64,
}

/// The answer to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: Vec<Field>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A JSON reply.
    #[must_use]
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        let headers = vec![Field::new("content-type", "application/json")];
        Self { status, headers, body: body.to_string().into_bytes() }
    }
}
