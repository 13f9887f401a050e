//! Where may a secret be sent?
//!
//! To an origin: a scheme, a host and a port, and nothing else. `https` anywhere; `http` only to this machine, written as a literal
//! address, because a name can be made to mean another machine.

use std::fmt::{self, Display, Formatter};
use std::net::{Ipv4Addr, Ipv6Addr};

use http::Uri;
use http::uri::Authority;

/// `https://rest.example.com`, without a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    plain: bool,
    authority: String,
}

/// Why a text is no origin, and what would be. Neither repeats the text, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnOrigin {
    /// Follows the name of what it is said of.
    pub why: &'static str,
    /// What to do.
    pub help: &'static str,
}

const FORM: &str = "write `https://` and a host, with a port if need be: `https://rest.example.com`";

impl Origin {
    /// Reads an origin.
    pub fn parse(text: &str) -> Result<Self, NotAnOrigin> {
        let no = |why, help| Err(NotAnOrigin { why, help });
        let Ok(uri) = text.parse::<Uri>() else { return no("is no origin", FORM) };
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return no("is no origin", FORM);
        };
        if authority.as_str().contains('@') {
            return no("has a user name in it", "make the credentials members of the authorization");
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return no("has a path or a query", "end it after the host and the port; the plugin knows the paths");
        }
        if authority.port().is_none() && authority.as_str() != authority.host() {
            return no("has a port that is none", FORM);
        }
        let origin = |plain| Self { plain, authority: authority.as_str().to_ascii_lowercase() };
        match scheme {
            "https" => Ok(origin(false)),
            "http" if is_loopback(authority.host()) => Ok(origin(true)),
            "http" => no(
                "is neither https nor a loopback address",
                "use `https://`; `http://` may only be followed by 127.0.0.1 or [::1], not by a name",
            ),
            _ => no("is neither https nor http", FORM),
        }
    }

    /// Where an address lies, and whether that is anything that may be spoken to.
    pub fn of(address: &Uri) -> Result<Self, NotAnOrigin> {
        let (scheme, authority) =
            (address.scheme_str().unwrap_or_default(), address.authority().map(Authority::as_str));
        Self::parse(&format!("{scheme}://{}", authority.unwrap_or_default()))
    }

    /// Whether it stands for several: `https://*.example.com`.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.authority.contains('*')
    }

    /// Whether another is this one, or one of those that it stands for: a `*.` in front is any one or more labels.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let (own, other_name) = (self.without_default_port(), other.without_default_port());
        let fits = match own.strip_prefix("*.") {
            Some(domain) => {
                other_name.strip_suffix(domain).is_some_and(|labels| labels.len() > 1 && labels.ends_with('.'))
            }
            None => own == other_name,
        };
        self.plain == other.plain && fits && !other.is_pattern()
    }

    fn without_default_port(&self) -> &str {
        self.authority.strip_suffix(if self.plain { ":80" } else { ":443" }).unwrap_or(&self.authority)
    }

    /// Whether what is sent there can be read on its way.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// Host and port.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

impl Display for Origin {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let scheme = if self.plain { "http" } else { "https" };
        write!(f, "{scheme}://{}", self.authority)
    }
}

fn is_loopback(host: &str) -> bool {
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || literal.and_then(|host| host.parse::<Ipv6Addr>().ok()).is_some_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn what_an_origin_covers() {
        let table = [
            ("https://a.example", "https://A.example/x?y=z", true),
            ("https://a.example", "https://a.example:443/x", true),
            ("https://a.example:443", "https://a.example/", true),
            ("https://a.example", "https://a.example:444/", false),
            ("https://a.example", "https://b.a.example/", false),
            ("https://*.example", "https://a.example/", true),
            ("https://*.example", "https://b.a.example/", true),
            ("https://*.example", "https://example/", false),
            ("https://*.example", "https://evilexample/", false),
            ("https://*.example", "https://.example/", false),
            ("https://*.example", "https://*.example/", false),
            ("http://127.0.0.1:81", "http://127.0.0.1:81/", true),
            ("http://127.0.0.1:81", "https://127.0.0.1:81/", false),
        ];
        for (own, address, expected) in table {
            let (own, address) = (Origin::parse(own).unwrap(), address.parse().unwrap());
            assert_eq!(Origin::of(&address).is_ok_and(|other| own.covers(&other)), expected, "{own} {address}");
        }
        for address in ["https://user@a.example/", "http://a.example/", "ftp://a.example/", "/a", "a.example:1"] {
            assert!(Origin::of(&address.parse().unwrap()).is_err(), "{address}");
        }
    }

    #[test]
    fn only_origins_are_origins() {
        let table = [
            ("https://rest.example.com", Ok("https://rest.example.com")),
            ("https://Rest.Example.com:8443/", Ok("https://rest.example.com:8443")),
            ("http://127.0.0.1:8080", Ok("http://127.0.0.1:8080")),
            ("http://127.9.9.9", Ok("http://127.9.9.9")),
            ("http://[::1]:80", Ok("http://[::1]:80")),
            ("http://localhost:8080", Err("is neither https nor a loopback address")),
            ("http://127.0.0.1.example.com", Err("is neither https nor a loopback address")),
            ("http://10.0.0.1", Err("is neither https nor a loopback address")),
            ("http://[::ffff:127.0.0.1]", Err("is neither https nor a loopback address")),
            ("ftp://example.com", Err("is neither https nor http")),
            ("https://user:word@example.com", Err("has a user name in it")),
            ("http://127.0.0.1@example.com", Err("has a user name in it")),
            ("https://example.com/path", Err("has a path or a query")),
            ("https://example.com?a=b", Err("has a path or a query")),
            ("https://example.com:99999", Err("has a port that is none")),
            ("https://example.com:", Err("has a port that is none")),
            ("example.com", Err("is no origin")),
            ("/path", Err("is no origin")),
            ("https://", Err("is no origin")),
            ("https://a b", Err("is no origin")),
            ("", Err("is no origin")),
        ];
        for (text, expected) in table {
            let read = Origin::parse(text).map(|origin| origin.to_string()).map_err(|error| error.why);
            assert_eq!(read.as_deref().map_err(|why| *why), expected, "{text}");
        }
    }
}
