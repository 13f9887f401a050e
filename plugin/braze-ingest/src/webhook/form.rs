//! What does a form say?
//!
//! The marketer can choose to send one instead of JSON. Its fields are text; of a name that comes twice the last counts.

use serde_json::{Map, Value};

/// Whether a body of this content type is a form.
#[must_use]
pub fn is_form(content_type: Option<&str>) -> bool {
    let media_type = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The form as a JSON object.
#[must_use]
pub fn to_json(body: &[u8]) -> String {
    let fields =
        form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())));
    Value::Object(fields.collect::<Map<_, _>>()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_becomes_an_object() {
        let table = [
            ("braze_id=x&first_name=Ann+Lee", r#"{"braze_id":"x","first_name":"Ann Lee"}"#),
            ("a=%C3%BC%22&b=&c", r#"{"a":"ü\"","b":"","c":""}"#),
            ("a=1&a=2", r#"{"a":"2"}"#),
            ("a=%ff%zz", "{\"a\":\"\u{fffd}%zz\"}"),
            ("", "{}"),
        ];
        for (body, expected) in table {
            assert_eq!(to_json(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn a_form_says_that_it_is_one() {
        let table = [
            (Some("application/x-www-form-urlencoded"), true),
            (Some("Application/X-WWW-Form-Urlencoded; charset=utf-8"), true),
            (Some("application/json"), false),
            (None, false),
        ];
        for (content_type, expected) in table {
            assert_eq!(is_form(content_type), expected, "{content_type:?}");
        }
    }
}
