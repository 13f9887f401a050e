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

    #[test]
    fn what_is_pasted() {
        let (key, header) = (Masked::Parameter("key".into(), "***"), Masked::Header("x-api-key: ***".into()));
        let table: [(Option<&str>, &str, bool, &str, &[Masked], &str, Option<&str>); 6] = [
            (
                None,
                "127.0.0.1:8080",
                false,
                "/a",
                &[],
                "http://127.0.0.1:8080/a",
                Some("whoever knows the address is let in: no credential is asked for"),
            ),
            (None, "[::]:443", true, "/a", &[key.clone()], "https://<host>/a?key=***", None),
            (
                None,
                "0.0.0.0:80",
                false,
                "/",
                &[header.clone()],
                "http://<host>/",
                Some("with the header `x-api-key: ***`"),
            ),
            (None, "[::1]:443", false, "/", &[key.clone()], "http://[::1]:443/?key=***", None),
            (
                Some("https://hooks.example.com/in/"),
                "127.0.0.1:1",
                false,
                "/a?b=c",
                &[header.clone(), key.clone()],
                "https://hooks.example.com/in/a?b=c&key=***",
                Some("or without `key`, with the header `x-api-key: ***`"),
            ),
            (
                Some("https://hooks.example.com"),
                "[::]:1",
                true,
                "/",
                &[],
                "https://hooks.example.com/",
                Some("whoever knows the address is let in: no credential is asked for"),
            ),
        ];
        for (public, listens, tls, path, credentials, url, hint) in table {
            let endpoint = Endpoint { about: "events".into(), path: path.into(), credentials: credentials.to_vec() };
            let base = Base::new(public, listens.parse().unwrap(), tls);
            assert_eq!((endpoint.url(&base).as_str(), endpoint.hint().as_deref()), (url, hint));
            assert_eq!(base.is_open(), url.contains('<'));
        }
    }
}
