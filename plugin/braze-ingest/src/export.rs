//! The export of a segment, asked for at Braze's API.
//!
//! A run asks once (`POST /users/export/segment`), and Braze answers with the address at which the file will lie when it is made: in minutes, or an
//! hour and more for many millions of users. Until then that address says 403 or 404, and is asked again and again, ever more slowly. What is
//! not there after `wait_seconds` never will be, or was and is not any more (an address lives for about four hours): the export is asked for anew.
//! The file is fetched by the host and read as any file of the API's is.
//!
//! Braze makes one export of a segment at a time, so the address is kept before it is used: a restart goes on with it. If that is lost nevertheless
//! (the process dies before Braze's answer is stored), Braze refuses another export until the first is made; that is waited for.
//!
//! A workspace with a bucket of its own gets no address: its files are read there, by `mode: file`.

pub mod answer;
pub mod name;
pub mod position;
pub mod probe;
pub mod refusal;

use std::rc::Rc;

use brazeline_kit::person::Source;
use brazeline_kit::poller::position::Settled;
use brazeline_kit::{
    Ask, Download, Errand, Events, Onward, Paged, Plan, Problem, Request, Response, Scheme, SourceKind, Target,
};
use serde_json::json;

use crate::file::File;
use crate::settings::Settings;
use position::At;

/// What requests call Braze's REST host.
pub const TARGET: &str = "rest";
/// Where an export is asked for (Braze, "Users by segment", read 2026-11-26).
pub const PATH: &str = "/users/export/segment";
/// What a key needs for that (the same page).
pub const PERMISSION: &str = "users.export.segment";

/// Asks for exports, and reads them.
#[derive(Debug)]
pub struct Export {
    /// What to read of a file.
    pub file: Rc<File>,
    segment: String,
    body: Vec<u8>,
    origin: Option<String>,
    wait_ms: u64,
    settled: Settled,
}

impl Export {
    /// For settings without problems.
    pub fn new(named: Option<Source>, settings: Settings) -> Result<Self, Problem> {
        let origin = braze::instance::origin(settings.authorization.instance.as_deref())?;
        let segment = settings.segment_id.clone().unwrap_or_default();
        let mut body = json!({ "segment_id": segment, "fields_to_export": settings.fields_to_export });
        if let Some(custom) = &settings.custom_attributes_to_export {
            body["custom_attributes_to_export"] = json!(custom);
        }
        let (body, wait_ms) = (body.to_string(), settings.wait_ms());
        // Another instance is another company's people.
        let settled = Settled::of(&format!("{} {body}", origin.as_deref().unwrap_or_default()));
        Ok(Self {
            file: Rc::new(File::new(named, settings)?),
            segment,
            body: body.into_bytes(),
            origin,
            wait_ms,
            settled,
        })
    }

    /// What it means for the host.
    #[must_use]
    pub fn plan(&self) -> Plan {
        let target =
            Target { name: TARGET.to_owned(), origin: self.origin.clone(), scheme: Some(Scheme::bearer("api_key")) };
        Plan { source: Some(SourceKind::Fetcher), targets: vec![target], ..Plan::default() }
    }

    /// What to ask at a position: for an export, or for its file.
    #[must_use]
    pub fn next(&self, position: Option<&[u8]>) -> Ask {
        Self::ask(match position::read(position, &self.settled) {
            None => Errand::Page(post(self.body.clone())),
            Some(At { address, name, asked_at_ms }) => Errand::File(Download { address, name, as_of_ms: asked_at_ms }),
        })
    }

    /// What an answer means.
    #[must_use]
    pub fn page(&self, position: Option<&[u8]>, response: &Response) -> Paged {
        Self::nothing(match position::read(position, &self.settled) {
            None => match answer::read(response, &self.segment, self.settled.mark()) {
                Ok(at) => Onward::More(self.settled.write(&at)),
                Err(onward) => onward,
            },
            Some(at) => refusal::of_file(response, at.asked_at_ms, self.wait_ms)
                .unwrap_or_else(|| Onward::End(Settled::begin())),
        })
    }

    /// Whether a file is one that these settings ask for; if not, why it is not read.
    pub fn check(&self, file: &str) -> Result<(), String> {
        name::check(file, self.settled.mark())
    }

    /// An errand, done at once. It draws on no budget: exports are few.
    #[must_use]
    pub fn ask(errand: Errand) -> Ask {
        Ask { errand, after_ms: 0, budgets: Vec::new() }
    }

    /// A page of what asks for files holds nothing.
    #[must_use]
    pub fn nothing(onward: Onward) -> Paged {
        Paged { events: Events::default(), unread: Vec::new(), onward, scope: None, budgets: Vec::new() }
    }
}

/// A request for an export.
#[must_use]
pub fn post(body: Vec<u8>) -> Request {
    Request::post_json(TARGET, PATH, body)
}

#[cfg(test)]
mod tests;
