//! Currents: Braze posts events (contract 7).
//!
//! A [`Currents`] connector asks for the credentials first, and then sends its events, a queue for each type and 100 a request. What an answer
//! makes it do is [`retry`]'s.

mod retry;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::post::{self, Client, Post};
use retry::{Verdict, verdict};

/// How long a request may take; Braze documents none.
const CALL: Duration = Duration::from_secs(90);

/// A connector and what it has to send.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Currents {
    /// Where it posts.
    pub url: String,
    /// The bearer token, if its author set one.
    #[serde(default)]
    pub token: Option<String>,
    /// The events, each as it is posted.
    pub events: Vec<Value>,
    /// How many a request holds.
    #[serde(default = "per_request")]
    pub per_request: usize,
    /// All waits are multiplied by this.
    #[serde(default = "real_time")]
    pub time_scale: f64,
}

fn per_request() -> usize {
    100
}

fn real_time() -> f64 {
    1.0
}

/// What became of the events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// What the credential check was answered with.
    pub checked: u16,
    /// Events that were received.
    pub received: usize,
    /// Events that were given up.
    pub dropped: usize,
    /// How often each status was answered.
    pub statuses: BTreeMap<u16, usize>,
}

impl Currents {
    /// A connector that posts here.
    #[must_use]
    pub fn new(url: impl Into<String>, token: Option<&str>, events: Vec<Value>) -> Self {
        let (per_request, time_scale) = (per_request(), real_time());
        Self { url: url.into(), token: token.map(str::to_owned), events, per_request, time_scale }
    }

    /// Sends everything, and returns when each event was received or given up.
    pub async fn send(self) -> Delivered {
        self.send_by(Client::new(CALL)).await
    }

    async fn send_by(mut self, post: impl Post + Clone) -> Delivered {
        let mut delivered = Delivered { checked: self.post(&[], &post).await.status, ..Delivered::default() };
        let mut queues: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for event in std::mem::take(&mut self.events) {
            queues.entry(event["event_type"].to_string()).or_default().push(event);
        }
        let mut sending = JoinSet::new();
        for queue in queues.into_values() {
            let (currents, post) = (self.clone(), post.clone());
            sending.spawn(async move { currents.empty(queue, &post).await });
        }
        for part in sending.join_all().await {
            delivered.add(part);
        }
        delivered
    }

    /// Sends a queue, request by request.
    async fn empty(&self, queue: Vec<Value>, post: &impl Post) -> Delivered {
        let mut delivered = Delivered::default();
        let mut waiting: VecDeque<Vec<Value>> = queue.chunks(self.per_request.max(1)).map(<[Value]>::to_vec).collect();
        while let Some(events) = waiting.pop_front() {
            let (mut failed, began) = (0, Instant::now());
            loop {
                let reply = self.post(&events, post).await;
                *delivered.statuses.entry(reply.status).or_default() += 1;
                failed += 1;
                match verdict(reply, failed, began.elapsed().div_f64(self.time_scale), events.len()) {
                    Verdict::Received => delivered.received += events.len(),
                    Verdict::Dropped => delivered.dropped += events.len(),
                    Verdict::Parts(size) => {
                        events.chunks(size).rev().for_each(|part| waiting.push_front(part.to_vec()));
                    }
                    Verdict::Again(wait) => {
                        tokio::time::sleep(wait.mul_f64(self.time_scale)).await;
                        continue;
                    }
                }
                break;
            }
        }
        delivered
    }

    async fn post(&self, events: &[Value], post: &impl Post) -> post::Reply {
        let token = self.token.iter().map(|token| ("authorization".to_owned(), format!("Bearer {token}")));
        let headers: Vec<_> = token.chain([("braze-currents-version".to_owned(), "1".to_owned())]).collect();
        let body = Bytes::from(json!({ "events": events }).to_string());
        match post::json("POST", &self.url, &headers, body) {
            Some(request) => post.post(request).await,
            None => post::Reply { status: post::UNREACHABLE, retry_after: None },
        }
    }
}

impl Delivered {
    fn add(&mut self, part: Self) {
        self.received += part.received;
        self.dropped += part.dropped;
        for (status, count) in part.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
    }
}

#[cfg(test)]
mod tests;
