//! Audience triggers: Lytics calls us (contract 9.1).
//!
//! A [`Trigger`] is a webhook job. Its workers send what happened by Lytics' rules: any answer but 200 is tried again, except 400,
//! 404, 413 and the job's own list; ten failed requests put the job to sleep, and after two hours of errors it has failed.

mod job;
mod payload;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::clock;
use crate::post::{self, Client, Post};
use job::{Job, Next};

/// How long a call may take; Lytics documents no limit.
const CALL: Duration = Duration::from_secs(60);

/// A webhook job.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Trigger {
    /// Where it calls. Lytics wants https; a sandbox on a loopback port cannot.
    pub url: String,
    /// POST, GET, PUT, PATCH or DELETE.
    pub method: String,
    /// Static headers, an `Authorization` among them perhaps.
    pub headers: Vec<(String, String)>,
    /// How the body looks.
    pub form: Form,
    /// Whether the full membership comes as `segments_all`.
    pub include_segs: bool,
    /// The ids of audiences, by slug, where they were renamed; those of others are made of the slug.
    pub audience_ids: BTreeMap<String, String>,
    /// Events in a batch, 1,000 at most.
    pub batch_size: usize,
    /// Calls at once, 20 at most.
    pub worker_count: usize,
    /// Statuses that are not tried again, beside 400, 404 and 413.
    pub do_not_retry: Vec<u16>,
    /// All waits are multiplied by this; 0.001 makes a minute 60 ms.
    pub time_scale: f64,
}

impl Default for Trigger {
    fn default() -> Self {
        Self {
            url: String::new(),
            method: "POST".into(),
            headers: Vec::new(),
            form: Form::default(),
            include_segs: false,
            audience_ids: BTreeMap::new(),
            batch_size: 10,
            worker_count: 5,
            do_not_retry: Vec::new(),
            time_scale: 1.0,
        }
    }
}

/// How the body looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// One event, with `data` and `meta`.
    #[default]
    Default,
    /// An array of such events.
    Batch,
    /// One event as CloudEvents 1.0, without `meta`.
    CloudEvents,
}

/// What happened to one person.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Happening {
    /// The person's fields.
    pub user: Map<String, Value>,
    /// What happened.
    pub moves: Vec<Move>,
    /// All audiences that the person is in.
    #[serde(default)]
    pub segments_all: Vec<String>,
}

/// One entry, exit or change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Which of the three.
    pub event: Kind,
    /// The audience.
    pub slug: String,
    /// When; a change is sent without.
    pub at: Timestamp,
}

/// What a move is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The person entered.
    Enter,
    /// The person left.
    Exit,
    /// A watched field changed.
    Change,
}

/// A job, and what it sends.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Firing {
    /// The job.
    pub trigger: Trigger,
    /// What it sends.
    pub happenings: Vec<Happening>,
}

/// What became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Fired {
    /// Events that were answered with 200.
    pub delivered: usize,
    /// Events that were given up.
    pub omitted: usize,
    /// Events that were not sent because the job had failed.
    pub left: usize,
    /// The statuses of all calls in their order; 599 is a host that was not reached.
    pub statuses: Vec<u16>,
}

/// What the workers share.
struct Work<P> {
    trigger: Trigger,
    post: P,
    began: Instant,
    shared: Mutex<Shared>,
}

struct Shared {
    bodies: VecDeque<payload::Payload>,
    job: Job,
    fired: Fired,
}

impl Trigger {
    /// A job with Lytics' defaults.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), ..Self::default() }
    }

    /// Sends what happened, and returns when all of it was delivered or given up.
    pub async fn fire(self, happenings: Vec<Happening>) -> Fired {
        self.fire_by(Client::new(CALL), happenings).await
    }

    async fn fire_by(self, post: impl Post, happenings: Vec<Happening>) -> Fired {
        let bodies = payload::all(&self, &happenings, clock::now());
        let (workers, job) = (self.worker_count.clamp(1, 20), Job::new(&self.do_not_retry));
        let shared = Mutex::new(Shared { bodies, job, fired: Fired::default() });
        let work = Arc::new(Work { trigger: self, post, began: Instant::now(), shared });
        let mut running = JoinSet::new();
        (0..workers).for_each(|_| drop(running.spawn(Arc::clone(&work).run())));
        running.join_all().await;
        work.with(|shared| std::mem::take(&mut shared.fired))
    }
}

impl<P: Post> Work<P> {
    fn with<T>(&self, act: impl FnOnce(&mut Shared) -> T) -> T {
        act(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn run(self: Arc<Self>) {
        while let Some(payload) = self.with(|shared| shared.bodies.pop_front()) {
            self.deliver(payload).await;
        }
    }

    async fn deliver(&self, payload: payload::Payload) {
        let Trigger { url, method, headers, time_scale, .. } = &self.trigger;
        while let Some(request) = post::json(method, url, headers, payload.body.clone()) {
            let reply = self.post.post(request).await;
            let elapsed = self.began.elapsed().div_f64(*time_scale);
            match self.with(|shared| shared.settle(reply, elapsed, payload.events)) {
                Some(wait) => tokio::time::sleep(wait.mul_f64(*time_scale)).await,
                None => return,
            }
        }
        // The job's method, address or headers are none, so nothing was sent.
        self.with(|shared| shared.fired.omitted += payload.events);
    }
}

impl Shared {
    /// Counts a reply; how long to wait before the same is sent again, if it is.
    fn settle(&mut self, reply: post::Reply, elapsed: Duration, events: usize) -> Option<Duration> {
        self.fired.statuses.push(reply.status);
        match self.job.after(reply, elapsed) {
            Next::Sleep(wait) => return Some(wait),
            Next::Done => self.fired.delivered += events,
            Next::Omit => self.fired.omitted += events,
            Next::Fail => {
                let rest = self.bodies.drain(..).map(|payload| payload.events).sum::<usize>();
                self.fired.left += events + rest;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
