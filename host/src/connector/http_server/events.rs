//! Reading the events of a body.

use serde_json::value::RawValue;

use crate::component::types::Arrival;
use crate::connector::lines::Lines;
use crate::connector::page::{LINE_BYTES, Page};
use crate::connector::person::Identifier;

/// What the sender says of its body, or what its first character does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Array,
    Lines,
    /// One object, perhaps over several lines; or one a line.
    Object,
}

/// The events, or what is wrong with the body as a whole.
pub(super) fn read(arrival: &Arrival, identifier: Option<&Identifier>) -> Result<Page, String> {
    let body = arrival.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&arrival.body).trim_ascii();
    if body.is_empty() {
        return Err("the body is empty: send a JSON object, a JSON array, or a JSON object a line".to_owned());
    }
    match form(arrival, body) {
        Form::Array => array(body, identifier),
        Form::Lines => lines(body, identifier),
        Form::Object => match serde_json::from_slice::<&RawValue>(body) {
            Ok(object) => {
                let mut page = Page::default();
                page.take(object.get().as_bytes(), identifier, || "item 1".to_owned());
                Ok(page)
            }
            Err(error) if body.contains(&b'\n') => lines(body, identifier).map_err(|_| not_json(&error)),
            Err(error) => Err(not_json(&error)),
        },
    }
}

fn form(arrival: &Arrival, body: &[u8]) -> Form {
    let declared = arrival.headers.iter().find(|header| header.name == "content-type");
    let essence = declared.and_then(|header| header.value.split(';').next()).unwrap_or_default().trim();
    match (essence.to_ascii_lowercase().as_str(), body.first()) {
        ("application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/x-jsonlines", _) => {
            Form::Lines
        }
        (_, Some(b'[')) => Form::Array,
        (_, _) => Form::Object,
    }
}

fn array(body: &[u8], identifier: Option<&Identifier>) -> Result<Page, String> {
    let items: Vec<&RawValue> = serde_json::from_slice(body).map_err(|error| not_json(&error))?;
    let mut page = Page::default();
    for (number, item) in (1_u64..).zip(items) {
        page.take(item.get().as_bytes(), identifier, || format!("item {number}"));
    }
    Ok(page)
}

fn lines(body: &[u8], identifier: Option<&Identifier>) -> Result<Page, String> {
    let mut lines = Lines::new(body, 0, 0, LINE_BYTES);
    let mut page = Page::default();
    // Reading from memory does not fail.
    while let Ok(Some(line)) = lines.next() {
        page.take_line(&line, identifier, || format!("line {}", line.number));
    }
    match page.events.is_empty() && page.not_json == page.unread.len() {
        true => Err("no line of the body is JSON: send a JSON object a line".to_owned()),
        false => Ok(page),
    }
}

/// Not the library's own words, which may repeat a piece of the body.
fn not_json(error: &serde_json::Error) -> String {
    format!("the body is not JSON: at line {}, column {}", error.line(), error.column())
}
