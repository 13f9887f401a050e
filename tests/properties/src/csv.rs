//! A CSV: every row of it is an event or a rejection, and every cell of an event's row arrives.
//!
//! Which rows and cells there are, another reader says.

use std::collections::BTreeSet;

use braze_ingest::BrazeIngest;
use brazeline_kit::Unread;
use csv::{ByteRecord, ReaderBuilder};
use lytics_ingest::LyticsIngest;
use serde_json::json;

use crate::reading::{Content, same};
use crate::{configure, event};

/// What is put in front of an input, so that it need not begin with a good header to be looked into.
const HEADER: &[u8] = b"braze_id,user_id,note\n";

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

thread_local! {
    static BRAZE: BrazeIngest = configure(json!({ "mode": "file", "format": "csv" }));
    static LYTICS: LyticsIngest = configure(json!({
        "mode": "file", "format": "csv", "audience": "vip", "fields": ["note"], "identifier": { "external_id": "user_id" },
    }));
}

/// See the module.
pub fn holds(input: &[u8]) {
    for file in [input.to_vec(), [HEADER, input].concat()] {
        let rows = rows(&file);
        if let Ok(content) = BRAZE.with(|braze| same(braze, "a.csv", &file)) {
            assert_eq!(content.rows() + 1, rows.len(), "rows, the header among them");
            cells_arrive(&rows[1..], &content);
        }
        if let Ok(content) = LYTICS.with(|lytics| same(lytics, "a.csv", &file)) {
            assert_eq!(content.rows() + 1, rows.len(), "rows, the header among them");
        }
    }
}

/// The rows, as the crate `csv` finds them.
fn rows(file: &[u8]) -> Vec<ByteRecord> {
    let text = file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file);
    // Behind something, a byte order mark is a letter as any other.
    let text = [b"\n", text].concat();
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_slice());
    reader.byte_records().map(|row| row.unwrap_or_else(|error| panic!("{error}"))).collect()
}

fn cells_arrive(rows: &[ByteRecord], content: &Content) {
    let unread: BTreeSet<usize> = content.unread.iter().map(row).collect();
    assert_eq!(unread.len(), content.unread.len(), "a row is unread twice");
    // The header is row 1.
    let read = rows.iter().enumerate().filter(|(index, _)| !unread.contains(&(index + 2)));
    for ((_, row), (key, body)) in read.zip(&content.events) {
        let members = event::members(key, body);
        let attributes = event::object(members["attributes"].get());
        let mut arrived: Vec<String> = attributes
            .values()
            .map(|value| serde_json::from_str(value.get()).unwrap_or_else(|error| panic!("no text ({error}): {value}")))
            .collect();
        let cells = row.iter().filter(|cell| !cell.is_empty()).map(|cell| plain(&String::from_utf8_lossy(cell)));
        let mut sent: Vec<String> = cells.collect();
        arrived.sort_unstable();
        sent.sort_unstable();
        assert_eq!(arrived, sent, "{body}");
    }
}

/// `row 7, byte 900`.
fn row(unread: &Unread) -> usize {
    let number = unread.place.strip_prefix("row ").and_then(|rest| rest.split(',').next());
    number.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no place: {}", unread.place))
}

/// Without the apostrophe that Braze puts in front of formulas.
fn plain(cell: &str) -> String {
    match cell.as_bytes() {
        [b'\'', b'-' | b'=' | b'+' | b'@', ..] => cell[1..].to_owned(),
        _ => cell.to_owned(),
    }
}
