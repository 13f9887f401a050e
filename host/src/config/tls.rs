//! With which certificate does a source show who it is?

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::fields::Fields;
use super::pipeline::within;
use super::place::Report;

/// Names the map of what follows.
pub const TLS: &str = "tls";
const ABOUT: &str = "The certificate with which a source that is sent to speaks TLS; without it, it speaks plain HTTP.";
const CRT_FILE: (&str, &str) =
    ("crt_file", "The certificate and those between it and the root, in PEM. Read again when it changes.");
const KEY_FILE: (&str, &str) = ("key_file", "Its private key, in PEM. Read again when it changes.");
const EXAMPLE: &str = "write `tls: { crt_file: ./server.crt, key_file: ./server.key }`";

/// Where certificate and key lie. Relative paths begin at the pipeline file's folder; here that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The certificate, with those between it and the root.
    pub crt_file: PathBuf,
    /// Its private key.
    pub key_file: PathBuf,
}

impl Tls {
    pub(super) fn read(fields: &mut Fields<'_>, report: &mut Report) -> Option<Self> {
        let what = format!("`{TLS}` of {}", fields.what);
        let entry = fields.get(TLS)?;
        let mut inside = Fields::of(what, &entry.value, report)?;
        let mut path = |(name, _): (&'static str, &str)| {
            let entry = inside.required(name, EXAMPLE, report)?;
            let path = inside.text_of(entry, report)?;
            Some(within(&report.file, &path.value))
        };
        let (crt_file, key_file) = (path(CRT_FILE), path(KEY_FILE));
        inside.refuse_rest(report);
        Some(Self { crt_file: crt_file?, key_file: key_file? })
    }

    /// The key as a property of a JSON Schema.
    pub(super) fn property() -> (String, Json) {
        let text = |(_, about): (&str, &str)| json!({ "type": "string", "description": about });
        let schema = json!({
            "type": "object", "description": ABOUT,
            "properties": { CRT_FILE.0: text(CRT_FILE), KEY_FILE.0: text(KEY_FILE) },
            "required": [CRT_FILE.0, KEY_FILE.0], "additionalProperties": false,
        });
        (TLS.to_owned(), schema)
    }
}
