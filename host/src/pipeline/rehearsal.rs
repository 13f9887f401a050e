//! What would a run send, and what would that cost? Nothing is sent.
//!
//! A [`Rehearsal`] stands where the other side would: it takes each request as accepted and notes what it is. It also notes what would be sent
//! without a transform that remembers, so that an operator sees what that one is worth.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::component::Node;
use crate::component::types::{Batch, Budget, Cost, Errand, Outgoing, Request};

/// Takes requests in place of the other side.
#[derive(Debug)]
pub struct Rehearsal {
    /// So many requests are kept whole.
    shown: usize,
    notes: Mutex<Notes>,
}

#[derive(Debug, Default)]
struct Notes {
    people: HashSet<u64>,
    report: Report,
}

/// What was noted.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// The first requests.
    pub first: Vec<Shown>,
    /// How many people there is something to be said about.
    pub people: u64,
    /// How often somebody enters an audience, and it is news.
    pub enters: u64,
    /// How often somebody leaves one.
    pub exits: u64,
    /// How often it is only said that somebody is in one: people who were there before.
    pub restated: u64,
    /// Events that the sink knows already.
    pub unchanged: u64,
    /// What would be sent.
    pub sent: Sent,
    /// What would be sent if everything were sent that came in. None if nothing remembers.
    pub without_memory: Option<Sent>,
    /// What sources would ask for, and were not let: what that would bring is in none of these numbers.
    pub not_asked: Vec<NotAsked>,
    /// How long the budgets make it last, in seconds, by their names.
    pub seconds_at_budget: BTreeMap<String, f64>,
}

/// Something that a source would ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotAsked {
    /// The source.
    pub source: String,
    /// The request with which it would ask, as `POST /path to target`; or, if it did ask, the file that it waits for.
    pub what: String,
    /// The request's body.
    pub body: String,
}

/// Requests, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// How many.
    pub requests: u64,
    /// Their bodies.
    pub bytes: u64,
    /// What they cost, in the vendor's words.
    pub costs: BTreeMap<String, u64>,
    /// How many draw on each budget.
    #[serde(skip)]
    pub budgets: BTreeMap<String, u64>,
}

/// A request as it would be sent, but for the credentials, which only the sending adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The sink that makes it.
    pub sink: String,
    /// `POST`
    pub method: String,
    /// Where to: the target's name.
    pub target: String,
    /// With the query.
    pub path: String,
    /// The component's own.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// What of an event's body is counted.
#[derive(Debug, Default, Deserialize)]
struct Body<'b> {
    #[serde(borrow, default)]
    audiences: Option<Audiences<'b>>,
    #[serde(default)]
    restated: bool,
}

#[derive(Debug, Default, Deserialize)]
struct Audiences<'b> {
    #[serde(borrow, default)]
    r#in: Vec<std::borrow::Cow<'b, str>>,
    #[serde(borrow, default)]
    of: Vec<std::borrow::Cow<'b, str>>,
}

impl Rehearsal {
    /// Keeps so many requests whole.
    #[must_use]
    pub fn new(shown: usize) -> Self {
        Self { shown, notes: Mutex::default() }
    }

    /// Notes events that a sink is offered.
    pub fn offered(&self, events: &Batch) {
        let mut notes = self.notes();
        for index in 0..events.len() {
            let mut hasher = DefaultHasher::new();
            events.key(index).hash(&mut hasher);
            notes.people.insert(hasher.finish());
            let Ok(body) = serde_json::from_slice::<Body<'_>>(events.body(index)) else { continue };
            let Some(Audiences { r#in, of }) = body.audiences else { continue };
            let left = of.iter().filter(|name| !r#in.contains(name)).count() as u64;
            match body.restated {
                true => notes.report.restated += r#in.len() as u64,
                false => {
                    notes.report.enters += r#in.len() as u64;
                    notes.report.exits += left;
                }
            }
        }
    }

    /// Notes requests that a sink would send, and frees them of what would make the next one wait.
    pub fn sent(&self, node: &Node, requests: &mut [Outgoing]) {
        let mut notes = self.notes();
        for outgoing in requests.iter() {
            if notes.report.first.len() < self.shown {
                notes.report.first.push(Shown::of(node.id(), &outgoing.request));
            }
        }
        count(&mut notes.report.sent, node, requests);
        for outgoing in requests {
            outgoing.budgets.clear();
            outgoing.rest_ms = 0;
        }
    }

    /// Notes what would be sent of events if nothing were remembered, and how many of them came to nothing.
    pub fn without_memory(&self, node: &Node, events: &Batch, unchanged: u64) {
        // What the component cannot make a request of is told by the run itself.
        let requests = node.prepare(events).map(|prepared| prepared.requests).unwrap_or_default();
        let mut notes = self.notes();
        notes.report.unchanged += unchanged;
        count(notes.report.without_memory.get_or_insert_default(), node, &requests);
    }

    /// Notes what a source would ask for.
    pub fn left_out(&self, source: &str, errand: &Errand) {
        let (what, body) = match errand {
            Errand::Page(Request { method, path, target, body, .. }) => {
                (format!("{method} {path} to {target}"), String::from_utf8_lossy(body).into_owned())
            }
            // Whoever knows the address may fetch it.
            Errand::File(file) => (format!("the file {}, which was asked for before", file.name), String::new()),
        };
        self.notes().report.not_asked.push(NotAsked { source: source.to_owned(), what, body });
    }

    /// What was noted; `budgets` are those that are known before the first answer.
    pub fn report<'b>(&self, budgets: impl Iterator<Item = &'b Budget>) -> Report {
        let notes = self.notes();
        let mut report = notes.report.clone();
        report.people = notes.people.len() as u64;
        for budget in budgets {
            let (Some(limit), Some(requests)) = (budget.limit, report.sent.budgets.get(&budget.name)) else { continue };
            let windows = *requests as f64 / limit.max(1) as f64;
            report.seconds_at_budget.insert(budget.name.clone(), windows * budget.resets_in_ms as f64 / 1000.0);
        }
        report
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        // Plain numbers, of use after a panic elsewhere, too.
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(sent: &mut Sent, node: &Node, requests: &[Outgoing]) {
    if requests.is_empty() {
        return;
    }
    for outgoing in requests {
        sent.requests += 1;
        sent.bytes += outgoing.request.body.len() as u64;
        for budget in &outgoing.budgets {
            *sent.budgets.entry(budget.clone()).or_default() += 1;
        }
    }
    let requests: Vec<Request> = requests.iter().map(|outgoing| outgoing.request.clone()).collect();
    match node.measure(&requests) {
        Ok(costs) => {
            for Cost { name, count } in costs.into_iter().flatten() {
                *sent.costs.entry(name).or_default() += count;
            }
        }
        Err(error) => tracing::warn!(node = node.id(), error = error.brief(), "the component cannot say what it costs"),
    }
}

impl Shown {
    fn of(sink: &str, request: &Request) -> Self {
        let query: Vec<String> = request.query.iter().map(|field| format!("{}={}", field.name, field.value)).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        let headers = request.headers.iter().map(|field| (field.name.clone(), field.value.clone()));
        Self {
            sink: sink.to_owned(),
            method: request.method.clone(),
            target: request.target.clone(),
            path: format!("{}{mark}{}", request.path, query.join("&")),
            headers: headers.collect(),
            body: String::from_utf8_lossy(&request.body).into_owned(),
        }
    }
}
