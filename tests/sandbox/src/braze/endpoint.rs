//! Where may a request be sent, what does it need, and how much may it hold?

use http::{Method, StatusCode};

use super::limit;
use super::rules::{Rate, Rules};

/// What a request can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endpoint {
    /// `POST /users/track` (contract 1.1).
    Track,
    /// `POST /users/track/bulk` (contract 1.8).
    Bulk,
    /// `POST /users/export/ids` (contract 4).
    ExportIds,
    /// `POST /users/export/segment` (contract 4).
    ExportSegment,
}

impl Endpoint {
    /// The endpoint of a path. Contract 1.6: a wrong URL is 404; no other status is documented for a wrong method.
    #[must_use]
    pub fn of(method: &Method, path: &str) -> Option<Self> {
        match path {
            _ if method != Method::POST => None,
            "/users/track" => Some(Self::Track),
            "/users/track/bulk" => Some(Self::Bulk),
            "/users/export/ids" => Some(Self::ExportIds),
            "/users/export/segment" => Some(Self::ExportSegment),
            _ => None,
        }
    }

    /// What a key needs for it.
    #[must_use]
    pub fn permission(self) -> &'static str {
        match self {
            Self::Track => "users.track",
            Self::Bulk => "users.track.bulk",
            Self::ExportIds => "users.export.ids",
            Self::ExportSegment => "users.export.segment",
        }
    }

    /// What is said to a key that has not got it.
    #[must_use]
    pub fn lacks(self) -> &'static str {
        match self {
            Self::Track => "the API key lacks the permission users.track",
            Self::Bulk => "the API key lacks the permission users.track.bulk",
            Self::ExportIds => "the API key lacks the permission users.export.ids",
            Self::ExportSegment => "the API key lacks the permission users.export.segment",
        }
    }

    /// Its own rate limit.
    #[must_use]
    pub fn rate(self, rules: &Rules) -> &Rate {
        match self {
            Self::Track => &rules.rate,
            Self::Bulk => &rules.bulk_rate,
            Self::ExportIds => &rules.export_rate,
            Self::ExportSegment => &rules.segment_rate,
        }
    }

    /// How much of the users/track form it takes.
    #[must_use]
    pub fn size(self, rules: &Rules) -> Size {
        match self {
            Self::Bulk => Size {
                bytes: limit::BULK_BODY_BYTES,
                too_many_bytes: (StatusCode::BAD_REQUEST, "the body has more than 2 MB"),
                objects: rules.bulk_objects,
                in_each_array: false,
                of_one_profile: limit::BULK_PROFILE_OBJECTS,
            },
            Self::Track | Self::ExportIds | Self::ExportSegment => Size {
                bytes: limit::BODY_BYTES,
                too_many_bytes: (StatusCode::PAYLOAD_TOO_LARGE, "the body has more than 4 MB"),
                objects: limit::OBJECTS,
                in_each_array: rules.legacy_limits,
                of_one_profile: usize::MAX,
            },
        }
    }
}

/// How much a request may hold.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Bytes of its body.
    pub bytes: usize,
    /// What is answered to more.
    pub too_many_bytes: (StatusCode, &'static str),
    /// Objects.
    pub objects: usize,
    /// Whether they are counted in each array, and not in all together.
    pub in_each_array: bool,
    /// Objects about one profile.
    pub of_one_profile: usize,
}
