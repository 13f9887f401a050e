//! At which address does the outside know a source that is sent to?

use http::Uri;
use serde_json::{Value as Json, json};

use super::fields::Fields;
use super::place::Report;

/// Its key.
pub const PUBLIC_URL: &str = "public_url";
const ABOUT: &str = "The address at which others know it, where a proxy stands before it or a name leads to it: `https://hooks.example.com`. It \
                     changes nothing but what `check` and the log tell to paste.";
const HELP: &str = "write `public_url: \"https://hooks.example.com\"`; the path behind it is the plugin's";

/// Reads it; without a `/` at its end.
pub(super) fn read(fields: &mut Fields<'_>, report: &mut Report) -> Option<String> {
    let text = fields.text(PUBLIC_URL, report)?;
    if is_base(&text.value) {
        return Some(text.value.trim_end_matches('/').to_owned());
    }
    report.error(text.spot, format!("`{PUBLIC_URL}` of {} is no address that others could send to", fields.what), HELP);
    None
}

/// What is sent there has a path and a query of its own, and its credentials are not written down.
fn is_base(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else { return false };
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    let host =
        uri.authority().is_some_and(|authority| !authority.as_str().contains('@') && !authority.host().is_empty());
    is_http && host && uri.query().is_none() && !text.contains('#')
}

/// The key as a property of a JSON Schema.
pub(super) fn property() -> (String, Json) {
    (PUBLIC_URL.to_owned(), json!({ "type": "string", "pattern": "^https?://[^?#@]+$", "description": ABOUT }))
}

#[cfg(test)]
mod tests {
    use super::is_base;

    #[test]
    fn what_others_can_send_to() {
        let good = ["https://hooks.example.com", "https://a.b:8443/in/", "http://10.0.0.1"];
        let bad = [
            "hooks.example.com",
            "https://",
            "ftp://a",
            "https://u:p@a.b",
            "https://a.b/?key=1",
            "https://a.b/#c",
            "https://a b",
            "",
        ];
        good.into_iter().for_each(|text| assert!(is_base(text), "{text}"));
        bad.into_iter().for_each(|text| assert!(!is_base(text), "{text}"));
    }
}
