//! What is wrong with the settings of an export, and what do they mean?

use std::collections::BTreeMap;

use brazeline_kit::Problem;
use brazeline_kit::person::Source;

use super::{Format, Mode, Settings};
use crate::file::names::Names;
use crate::file::sources;

/// Custom attributes of one export (Braze, "Users by segment", `custom_attributes_to_export`, read 2026-11-26).
const CUSTOM_ATTRIBUTES: usize = 500;

/// The field that stands for all custom attributes (the same page).
const ALL_CUSTOM: &str = "custom_attributes";

/// An export of very many users may take hours to make, and its address then lives for about four (contract of that page, read 2026-11-26).
const WAIT_SECONDS: u32 = 4 * 3600;

impl Settings {
    /// How long an export is waited for.
    #[must_use]
    pub fn wait_ms(&self) -> u64 {
        u64::from(self.wait_seconds.unwrap_or(WAIT_SECONDS)) * 1000
    }

    /// What files are. The API exports nothing but JSON lines.
    #[must_use]
    pub fn read_format(&self) -> Format {
        if self.mode == Mode::Export { Format::JsonLines } else { self.format.unwrap_or_default() }
    }

    pub(super) fn in_export(&self) -> Vec<Problem> {
        let fields = self.fields_to_export.as_deref().unwrap_or_default();
        let custom = self.custom_attributes_to_export.as_deref().unwrap_or_default();
        let checks = [
            self.segment_id.as_deref().is_none_or(|id| !is_plain(id)).then(|| {
                let message = "name the segment by its API identifier, which has letters, digits, `-` and `_` alone";
                Problem::at("/segment_id", message)
            }),
            fields.is_empty().then(|| Problem::at("/fields_to_export", "name the fields that Braze is to export")),
            (custom.len() > CUSTOM_ATTRIBUTES).then(|| {
                let message = format!(
                    "Braze exports at most {CUSTOM_ATTRIBUTES} by name; the field `{ALL_CUSTOM}` is all of them"
                );
                Problem::at("/custom_attributes_to_export", message)
            }),
            (!custom.is_empty() && fields.iter().any(|field| field == ALL_CUSTOM)).then(|| {
                let message =
                    format!("`fields_to_export` has `{ALL_CUSTOM}`, which is all of them: leave one of both out");
                Problem::at("/custom_attributes_to_export", message)
            }),
            (self.wait_seconds == Some(0)).then(|| Problem::at("/wait_seconds", "no export is made within no time")),
            (!fields.is_empty()).then(|| self.nobody(fields, custom)).flatten(),
        ];
        let names = [("fields_to_export", fields), ("custom_attributes_to_export", custom)];
        let doubtful = names.into_iter().flat_map(|(name, list)| doubtful(name, list));
        checks.into_iter().flatten().chain(doubtful).collect()
    }

    /// Whether nothing of what is exported says whom a row is about.
    fn nobody(&self, fields: &[String], custom: &[String]) -> Option<Problem> {
        // What is wrong with the identifier itself is said elsewhere.
        let sources = sources(self.identifier.clone().map(Source::new).transpose().ok()?).ok()?;
        let names = Names::of_fields(self.rename.as_ref().unwrap_or(&BTreeMap::new()));
        let mut exported = fields.iter().map(|field| names.get(field)).chain(custom.iter().map(String::as_str));
        let says = |name: &str| name == ALL_CUSTOM || sources.iter().any(|source| source.field == name);
        if exported.any(says) {
            return None;
        }
        let wanted: Vec<String> = sources.iter().map(|source| format!("`{}`", source.field)).collect();
        let message = format!(
            "no row would say whom it is about: export what becomes {} (`external_id` is renamed to `user_id`)",
            wanted.join(" or ")
        );
        Some(Problem::at("/fields_to_export", message))
    }
}

/// Names that are none, or stand there twice.
fn doubtful<'a>(name: &'a str, list: &'a [String]) -> impl Iterator<Item = Problem> + 'a {
    list.iter().enumerate().filter_map(move |(place, one)| {
        let message = match one {
            one if one.is_empty() => "it names nothing",
            one if list[..place].contains(one) => "it stands here twice",
            _ => return None,
        };
        Some(Problem::at(format!("/{name}/{place}"), message))
    })
}

fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
