//! The sink `http_client`: posts events as JSON to an address.

mod answer;
mod settings;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::page::{json_array, ndjson};
use super::{Deliver, Delivering, Outcome};
use crate::component::types::{Batch, Request};
use crate::delivery::request::{Client, Targets};
use crate::delivery::scheme::Scheme;
use crate::problem::Problem;

use answer::Fate;
pub use settings::{Format, Settings};

/// The only target.
const TARGET: &str = "url";

/// Posts to an address.
#[derive(Debug)]
pub struct HttpClient {
    targets: Targets,
    client: Client,
    format: Format,
    /// All but the body.
    request: Request,
}

impl HttpClient {
    /// A client for checked settings. `plain_http`: the operator said that a secret may be sent in the clear.
    pub fn new(settings: &Settings, scheme: Option<Scheme>, plain_http: bool, client: Client) -> Result<Self, Problem> {
        let wrong = |why: String| Problem::error(why, "see `brazeline schema` for what can stand there");
        let (origin, request) = settings.request().map_err(wrong)?;
        let mut targets = Targets::default();
        targets.add(TARGET, origin, scheme, plain_http)?;
        targets.check(&request).map_err(wrong)?;
        Ok(Self { targets, client, format: settings.format, request })
    }

    async fn post(&self, events: &Batch) -> Fate {
        let body = match self.format {
            Format::Ndjson => ndjson(events),
            Format::Json => json_array(events),
        };
        let request = Request { body, ..self.request.clone() };
        answer::fate(self.client.send(&self.targets, &request).await)
    }

    /// Sends all, in halves where it is refused as a whole. What waits or stops, stops the rest, too.
    async fn post_all(&self, batch: Batch) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut parts: Vec<Range<usize>> = std::iter::once(0..batch.len()).collect();
        while let Some(part) = parts.pop().filter(|part| !part.is_empty()) {
            match self.post(&batch.slice(part.clone())).await {
                Fate::Delivered => outcomes.resize(part.end, Outcome::Delivered),
                Fate::Refused(reason) if part.len() == 1 => outcomes.push(Outcome::Rejected(reason)),
                Fate::Refused(_) => {
                    let middle = part.start + part.len() / 2;
                    parts.extend([middle..part.end, part.start..middle]);
                }
                Fate::Later(wait) => outcomes.resize(batch.len(), Outcome::Retry(wait)),
                Fate::Stop(reason) => outcomes.resize(batch.len(), Outcome::Stop(reason)),
            }
            if outcomes.len() == batch.len() {
                break;
            }
        }
        outcomes
    }
}

impl Deliver for HttpClient {
    fn deliver(&self, batch: Batch) -> Delivering<'_> {
        Box::pin(self.post_all(batch))
    }
}
