//! By which door do objects come in?

use brazeline_kit::Budget;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::limits;

/// Where objects are sent. Bodies and answers are the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// `/users/track`: 75 objects and 4 MB a request, 3,000 requests in 3 s.
    #[default]
    Track,
    /// `/users/track/bulk`: 1,000 objects and 2 MB a request, at most 100 of them about one profile, 50 requests a second. It is a limited
    /// beta that takes no new customers, needs the permission `users.track.bulk`, and goes behind `/users/track` when Braze is busy.
    Bulk,
}

impl Endpoint {
    /// Its path.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Track => "/users/track",
            Self::Bulk => "/users/track/bulk",
        }
    }

    /// What a key needs for it.
    #[must_use]
    pub const fn permission(self) -> &'static str {
        match self {
            Self::Track => "users.track",
            Self::Bulk => "users.track.bulk",
        }
    }

    /// Objects of a request.
    #[must_use]
    pub const fn objects(self) -> usize {
        match self {
            Self::Track => limits::OBJECTS,
            Self::Bulk => limits::BULK_OBJECTS,
        }
    }

    /// Objects about one profile in a request.
    #[must_use]
    pub const fn profile_objects(self) -> usize {
        match self {
            Self::Track => usize::MAX,
            Self::Bulk => limits::BULK_PROFILE_OBJECTS,
        }
    }

    /// Bytes of a body.
    #[must_use]
    pub const fn body_bytes(self) -> usize {
        match self {
            Self::Track => limits::BODY_BYTES,
            Self::Bulk => limits::BULK_BODY_BYTES,
        }
    }

    /// The budget of its burst window.
    #[must_use]
    pub const fn burst_name(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Bulk => "track_bulk",
        }
    }

    /// The budget of its clock hour.
    #[must_use]
    pub const fn hour_name(self) -> &'static str {
        match self {
            Self::Track => "track_hour",
            Self::Bulk => "track_bulk_hour",
        }
    }

    /// Requests of a burst window.
    #[must_use]
    pub const fn burst(self) -> u64 {
        match self {
            Self::Track => limits::BURST,
            Self::Bulk => limits::BULK_BURST,
        }
    }

    /// The length of a burst window.
    #[must_use]
    pub const fn burst_ms(self) -> u64 {
        match self {
            Self::Track => limits::BURST_MS,
            Self::Bulk => limits::BULK_BURST_MS,
        }
    }

    /// The burst as it is known before the first answer.
    #[must_use]
    pub fn known(self, burst: u64) -> Budget {
        let name = self.burst_name().to_owned();
        Budget { name, limit: Some(burst), remaining: burst, resets_in_ms: self.burst_ms() }
    }
}
