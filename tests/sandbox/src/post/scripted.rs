//! A receiver that answers as it is told, without a network.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tokio::time::Instant;

use super::{Post, Reply};

/// Answers these in turn and then 200, and notes what came and when.
#[derive(Debug, Clone)]
pub struct Scripted {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    heard: Arc<Mutex<Vec<(u64, String)>>>,
    began: Instant,
}

impl Scripted {
    /// Answers these statuses, each perhaps with a `Retry-After` in seconds.
    pub fn new(replies: &[(u16, Option<u64>)]) -> Self {
        let reply =
            |(status, wait): &(u16, Option<u64>)| Reply { status: *status, retry_after: wait.map(Duration::from_secs) };
        let replies = Arc::new(Mutex::new(replies.iter().map(reply).collect()));
        Self { replies, heard: Arc::default(), began: Instant::now() }
    }

    /// The second at which each call came.
    pub fn seconds(&self) -> Vec<u64> {
        self.heard.lock().unwrap().iter().map(|(second, _)| *second).collect()
    }

    /// What each call held.
    pub fn bodies(&self) -> Vec<String> {
        self.heard.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
    }
}

impl Post for Scripted {
    async fn post(&self, request: Request<Bytes>) -> Reply {
        let body = String::from_utf8_lossy(request.body()).into_owned();
        self.heard.lock().unwrap().push((self.began.elapsed().as_secs(), body));
        self.replies.lock().unwrap().pop_front().unwrap_or(Reply { status: 200, retry_after: None })
    }
}
