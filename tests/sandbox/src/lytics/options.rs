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
    /// Whether the token has a role that may scan audiences.
    pub may_scan: bool,
    /// How often the token of a scan's next page may be used; any number of times without it.
    pub scan_token_uses: Option<u32>,
    /// How old the token of a scan's next page may be, in milliseconds; any age without it.
    pub scan_token_ms: Option<u64>,
    /// What a scan's reply calls that token: `_next` in replies that were seen, `next` in the documents (contract 9.3).
    pub scan_next_name: String,
    /// What a profile calls its audiences: `segments` in replies that were seen, `_segments` in webhook templates (contract 9.4).
    pub membership_name: String,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            is_data_manager: true,
            mapped_fields: Vec::new(),
            may_scan: true,
            scan_token_uses: None,
            scan_token_ms: None,
            scan_next_name: "_next".into(),
            membership_name: "segments".into(),
        }
    }
}
