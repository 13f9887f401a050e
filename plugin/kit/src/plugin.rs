//! What every component says of itself.

mod configure;
mod manifest;

pub use configure::configure;
pub(crate) use configure::pointer;
pub use manifest::{Manifest, describe};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Every component. `configure` is called once for each instance, before anything else.
pub trait Plugin: Sized + 'static {
    /// The name under which a pipeline file knows it: `braze-export`.
    const NAME: &'static str;
    /// Its version.
    const VERSION: &'static str;
    /// What it does, in a sentence.
    const SUMMARY: &'static str;
    /// The types of authorization that it takes, in the pipeline file's words: `braze`. Empty: it needs none.
    const AUTHORIZATIONS: &'static [&'static str] = &[];
    /// State versions: what it writes, then what it still reads. Empty without state.
    const STATE_VERSIONS: &'static [u32] = &[];

    /// The node's settings, and under `authorization` the authorization's members that are no secrets. Unknown keys should be
    /// refused (`#[serde(deny_unknown_fields)]`).
    type Settings: DeserializeOwned + JsonSchema;

    /// Reads the settings. Same settings, same answer.
    fn configure(settings: Self::Settings) -> Result<Self, Vec<Problem>>;

    /// What the settings mean for the host: targets, who is let in, how much at once.
    fn plan(&self) -> Plan {
        Plan::default()
    }
}

/// A mistake in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, as an RFC 6901 pointer into the settings: `/identifier/external_id`.
    pub pointer: String,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Problem {
    /// A mistake at `pointer`.
    pub fn at(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into() }
    }
}

/// What the settings mean for the host.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// As which source these settings want to be driven, where the component exports several interfaces for that.
    pub source: Option<SourceKind>,
    /// Where requests may go.
    pub targets: Vec<Target>,
    /// Any one of these lets a caller in; empty lets everybody in. The host checks and removes it before the component sees the request.
    pub inbound: Vec<Scheme>,
    /// Of a receiver: what is to be pasted where others are told to send to. The host puts the address before it.
    pub endpoints: Vec<Endpoint>,
    /// The most events that one call of `prepare` gets.
    pub gather_events: u32,
    /// The most bytes of bodies that one call of `prepare` gets.
    pub gather_bytes: u32,
    /// Budgets known before the first answer.
    pub budgets: Vec<Budget>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            source: None,
            targets: Vec::new(),
            inbound: Vec::new(),
            endpoints: Vec::new(),
            gather_events: 1000,
            gather_bytes: 1024 * 1024,
            budgets: Vec::new(),
        }
    }
}

/// Where others are told to send to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// What is sent there, in a few words: `webhooks of a campaign`.
    pub about: String,
    /// A path, and a query if it needs one beside the credential. It begins with `/`.
    pub path: String,
}

/// What a source can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// Others send to it.
    Receiver,
    /// It reads files.
    Decoder,
    /// It asks for pages.
    Poller,
    /// It asks for files, and reads them: a poller and a decoder in one.
    Fetcher,
}

/// A host to send to, by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What requests call it.
    pub name: String,
    /// `https://rest.iad-01.braze.com`. Used for components that come with the host; for any other the operator names it.
    pub origin: Option<String>,
    /// How the secret is attached.
    pub scheme: Option<Scheme>,
}

/// How a secret is attached to a request of ours, or compared in a request of others. The secret itself never gets here: a scheme
/// names the authorization's member that holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scheme {
    /// `header`, `query`, `basic`, `bearer`.
    pub name: String,
    /// The scheme's own settings.
    pub settings: Value,
}

impl Scheme {
    /// `authorization: Bearer <secret>`.
    #[must_use]
    pub fn bearer(secret: &str) -> Self {
        Self { name: "bearer".to_owned(), settings: json!({ "secret": secret }) }
    }

    /// `<name>: <secret>`.
    #[must_use]
    pub fn header(name: &str, secret: &str) -> Self {
        Self { name: "header".to_owned(), settings: json!({ "name": name, "secret": secret }) }
    }

    /// `?<name>=<secret>`.
    #[must_use]
    pub fn query(name: &str, secret: &str) -> Self {
        Self { name: "query".to_owned(), settings: json!({ "name": name, "secret": secret }) }
    }

    /// `authorization: Basic`, with a user name that is no secret.
    #[must_use]
    pub fn basic(user: &str, secret: &str) -> Self {
        Self { name: "basic".to_owned(), settings: json!({ "user": user, "secret": secret }) }
    }
}

/// How much a vendor still allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// What requests call it.
    pub name: String,
    /// How much there is after each reset, where it is known.
    pub limit: Option<u64>,
    /// How much is left.
    pub remaining: u64,
    /// When there is more.
    pub resets_in_ms: u64,
}
