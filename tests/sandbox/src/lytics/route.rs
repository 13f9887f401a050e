//! Which upload is this (contract 8)?

use http::{Method, StatusCode};

use super::limit;
use super::reply::Fatal;
use crate::exchange::Request;

/// One of the three uploads, and its stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route<'a> {
    /// `/c/{account}/{stream}`: one object.
    Page { account: &'a str, stream: &'a str },
    /// `/collect/json/{stream}`: an object, or an array of objects.
    Json { stream: &'a str },
    /// `/collect/bulk/{stream}`: CSV, or JSON in lines.
    Bulk { stream: &'a str },
}

impl<'a> Route<'a> {
    /// Finds it by method and path.
    pub fn of(request: &'a Request) -> Result<Self, Fatal> {
        let route = Self::by_path(&request.path).ok_or((StatusCode::NOT_FOUND, "there is nothing at this address"))?;
        if request.method != Method::POST {
            return Err((StatusCode::METHOD_NOT_ALLOWED, "uploads are POST"));
        }
        Ok(route)
    }

    fn by_path(path: &'a str) -> Option<Self> {
        let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        match parts.as_slice() {
            ["c", account, stream] if !stream.is_empty() => Some(Self::Page { account, stream }),
            ["collect", "json", stream] if !stream.is_empty() => Some(Self::Json { stream }),
            ["collect", "bulk", stream] if !stream.is_empty() => Some(Self::Bulk { stream }),
            _ => None,
        }
    }

    /// The stream that the records go to.
    #[must_use]
    pub fn stream(&self) -> &'a str {
        match self {
            Self::Page { stream, .. } | Self::Json { stream } | Self::Bulk { stream } => stream,
        }
    }

    /// How large a body may be.
    #[must_use]
    pub fn body_bytes(&self) -> usize {
        match self {
            Self::Page { .. } | Self::Json { .. } => limit::BODY_BYTES,
            Self::Bulk { .. } => limit::BULK_BYTES,
        }
    }
}
