//! How is a secret shown to the other side?
//!
//! A component names a scheme and the authorization's member that holds the secret; only here do the two meet. Going out, the
//! secret is put into a header or a query parameter of the host's own making; coming in, it is compared and taken away. No
//! text is ever searched for a place to put one.

mod read;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::problem::Problem;

/// What needs no encoding in a query (RFC 3986, section 2.3, "unreserved").
pub(super) const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What an authorization holds under a name.
#[derive(Debug, Clone)]
pub enum Member {
    /// A secret.
    Secret(SecretString),
    /// Something that is none.
    Plain,
    /// Nothing.
    Missing,
}

/// A scheme with its secret.
#[derive(Debug, Clone)]
pub struct Scheme {
    pub(super) carrier: Carrier,
    /// What stands in the carrier, behind its prefix.
    shown: SecretString,
    /// What the authorization holds: shown, but for `basic`.
    secret: SecretString,
}

/// Where the secret stands in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Carrier {
    Header { name: HeaderName, prefix: String },
    Query { name: String },
}

/// How a credential goes along, with what stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Masked {
    /// A header: `authorization: Bearer ***`.
    Header(String),
    /// A parameter of the query: its name as it is written, and what stands for its value.
    Parameter(String, &'static str),
}

/// What stands for a secret.
const MASK: &str = "***";

impl Scheme {
    /// Reads a scheme's settings: `bearer {secret}`, `header {name, prefix?, secret}`, `query {name, secret}`,
    /// `basic {user, secret}`. `member` looks into the authorization.
    pub fn read(name: &str, settings: &str, member: impl Fn(&str) -> Member) -> Result<Self, Problem> {
        read::read(name, settings, member)
    }

    fn new(carrier: Carrier, secret: SecretString) -> Self {
        Self { carrier, shown: secret.clone(), secret }
    }

    fn basic(user: &str, secret: SecretString) -> Self {
        let shown = BASE64_STANDARD.encode(format!("{user}:{}", secret.expose_secret()));
        let carrier = Carrier::Header { name: http::header::AUTHORIZATION, prefix: "Basic ".to_owned() };
        Self { carrier, shown: shown.into(), secret }
    }

    /// The header to send, if it is one.
    pub(super) fn header(&self) -> Option<Result<(HeaderName, HeaderValue), Problem>> {
        let Carrier::Header { name, prefix } = &self.carrier else { return None };
        let value = HeaderValue::from_str(&format!("{prefix}{}", self.shown.expose_secret()));
        let value = value.map(|mut value| {
            value.set_sensitive(true);
            (name.clone(), value)
        });
        Some(value.map_err(|_| {
            Problem::error(
                format!("the secret for header `{name}` contains a character that no header can carry"),
                "look for a line break or a character outside ASCII in it",
            )
        }))
    }

    /// The parameter to send, if it is one: name and value, percent-encoded.
    pub(super) fn parameter(&self) -> Option<String> {
        let Carrier::Query { name } = &self.carrier else { return None };
        let encoded = |text| utf8_percent_encode(text, QUERY);
        Some(format!("{}={}", encoded(name), encoded(self.shown.expose_secret())))
    }

    /// The same for people, without the secret.
    #[must_use]
    pub fn masked(&self) -> Masked {
        match &self.carrier {
            Carrier::Header { name, prefix } => Masked::Header(format!("{name}: {prefix}{MASK}")),
            Carrier::Query { name } => Masked::Parameter(utf8_percent_encode(name, QUERY).to_string(), MASK),
        }
    }

    /// Whether this is what stands in the carrier. Takes the same time for every value.
    pub(super) fn is_shown_by(&self, value: &[u8]) -> bool {
        let value = match &self.carrier {
            Carrier::Header { prefix, .. } => match value.split_at_checked(prefix.len()) {
                // The names of schemes know no case (RFC 9110, section 11.1).
                Some((start, rest)) if start.eq_ignore_ascii_case(prefix.as_bytes()) => rest,
                _ => return false,
            },
            Carrier::Query { .. } => value,
        };
        // Digests have one length, so not even the secret's length shows.
        let digests = [Sha256::digest(value), Sha256::digest(self.shown.expose_secret())];
        digests[0].as_slice().ct_eq(digests[1].as_slice()).into()
    }

    /// Every form in which the secret goes out.
    pub(super) fn forms(&self) -> [SecretString; 3] {
        let encoded = utf8_percent_encode(self.shown.expose_secret(), QUERY).to_string();
        [self.secret.clone(), self.shown.clone(), encoded.into()]
    }
}
