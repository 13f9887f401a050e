//! How does this Braze behave, where Braze itself differs from account to account?

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::limit;
use super::refusal::ErrorStyle;

/// Who may call, and how Braze behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// The REST API key.
    pub key: String,
    /// What the key may do.
    pub permissions: BTreeSet<String>,
    /// The rest, which may change while it runs.
    pub rules: Rules,
}

impl Default for Options {
    fn default() -> Self {
        let permissions =
            ["users.track", "users.track.bulk", "users.export.ids", "users.export.segment"].map(str::to_owned);
        Self { key: "braze-key".into(), permissions: permissions.into(), rules: Rules::default() }
    }
}

/// What differs from account to account, or from day to day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// 75 objects in each array, and not in all together (contract 1.2).
    pub legacy_limits: bool,
    /// Objects of a bulk request, "depending on your account's policy" (contract 1.8).
    pub bulk_objects: usize,
    /// The length of an array attribute, as set in the dashboard (contract 2.1).
    pub array_elements: usize,
    /// How the items of `errors` look (contract 1.5).
    pub errors: ErrorStyle,
    /// The rate limit (contract 1.4).
    pub rate: Rate,
    /// The rate limit of bulk requests (contract 1.8).
    pub bulk_rate: Rate,
    /// The rate limit of exports (contract 4).
    pub export_rate: Rate,
    /// The rate limit of exports of segments (contract 4).
    pub segment_rate: Rate,
    /// When an export of a segment is made (contract 4).
    pub exports_made: Made,
    /// How long the address of one lives once it is made, in seconds (contract 4: 4 hours).
    pub exports_live_s: u32,
    /// Whether the workspace has a bucket of its own: no address is named (contract 4).
    pub exports_to_a_bucket: bool,
    /// The origin of the addresses that are named; its own by default.
    pub exports_at: Option<String>,
    /// When accepted requests are applied (contract 1.7).
    pub apply: Apply,
    /// Whether Braze is in maintenance: 202, and everything waits (contract 1.5).
    pub maintenance: bool,
    /// External ids that may not be used (contract 1.5, `BLACKLISTED_EXTERNAL_USER_ID`).
    pub blocked_external_ids: BTreeSet<String>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            legacy_limits: false,
            bulk_objects: limit::BULK_OBJECTS,
            array_elements: limit::ARRAY_ELEMENTS,
            errors: ErrorStyle::default(),
            rate: Rate::default(),
            bulk_rate: Rate { burst: limit::BULK_BURST, burst_s: 1, ..Rate::default() },
            export_rate: Rate { burst: limit::EXPORT_BURST, burst_s: 60, ..Rate::default() },
            segment_rate: Rate { hourly: Some(limit::EXPORTS_HOURLY), ..Rate::default() },
            exports_made: Made::default(),
            exports_live_s: 4 * 3600,
            exports_to_a_bucket: false,
            exports_at: None,
            apply: Apply::default(),
            maintenance: false,
            blocked_external_ids: BTreeSet::new(),
        }
    }
}

/// A rate limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rate {
    /// What the headers mean.
    pub plan: Plan,
    /// Requests in a burst window.
    pub burst: u32,
    /// Seconds of a burst window.
    pub burst_s: u32,
    /// Requests in a clock hour, if they are limited.
    pub hourly: Option<u32>,
}

impl Default for Rate {
    fn default() -> Self {
        Self { plan: Plan::default(), burst: limit::BURST, burst_s: limit::BURST_SECONDS, hourly: None }
    }
}

/// What the contract with Braze is about; the rate headers follow from it (contract 1.4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// `X-RateLimit-Reset` is in seconds since 1970.
    #[default]
    General,
    /// `X-RateLimit-Reset` is in seconds left; a 429 has only `X-Ratelimit-Retry-After`.
    Mau,
}

/// When an export of a segment is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Made {
    /// So long after it was asked for.
    After {
        /// In milliseconds.
        ms: u32,
    },
    /// Only when told.
    WhenTold,
}

impl Default for Made {
    fn default() -> Self {
        Self::After { ms: 0 }
    }
}

/// When accepted requests are applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Apply {
    /// Before the answer.
    #[default]
    AtOnce,
    /// Each after a random time of its own, so that they overtake each other.
    LateAndOutOfOrder {
        /// Equal seeds give equal times.
        seed: u64,
        /// The longest time, in milliseconds.
        within_ms: u32,
    },
    /// Only when told.
    WhenTold,
}
