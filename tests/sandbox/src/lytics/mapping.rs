//! Which fields of `braze_users` reach profiles, and under which names (contract 8.1)?
//!
//! A field without a mapping stays in the stream. Streams other than `braze_users` have no mapping here.

use serde_json::{Map, Value};

use super::options::Rules;

/// The stream that has a mapping from the start.
pub const STREAM: &str = "braze_users";

/// A field as it is sent, and as Lytics calls it.
const IDENTIFIERS: [(&str, &str); 3] = [("braze_id", "br_user_id"), ("email", "email"), ("twitter_handle", "tw_uid")];

/// The same for fields that identify nobody.
const OTHERS: [(&str, &str); 9] = [
    ("date_of_birth", "birth_date"),
    ("phone_number", "phone"),
    ("city", "city"),
    ("country", "country"),
    ("first_name", "first_name"),
    ("last_name", "last_name"),
    ("gender", "gender"),
    ("language", "language"),
    ("time_zone", "time_zone"),
];

/// A record as it reaches a profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapped {
    /// Identifiers by Lytics' names.
    pub identifiers: Vec<(&'static str, String)>,
    /// Other fields by Lytics' names.
    pub fields: Map<String, Value>,
}

/// Maps a record.
#[must_use]
pub fn map(record: &Map<String, Value>, rules: &Rules) -> Mapped {
    let identifier = |(sent, field): &(&str, &'static str)| Some((*field, identity(field, record.get(*sent)?)?));
    let known =
        OTHERS.iter().filter_map(|(sent, field)| Some(((*field).to_owned(), other(field, record.get(*sent)?)?)));
    let mapped = rules.mapped_fields.iter().filter_map(|name| Some((name.clone(), record.get(name)?.clone())));
    Mapped { identifiers: IDENTIFIERS.iter().filter_map(identifier).collect(), fields: known.chain(mapped).collect() }
}

fn identity(field: &str, value: &Value) -> Option<String> {
    let text = value.as_str().map(str::trim).filter(|text| !text.is_empty())?;
    if field == "email" { email(text) } else { Some(text.to_owned()) }
}

/// `email()`: an address in lower case, or nothing.
fn email(text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    (!local.is_empty() && domain.contains('.')).then(|| text.to_lowercase())
}

fn other(field: &str, value: &Value) -> Option<Value> {
    if value.is_null() {
        return None;
    }
    if field == "birth_date" { date(value) } else { Some(value.clone()) }
}

/// `todate()`: the day of a time in any of many forms, `19820101` among them.
fn date(value: &Value) -> Option<Value> {
    let text = value.as_str()?;
    let day = text.parse::<jiff::civil::DateTime>().ok()?.date();
    Some(Value::String(day.to_string()))
}
