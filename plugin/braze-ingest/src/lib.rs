//! How does a Braze webhook arrive?
//!
//! As Lytics takes it: `POST /c/<account>/<stream>?key=<token>` with the fields that the marketer chose, so that an operator changes only
//! the host's name in Braze. The host checks the key before anything here sees the request.
//!
//! A body becomes one person update, with all its fields as attributes, byte for byte. Braze sends a refused webhook once and never
//! again, so what could not be read is kept as a dead letter, too.

mod settings;

mod body;
mod form;
mod person;

mod receive;

#[cfg(target_family = "wasm")]
mod component;

use brazeline_kit::{Arrival, Plan, Plugin, Problem, Received, Receiver, Scheme};

pub use settings::{Authorization, Settings};

use brazeline_kit::person::Source;

/// The authorization's member that a caller has to know.
const API_TOKEN: &str = "api_token";

/// The component.
#[derive(Debug)]
pub struct BrazeIngest {
    path: String,
    identifier: Source,
}

impl Plugin for BrazeIngest {
    const NAME: &'static str = "braze-ingest";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    const AUTHORIZATIONS: &'static [&'static str] = &["lytics"];

    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
        let mut problems = settings.problems();
        let path = settings.path();
        let identifier = Source::new(settings.identifier).map_err(|problem| problems.push(problem));
        match identifier {
            Ok(identifier) if problems.is_empty() => Ok(Self { path, identifier }),
            _ => Err(problems),
        }
    }

    /// Lytics' two ways to show its token: in the address, and bare in a header.
    fn plan(&self) -> Plan {
        let inbound = vec![Scheme::query("key", API_TOKEN), Scheme::header("authorization", API_TOKEN)];
        Plan { inbound, ..Plan::default() }
    }
}

impl Receiver for BrazeIngest {
    fn receive(&self, arrival: &Arrival) -> Received {
        receive::receive(&self.path, &self.identifier, arrival)
    }
}

#[cfg(test)]
mod tests;
