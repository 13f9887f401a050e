//! A Lytics without a network.
//!
//! [`Lytics`] takes uploads as values and answers them as the contract says, and it remembers what was accepted: streams of
//! records, and the profiles that the default mapping of `braze_users` makes of them. The people and audiences that it gives out, as
//! scans and files, are a world of their own, which a test sets ([`People`]). Written from the contract; it shares no code with
//! what it tests.

pub mod export;
pub mod limit;
mod mapping;
mod options;
mod page;
mod people;
mod profile;
mod read;
mod reply;
mod route;
mod scan;
mod stream;
mod trigger;

use std::collections::BTreeMap;

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub use export::Export;
pub use options::{Options, Rules};
pub use people::{People, Person, Posted, audience_id};
pub use profile::Profile;
pub use stream::Record;
pub use trigger::{Fired, Firing, Form, Happening, Kind, Move, Trigger};

use crate::exchange::{Answer, Request};
use crate::fault::Fault;
use crate::stage::Vendor;
use mapping::Mapped;
use profile::Profiles;
use reply::{Counts, Fatal};
use route::Route;

/// A Lytics account.
#[derive(Debug, Clone)]
pub struct Lytics {
    /// Who is in which audience.
    pub people: People,
    scans: scan::Scans,
    options: Options,
    streams: BTreeMap<String, Vec<Record>>,
    profiles: Profiles,
    rejected: u64,
    refusals: u64,
}

impl Lytics {
    /// An empty account.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            people: People::default(),
            scans: scan::Scans::default(),
            options,
            streams: BTreeMap::new(),
            profiles: Profiles::default(),
            rejected: 0,
            refusals: 0,
        }
    }

    /// The records of a stream, in the order of arrival.
    #[must_use]
    pub fn stream(&self, name: &str) -> &[Record] {
        self.streams.get(name).map_or(&[], Vec::as_slice)
    }

    /// The profile with this value of one of the identifiers `br_user_id`, `email` and `tw_uid`.
    #[must_use]
    pub fn profile(&self, field: &str, value: &str) -> Option<&Profile> {
        self.profiles.get(field, value)
    }

    /// All profiles, in the order of creation.
    pub fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.profiles.all()
    }

    /// How many records were rejected.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    fn scan(&mut self, request: &Request, fault: Option<&Fault>, now: Timestamp) -> Result<Answer, Fatal> {
        self.authenticate(request)?;
        if !self.options.rules.may_scan {
            return Err((StatusCode::FORBIDDEN, "the API token has no role that may read audiences"));
        }
        self.scans.page(request, &self.people, &self.options.rules, message(fault), now)
    }

    fn upload(&mut self, request: &Request, fault: Option<&Fault>, now: Timestamp) -> Result<Answer, Fatal> {
        let route = Route::of(request)?;
        self.authorize(&route, request)?;
        let records = read::records(&route, request)?;
        let counts = self.take(&route, records, request, fault, now)?;
        let message = message(fault);
        Ok(match route {
            // The reply to `/c/` is not documented; it is taken to be the common part of all others.
            Route::Page { .. } => Answer::json(StatusCode::OK, &json!({"status": 200, "message": message})),
            _ => reply::uploaded(request, counts, message),
        })
    }

    /// A raw token in `Authorization`, or `access_token` or `key` in the query (contract 8).
    fn authenticate(&self, request: &Request) -> Result<(), Fatal> {
        let parameter = || request.parameter("access_token").or_else(|| request.parameter("key"));
        let token = request.header("authorization").map(str::to_owned).or_else(parameter);
        if token.as_ref() == Some(&self.options.token) {
            Ok(())
        } else {
            Err((StatusCode::UNAUTHORIZED, "the API token is unknown or missing"))
        }
    }

    fn authorize(&self, route: &Route, request: &Request) -> Result<(), Fatal> {
        self.authenticate(request)?;
        if !self.options.rules.is_data_manager {
            return Err((StatusCode::FORBIDDEN, "the API token lacks the role Data Manager"));
        }
        match route {
            Route::Page { account, .. } if *account != self.options.account => {
                Err((StatusCode::NOT_FOUND, "there is no such account"))
            }
            _ => Ok(()),
        }
    }

    fn take(
        &mut self,
        route: &Route,
        records: Vec<read::Record>,
        request: &Request,
        fault: Option<&Fault>,
        now: Timestamp,
    ) -> Result<Counts, Fatal> {
        let all = records.len();
        let indexed = records.into_iter().enumerate();
        let good: Vec<(Map<String, Value>, Mapped)> = indexed
            .filter_map(|(index, record)| self.identified(route, record.filter(|_| !is_refused(fault, index))?))
            .collect();
        let counts = Counts { messages: good.len(), rejected: all - good.len() };
        // Counts are told for an upload; at `/c/` there is only one record, and a refusal is all that can be told.
        if matches!(route, Route::Page { .. }) && counts.rejected > 0 {
            self.rejected += 1;
            return Err((StatusCode::BAD_REQUEST, "the record breaks a limit of collect"));
        }
        if !reply::is_set(request, "dryrun") {
            self.rejected += counts.rejected as u64;
            good.into_iter().for_each(|(fields, mapped)| self.keep(route, fields, mapped, request, now));
        }
        Ok(counts)
    }

    /// Identifiers of more than 256 bytes are not taken (contract 8).
    fn identified(&self, route: &Route, record: Map<String, Value>) -> Option<(Map<String, Value>, Mapped)> {
        if route.stream() != mapping::STREAM {
            return Some((record, Mapped::default()));
        }
        let mapped = mapping::map(&record, &self.options.rules);
        let fits = mapped.identifiers.iter().all(|(_, value)| value.len() <= limit::IDENTIFIER_BYTES);
        fits.then_some((record, mapped))
    }

    fn keep(&mut self, route: &Route, fields: Map<String, Value>, mapped: Mapped, request: &Request, now: Timestamp) {
        let at = stream::time(&fields, request.parameter("timestamp_field").as_deref(), now);
        let record = Record { at, filename: request.parameter("filename"), fields };
        self.streams.entry(route.stream().to_owned()).or_default().push(record);
        self.profiles.put(mapped);
    }
}

fn message(fault: Option<&Fault>) -> &str {
    match fault {
        Some(Fault::Say { message }) => message,
        _ => "success",
    }
}

fn is_refused(fault: Option<&Fault>, index: usize) -> bool {
    match fault {
        Some(Fault::RefuseAt { indexes, .. }) => indexes.contains(&index),
        Some(Fault::RefuseCount { count }) => index < *count,
        _ => false,
    }
}

impl Vendor for Lytics {
    const NAME: &'static str = "Lytics";

    fn answer(&mut self, request: &Request, fault: Option<&Fault>, now: Timestamp) -> Answer {
        let answer =
            if scan::is_asked(request) { self.scan(request, fault, now) } else { self.upload(request, fault, now) };
        answer.unwrap_or_else(|(status, message)| self.refusal(status, message))
    }

    fn refusal(&mut self, status: StatusCode, message: &str) -> Answer {
        self.refusals += 1;
        reply::refusal(status, message, self.refusals)
    }

    /// Lytics applies what it accepts before it answers, here.
    fn apply_due(&mut self, _now: Timestamp) -> Option<Timestamp> {
        None
    }

    fn apply_all(&mut self) {}

    fn reset(&mut self) {
        *self = Self::new(self.options.clone());
    }

    fn state(&self, who: Option<&str>) -> Value {
        match who.map(|who| who.split_once(':')) {
            Some(Some((field, value))) => json!(self.profile(field, value)),
            Some(None) => Value::Null,
            None => json!({
                "people": self.people.shown(),
                "streams": self.streams,
                "profiles": self.profiles().collect::<Vec<_>>(),
                "rejected_records": self.rejected,
            }),
        }
    }

    fn page(&self) -> String {
        page::body(self)
    }

    /// `people`: a list of persons, each in place of who had its name.
    fn told(&mut self, what: &str, body: &[u8]) -> Option<Result<(), String>> {
        let put = |posted: Vec<Posted>| posted.into_iter().for_each(|one| self.people.post(one));
        (what == "people").then(|| serde_json::from_slice(body).map(put).map_err(|error| error.to_string()))
    }

    fn rules(&self) -> Value {
        json!(self.options.rules)
    }

    fn set_rules(&mut self, rules: Value) -> Result<(), String> {
        self.options.rules = serde_json::from_value(rules).map_err(|error| error.to_string())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
