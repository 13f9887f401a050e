//! What does `settle` have to know about the request?

use serde::{Deserialize, Serialize};

/// Given along with a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// How many records are in it.
    pub records: u32,
    /// Sending it twice does no harm.
    pub repeatable: bool,
}

impl Context {
    /// As the host keeps it.
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        serde_json::to_vec(&self).unwrap_or_default()
    }

    /// As it was kept.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
    }
}
