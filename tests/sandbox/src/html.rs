//! A plain page that reads well.

use std::fmt::Write as _;

/// How many rows a table shows; all of them are in the JSON.
pub const ROWS: usize = 100;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem;color:#222}\
    table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border-bottom:1px solid #ddd;padding:.3rem .6rem;\
    text-align:left;vertical-align:top}th{background:#f6f6f6}td{overflow-wrap:anywhere}code{background:#f6f6f6}";

/// A whole page around a body.
#[must_use]
pub fn page(title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style>\
         <h1>{title}</h1>{body}</html>\n"
    )
}

/// A table under a heading. Says how many rows there are if it does not show all of them.
#[must_use]
pub fn table(heading: &str, columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>, total: usize) -> String {
    let mut html = format!("<h2>{} ({total})</h2>", escaped(heading));
    if total == 0 {
        return html + "<p>None yet.</p>";
    }
    html += "<table><tr>";
    columns.iter().for_each(|column| push(&mut html, "th", column));
    for row in rows.into_iter().take(ROWS) {
        html += "<tr>";
        row.iter().for_each(|cell| push(&mut html, "td", cell));
    }
    html += "</table>";
    if total > ROWS {
        let _ = write!(html, "<p>The first {ROWS} of {total}; all of them are in <code>/sandbox/state</code>.</p>");
    }
    html
}

fn push(html: &mut String, tag: &str, text: &str) {
    let _ = write!(html, "<{tag}>{}</{tag}>", escaped(text));
}

/// A text that cannot be read as markup.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\'' => safe += "&#39;",
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_escaped_and_says_what_it_leaves_out() {
        let row = |_| vec!["<script>\"a\" & 'b'".to_owned()];
        let html = table("<h>", &["x"], (0..1).map(row), 1);
        assert_eq!(
            html,
            "<h2>&lt;h&gt; (1)</h2><table><tr><th>x</th><tr><td>&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;</td></table>"
        );
        assert!(
            table("h", &["x"], (0..101).map(row), 101)
                .ends_with("first 100 of 101; all of them are in <code>/sandbox/state</code>.</p>")
        );
        assert_eq!(table("h", &["x"], [], 0), "<h2>h (0)</h2><p>None yet.</p>");
    }
}
