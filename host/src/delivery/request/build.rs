//! From a component's request to the one that is sent.

use bytes::Bytes;
use http::header::{self, USER_AGENT};
use http::{HeaderName, HeaderValue, Method, Uri};
use http_body_util::Full;
use percent_encoding::utf8_percent_encode;

use super::targets::Target;
use crate::component::types::{Field, Request};
use crate::delivery::scheme::{Carrier, QUERY, Scheme};

/// Who is speaking, unless the component says so.
pub(super) const AGENT: HeaderValue = HeaderValue::from_static(concat!("brazeline/", env!("CARGO_PKG_VERSION")));

/// Set by the host alone: who is spoken to, who is speaking, how long a body is, and what belongs to one connection (RFC 9110,
/// section 7.6.1).
const OWN: [HeaderName; 10] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::AUTHORIZATION,
    header::PROXY_AUTHORIZATION,
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// An error says what is wrong with the component's request.
pub(super) fn build(target: &Target, request: &Request) -> Result<http::Request<Full<Bytes>>, String> {
    let mut built = http::Request::new(Full::new(Bytes::from(request.body.clone())));
    *built.method_mut() = Method::from_bytes(request.method.as_bytes()).map_err(|_| "its method is no HTTP method")?;
    *built.uri_mut() = uri(target, request)?;
    for Field { name, value } in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| "one of its headers has no valid name")?;
        if is_taken(target.scheme(), &Carrier::Header { name: name.clone(), prefix: String::new() }) {
            return Err(format!("header `{name}` is set by the host: it carries the secret"));
        }
        if OWN.contains(&name) {
            return Err(format!("header `{name}` is set by the host alone"));
        }
        let value = HeaderValue::from_str(value)
            .map_err(|_| format!("the value of header `{name}` contains a line break or another control character"))?;
        built.headers_mut().append(name, value);
    }
    built.headers_mut().entry(USER_AGENT).or_insert(AGENT);
    if let Some(header) = target.scheme().and_then(Scheme::header) {
        let (name, value) = header.map_err(|problem| problem.what)?;
        built.headers_mut().insert(name, value);
    }
    Ok(built)
}

fn uri(target: &Target, request: &Request) -> Result<Uri, String> {
    if !request.path.starts_with('/') || request.path.contains(['?', '#']) {
        return Err("its path does not begin with `/`, or contains a query".to_owned());
    }
    let mut query = Vec::with_capacity(request.query.len() + 1);
    for Field { name, value } in &request.query {
        if is_taken(target.scheme(), &Carrier::Query { name: name.clone() }) {
            return Err(format!("query parameter `{}` is set by the host: it carries the secret", name.escape_debug()));
        }
        query.push(format!("{}={}", utf8_percent_encode(name, QUERY), utf8_percent_encode(value, QUERY)));
    }
    query.extend(target.scheme().and_then(Scheme::parameter));
    let question = if query.is_empty() { "" } else { "?" };
    let text = format!("{}{}{question}{}", target.origin(), request.path, query.join("&"));
    text.parse()
        .map_err(|_| "its path contains a character that a path must percent-encode, or it is too long".to_owned())
}

/// Whether the scheme's secret stands in this carrier.
fn is_taken(scheme: Option<&Scheme>, carrier: &Carrier) -> bool {
    match (scheme.map(|scheme| &scheme.carrier), carrier) {
        (Some(Carrier::Header { name, .. }), Carrier::Header { name: theirs, .. }) => name == theirs,
        (Some(Carrier::Query { name }), Carrier::Query { name: theirs }) => name == theirs,
        _ => false,
    }
}
