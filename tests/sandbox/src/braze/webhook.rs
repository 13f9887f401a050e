//! Webhook campaigns: Braze calls us (contract 6).
//!
//! A [`Campaign`] renders its body for each recipient and sends it by Braze's rules: 90 s a call, 408, 429 and 5xx are tried
//! again up to five times within 30 minutes, and what else is not 20x is lost. Braze uses ports 80 and 443 only; a sandbox
//! that tests on a loopback port cannot.

mod body;
mod retry;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

pub use body::Body;
use retry::{Verdict, verdict, wait};

use crate::post::{self, Client, Post};

/// The time limit of a call (contract 6).
const CALL: Duration = Duration::from_secs(90);

/// A webhook campaign, or a webhook step of a Canvas.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Campaign {
    /// Where it calls.
    pub url: String,
    /// POST (usual), GET, PUT or DELETE.
    #[serde(default = "post_method")]
    pub method: String,
    /// What its author set beside the content type, which is JSON.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// What is sent, with the recipient's members in it.
    #[serde(default)]
    pub body: Body,
    /// Who gets it; the body takes members of these.
    pub recipients: Vec<Map<String, Value>>,
    /// How many calls run at once; Braze documents no limit.
    #[serde(default = "parallel")]
    pub parallel: usize,
    /// All waits are multiplied by this; 0.001 makes half an hour two seconds.
    #[serde(default = "real_time")]
    pub time_scale: f64,
}

fn post_method() -> String {
    "POST".into()
}

fn parallel() -> usize {
    16
}

fn real_time() -> f64 {
    1.0
}

/// What became of a campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Recipients whose message was received.
    pub received: usize,
    /// Recipients whose message was given up.
    pub dropped: usize,
    /// For each recipient the statuses of all calls; 599 is a host that was not reached.
    pub statuses: Vec<Vec<u16>>,
}

impl Campaign {
    /// A campaign with the usual method, no headers and no hurry.
    #[must_use]
    pub fn new(url: impl Into<String>, body: Body, recipients: Vec<Map<String, Value>>) -> Self {
        let (method, parallel, time_scale) = (post_method(), parallel(), real_time());
        Self { url: url.into(), method, headers: Vec::new(), body, recipients, parallel, time_scale }
    }

    /// Sends it to everybody, and returns when each message was received or given up.
    pub async fn send(self) -> Report {
        self.send_by(Client::new(CALL)).await
    }

    async fn send_by(self, post: impl Post) -> Report {
        let (campaign, post) = (Arc::new(self), Arc::new(post));
        let permits = Arc::new(Semaphore::new(campaign.parallel.max(1)));
        let mut calls = JoinSet::new();
        for place in 0..campaign.recipients.len() {
            let (campaign, post, permits) = (Arc::clone(&campaign), Arc::clone(&post), Arc::clone(&permits));
            calls.spawn(async move {
                let _permit = permits.acquire_owned().await;
                (place, campaign.call(place, &*post).await)
            });
        }
        let mut results = calls.join_all().await;
        results.sort_unstable();
        Report::of(results.into_iter().map(|(_, statuses)| statuses).collect())
    }

    /// All calls for one recipient.
    async fn call(&self, place: usize, post: &impl Post) -> Vec<u16> {
        let body = self.body.render(&self.recipients[place]);
        let began = Instant::now();
        let mut statuses = Vec::new();
        while let Some(request) = post::json(&self.method, &self.url, &self.headers, body.clone()) {
            let reply = post.post(request).await;
            statuses.push(reply.status);
            let elapsed = began.elapsed().div_f64(self.time_scale);
            let Some(wait) = wait(statuses.len(), reply, elapsed) else { break };
            tokio::time::sleep(wait.mul_f64(self.time_scale)).await;
        }
        statuses
    }
}

impl Report {
    fn of(statuses: Vec<Vec<u16>>) -> Self {
        let is_received = |calls: &&Vec<u16>| calls.last().is_some_and(|status| verdict(*status) == Verdict::Received);
        let received = statuses.iter().filter(is_received).count();
        Self { received, dropped: statuses.len() - received, statuses }
    }
}

#[cfg(test)]
mod tests;
