//! What an operator can ask of the host, node by node, and what happens when nobody asks.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde_json::{Map, json};

use super::deduplicate::{DEDUPLICATE, Deduplicate};
use super::every::{EVERY, Every};
use super::fields::{Fields, wrong};
use super::files::{FILES, Files};
use super::keys::{Choice, Key};
use super::place::{Placed, Report, Spot};
use super::public_url::{self, PUBLIC_URL};
use super::tls::{TLS, Tls};
use super::units::Size;

/// When is a caller answered?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Acknowledge {
    /// When the event stands in the journal.
    Journaled,
    /// When it is delivered; nothing is journaled. For machines whose disk does not last.
    Delivered,
}

impl Choice for Acknowledge {
    const WORDS: &'static [(&'static str, Self)] = &[("journaled", Self::Journaled), ("delivered", Self::Delivered)];
}

/// What becomes of a request that may not be repeated, when nobody knows whether it arrived?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnUnknown {
    /// It is sent again, and may arrive twice.
    Repeat,
    /// It is stored as a dead letter that may have arrived.
    DeadLetter,
}

impl Choice for OnUnknown {
    const WORDS: &'static [(&'static str, Self)] = &[("repeat", Self::Repeat), ("dead_letter", Self::DeadLetter)];
}

/// Callers are answered as soon as a crash cannot lose their event: they wait a few milliseconds, however slow the sinks are.
pub const ACKNOWLEDGE: Key<Acknowledge> = Key {
    name: "acknowledge",
    about: "When a caller is answered: once its events are journaled, or once they are delivered.",
    default: Acknowledge::Journaled,
    bounds: None,
};

/// Names the map of the next two.
pub const MAX_UNCOMMITTED: &str = "max_uncommitted";
const MAX_UNCOMMITTED_ABOUT: &str = "How much may be on its way before the source is read no further.";

/// A second of the fastest sink: enough that a slow answer does not empty the pipeline, little enough to repeat after a crash.
pub const MAX_UNCOMMITTED_EVENTS: Key<usize> =
    Key { name: "events", about: "In events.", default: 50_000, bounds: Some((1, 10_000_000)) };

/// The same in memory: 50,000 events of a bit over a kilobyte.
pub const MAX_UNCOMMITTED_SIZE: Key<Size> = Key {
    name: "size",
    about: "In bytes of events.",
    default: Size(64 << 20),
    bounds: Some((Size(1 << 10), Size(16 << 30))),
};

/// A few times what the senders that we know put into one body; what is read is held in memory.
pub const MAX_BODY: Key<Size> = Key {
    name: "max_body",
    about: "The largest body that a caller may send; a larger one is answered with 413.",
    default: Size(10 << 20),
    bounds: Some((Size(1 << 10), Size(1 << 30))),
};

/// Loopback, so that nothing is open to a network before an operator says so.
pub const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
/// Its key.
pub const ADDRESS_NAME: &str = "address";

/// Long enough that a trickle of events shares requests, short enough that nobody waits for a single one.
pub const LINGER: Key<Duration> = Key {
    name: "linger",
    about: "How long a sink waits for more before it sends a request that is not full.",
    default: Duration::from_millis(100),
    bounds: Some((Duration::ZERO, Duration::from_secs(600))),
};

/// At 50 ms a request, 64 in flight are over 1,000 requests a second: more than any budget that we know allows.
pub const CONCURRENCY: Key<usize> =
    Key { name: "concurrency", about: "How many requests may be in flight.", default: 128, bounds: Some((1, 1_024)) };

/// The four waits between them are over 7 seconds together: a hiccup of the other side is not taken for the event's fault.
pub const MAX_ATTEMPTS: Key<u32> = Key {
    name: "max_attempts",
    about: "How often a request may fail while others pass, before it is taken apart to find the event at fault.",
    default: 5,
    bounds: Some((1, 1_000)),
};

/// At least once is the promise; a receiver that must not count twice asks for the other.
pub const ON_UNKNOWN: Key<OnUnknown> = Key {
    name: "on_unknown",
    about: "What becomes of a request that is not repeatable when its answer never came: sent again, or kept as a dead letter.",
    default: OnUnknown::Repeat,
    bounds: None,
};

/// Names of the host's keys in a source.
pub const SOURCE_KEYS: [&str; 9] =
    [ACKNOWLEDGE.name, MAX_UNCOMMITTED, ADDRESS_NAME, PUBLIC_URL, MAX_BODY.name, TLS, DEDUPLICATE, EVERY.name, FILES];
/// Names of the host's keys in a sink.
pub const SINK_KEYS: [&str; 4] = [LINGER.name, CONCURRENCY.name, MAX_ATTEMPTS.name, ON_UNKNOWN.name];

/// What the host does for a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceOptions {
    /// When a caller is answered.
    pub acknowledge: Acknowledge,
    /// So many events may be on their way.
    pub max_uncommitted_events: usize,
    /// So many bytes of them.
    pub max_uncommitted_bytes: usize,
    /// Where it listens, if the operator said so. See [`Self::listens_at`].
    pub address: Option<Placed<SocketAddr>>,
    /// The address at which others know it, if the operator said it.
    pub public_url: Option<String>,
    /// The largest body of a request.
    pub max_body_bytes: usize,
    /// The certificate that it shows, if it speaks TLS.
    pub tls: Option<Tls>,
    /// Whether it drops what it took before.
    pub deduplicate: Option<Deduplicate>,
    /// When it asks again, if it is one that asks.
    pub every: Every,
    /// Where its files lie, if it is one that reads files.
    pub files: Option<Files>,
    /// The keys that the operator wrote, and where: which of them mean something depends on what stands there.
    pub stated: BTreeMap<&'static str, Spot>,
}

/// What the host does for a sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkOptions {
    /// How long it waits for more.
    pub linger: Duration,
    /// How many requests may be in flight.
    pub concurrency: usize,
    /// How often a request may fail while others pass.
    pub max_attempts: u32,
    /// What becomes of what may have arrived.
    pub on_unknown: OnUnknown,
}

impl Default for SourceOptions {
    fn default() -> Self {
        Self {
            acknowledge: ACKNOWLEDGE.default,
            max_uncommitted_events: MAX_UNCOMMITTED_EVENTS.default,
            max_uncommitted_bytes: bytes(MAX_UNCOMMITTED_SIZE.default),
            address: None,
            public_url: None,
            max_body_bytes: bytes(MAX_BODY.default),
            tls: None,
            deduplicate: None,
            every: EVERY.default,
            files: None,
            stated: BTreeMap::new(),
        }
    }
}

impl SourceOptions {
    /// Where it listens, if it is one that does.
    #[must_use]
    pub fn listens_at(&self) -> SocketAddr {
        self.address.as_ref().map_or(ADDRESS, |address| address.value)
    }

    pub(super) fn read(fields: &mut Fields<'_>, report: &mut Report) -> Self {
        let acknowledge = fields.read(&ACKNOWLEDGE, report);
        let (max_uncommitted_events, max_uncommitted_bytes) = max_uncommitted(fields, report);
        let address = address(fields, report);
        let public_url = public_url::read(fields, report);
        let max_body_bytes = bytes(fields.read(&MAX_BODY, report));
        let tls = Tls::read(fields, report);
        let deduplicate = Deduplicate::read(fields, report);
        let every = fields.read(&EVERY, report);
        let files = Files::read(fields, report);
        let stated = SOURCE_KEYS.into_iter().filter_map(|key| Some((key, fields.get(key)?.spot))).collect();
        Self {
            acknowledge,
            max_uncommitted_events,
            max_uncommitted_bytes,
            address,
            public_url,
            max_body_bytes,
            tls,
            deduplicate,
            every,
            files,
            stated,
        }
    }

    /// The keys as properties of a JSON Schema.
    pub(super) fn properties() -> Map<String, serde_json::Value> {
        let inside: Map<_, _> =
            [MAX_UNCOMMITTED_EVENTS.property(), MAX_UNCOMMITTED_SIZE.property()].into_iter().collect();
        let max_uncommitted = json!({
            "type": "object", "description": MAX_UNCOMMITTED_ABOUT, "properties": inside, "additionalProperties": false,
        });
        let address = json!({
            "type": "string", "description": "Where it listens, if it is one that does: an IP address and a port.",
            "default": ADDRESS.to_string(),
        });
        [
            ACKNOWLEDGE.property(),
            (MAX_UNCOMMITTED.to_owned(), max_uncommitted),
            (ADDRESS_NAME.to_owned(), address),
            public_url::property(),
            MAX_BODY.property(),
            Tls::property(),
            Deduplicate::property(),
            EVERY.property(),
            Files::property(),
        ]
        .into_iter()
        .collect()
    }
}

impl Default for SinkOptions {
    fn default() -> Self {
        Self {
            linger: LINGER.default,
            concurrency: CONCURRENCY.default,
            max_attempts: MAX_ATTEMPTS.default,
            on_unknown: ON_UNKNOWN.default,
        }
    }
}

impl SinkOptions {
    pub(super) fn read(fields: &mut Fields<'_>, report: &mut Report) -> Self {
        Self {
            linger: fields.read(&LINGER, report),
            concurrency: fields.read(&CONCURRENCY, report),
            max_attempts: fields.read(&MAX_ATTEMPTS, report),
            on_unknown: fields.read(&ON_UNKNOWN, report),
        }
    }

    /// The keys as properties of a JSON Schema.
    pub(super) fn properties() -> Map<String, serde_json::Value> {
        [LINGER.property(), CONCURRENCY.property(), MAX_ATTEMPTS.property(), ON_UNKNOWN.property()]
            .into_iter()
            .collect()
    }
}

fn max_uncommitted(fields: &mut Fields<'_>, report: &mut Report) -> (usize, usize) {
    let inside = fields.get(MAX_UNCOMMITTED);
    let what = format!("`{MAX_UNCOMMITTED}` of {}", fields.what);
    match inside.and_then(|entry| Fields::of(what, &entry.value, report)) {
        None => (MAX_UNCOMMITTED_EVENTS.default, bytes(MAX_UNCOMMITTED_SIZE.default)),
        Some(mut inside) => {
            let read =
                (inside.read(&MAX_UNCOMMITTED_EVENTS, report), bytes(inside.read(&MAX_UNCOMMITTED_SIZE, report)));
            inside.refuse_rest(report);
            read
        }
    }
}

fn address(fields: &mut Fields<'_>, report: &mut Report) -> Option<Placed<SocketAddr>> {
    let entry = fields.get(ADDRESS_NAME)?;
    match entry.value.as_text().and_then(|text| text.parse().ok()) {
        Some(value) => Some(Placed { value, spot: entry.value.spot }),
        None => {
            let what = format!("`{ADDRESS_NAME}` of {}", fields.what);
            let help = format!("the default is `{ADDRESS_NAME}: {ADDRESS}`; a host's name is not enough");
            wrong(&what, &entry.value, "an IP address and a port", &help, report);
            None
        }
    }
}

/// What is too large for this machine's memory is as good as no limit.
fn bytes(size: Size) -> usize {
    usize::try_from(size.0).unwrap_or(usize::MAX)
}
