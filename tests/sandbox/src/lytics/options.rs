//! Who may call this Lytics, and what is set up in it?

use serde::{Deserialize, Serialize};

/// Who may call, and how Lytics behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// The account number.
    pub account: String,
    /// The API token.
    pub token: String,
    /// The rest, which may change while it runs.
    pub rules: Rules,
}

impl Default for Options {
    fn default() -> Self {
        Self { account: "1234".into(), token: "lytics-token".into(), rules: Rules::default() }
    }
}

/// What differs from account to account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Whether the token has the role Data Manager, which uploads need (contract 8).
    pub is_data_manager: bool,
    /// Fields of `braze_users` that the account maps beside those of the default mapping (contract 8.1), under the same name.
    pub mapped_fields: Vec<String>,
}

impl Default for Rules {
    fn default() -> Self {
        Self { is_data_manager: true, mapped_fields: Vec::new() }
    }
}
