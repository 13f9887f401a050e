//! How is a caller known?

use brazeline_kit::Scheme;
use schemars::JsonSchema;
use serde::Deserialize;

/// The authorization's member that a caller has to know.
const CURRENTS_TOKEN: &str = "currents_token";

/// How a caller is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// By `Authorization: Bearer`.
    #[default]
    Bearer,
    /// Not at all.
    None,
}

impl Caller {
    /// The schemes that let a caller in.
    #[must_use]
    pub fn schemes(self) -> Vec<Scheme> {
        match self {
            Self::Bearer => vec![Scheme::bearer(CURRENTS_TOKEN)],
            Self::None => Vec::new(),
        }
    }
}
