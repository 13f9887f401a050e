//! Which records go into one request?
//!
//! As many as fit, all of one kind: what must not be sent twice never shares a request with what may. The records of one update and
//! kind stay together, because the host asks anew for the requests of some updates when Lytics refuses a request.

use std::io::Write;

use brazeline_kit::{Field, Outgoing, Request};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::body::Body;
use crate::context::Context;
use crate::record::TIMESTAMP;
use crate::settings::{Format, Mode, Settings};

/// Requests of one kind.
#[derive(Debug)]
pub struct Pack<'a> {
    settings: &'a Settings,
    path: &'a str,
    repeatable: bool,
    requests: Vec<Outgoing>,
    body: Body,
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
        Self { settings, path, repeatable, requests, body: Body::new(form(settings)), events, records: 0 }
    }

    /// Adds an update's records, which fit into one request.
    pub fn add(&mut self, event: u32, records: &[Vec<u8>]) {
        match self.settings.mode {
            Mode::Collect | Mode::Bulk if records.is_empty() => {}
            Mode::Collect | Mode::Bulk => self.append(event, records),
            Mode::Single => records.iter().for_each(|record| self.push(record.clone(), vec![event], 1)),
        }
    }

    /// The requests.
    #[must_use]
    pub fn finish(mut self) -> Vec<Outgoing> {
        self.close();
        self.requests
    }

    fn append(&mut self, event: u32, records: &[Vec<u8>]) {
        if self.body.len() + bytes(records) > self.settings.limits.request_bytes {
            self.close();
        }
        for record in records {
            self.body.add(record);
            self.records += 1;
        }
        self.events.push(event);
    }

    fn close(&mut self) {
        if self.records > 0 {
            let body = std::mem::replace(&mut self.body, Body::new(form(self.settings))).finish();
            let (events, records) = (std::mem::take(&mut self.events), std::mem::take(&mut self.records));
            self.push(body, events, records);
        }
    }

    fn push(&mut self, body: Vec<u8>, events: Vec<u32>, records: u32) {
        let mut request = Request::post_json(target(self.settings.mode), self.path, body);
        request.query = self.query();
        if self.settings.is_table() {
            request.headers = vec![Field::new("content-type", "application/csv")];
        }
        if self.settings.gzip == Some(true) {
            request.body = gzip(&request.body);
            request.headers.push(Field::new("content-encoding", "gzip"));
        }
        let repeatable = self.repeatable;
        let context = Context { records, repeatable }.to_bytes();
        self.requests.push(Outgoing { request, events, context, repeatable, rest_ms: 0, budgets: Vec::new() });
    }

    /// Tells Lytics what it can be told: which field is a record's time, from which file it is, and that nothing is kept.
    fn query(&self) -> Vec<Field> {
        let time = match (self.settings.mode, self.repeatable) {
            (Mode::Single, _) => None,
            (_, true) => self.settings.timestamp_field.as_deref(),
            (_, false) => Some(TIMESTAMP),
        };
        let pairs = [
            ("timestamp_field", time),
            ("filename", self.settings.filename.as_deref()),
            ("dryrun", self.settings.dryrun.then_some("true")),
        ];
        pairs.into_iter().filter_map(|(name, value)| Some(Field::new(name, value?))).collect()
    }
}

/// How many bytes records add to a request at most, with what stands around them.
#[must_use]
pub fn bytes(records: &[Vec<u8>]) -> usize {
    records.iter().map(|record| record.len() + 1).sum::<usize>() + 1
}

/// What a body is; none where a request has one record, as it is.
fn form(settings: &Settings) -> Option<Format> {
    (settings.mode == Mode::Bulk).then(|| settings.format.unwrap_or_default())
}

/// Fast rather than small: JSON shrinks to a seventh either way.
fn gzip(body: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    // Writing to memory does not fail.
    let _written = gzip.write_all(body);
    gzip.finish().unwrap_or_default()
}

/// What a mode's target is called.
#[must_use]
pub fn target(mode: Mode) -> &'static str {
    match mode {
        Mode::Collect => "collect",
        Mode::Bulk => "bulk",
        Mode::Single => "single",
    }
}
