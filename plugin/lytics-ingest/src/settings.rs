//! What can be set?

use brazeline_kit::{Problem, Scheme};
use schemars::JsonSchema;
use serde::Deserialize;

use brazeline_kit::person::IdentifierField;

/// The authorization's member that a caller has to know.
const TRIGGER_TOKEN: &str = "trigger_token";

/// Receives the webhooks of a Lytics "audience triggers" job.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The members of the authorization that are no secrets.
    #[serde(default)]
    pub authorization: Authorization,
    /// The Lytics field that says whom a message is about, and what kind of identifier it holds: `{ external_id: braze_id }`. A person
    /// without that field is skipped and counted.
    pub identifier: IdentifierField,
    /// The slugs of the audiences to pass on; what is said about others is skipped and counted. Without this setting all are passed
    /// on. With it, a message that carries the full membership (`segments_all`) speaks for all of these.
    #[serde(default)]
    pub audiences: Option<Vec<String>>,
    /// The Lytics fields to pass on as attributes, where a message has them. None by default: Braze counts each as a data point.
    #[serde(default)]
    pub fields: Vec<String>,
    /// The path of the webhook's URL.
    #[serde(default = "root")]
    pub path: String,
    /// How Lytics shows that it is Lytics: `bearer`, or `{ header: x-api-key }`, with the authorization's `trigger_token` as the value.
    /// `none` lets in everybody who knows the address.
    #[serde(default)]
    pub caller: Caller,
}

/// The members of the authorization that are no secrets. None matters here.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Authorization {}

/// How a caller is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// Not at all.
    #[default]
    None,
    /// By `Authorization: Bearer`.
    Bearer,
    /// By a header of this name.
    Header(String),
}

impl Caller {
    /// The schemes that let a caller in.
    #[must_use]
    pub fn schemes(&self) -> Vec<Scheme> {
        match self {
            Self::None => Vec::new(),
            Self::Bearer => vec![Scheme::bearer(TRIGGER_TOKEN)],
            Self::Header(name) => vec![Scheme::header(&name.to_ascii_lowercase(), TRIGGER_TOKEN)],
        }
    }
}

impl Settings {
    /// What is wrong with them, apart from the identifier.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let none = self.audiences.as_ref().is_some_and(Vec::is_empty);
        let checks = [
            none.then(|| Problem::at("/audiences", "it names no audience; leave it out to pass on all")),
            (!is_path(&self.path))
                .then(|| Problem::at("/path", "a path begins with `/` and has no `?`, `#` or white space")),
            matches!(&self.caller, Caller::Header(name) if !is_header(name))
                .then(|| Problem::at("/caller/header", "a header's name has letters, digits, `-` and `_` alone")),
        ];
        checks.into_iter().flatten().collect()
    }
}

fn is_path(path: &str) -> bool {
    path.starts_with('/') && !path.contains(|c: char| c.is_whitespace() || c == '?' || c == '#')
}

fn is_header(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn root() -> String {
    "/".to_owned()
}
