//! What an operator can say of it.

use std::collections::BTreeMap;

use http::Uri;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TARGET;
use crate::component::types::{Field, Request};
use crate::config::Origin;
use crate::connector::settings::{Checked, wrong};
use crate::delivery::gather::Limits;
use crate::delivery::inbound::parameters;

/// Sends events to an address, as JSON lines or as JSON arrays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where events are sent: `https://events.example.com/in`. Credentials come from `authorization`.
    pub url: String,
    /// The method.
    #[serde(default)]
    pub method: Method,
    /// How events stand in a body.
    #[serde(default)]
    pub format: Format,
    /// Further headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// How much is sent at once.
    #[serde(default)]
    pub batch: BatchLimits,
}

/// How events are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Method {
    /// With POST.
    #[default]
    #[serde(rename = "POST")]
    Post,
    /// With PUT.
    #[serde(rename = "PUT")]
    Put,
}

/// How events stand in a body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A JSON object a line.
    #[default]
    Ndjson,
    /// A JSON array.
    Json,
}

/// How much is sent at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BatchLimits {
    /// At most so many events.
    #[schemars(range(min = 1))]
    pub max_events: usize,
    /// At most so many bytes of them.
    #[schemars(range(min = 1))]
    pub max_bytes: usize,
}

impl Default for BatchLimits {
    /// A body that common servers take: many refuse more than a megabyte.
    fn default() -> Self {
        Self { max_events: 500, max_bytes: 1_000_000 }
    }
}

impl Settings {
    /// What only their meaning shows to be wrong.
    pub fn check(self) -> Checked<Self> {
        if let Err(why) = self.request() {
            return wrong("/url", why);
        }
        let BatchLimits { max_events, max_bytes } = self.batch;
        if max_events == 0 || max_bytes == 0 {
            return wrong("/batch", "at least 1 event and 1 byte have to fit");
        }
        Ok(self)
    }

    /// The most that is offered at once.
    pub fn limits(&self) -> Limits {
        Limits { events: self.batch.max_events, bytes: self.batch.max_bytes }
    }

    /// Where it goes, and all of the request but its body.
    pub(super) fn request(&self) -> Result<(Origin, Request), String> {
        // Not repeated in a message: a password could stand in it.
        let no_url = || "it is no URL: write it like `https://events.example.com/in`".to_owned();
        let uri: Uri = self.url.parse().map_err(|_| no_url())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return Err(no_url()) };
        let origin = Origin::parse(&format!("{scheme}://{authority}"));
        let origin = origin.map_err(|error| format!("it {}: {}", error.why, error.help))?;
        let method = match self.method {
            Method::Post => "POST",
            Method::Put => "PUT",
        };
        let query = parameters(&uri).map(|(name, value)| Field { name, value }).collect();
        let (target, method, path) = (TARGET.to_owned(), method.to_owned(), uri.path().to_owned());
        Ok((origin, Request { target, method, path, query, headers: self.headers(), body: Vec::new() }))
    }

    fn headers(&self) -> Vec<Field> {
        let content_type = match self.format {
            Format::Ndjson => "application/x-ndjson",
            Format::Json => "application/json",
        };
        let stated = self.headers.iter().map(|(name, value)| Field { name: name.clone(), value: value.clone() });
        let mut headers: Vec<Field> = stated.collect();
        if !headers.iter().any(|header| header.name.eq_ignore_ascii_case("content-type")) {
            headers.push(Field { name: "content-type".to_owned(), value: content_type.to_owned() });
        }
        headers
    }
}
