//! The component: one of four sources.

use std::rc::Rc;

use brazeline_kit::person::Source;
use brazeline_kit::{
    Arrival, Ask, Decoder, Endpoint, Entry, Errand, Finding, Onward, Paged, Plan, Plugin, Poller, Probe, Problem,
    Received, Receiver, Reply, Request, Response, Scheme, SourceKind,
};
use serde_json::json;

use crate::currents::Currents;
use crate::export::{self, Export};
use crate::file::{File, Reading};
use crate::settings::{Mode, Settings};
use crate::webhook::Webhook;
use crate::whom::braze_id;

/// The component.
#[derive(Debug)]
pub enum BrazeIngest {
    /// Braze posts webhooks.
    Webhook(Webhook),
    /// Braze posts events.
    Currents(Currents),
    /// It reads files.
    File(Rc<File>),
    /// It asks for exports, and reads them.
    Export(Export),
}

impl Plugin for BrazeIngest {
    const NAME: &'static str = "braze-ingest";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    const AUTHORIZATIONS: &'static [&'static str] = &["lytics", "braze"];

    type Settings = Settings;

    fn configure(mut settings: Settings) -> Result<Self, Vec<Problem>> {
        let mut problems = settings.problems();
        let named = settings.identifier.take().map(Source::new).transpose();
        match named.map_err(|problem| problems.push(problem)) {
            Ok(named) if problems.is_empty() => Self::new(named, settings).map_err(|problem| vec![problem]),
            _ => Err(problems),
        }
    }

    fn plan(&self) -> Plan {
        match self {
            Self::Webhook(webhook) => receiver(Webhook::inbound(), "Braze's webhooks", &webhook.path),
            Self::Currents(currents) => receiver(currents.inbound.clone(), "Currents' events", &currents.path),
            Self::File(_) => Plan { source: Some(SourceKind::Decoder), ..Plan::default() },
            Self::Export(export) => export.plan(),
        }
    }
}

fn receiver(inbound: Vec<Scheme>, about: &str, path: &str) -> Plan {
    let endpoints = vec![Endpoint { about: about.to_owned(), path: path.to_owned() }];
    Plan { source: Some(SourceKind::Receiver), inbound, endpoints, ..Plan::default() }
}

impl BrazeIngest {
    /// For settings without problems.
    fn new(named: Option<Source>, settings: Settings) -> Result<Self, Problem> {
        Ok(match settings.mode {
            Mode::Webhook => {
                let source = named.map_or_else(|| braze_id("braze_id"), Ok)?;
                let path = settings.webhook_path();
                Self::Webhook(Webhook { path, source, mark_known: settings.mark_known })
            }
            Mode::Currents => {
                let source = named.map_or_else(|| braze_id("user_id"), Ok)?;
                Self::Currents(Currents::new(source, settings))
            }
            Mode::File => Self::File(Rc::new(File::new(named, settings)?)),
            Mode::Export => Self::Export(Export::new(named, settings)?),
        })
    }

    /// What is answered to whoever drives it as another source than its plan says.
    fn wrong(&self) -> String {
        let mode = match self {
            Self::Webhook(_) => Mode::Webhook,
            Self::Currents(_) => Mode::Currents,
            Self::File(_) => Mode::File,
            Self::Export(_) => Mode::Export,
        };
        format!("these settings are for `mode: {}`", mode.name())
    }
}

impl Receiver for BrazeIngest {
    fn receive(&self, arrival: &Arrival) -> Received {
        match self {
            Self::Webhook(webhook) => webhook.receive(arrival),
            Self::Currents(currents) => currents.receive(arrival),
            Self::File(_) | Self::Export(_) => {
                let reply = Reply::json(404, &json!({ "message": self.wrong() }));
                Received { reply, ..Received::default() }
            }
        }
    }
}

impl Decoder for BrazeIngest {
    type Decoding = Reading;

    fn open(&self, entry: &Entry, resume: Option<&[u8]>) -> Result<Reading, String> {
        match self {
            Self::File(file) => Reading::open(Rc::clone(file), entry, resume),
            Self::Export(export) => {
                export.check(&entry.path)?;
                Reading::open(Rc::clone(&export.file), entry, resume)
            }
            _ => Err(self.wrong()),
        }
    }
}

impl Poller for BrazeIngest {
    fn next(&self, position: Option<&[u8]>) -> Ask {
        match self {
            Self::Export(export) => export.next(position),
            // The host refuses it: there is no such target.
            _ => Export::ask(Errand::Page(export::post(Vec::new()))),
        }
    }

    fn page(&self, position: Option<&[u8]>, response: &Response) -> Paged {
        match self {
            Self::Export(export) => export.page(position, response),
            _ => Export::nothing(Onward::Stop(self.wrong())),
        }
    }
}

impl Probe for BrazeIngest {
    fn ask(&self, _nonce: &str) -> Option<Request> {
        matches!(self, Self::Export(_)).then(export::probe::ask)
    }

    fn judge(&self, response: &Response) -> Finding {
        export::probe::judge(response)
    }
}

#[cfg(test)]
mod tests;
