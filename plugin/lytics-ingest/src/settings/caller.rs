//! How is a caller known?

use brazeline_kit::Scheme;
use schemars::JsonSchema;
use serde::Deserialize;

/// The authorization's member that a caller has to know.
const TRIGGER_TOKEN: &str = "trigger_token";

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
