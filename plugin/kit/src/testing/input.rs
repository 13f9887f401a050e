//! Inputs in a line.

use percent_encoding::percent_decode_str;

use crate::{Arrival, Field, Response};

/// A request of somebody else's: `arrival("POST /c/1234/users?source=braze", body)`. Add headers to what it gives.
///
/// # Panics
///
/// If the line is not a method and a path.
#[must_use]
pub fn arrival(line: &str, body: impl AsRef<[u8]>) -> Arrival {
    let Some((method, target)) = line.split_once(' ') else { panic!("`{line}` is not a method and a path") };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Arrival {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.split('&').filter(|pair| !pair.is_empty()).map(parameter).collect(),
        headers: vec![Field::new("content-type", "application/json")],
        body: body.as_ref().to_vec(),
        received_at_ms: 1_764_000_000_000,
    }
}

fn parameter(pair: &str) -> Field {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    Field::new(decode(name), decode(value))
}

/// A whole answer: `response(429, &[("retry-after", "3")], "")`.
#[must_use]
pub fn response(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Response {
    Response {
        status,
        headers: headers.iter().map(|(name, value)| Field::new(*name, *value)).collect(),
        body: body.as_ref().to_vec(),
        complete: true,
        sent_at_ms: 1_764_000_000_000,
        received_at_ms: 1_764_000_000_050,
    }
}
