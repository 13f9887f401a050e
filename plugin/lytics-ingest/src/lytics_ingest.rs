//! The component: one of three sources.

use std::rc::Rc;

use brazeline_kit::person::Source;
use brazeline_kit::{
    Arrival, Ask, Decoder, Endpoint, Entry, Finding, Paged, Plan, Plugin, Poller, Probe, Problem, Received, Receiver,
    Request, Response, Scheme, SourceKind, Target,
};

use crate::file::{File, Reading};
use crate::scan::{Scan, TARGET};
use crate::settings::{Mode, Settings};
use crate::trigger::update::Reader;
use crate::trigger::{Trigger, refused};

/// Where Lytics' API is (contract of its upload and segment APIs, 2026-11-23).
const ORIGIN: &str = "https://api.lytics.io";

/// The component.
#[derive(Debug)]
pub enum LyticsIngest {
    /// Others send to it.
    Trigger(Trigger),
    /// It asks.
    Scan(Scan),
    /// It reads files.
    File(Rc<File>),
}

impl Plugin for LyticsIngest {
    const NAME: &'static str = "lytics-ingest";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = "Audiences of Lytics: triggers as they come, scans page by page, exported files.";
    const AUTHORIZATIONS: &'static [&'static str] = &["lytics"];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
        let mut problems = settings.problems();
        match Source::new(settings.identifier.clone()) {
            Ok(source) if problems.is_empty() => Ok(Self::new(source, settings)),
            Ok(_) => Err(problems),
            Err(problem) => {
                problems.push(problem);
                Err(problems)
            }
        }
    }

    fn plan(&self) -> Plan {
        match self {
            Self::Trigger(trigger) => {
                let (inbound, path) = (trigger.inbound.clone(), trigger.path.clone());
                let endpoints = vec![Endpoint { about: "Lytics' audience triggers".to_owned(), path }];
                Plan { source: Some(SourceKind::Receiver), inbound, endpoints, ..Plan::default() }
            }
            Self::Scan(_) => {
                let scheme = Some(Scheme::header("authorization", "api_token"));
                let target = Target { name: TARGET.to_owned(), origin: Some(ORIGIN.to_owned()), scheme };
                Plan { source: Some(SourceKind::Poller), targets: vec![target], ..Plan::default() }
            }
            Self::File(_) => Plan { source: Some(SourceKind::Decoder), ..Plan::default() },
        }
    }
}

impl LyticsIngest {
    fn new(source: Source, settings: Settings) -> Self {
        match settings.mode {
            Mode::Trigger => {
                let inbound = settings.caller.clone().unwrap_or_default().schemes();
                let audiences = settings.chosen();
                let reader = Reader { source, audiences, fields: settings.fields };
                Self::Trigger(Trigger { reader, path: settings.path.unwrap_or_else(|| "/".to_owned()), inbound })
            }
            Mode::Scan => Self::Scan(Scan::new(source, settings)),
            Mode::File => Self::File(Rc::new(File::new(source, settings))),
        }
    }

    /// What is answered to whoever drives it as another source than its plan says.
    fn wrong(&self) -> String {
        let mode = match self {
            Self::Trigger(_) => Mode::Trigger,
            Self::Scan(_) => Mode::Scan,
            Self::File(_) => Mode::File,
        };
        format!("these settings are for `mode: {}`", mode.name())
    }
}

impl Receiver for LyticsIngest {
    fn receive(&self, arrival: &Arrival) -> Received {
        match self {
            Self::Trigger(trigger) => trigger.receive(arrival),
            _ => refused(404, &self.wrong()),
        }
    }
}

impl Poller for LyticsIngest {
    fn next(&self, position: Option<&[u8]>) -> Ask {
        match self {
            Self::Scan(scan) => scan.next(position),
            // The host refuses it: there is no such target.
            _ => Scan::ask(Scan::get("/", Vec::new())),
        }
    }

    fn page(&self, position: Option<&[u8]>, response: &Response) -> Paged {
        match self {
            Self::Scan(scan) => scan.page(position, response),
            _ => Scan::nothing(brazeline_kit::Onward::Stop(self.wrong())),
        }
    }
}

impl Decoder for LyticsIngest {
    type Decoding = Reading;

    fn open(&self, entry: &Entry, resume: Option<&[u8]>) -> Result<Reading, String> {
        match self {
            Self::File(file) => Reading::open(Rc::clone(file), entry, resume),
            _ => Err(self.wrong()),
        }
    }
}

impl Probe for LyticsIngest {
    fn ask(&self, _nonce: &str) -> Option<Request> {
        match self {
            Self::Scan(scan) => Some(scan.probe()),
            _ => None,
        }
    }

    fn judge(&self, response: &Response) -> Finding {
        match self {
            Self::Scan(scan) => scan.judge(response),
            _ => Finding::Unknown(self.wrong()),
        }
    }
}

#[cfg(test)]
mod tests;
