//! A Braze without a network.
//!
//! [`Braze`] takes requests as values and answers them as the contract says, and it remembers what was accepted: profiles with
//! attributes, events and purchases, and what they cost. Written from the contract; it shares no code with what it tests.

mod attribute;
mod change;
mod code;
mod currents;
mod data_points;
mod date;
mod endpoint;
mod event;
mod export;
mod exports;
pub mod limit;
mod page;
mod pending;
mod people;
mod profile;
mod properties;
mod purchase;
mod rate;
mod refusal;
mod rules;
mod segment;
mod track;
mod webhook;
mod who;

use std::collections::{BTreeMap, BTreeSet};

use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

pub use currents::{Currents, Delivered};
pub use event::Event;
pub use exports::{Job, User};
pub use profile::Profile;
pub use purchase::Purchase;
pub use refusal::ErrorStyle;
pub use rules::{Apply, Made, Options, Plan, Rate, Rules};
pub use segment::Segment;
pub use webhook::{Body, Campaign, Report};
pub use who::{Alias, Who};

use crate::exchange::{Answer, Request};
use crate::fault::Fault;
use crate::stage::Vendor;
use change::{Change, What};
use endpoint::Endpoint;
use exports::Exports;
use pending::Pending;
use people::People;
use rate::Meter;

/// A Braze workspace.
#[derive(Debug, Clone)]
pub struct Braze {
    options: Options,
    meters: BTreeMap<Endpoint, Meter>,
    pending: Pending,
    people: People,
    products: BTreeSet<String>,
    dropped: BTreeMap<&'static str, u64>,
    exports: Exports,
}

impl Braze {
    /// An empty workspace.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            meters: BTreeMap::new(),
            pending: Pending::default(),
            people: People::default(),
            products: BTreeSet::new(),
            dropped: BTreeMap::new(),
            exports: Exports::default(),
        }
    }

    /// The profile of `external_id:u-1`, `email:a@example.com`, `braze_id:...`, `phone:...` or `alias:label:name`.
    #[must_use]
    pub fn profile(&self, who: &str) -> Option<&Profile> {
        self.people.get(&who.parse().ok()?)
    }

    /// All profiles, in the order of creation.
    #[must_use]
    pub fn profiles(&self) -> &[Profile] {
        self.people.all()
    }

    /// What everything cost (contract 2.6).
    #[must_use]
    pub fn data_points(&self) -> u64 {
        self.people.data_points()
    }

    /// How many accepted requests are not applied yet.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.pending.count()
    }

    /// What Braze dropped without a word, by reason.
    #[must_use]
    pub fn dropped(&self) -> &BTreeMap<&'static str, u64> {
        &self.dropped
    }

    /// Says who is in a segment, as the API exports it.
    pub fn put_segment(&mut self, segment: &str, users: Vec<User>) {
        self.exports.put(segment, users);
    }

    /// The exports of segments that were asked for.
    #[must_use]
    pub fn exports(&self) -> &[Job] {
        self.exports.jobs()
    }

    /// How it behaves.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.options.rules
    }

    /// How it behaves from now on. At the end of a maintenance everything that waited is applied.
    pub fn set_rules(&mut self, rules: Rules) {
        let is_over = self.options.rules.maintenance && !rules.maintenance;
        self.options.rules = rules;
        if is_over {
            self.apply_all();
        }
    }

    fn route(
        &mut self,
        request: &Request,
        fault: Option<&Fault>,
        now: Timestamp,
    ) -> Result<Answer, (StatusCode, &'static str)> {
        let Some(endpoint) = Endpoint::of(&request.method, &request.path) else {
            // Where files lie is no endpoint: whoever knows an address may fetch what lies there.
            let file = (request.method == Method::GET).then(|| self.exports.fetch(request, &self.options.rules, now));
            if let Some(answer) = file.flatten() {
                return Ok(answer);
            }
            return Err((StatusCode::NOT_FOUND, "there is nothing at this address"));
        };
        self.authorize(request, endpoint)?;
        let rate = endpoint.rate(&self.options.rules).clone();
        let left = self.meters.entry(endpoint).or_default().take(&rate, now);
        let answer = match left.is_over {
            true => self.refusal(StatusCode::TOO_MANY_REQUESTS, "rate limit exceeded"),
            false => self
                .carry_out(endpoint, request, fault, now)
                .unwrap_or_else(|(status, message)| self.refusal(status, message)),
        };
        Ok(left.told(answer, rate.plan, now))
    }

    /// Contract 1.6 has no status for a key without the permission; it is taken to be the one of a key that is no good.
    fn authorize(&self, request: &Request, endpoint: Endpoint) -> Result<(), (StatusCode, &'static str)> {
        let key = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        if key != Some(&self.options.key) {
            return Err((StatusCode::UNAUTHORIZED, "the API key is unknown or missing"));
        }
        if !self.options.permissions.contains(endpoint.permission()) {
            return Err((StatusCode::UNAUTHORIZED, endpoint.lacks()));
        }
        Ok(())
    }

    fn carry_out(
        &mut self,
        endpoint: Endpoint,
        request: &Request,
        fault: Option<&Fault>,
        now: Timestamp,
    ) -> Result<Answer, track::Fatal> {
        if !request.header("content-type").is_some_and(|kind| kind.starts_with("application/json")) {
            return Err((StatusCode::BAD_REQUEST, "the content type is application/json"));
        }
        match endpoint {
            Endpoint::Track | Endpoint::Bulk => self.track(endpoint, request, fault, now),
            Endpoint::ExportSegment => self.exports.ask(request, &self.options.rules, now),
            Endpoint::ExportIds => Ok(Answer::json(StatusCode::CREATED, &export::answer(&request.body, &self.people)?)),
        }
    }

    fn track(
        &mut self,
        endpoint: Endpoint,
        request: &Request,
        fault: Option<&Fault>,
        now: Timestamp,
    ) -> Result<Answer, track::Fatal> {
        let rules = &self.options.rules;
        let check = track::Check { rules, size: endpoint.size(rules), products: &self.products, fault, now };
        let mut taken = track::read(&request.body, &check)?;
        let maintenance = self.options.rules.maintenance;
        self.queue(std::mem::take(&mut taken.changes), now);
        if maintenance {
            return Ok(Answer::json(StatusCode::ACCEPTED, &json!({"message": "queued"})));
        }
        let message = match fault {
            Some(Fault::Say { message }) => message,
            _ => "success",
        };
        Ok(Answer::json(StatusCode::CREATED, &taken.reply(message)))
    }

    fn queue(&mut self, changes: Vec<Change>, now: Timestamp) {
        let apply = if self.options.rules.maintenance { Apply::WhenTold } else { self.options.rules.apply };
        let at_once = self.pending.put(changes, apply, now);
        self.apply(at_once);
    }

    fn apply(&mut self, changes: Vec<Change>) {
        let most = self.options.rules.array_elements;
        for change in changes {
            if let What::Purchase(purchase) = &change.what {
                self.products.insert(purchase.product_id.clone());
            }
            self.people.apply(change, most, &mut |reason| *self.dropped.entry(reason).or_default() += 1);
        }
    }
}

impl Vendor for Braze {
    const NAME: &'static str = "Braze";

    fn answer(&mut self, request: &Request, fault: Option<&Fault>, now: Timestamp) -> Answer {
        self.route(request, fault, now).unwrap_or_else(|(status, message)| self.refusal(status, message))
    }

    fn refusal(&mut self, status: StatusCode, message: &str) -> Answer {
        Answer::json(status, &json!({"message": message}))
    }

    fn apply_due(&mut self, now: Timestamp) -> Option<Timestamp> {
        let due = self.pending.due(now);
        self.apply(due);
        self.pending.next()
    }

    fn apply_all(&mut self) {
        let all = self.pending.all();
        self.apply(all);
        self.exports.make(crate::clock::now());
    }

    fn told(&mut self, what: &str, body: &[u8]) -> Option<Result<(), String>> {
        let put = |segments: BTreeMap<String, Vec<User>>| {
            segments.into_iter().for_each(|(segment, users)| self.put_segment(&segment, users));
        };
        (what == "segments").then(|| serde_json::from_slice(body).map(put).map_err(|error| error.to_string()))
    }

    fn reset(&mut self) {
        *self = Self::new(self.options.clone());
    }

    fn state(&self, who: Option<&str>) -> Value {
        match who {
            Some(who) => json!(self.profile(who)),
            None => {
                let mut state = json!({
                    "profiles": self.profiles(),
                    "data_points": self.data_points(),
                    "pending_requests": self.pending(),
                    "dropped_without_a_word": self.dropped,
                });
                if !self.exports().is_empty() {
                    state["exports"] = json!(self.exports());
                }
                state
            }
        }
    }

    fn page(&self) -> String {
        page::body(self)
    }

    fn rules(&self) -> Value {
        json!(self.options.rules)
    }

    fn set_rules(&mut self, rules: Value) -> Result<(), String> {
        Self::set_rules(self, serde_json::from_value(rules).map_err(|error| error.to_string())?);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
