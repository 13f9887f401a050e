//! Does a request keep to its target, and its headers to what a component may set?

use http::{HeaderName, HeaderValue, Method};

use super::Checked;
use crate::component::types::{Field, Plan, Request};

/// Set by the host alone: who is spoken to, how long a body is, who is speaking, and what belongs to one connection
/// (RFC 9110, section 7.6.1).
const REFUSED: [&str; 12] = [
    "host",
    "content-length",
    "authorization",
    "proxy-authorization",
    "proxy-authenticate",
    "connection",
    "proxy-connection",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A request of a sink.
pub fn request(request: &Request, plan: &Plan) -> Checked {
    if !plan.targets.iter().any(|target| target.name == request.target) {
        return Err(format!("target `{}` is not in the plan", request.target.escape_debug()));
    }
    if Method::from_bytes(request.method.as_bytes()).is_err() {
        return Err("its method is no HTTP method".to_owned());
    }
    path(&request.path)?;
    headers(&request.headers)
}

/// Relative and absolute at once: it begins with one `/` and can only stay on its host.
fn path(path: &str) -> Checked {
    let mut segments = path.split('/').skip(1);
    let rule = if !path.starts_with('/') {
        "does not begin with `/`"
    } else if path.contains("//") {
        "contains `//`"
    } else if segments.any(is_dots) {
        "contains `..`"
    } else if path.contains(['?', '#']) {
        "contains a query; it belongs into `query`"
    } else if !path.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&byte)) {
        "contains a character that a path must percent-encode"
    } else {
        return Ok(());
    };
    Err(format!("its path {rule}"))
}

/// `.` and `..`, also percent-encoded.
fn is_dots(segment: &str) -> bool {
    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
    plain == ".." || plain == "."
}

/// Headers of a request or a reply.
pub fn headers(headers: &[Field]) -> Checked {
    for Field { name, value } in headers {
        let Ok(parsed) = HeaderName::from_bytes(name.as_bytes()) else {
            return Err(format!("`{}` is no header name", name.escape_debug()));
        };
        if REFUSED.contains(&parsed.as_str()) {
            return Err(format!("header `{parsed}` is set by the host alone"));
        }
        if HeaderValue::from_str(value).is_err() {
            return Err(format!("the value of header `{parsed}` contains a line break or another control character"));
        }
    }
    Ok(())
}

/// A status that ends an exchange.
pub fn status(status: u16) -> Checked {
    match status {
        200..=599 => Ok(()),
        _ => Err(format!("status {status} is none of 200 to 599")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_on_its_host() {
        let table = [
            ("/users/track", "ok"),
            ("/", "ok"),
            ("/c/1234/some_users", "ok"),
            ("/a%20b", "ok"),
            ("/...", "ok"),
            ("", "its path does not begin with `/`"),
            ("users", "its path does not begin with `/`"),
            ("https://evil.example/", "its path does not begin with `/`"),
            ("//evil.example/", "its path contains `//`"),
            ("/a//b", "its path contains `//`"),
            ("/a/../b", "its path contains `..`"),
            ("/a/%2E./b", "its path contains `..`"),
            ("/a/.", "its path contains `..`"),
            ("/a?key=1", "its path contains a query; it belongs into `query`"),
            ("/a#b", "its path contains a query; it belongs into `query`"),
            ("/a b", "its path contains a character that a path must percent-encode"),
            ("/a\r\nx: y", "its path contains a character that a path must percent-encode"),
            ("/\\evil", "its path contains a character that a path must percent-encode"),
            ("/ä", "its path contains a character that a path must percent-encode"),
        ];
        for (given, expected) in table {
            assert_eq!(path(given).err().as_deref().unwrap_or("ok"), expected, "{given:?}");
        }
    }

    #[test]
    fn a_header_is_the_components_own() {
        let table = [
            ("x-a", "b", "ok"),
            ("User-Agent", "partner-Acme", "ok"),
            ("Host", "evil.example", "header `host` is set by the host alone"),
            ("AUTHORIZATION", "x", "header `authorization` is set by the host alone"),
            ("Content-Length", "1", "header `content-length` is set by the host alone"),
            ("transfer-encoding", "chunked", "header `transfer-encoding` is set by the host alone"),
            ("x-a", "b\r\nx-c: d", "the value of header `x-a` contains a line break or another control character"),
            ("x a", "b", "`x a` is no header name"),
            ("x\n", "b", "`x\\n` is no header name"),
            ("", "b", "`` is no header name"),
        ];
        for (name, value, expected) in table {
            let given = [Field { name: name.into(), value: value.into() }];
            assert_eq!(headers(&given).err().as_deref().unwrap_or("ok"), expected, "{name:?}");
        }
    }
}
