//! Proving credentials with a request that changes nothing.

use crate::{Plugin, Request, Response};

/// A component that can prove its authorization.
pub trait Probe: Plugin {
    /// The request to make, or none if these settings need no credentials. `nonce` is random text of 32 letters and digits.
    fn ask(&self, nonce: &str) -> Option<Request>;

    /// What its answer proves.
    fn judge(&self, response: &Response) -> Finding;
}

/// What the answer to a probe proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The credentials work for what this component does.
    Works,
    /// They do not: what the vendor said, what it means and what to do.
    Fails(String),
    /// Nothing is proven, and why.
    Unknown(String),
}
