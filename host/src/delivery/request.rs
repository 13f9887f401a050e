//! Sends a request, and says what is known about its fate.
//!
//! The only client of the host. It knows where each target lies and shows the secret there; it follows no redirect, repeats
//! nothing and decides nothing: whether something is sent again is the sink driver's to say.

mod answer;
mod build;
mod fetch;
mod targets;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::{CaptureConnection, HttpConnector, capture_connection};
use hyper_util::client::legacy::{self, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::clock::{Clock, Moment};
use crate::component::types::{Request, Response};

pub use fetch::{Begun, Fetched};
pub use targets::Targets;

/// Finding, reaching and greeting a host takes at most so long; beyond it is down, or a firewall swallows packets.
const CONNECT: Duration = Duration::from_secs(10);
/// A whole exchange takes at most so long: the usual limit of load balancers, behind which no answer comes any more.
const WHOLE: Duration = Duration::from_secs(60);
/// Idle connections are kept so long: less than the minute after which load balancers drop theirs without a word.
const IDLE: Duration = Duration::from_secs(50);
/// A connection on which much is in flight is asked so often whether it still stands, or a dead one would fail every request.
const PING: Duration = Duration::from_secs(15);

type Http = legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Sends requests over connections that it keeps.
#[derive(Debug, Clone)]
pub struct Client {
    http: Http,
    clock: Clock,
}

/// What is known about a request.
#[derive(Debug)]
pub enum Sent {
    /// An answer came; its body may have broken off.
    Answered(Response),
    /// Nothing of it left this machine.
    NotSent(String),
    /// It may have arrived.
    Unknown(String),
    /// It can never be sent as it is.
    Refused(String),
}

impl Client {
    /// A client without connections.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT));
        // The connector takes `https://`, too: `Origin` decides what may be spoken to in the clear.
        connector.enforce_http(false);
        let tls = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_all_versions();
        let http = legacy::Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .http2_keep_alive_interval(PING)
            .build(tls.wrap_connector(connector));
        Self { http, clock }
    }

    /// Sends a request to its target, for an answer that only says what became of it.
    pub async fn send(&self, targets: &Targets, request: &Request) -> Sent {
        self.send_for(targets, request, answer::BODY_BYTES).await
    }

    /// Sends a request to its target, for an answer of at most so many bytes.
    pub async fn send_for(&self, targets: &Targets, request: &Request, most: usize) -> Sent {
        let Some(target) = targets.get(&request.target) else {
            return Sent::Refused(targets::unknown(&request.target));
        };
        let mut built = match build::build(target, request) {
            Ok(built) => built,
            Err(why) => return Sent::Refused(why),
        };
        let connection = capture_connection(&mut built);
        let times = Times { sent_at_ms: self.clock.unix_ms(), start: self.clock.now() };
        let head = match self.head(self.http.request(built), connection, &times).await {
            Ok(head) => head,
            Err(Failed { sent: false, why }) => return Sent::NotSent(format!("{}: {why}", target.origin())),
            Err(Failed { sent: true, why }) => return Sent::Unknown(format!("{}: {why}", target.origin())),
        };
        let received_at_ms = self.clock.unix_ms();
        let end = self.clock.sleep_until(times.start + WHOLE);
        let mut response = answer::read(head, target.mask(), most, end).await;
        (response.sent_at_ms, response.received_at_ms) = (times.sent_at_ms, received_at_ms);
        Sent::Answered(response)
    }

    /// Waits for the head of the answer, first for a connection and then for the other side.
    async fn head(
        &self,
        mut answer: ResponseFuture,
        mut connection: CaptureConnection,
        times: &Times,
    ) -> Result<Head, Failed> {
        let connected = async { drop(connection.wait_for_connection_metadata().await) };
        let early = tokio::select! {
            biased;
            head = &mut answer => Some(head),
            () = connected => None,
            () = self.clock.sleep_until(times.start + CONNECT) => {
                return Err(Failed { sent: false, why: format!("no connection within {} s", CONNECT.as_secs()) });
            }
        };
        let head = match early {
            Some(head) => head,
            None => tokio::select! {
                head = &mut answer => head,
                () = self.clock.sleep_until(times.start + WHOLE) => {
                    return Err(Failed { sent: true, why: format!("no answer within {} s", WHOLE.as_secs()) });
                }
            },
        };
        // Without a connection, there was nothing through which it could have left.
        head.map_err(|error| Failed {
            sent: !error.is_connect() && connection.connection_metadata().is_some(),
            why: causes(&error),
        })
    }
}

type Head = http::Response<hyper::body::Incoming>;

struct Times {
    sent_at_ms: u64,
    start: Moment,
}

struct Failed {
    /// Whether a byte may have left.
    sent: bool,
    why: String,
}

/// What happened, without the library's wrapping. None of these texts repeats a request.
fn causes(error: &dyn Error) -> String {
    let causes: Vec<String> =
        std::iter::successors(error.source(), |&error| error.source()).map(ToString::to_string).collect();
    match causes.is_empty() {
        true => error.to_string(),
        false => causes.join(": "),
    }
}
