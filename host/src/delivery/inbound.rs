//! Who is let in?
//!
//! Any one of the schemes lets a caller in; without any, everybody is. Whatever the outcome, no credential passes this point:
//! neither a component, nor the journal, nor a log sees one.

use std::borrow::Cow;

use http::Uri;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use http::request::Parts;
use http::uri::PathAndQuery;
use percent_encoding::percent_decode;

use super::scheme::{Carrier, Scheme};

/// The credentials that a server asks for.
#[derive(Debug, Clone, Default)]
pub struct Inbound {
    schemes: Vec<Scheme>,
}

impl Inbound {
    /// Any one of these lets a caller in; none lets everybody in.
    #[must_use]
    pub fn new(schemes: Vec<Scheme>) -> Self {
        Self { schemes }
    }

    /// Whether everybody is let in.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.schemes.is_empty()
    }

    /// Whether the request may pass. Its credentials are gone afterwards.
    pub fn admit(&self, request: &mut Parts) -> bool {
        // All are compared, so that the time does not tell which one matched.
        let matched = self.schemes.iter().filter(|scheme| is_shown(scheme, request)).count();
        self.remove(request);
        self.is_open() || matched > 0
    }

    fn remove(&self, request: &mut Parts) {
        // Also where nobody asked for them: a sender's credentials are nobody's business behind this point.
        for name in [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE] {
            request.headers.remove(name);
        }
        for scheme in &self.schemes {
            match &scheme.carrier {
                Carrier::Header { name, .. } => drop(request.headers.remove(name)),
                Carrier::Query { name } => remove_parameter(&mut request.uri, name),
            }
        }
    }
}

fn is_shown(scheme: &Scheme, request: &Parts) -> bool {
    match &scheme.carrier {
        Carrier::Header { name, .. } => {
            request.headers.get_all(name).iter().any(|value| scheme.is_shown_by(value.as_bytes()))
        }
        Carrier::Query { name } => {
            let mut values = decoded_pairs(&request.uri).filter(|(key, _)| key == name);
            values.any(|(_, value)| scheme.is_shown_by(value.as_bytes()))
        }
    }
}

/// The parameters of a query, decoded. What is no UTF-8 is replaced.
pub fn parameters(uri: &Uri) -> impl Iterator<Item = (String, String)> {
    decoded_pairs(uri).map(|(name, value)| (name.into_owned(), value.into_owned()))
}

fn decoded_pairs(uri: &Uri) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    pairs(uri).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    })
}

fn pairs(uri: &Uri) -> impl Iterator<Item = &str> {
    uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty())
}

fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains(['+', '%']) {
        return Cow::Borrowed(text);
    }
    // In a query, `+` is a space (HTML's form encoding, which senders use).
    let spaced = text.replace('+', " ");
    Cow::Owned(percent_decode(spaced.as_bytes()).decode_utf8_lossy().into_owned())
}

fn remove_parameter(uri: &mut Uri, name: &str) {
    let is_kept = |pair: &&str| decoded(pair.split_once('=').unwrap_or((pair, "")).0) != name;
    let kept: Vec<&str> = pairs(uri).filter(is_kept).collect();
    let path = match kept.is_empty() {
        true => uri.path().to_owned(),
        false => format!("{}?{}", uri.path(), kept.join("&")),
    };
    // Parts of what was a path and a query are one again; were they not, the query would go as a whole.
    let path = PathAndQuery::try_from(path).unwrap_or_else(|_| PathAndQuery::from_static("/"));
    let mut parts = std::mem::take(uri).into_parts();
    parts.path_and_query = Some(path);
    *uri = Uri::from_parts(parts).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::scheme::Member;

    fn inbound(schemes: &[(&str, &str)]) -> Inbound {
        let member = |_: &str| Member::Secret("s3 cret".into());
        Inbound::new(schemes.iter().map(|(name, settings)| Scheme::read(name, settings, member).unwrap()).collect())
    }

    type Headers<'a> = &'a [(&'a str, &'a str)];

    fn admit(inbound: &Inbound, uri: &str, headers: Headers<'_>) -> String {
        let mut request = http::Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut parts = request.body(()).unwrap().into_parts().0;
        let admitted = if inbound.admit(&mut parts) { "in" } else { "out" };
        let headers = parts.headers.iter().map(|(name, value)| format!(" {name}={}", value.to_str().unwrap()));
        format!("{admitted} {}{}", parts.uri, headers.collect::<String>())
    }

    #[test]
    fn credentials_let_in_and_are_gone() {
        let open = inbound(&[]);
        let bearer = inbound(&[("bearer", r#"{"secret":"k"}"#)]);
        let either =
            inbound(&[("query", r#"{"name":"key","secret":"k"}"#), ("header", r#"{"name":"x-key","secret":"k"}"#)]);
        let table: [(&Inbound, &str, Headers<'_>, &str); 14] = [
            (&open, "/a?b=c", &[("x-a", "b")], "in /a?b=c x-a=b"),
            (&open, "/a", &[("authorization", "Bearer x"), ("cookie", "a=b")], "in /a"),
            (&bearer, "/a", &[], "out /a"),
            (&bearer, "/a", &[("authorization", "Bearer s3 cret"), ("x-a", "b")], "in /a x-a=b"),
            (&bearer, "/a", &[("authorization", "Bearer wrong")], "out /a"),
            (&bearer, "/a", &[("authorization", "Bearer x"), ("authorization", "Bearer s3 cret")], "in /a"),
            (&bearer, "/a?authorization=Bearer+s3+cret", &[], "out /a?authorization=Bearer+s3+cret"),
            (&either, "/a?key=s3%20cret", &[], "in /a"),
            (&either, "/a?x=1&key=s3+cret&y=%20&z", &[], "in /a?x=1&y=%20&z"),
            (&either, "/a?k%65y=s3+cret&x=1", &[], "in /a?x=1"),
            (&either, "https://h.example/a?key=s3+cret", &[], "in https://h.example/a"),
            (&either, "/a?key=wrong&x=1", &[], "out /a?x=1"),
            // The other carrier goes, too.
            (&either, "/a?key=wrong", &[("x-key", "s3 cret")], "in /a"),
            (&either, "/a?key", &[("x-key", "")], "out /a"),
        ];
        for (inbound, uri, headers, expected) in table {
            assert_eq!(admit(inbound, uri, headers), expected, "{uri} {headers:?}");
        }
    }
}
