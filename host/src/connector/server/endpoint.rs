//! What is pasted where others are told to send to?
//!
//! An address as the outside knows it, a path, and how the credential goes along; never the credential.

use std::net::SocketAddr;

use crate::delivery::scheme::Masked;

/// What stands for a name that nobody told us.
const HOST: &str = "<host>";

/// Where others are told to send to, but for the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// What is sent there.
    pub about: String,
    /// The path, perhaps with a query.
    pub path: String,
    /// Any one of these lets a caller in; none lets everybody in.
    pub credentials: Vec<Masked>,
}

/// What stands before the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base(String);

impl Base {
    /// The public address, if there is one; otherwise what is listened at, as far as that means something to others.
    #[must_use]
    pub fn new(public: Option<&str>, listens: SocketAddr, tls: bool) -> Self {
        if let Some(public) = public {
            return Self(public.trim_end_matches('/').to_owned());
        }
        let (scheme, usual) = if tls { ("https", 443) } else { ("http", 80) };
        let host = match (listens.ip().is_unspecified(), listens) {
            (true, _) => HOST.to_owned(),
            (false, SocketAddr::V4(address)) => address.ip().to_string(),
            (false, SocketAddr::V6(address)) => format!("[{}]", address.ip()),
        };
        Self(match listens.port() {
            port if port == usual => format!("{scheme}://{host}"),
            port => format!("{scheme}://{host}:{port}"),
        })
    }

    /// Whether somebody has to put a name into it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.contains(HOST)
    }
}

impl Endpoint {
    /// All that is pasted, with what stands for the credential if that is a part of it.
    #[must_use]
    pub fn url(&self, base: &Base) -> String {
        let between = if self.path.contains('?') { '&' } else { '?' };
        match self.parameter() {
            Some((name, masked)) => format!("{}{}{between}{name}={masked}", base.0, self.path),
            None => format!("{}{}", base.0, self.path),
        }
    }

    /// What else is to be known of the credential.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let header = |credential: &Masked| match credential {
            Masked::Header(header) => Some(format!("`{header}`")),
            Masked::Parameter(..) => None,
        };
        let headers: Vec<String> = self.credentials.iter().filter_map(header).collect();
        let headers = headers.join(" or ");
        match (self.parameter(), headers.is_empty()) {
            (None, true) => Some("whoever knows the address is let in: no credential is asked for".to_owned()),
            (None, false) => Some(format!("with the header {headers}")),
            (Some((name, _)), false) => Some(format!("or without `{name}`, with the header {headers}")),
            (Some(_), true) => None,
        }
    }

    fn parameter(&self) -> Option<(&str, &str)> {
        self.credentials.iter().find_map(|credential| match credential {
            Masked::Parameter(name, masked) => Some((name.as_str(), *masked)),
            Masked::Header(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: &str = "whoever knows the address is let in: no credential is asked for";

    fn check(
        public: Option<&str>,
        listens: &str,
        path: &str,
        credentials: Vec<Masked>,
        expected: (&str, Option<&str>),
    ) {
        let endpoint = Endpoint { about: "events".into(), path: path.into(), credentials };
        // Those that end so speak TLS.
        let base = Base::new(public, listens.parse().unwrap(), listens.ends_with("443"));
        assert_eq!((endpoint.url(&base).as_str(), endpoint.hint().as_deref()), expected);
        assert_eq!(base.is_open(), expected.0.contains('<'));
    }

    #[test]
    fn what_is_pasted() {
        let key = || Masked::Parameter("key".into(), "***");
        let header = || Masked::Header("x-api-key: ***".into());
        let with = "with the header `x-api-key: ***`";
        check(None, "127.0.0.1:8080", "/a", vec![], ("http://127.0.0.1:8080/a", Some(OPEN)));
        check(None, "[::]:443", "/a", vec![key()], ("https://<host>/a?key=***", None));
        check(None, "0.0.0.0:80", "/", vec![header()], ("http://<host>/", Some(with)));
        check(None, "[::1]:8443", "/", vec![key()], ("https://[::1]:8443/?key=***", None));
        let behind = Some("https://hooks.example.com/in/");
        let both =
            ("https://hooks.example.com/in/a?b=c&key=***", Some("or without `key`, with the header `x-api-key: ***`"));
        check(behind, "127.0.0.1:1", "/a?b=c", vec![header(), key()], both);
        check(behind, "[::]:1", "/", vec![], ("https://hooks.example.com/in/", Some(OPEN)));
    }
}
