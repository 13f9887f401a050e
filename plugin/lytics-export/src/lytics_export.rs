//! From updates to requests, and from answers to verdicts.

use brazeline_kit::{
    Batch, Finding, Plan, Plugin, Prepared, Probe, Problem, Rejection, Request, Response, Scheme, Settled, Sink, Target,
};

use crate::answer::verdict;
use crate::context::Context;
use crate::pack::{Pack, bytes, target};
use crate::probe;
use crate::record::{Records, records};
use crate::settings::{Mode, Settings};
use crate::update::Known;

/// Where Lytics takes records.
const ORIGIN: &str = "https://api.lytics.io";

/// Where it takes very many.
const BULK_ORIGIN: &str = "https://bulk.lytics.io";

/// The authorization's member with the token.
const API_TOKEN: &str = "api_token";

/// So many bytes of updates make full requests and leave room for the identifiers that records get.
const GATHER_BYTES: u32 = 4 * 1024 * 1024;

/// So many updates are one request of `mode: bulk`, where they have a kilobyte each.
const BULK_EVENTS: u32 = 10_000;

/// So many bytes of them.
const BULK_BYTES: u32 = 8 * 1024 * 1024;

/// The sink.
#[derive(Debug)]
pub struct LyticsExport {
    settings: Settings,
    path: String,
}

impl Plugin for LyticsExport {
    const NAME: &'static str = "lytics-export";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = "Sends person updates to a stream of Lytics, a record for each.";
    const AUTHORIZATIONS: &'static [&'static str] = &["lytics"];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
        match settings.problems() {
            problems if problems.is_empty() => Ok(Self { path: settings.path(), settings }),
            problems => Err(problems),
        }
    }

    fn plan(&self) -> Plan {
        let mode = self.settings.mode;
        let scheme = match mode {
            // The raw token, without `Bearer`.
            Mode::Collect | Mode::Bulk => Scheme::header("authorization", API_TOKEN),
            Mode::Single => Scheme::query("key", API_TOKEN),
        };
        let origin = if mode == Mode::Bulk { BULK_ORIGIN } else { ORIGIN };
        let target = Target { name: target(mode).to_owned(), origin: Some(origin.to_owned()), scheme: Some(scheme) };
        let plan = Plan { targets: vec![target], gather_bytes: GATHER_BYTES, ..Plan::default() };
        match mode {
            Mode::Bulk => Plan { gather_events: BULK_EVENTS, gather_bytes: BULK_BYTES, ..plan },
            Mode::Collect | Mode::Single => plan,
        }
    }
}

impl Sink for LyticsExport {
    fn prepare(&self, batch: &Batch) -> Prepared {
        let mut attributes = Pack::attributes(&self.settings, &self.path);
        let mut events = Pack::events(&self.settings, &self.path);
        let (mut rejections, mut known) = (Vec::new(), Known::default());
        for event in batch.iter() {
            match records(event, &mut known, &self.settings).and_then(|records| self.fits(records)) {
                Ok(records) => {
                    attributes.add(event.index, &records.attributes);
                    events.add(event.index, &records.events);
                }
                Err(reason) => rejections.push(Rejection { index: event.index, reason }),
            }
        }
        let mut requests = attributes.finish();
        requests.append(&mut events.finish());
        Prepared { requests, rejections, ..Prepared::default() }
    }

    fn settle(&self, context: &[u8], response: &Response) -> Settled {
        Settled { verdict: verdict(Context::from_bytes(context), response), budgets: Vec::new() }
    }
}

impl Probe for LyticsExport {
    fn ask(&self, nonce: &str) -> Option<Request> {
        Some(probe::ask(&self.settings, nonce))
    }

    fn judge(&self, response: &Response) -> Finding {
        probe::judge(response)
    }
}

impl LyticsExport {
    /// An update's events go together, so they have to fit together.
    fn fits(&self, records: Records) -> Result<Records, String> {
        let most = self.settings.limits.request_bytes;
        match bytes(&records.events) {
            bytes if bytes > most => Err(format!(
                "its events have {bytes} bytes together; Lytics takes {most} in a request: send fewer at once"
            )),
            _ => Ok(records),
        }
    }
}

#[cfg(test)]
mod tests;
