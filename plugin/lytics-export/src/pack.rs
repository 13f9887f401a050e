//! Which records go into one request?
//!
//! As many as fit, all of one kind: what must not be sent twice never shares a request with what may. The records of one update and
//! kind stay together, because the host asks anew for the requests of some updates when Lytics refuses a request.

use brazeline_kit::{Field, Outgoing, Request};

use crate::context::Context;
use crate::record::TIMESTAMP;
use crate::settings::{Mode, Settings};

/// Requests of one kind.
#[derive(Debug)]
pub struct Pack<'a> {
    settings: &'a Settings,
    path: &'a str,
    repeatable: bool,
    requests: Vec<Outgoing>,
    body: String,
    events: Vec<u32>,
    records: u32,
}

impl<'a> Pack<'a> {
    /// Requests of attributes.
    #[must_use]
    pub fn attributes(settings: &'a Settings, path: &'a str) -> Self {
        Self::new(settings, path, true)
    }

    /// Requests of events.
    #[must_use]
    pub fn events(settings: &'a Settings, path: &'a str) -> Self {
        Self::new(settings, path, false)
    }

    fn new(settings: &'a Settings, path: &'a str, repeatable: bool) -> Self {
        let (requests, events) = (Vec::new(), Vec::new());
        Self { settings, path, repeatable, requests, body: String::new(), events, records: 0 }
    }

    /// Adds an update's records, which fit into one request.
    pub fn add(&mut self, event: u32, records: &[String]) {
        match self.settings.mode {
            Mode::Collect if records.is_empty() => {}
            Mode::Collect => self.append(event, records),
            Mode::Single => records.iter().for_each(|record| self.push(record.clone(), vec![event], 1)),
        }
    }

    /// The requests.
    #[must_use]
    pub fn finish(mut self) -> Vec<Outgoing> {
        self.close();
        self.requests
    }

    fn append(&mut self, event: u32, records: &[String]) {
        if self.body.len() + bytes(records) > self.settings.limits.request_bytes {
            self.close();
        }
        for record in records {
            self.body.push(if self.body.is_empty() { '[' } else { ',' });
            self.body.push_str(record);
            self.records += 1;
        }
        self.events.push(event);
    }

    fn close(&mut self) {
        if self.records > 0 {
            let mut body = std::mem::take(&mut self.body);
            body.push(']');
            let (events, records) = (std::mem::take(&mut self.events), std::mem::take(&mut self.records));
            self.push(body, events, records);
        }
    }

    fn push(&mut self, body: String, events: Vec<u32>, records: u32) {
        let mut request = Request::post_json(target(self.settings.mode), self.path, body.into_bytes());
        request.query = self.query();
        let repeatable = self.repeatable;
        let context = Context { records, repeatable }.to_bytes();
        self.requests.push(Outgoing { request, events, context, repeatable, rest_ms: 0, budgets: Vec::new() });
    }

    /// Tells Lytics which field is a record's time, where it can be told.
    fn query(&self) -> Vec<Field> {
        let field = match (self.settings.mode, self.repeatable) {
            (Mode::Single, _) => None,
            (Mode::Collect, true) => self.settings.timestamp_field.as_deref(),
            (Mode::Collect, false) => Some(TIMESTAMP),
        };
        field.map(|field| Field::new("timestamp_field", field)).into_iter().collect()
    }
}

/// How many bytes records add to a request at most, with what stands around them.
#[must_use]
pub fn bytes(records: &[String]) -> usize {
    records.iter().map(|record| record.len() + 1).sum::<usize>() + 1
}

/// What a mode's target is called.
#[must_use]
pub fn target(mode: Mode) -> &'static str {
    match mode {
        Mode::Collect => "collect",
        Mode::Single => "single",
    }
}
