//! What stands in a cell?
//!
//! What was in Braze, but for an apostrophe that Braze puts in front of text that a spreadsheet would take for a formula.

use brazeline_kit::append::append;

/// Braze puts an apostrophe in front of what begins with one of these ("Export troubleshooting", read 2026-11-23).
const FORMULA: [char; 4] = ['-', '=', '+', '@'];

/// A cell without that apostrophe. Any other is a company's own; only text that itself began with an apostrophe and one of those
/// letters cannot be told from it.
#[must_use]
#[inline]
pub fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| text.starts_with(FORMULA)).unwrap_or(cell)
}

/// Adds a text as JSON. `is_plain`: it is known to need no escapes.
pub fn write(text: &str, is_plain: bool, json: &mut Vec<u8>) {
    if is_plain || brazeline_kit::json::is_plain(text) {
        json.push(b'"');
        append(json, text.as_bytes());
        json.push(b'"');
    } else {
        append(json, serde_json::Value::from(text).to_string().as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_apostrophe_is_taken_off_where_braze_puts_it() {
        let table = [
            ("'+15551234", "+15551234"),
            ("'-5", "-5"),
            ("'=a", "=a"),
            ("'@home", "@home"),
            ("'", "'"),
            ("''+1", "''+1"),
            ("'t", "'t"),
            ("'5", "'5"),
            ("' +1", "' +1"),
            ("+1", "+1"),
            ("o'-x", "o'-x"),
            ("", ""),
        ];
        for (cell, expected) in table {
            assert_eq!(plain(cell), expected, "{cell}");
        }
    }
}
