//! Which records does a body hold (contract 8)?
//!
//! A body that cannot be read at all is refused as a whole. A single record that breaks a rule is rejected and counted.

use std::io::Read as _;

use http::StatusCode;
use serde_json::{Map, Value};

use super::limit;
use super::reply::Fatal;
use super::route::Route;
use crate::exchange::Request;

/// A record, or nothing if it was rejected.
pub type Record = Option<Map<String, Value>>;

const NOT_JSON: Fatal = (StatusCode::BAD_REQUEST, "the body is no JSON of the right form");

/// Reads all records of a body, in their order.
pub fn records(route: &Route, request: &Request) -> Result<Vec<Record>, Fatal> {
    let body = unzipped(request, route.body_bytes())?;
    match route {
        // The contract knows one object at this address; arrays are not documented.
        Route::Page { .. } => match parsed(&body)? {
            object @ Value::Object(_) => Ok(vec![checked(object, body.len(), limit::RECORD_BYTES)]),
            _ => Err((StatusCode::BAD_REQUEST, "the body is one JSON object")),
        },
        Route::Json { .. } => match parsed(&body)? {
            Value::Array(items) => Ok(items.into_iter().map(batched).collect()),
            one => Ok(vec![checked(one, body.len(), limit::RECORD_BYTES)]),
        },
        Route::Bulk { .. } if is_csv(request) => csv(&body, request),
        Route::Bulk { .. } => Ok(lines(&body)),
    }
}

fn parsed(body: &[u8]) -> Result<Value, Fatal> {
    serde_json::from_slice(body).map_err(|_| NOT_JSON)
}

fn batched(record: Value) -> Record {
    let size = serde_json::to_vec(&record).map_or(usize::MAX, |json| json.len());
    checked(record, size, limit::BATCHED_RECORD_BYTES)
}

fn checked(record: Value, size: usize, most: usize) -> Record {
    match record {
        Value::Object(record) if size <= most && !record.values().any(has_array_of_objects) => Some(record),
        _ => None,
    }
}

/// Objects may hold objects and arrays of scalars; arrays of objects are rejected.
fn has_array_of_objects(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| item.is_object() || item.is_array()),
        Value::Object(object) => object.values().any(has_array_of_objects),
        _ => false,
    }
}

fn lines(body: &[u8]) -> Vec<Record> {
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let record = |line: &[u8]| checked(serde_json::from_slice(line).ok()?, line.len(), limit::BATCHED_RECORD_BYTES);
    lines.map(record).collect()
}

fn is_csv(request: &Request) -> bool {
    request
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/csv") || kind.starts_with("text/csv"))
}

/// Rows with the names of the header, or of the parameter `headers`; `append` adds its members to each.
fn csv(body: &[u8], request: &Request) -> Result<Vec<Record>, Fatal> {
    let names = request.parameter("headers");
    let mut rows =
        csv::ReaderBuilder::new().has_headers(names.is_none()).delimiter(delimiter(request)).from_reader(body);
    let names: Vec<String> = match names {
        Some(names) => names.split(',').map(str::to_owned).collect(),
        None => rows
            .headers()
            .map_err(|_| (StatusCode::BAD_REQUEST, "the body is no CSV"))?
            .iter()
            .map(str::to_owned)
            .collect(),
    };
    let append = append(request)?;
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        let row =
            row.ok().filter(|row| row.len() == names.len() && row.as_slice().len() <= limit::BATCHED_RECORD_BYTES)?;
        let cells = names.iter().cloned().zip(row.iter().map(Value::from));
        Some(cells.chain(append.clone()).collect())
    };
    Ok(rows.records().map(row).collect())
}

fn delimiter(request: &Request) -> u8 {
    match request.parameter("delimiter").as_deref() {
        Some("t") => b'\t',
        Some(other) => other.bytes().next().unwrap_or(b','),
        None => b',',
    }
}

fn append(request: &Request) -> Result<Map<String, Value>, Fatal> {
    let Some(text) = request.parameter("append") else { return Ok(Map::new()) };
    serde_json::from_str(&text).map_err(|_| (StatusCode::BAD_REQUEST, "append is a JSON object"))
}

fn unzipped(request: &Request, most: usize) -> Result<std::borrow::Cow<'_, [u8]>, Fatal> {
    const TOO_LARGE: Fatal = (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large");
    if request.body.len() > most {
        return Err(TOO_LARGE);
    }
    if request.header("content-encoding") != Some("gzip") {
        return Ok(request.body.as_ref().into());
    }
    let mut plain = Vec::new();
    let limited = flate2::read::MultiGzDecoder::new(request.body.as_ref()).take(most as u64 + 1);
    std::io::BufReader::new(limited)
        .read_to_end(&mut plain)
        .map_err(|_| (StatusCode::BAD_REQUEST, "the body is no gzip"))?;
    if plain.len() > most { Err(TOO_LARGE) } else { Ok(plain.into()) }
}
