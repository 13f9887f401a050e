//! What a person sees of Lytics.

use super::{Lytics, Profile, Record};
use crate::html::table;

/// The body of the page.
pub fn body(lytics: &Lytics) -> String {
    let streams = lytics.streams.iter().map(|(name, records)| {
        table(&format!("Stream {name}"), &["When", "Record"], records.iter().map(record), records.len())
    });
    let profiles =
        table("Profiles", &["Identifiers", "Fields"], lytics.profiles().map(profile), lytics.profiles().count());
    format!("<p>Records rejected: {}.</p>{}{profiles}", lytics.rejected(), streams.collect::<String>())
}

fn record(record: &Record) -> Vec<String> {
    vec![record.at.to_string(), serde_json::Value::Object(record.fields.clone()).to_string()]
}

fn profile(profile: &Profile) -> Vec<String> {
    let identifiers = profile
        .identifiers
        .iter()
        .flat_map(|(field, values)| values.iter().map(move |value| format!("{field}: {value}")));
    let fields = profile.fields.iter().map(|(key, value)| format!("{key}: {value}"));
    vec![identifiers.collect::<Vec<_>>().join("; "), fields.collect::<Vec<_>>().join("; ")]
}
