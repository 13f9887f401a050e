//! What does a webhook send?
//!
//! Key and value pairs of which the composer builds JSON, so every value is a text (contract 6). A value may hold
//! `{{first_name}}`, `{{${first_name}}}` or `{{custom_attribute.${plan}}}`, and a default: `{{city | default: 'nowhere'}}`. What
//! is missing renders empty. This much of Liquid is enough for the bodies of the tests.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The twelve fields of the partner page.
const PROFILE: [&str; 12] = [
    "city",
    "country",
    "first_name",
    "gender",
    "language",
    "last_name",
    "date_of_birth",
    "phone_number",
    "time_zone",
    "twitter_handle",
    "email",
    "braze_id",
];

/// Key and value pairs in which `{{...}}` is filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Body(pub Vec<(String, String)>);

impl Default for Body {
    fn default() -> Self {
        Self::campaign()
    }
}

impl Body {
    /// A profile from a campaign: the twelve fields of the partner page.
    #[must_use]
    pub fn campaign() -> Self {
        Self(PROFILE.map(taken).into())
    }

    /// A profile from a step of a Canvas: the same, and where the person stands.
    #[must_use]
    pub fn canvas_step() -> Self {
        let place = ["canvas_name", "canvas_step_name"].map(taken);
        Self(PROFILE.map(taken).into_iter().chain(place).collect())
    }

    /// An e-mail that was opened.
    #[must_use]
    pub fn email() -> Self {
        Self::activity("email_open", "email")
    }

    /// An SMS that was delivered.
    #[must_use]
    pub fn sms() -> Self {
        Self::activity("sms_delivery", "phone_number")
    }

    /// A push message that was opened.
    #[must_use]
    pub fn push() -> Self {
        Self::activity("push_open", "device_id")
    }

    /// Something that a person did with a message; `address` is where the message went.
    fn activity(kind: &str, address: &str) -> Self {
        let kind = ("activity".to_owned(), kind.to_owned());
        Self(std::iter::once(kind).chain([address, "braze_id", "campaign_name", "time"].map(taken)).collect())
    }

    /// The JSON for one recipient.
    #[must_use]
    pub fn render(&self, recipient: &Map<String, Value>) -> Bytes {
        let pair = |(key, value): &(String, String)| (key.clone(), Value::String(filled(value, recipient)));
        let body: Map<String, Value> = self.0.iter().map(pair).collect();
        Value::Object(body).to_string().into()
    }
}

fn taken(key: &str) -> (String, String) {
    (key.to_owned(), format!("{{{{{key}}}}}"))
}

fn filled(template: &str, recipient: &Map<String, Value>) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, tag)) = rest.split_once("{{") {
        text += before;
        let Some(end) = tag.find("}}") else {
            return text + "{{" + tag;
        };
        // The first of three braces closes `${`.
        let end = if tag[end..].starts_with("}}}") { end + 1 } else { end };
        text += &value(&tag[..end], recipient);
        rest = &tag[end + 2..];
    }
    text + rest
}

fn value(expression: &str, recipient: &Map<String, Value>) -> String {
    let (name, filter) = expression.split_once('|').unwrap_or((expression, ""));
    let name = name.split_once("${").map_or(name, |(_, name)| name.trim_end().trim_end_matches('}')).trim();
    match recipient.get(name) {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        Some(Value::Null | Value::String(_)) | None => default(filter).to_owned(),
        Some(other) => other.to_string(),
    }
}

fn default(filter: &str) -> &str {
    let text = filter.trim().strip_prefix("default:").unwrap_or_default();
    text.trim().trim_matches(['\'', '"'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_in_what_is_there_and_leaves_empty_what_is_not() {
        let recipient = serde_json::from_str(r#"{"first_name":"Ann","n":7,"none":null}"#).unwrap();
        let table = [
            ("plain", "plain"),
            ("{{first_name}}!", "Ann!"),
            ("{{ ${first_name} }}", "Ann"),
            ("{{${first_name}}} and {{${n}}}", "Ann and 7"),
            ("{{custom_attribute.${n}}}", "7"),
            ("[{{city}}{{none}}]", "[]"),
            ("{{${city} | default: 'nowhere'}}", "nowhere"),
            ("{{first_name | default: \"x\"}}", "Ann"),
            ("{{open", "{{open"),
        ];
        for (template, expected) in table {
            assert_eq!(filled(template, &recipient), expected, "{template}");
        }
    }

    #[test]
    fn a_profile_has_the_twelve_fields_of_the_partner_page() {
        let recipient =
            serde_json::from_str(r#"{"city":"AnyTown","phone_number":"5551231234","braze_id":"x\"y"}"#).unwrap();
        let body = String::from_utf8(Body::campaign().render(&recipient).to_vec()).unwrap();
        let expected = r#"{"braze_id":"x\"y","city":"AnyTown","country":"","date_of_birth":"","email":"","first_name":"","gender":"","language":"","last_name":"","phone_number":"5551231234","time_zone":"","twitter_handle":""}"#;
        assert_eq!(body, expected);
    }
}
