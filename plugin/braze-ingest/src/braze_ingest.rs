//! The component: one of three sources.

use std::rc::Rc;

use brazeline_kit::person::Source;
use brazeline_kit::{
    Arrival, Decoder, Endpoint, Entry, Plan, Plugin, Problem, Received, Receiver, Reply, Scheme, SourceKind,
};
use serde_json::json;

use crate::currents::Currents;
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
        })
    }

    /// What is answered to whoever drives it as another source than its plan says.
    fn wrong(&self) -> String {
        let mode = match self {
            Self::Webhook(_) => Mode::Webhook,
            Self::Currents(_) => Mode::Currents,
            Self::File(_) => Mode::File,
        };
        format!("these settings are for `mode: {}`", mode.name())
    }
}

impl Receiver for BrazeIngest {
    fn receive(&self, arrival: &Arrival) -> Received {
        match self {
            Self::Webhook(webhook) => webhook.receive(arrival),
            Self::Currents(currents) => currents.receive(arrival),
            Self::File(_) => {
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
            _ => Err(self.wrong()),
        }
    }
}

#[cfg(test)]
mod tests;
