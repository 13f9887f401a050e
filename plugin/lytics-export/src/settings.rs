//! What can be set?

use brazeline_kit::Problem;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::limits;

/// Sends person updates to a stream of Lytics.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The members of the authorization that are no secrets.
    #[serde(default)]
    pub authorization: Authorization,
    /// The stream that takes the records. Lytics maps the fields of `braze_users` out of the box; those of any other stream need a
    /// mapping there before they reach profiles.
    #[serde(default = "stream")]
    pub stream: String,
    /// How records are sent.
    #[serde(default)]
    pub mode: Mode,
    /// `mode: bulk`: what a request's body is.
    #[serde(default)]
    pub format: Option<Format>,
    /// `mode: bulk`: bodies are compressed, which costs time here and saves it on a slow line. Lytics' page says it of CSV.
    #[serde(default)]
    pub gzip: Option<bool>,
    /// `mode: collect` and `bulk`: the attribute that holds a record's time. Without it Lytics takes the time of arrival. Records of
    /// events and purchases always carry theirs.
    #[serde(default)]
    pub timestamp_field: Option<String>,
    /// `mode: collect` and `bulk`: what Lytics notes of each record as the file that it came from.
    #[serde(default)]
    pub filename: Option<String>,
    /// `mode: collect` and `bulk`: Lytics looks at the records, counts what it would refuse, and keeps nothing. For trying out: here they
    /// count as delivered.
    #[serde(default)]
    pub dryrun: bool,
    /// What becomes of an attribute or property that has an array of objects, or of arrays, which Lytics refuses.
    #[serde(default)]
    pub arrays_of_objects: ArraysOfObjects,
    /// The fields that identifiers are written to, where the attributes do not have them already.
    #[serde(default)]
    pub identifier_fields: IdentifierFields,
    /// What Lytics takes at most.
    #[serde(default)]
    pub limits: Limits,
}

/// The members of the authorization that are no secrets.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Authorization {
    /// The number of the Lytics account.
    #[serde(default)]
    pub account: Option<String>,
}

/// How records are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Many in a request, to `/collect/json/<stream>`.
    #[default]
    Collect,
    /// Very many in a request, to `/collect/bulk/<stream>` of Lytics' host for that: for files.
    Bulk,
    /// Each in a request of its own, to `/c/<account>/<stream>`, as a Braze webhook sends them. It is slow, a record may have 4 KB
    /// instead of 16 (a larger one is kept as a dead letter), and Lytics takes the time of arrival as the time of events, too.
    Single,
}

/// What a body of `mode: bulk` is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A JSON object a line: values stay what they are.
    #[default]
    JsonLines,
    /// A table. It is smaller, but all values become text, and what is `null` becomes empty. An update that has a list or an object is kept
    /// as a dead letter.
    Csv,
}

/// What becomes of an array of objects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArraysOfObjects {
    /// The update that has it is kept as a dead letter.
    #[default]
    Reject,
    /// The record goes without it.
    Drop,
    /// Each field of the objects becomes a list of its own, `null` where an object does not have it: `[{"a":1},{"a":2,"b":3}]` is sent as
    /// `{"a":[1,2],"b":[null,3]}`. What cannot be laid out so is sent as the text of its JSON.
    Flatten,
}

/// The field for each kind of identifier; `null` does not write it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IdentifierFields {
    /// For the company's own id.
    pub external_id: Option<String>,
    /// For Braze's id.
    pub braze_id: Option<String>,
    /// For the e-mail address.
    pub email: Option<String>,
    /// For the phone number.
    pub phone: Option<String>,
    /// For an alias's name. Its label is not written.
    pub alias: Option<String>,
}

impl Default for IdentifierFields {
    fn default() -> Self {
        let field = |name: &str| Some(name.to_owned());
        Self {
            external_id: field("user_id"),
            braze_id: field("braze_id"),
            email: field("email"),
            phone: field("phone_number"),
            alias: None,
        }
    }
}

/// What Lytics takes at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bytes of a request's body.
    pub request_bytes: usize,
    /// Bytes of a record in a request with many.
    pub record_bytes: usize,
    /// Bytes of a record with `mode: single`.
    pub single_record_bytes: usize,
    /// Bytes of an identifier.
    pub identifier_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_bytes: limits::REQUEST_BYTES,
            record_bytes: limits::RECORD_BYTES,
            single_record_bytes: limits::SINGLE_RECORD_BYTES,
            identifier_bytes: limits::IDENTIFIER_BYTES,
        }
    }
}

impl Settings {
    /// What is wrong with them.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let (single, bulk) = (self.mode == Mode::Single, self.mode == Mode::Bulk);
        let account = self.authorization.account.as_deref();
        let checks = [
            (!is_segment(&self.stream))
                .then(|| Problem::at("/stream", "a stream's name has letters, digits, `_`, `-` and `.` alone")),
            (single && account.is_none())
                .then(|| Problem::at("/mode", "`single` needs the `account` of the authorization: add it there")),
            account
                .is_some_and(|account| !is_segment(account))
                .then(|| Problem::at("/authorization/account", "an account is a number, or 32 hexadecimal digits")),
            (single && self.timestamp_field.is_some()).then(|| {
                Problem::at("/timestamp_field", "with `mode: single` Lytics cannot be told which field it is")
            }),
            (single && self.filename.is_some())
                .then(|| Problem::at("/filename", "with `mode: single` Lytics cannot be told of a file")),
            (single && self.dryrun)
                .then(|| Problem::at("/dryrun", "with `mode: single` Lytics keeps whatever it gets")),
            (!bulk && self.format.is_some())
                .then(|| Problem::at("/format", "this belongs to `mode: bulk`; otherwise a body is JSON")),
            (!bulk && self.gzip.is_some()).then(|| Problem::at("/gzip", "this belongs to `mode: bulk`")),
            (self.limits.request_bytes < self.limits.record_bytes.saturating_add(2))
                .then(|| Problem::at("/limits/request_bytes", "a request has no room for the largest record")),
        ];
        checks.into_iter().flatten().collect()
    }

    /// The most bytes of a record.
    #[must_use]
    pub fn record_bytes(&self) -> usize {
        match self.mode {
            Mode::Collect | Mode::Bulk => self.limits.record_bytes,
            Mode::Single => self.limits.single_record_bytes,
        }
    }

    /// The path of requests.
    #[must_use]
    pub fn path(&self) -> String {
        match (self.mode, &self.authorization.account) {
            (Mode::Single, Some(account)) => format!("/c/{account}/{}", self.stream),
            _ => self.upload_path(),
        }
    }

    /// The path of an upload of many.
    #[must_use]
    pub fn upload_path(&self) -> String {
        match self.mode {
            Mode::Bulk => format!("/collect/bulk/{}", self.stream),
            Mode::Collect | Mode::Single => format!("/collect/json/{}", self.stream),
        }
    }

    /// Whether records become rows of a table.
    #[must_use]
    pub fn is_table(&self) -> bool {
        self.format == Some(Format::Csv)
    }
}

/// Whether it can be a part of a path as it is.
fn is_segment(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    !matches!(name, "" | ".") && !name.contains("..") && name.bytes().all(is_plain)
}

fn stream() -> String {
    "braze_users".to_owned()
}
