//! How does a Braze webhook arrive?
//!
//! As Lytics takes it: `POST /c/<account>/<stream>?key=<token>` with the fields that the marketer chose, so that an operator changes only
//! the host's name in Braze. The host checks the key before anything here sees the request.
//!
//! A body becomes one person update, with all its fields as attributes, byte for byte. Braze sends a refused webhook once and never
//! again, so what could not be read is kept as a dead letter, too.

mod body;
mod form;
mod person;
mod receive;

use brazeline_kit::person::Source;
use brazeline_kit::{Arrival, Received, Scheme};

/// The authorization's member that a caller has to know.
const API_TOKEN: &str = "api_token";

/// Takes webhooks.
#[derive(Debug)]
pub struct Webhook {
    /// Where they arrive.
    pub path: String,
    /// Whom a body is about.
    pub source: Source,
    /// Whether it is marked as what Braze holds already.
    pub mark_known: bool,
}

impl Webhook {
    /// Lytics' two ways to show its token: in the address, and bare in a header.
    #[must_use]
    pub fn inbound() -> Vec<Scheme> {
        vec![Scheme::query("key", API_TOKEN), Scheme::header("authorization", API_TOKEN)]
    }

    /// What a request holds, and its answer.
    #[must_use]
    pub fn receive(&self, arrival: &Arrival) -> Received {
        receive::receive(self, arrival)
    }
}

#[cfg(test)]
mod tests;
