//! JSON lines: every line that is not blank is an event or a rejection.

use braze_ingest::BrazeIngest;
use lytics_ingest::LyticsIngest;
use serde_json::json;

use crate::configure;
use crate::reading::same;

thread_local! {
    static BRAZE: BrazeIngest = configure(json!({ "mode": "file", "format": "json_lines" }));
    static LYTICS: LyticsIngest = configure(json!({
        "mode": "file", "format": "json_lines", "identifier": { "external_id": "user_id" }, "fields": ["city"],
        "audiences": ["vip", "lapsed"], "audiences_column": "segments",
    }));
}

/// See the module.
pub fn holds(input: &[u8]) {
    let lines = lines(input);
    if let Ok(content) = BRAZE.with(|braze| same(braze, "a.json", input)) {
        assert_eq!(content.rows(), lines, "lines that are not blank");
    }
    if let Ok(content) = LYTICS.with(|lytics| same(lytics, "a.json", input)) {
        assert_eq!(content.rows(), lines, "lines that are not blank");
    }
}

/// How many are not blank.
fn lines(file: &[u8]) -> usize {
    let text = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let is_blank = |line: &&[u8]| std::str::from_utf8(line).is_ok_and(|line| line.trim().is_empty());
    text.split(|byte| *byte == b'\n').filter(|line| !is_blank(line)).count()
}
