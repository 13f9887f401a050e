//! Whom is an object about?
//!
//! About whom its event's key says. Braze takes one primary identifier in an object (external id, alias or Braze's own id) and refuses
//! an object with two; without one it looks the person up by `email`, and by `phone` only where there is no `email`.

use std::borrow::Cow;

use brazeline_kit::person::{self, Kind};

use crate::attribute::Role;
use crate::limits;
use crate::text::write_string;
use crate::update::Update;

/// The member that keeps Braze from creating a profile.
pub const UPDATE_ONLY: &str = "_update_existing_only";

/// Whom an object is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// By what.
    pub kind: Kind,
    /// The object's first member: `"external_id":"u-1"`.
    pub member: String,
}

impl Identifier {
    /// Reads it from an event's key. None if the key is of a kind that Braze does not know.
    pub fn of_key(key: &str) -> Option<Result<Self, String>> {
        person::Identifier::from_key(key).map(|identifier| Self::written(&identifier))
    }

    /// Reads it from an event's body.
    pub fn of_user(update: &Update<'_>) -> Result<Self, String> {
        let user = update.user()?.unwrap_or_default();
        let identifier = user.identifier();
        Self::written(&identifier.ok_or("neither the key nor `user` says whom it is about; `map-fields` can set both")?)
    }

    /// Whether Braze would read a profile's attribute as whom the object is about.
    #[must_use]
    pub fn conflicts(&self, attribute: Role) -> bool {
        match attribute {
            Role::Email => matches!(self.kind, Kind::Email | Kind::Phone),
            Role::Phone => self.kind == Kind::Phone,
            Role::Primary => true,
            _ => false,
        }
    }

    fn written(identifier: &person::Identifier<'_>) -> Result<Self, String> {
        use person::Identifier::{Alias, BrazeId, Email, ExternalId, Phone};
        let member = match identifier {
            ExternalId(id) if id.len() > limits::EXTERNAL_ID_BYTES => return Err(too_long(id)),
            ExternalId(value) | BrazeId(value) | Email(value) | Phone(value) => {
                members(&[(identifier.kind().name(), value)])
            }
            Alias(alias) => {
                let members = members(&[("alias_name", &alias.name), ("alias_label", &alias.label)]);
                format!(r#""user_alias":{{{members}}}"#)
            }
        };
        Ok(Self { kind: identifier.kind(), member })
    }
}

fn too_long(id: &str) -> String {
    format!("`external_id` has {} bytes; Braze allows {}", id.len(), limits::EXTERNAL_ID_BYTES)
}

/// Whether Braze reads a member of this name, of any object, as whom the object is about.
#[must_use]
pub fn is_primary(name: &str) -> bool {
    matches!(name, "external_id" | "user_alias" | "braze_id" | "alias_name" | "alias_label")
}

fn members(texts: &[(&str, &Cow<'_, str>)]) -> String {
    let mut out = Vec::with_capacity(64);
    for (name, text) in texts {
        out.extend_from_slice(if out.is_empty() { b"\"" } else { b",\"" });
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\":");
        write_string(text, &mut out);
    }
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::Known;

    fn read(key: &str, body: &str) -> String {
        let settings = serde_json::from_str("{}").unwrap();
        let update = Update::of(body, &mut Known::new(&settings)).unwrap();
        match Identifier::of_key(key).unwrap_or_else(|| Identifier::of_user(&update)) {
            Ok(identifier) => identifier.member,
            Err(reason) => format!("error: {reason}"),
        }
    }

    #[test]
    fn an_object_has_one_identifier() {
        let user = r#"{"user":{"external_id":"u-1","email":"a@x","alias":{"name":"n\"1","label":"l"}}}"#;
        let table = [
            ("external_id:u:1", user, r#""external_id":"u:1""#),
            ("braze_id:b", user, r#""braze_id":"b""#),
            ("email:a@\"x", user, r#""email":"a@\"x""#),
            ("phone:+1", user, r#""phone":"+1""#),
            ("alias:l%3A:n%221", user, r#""user_alias":{"alias_name":"n\"1","alias_label":"l:"}"#),
            // A key of another kind leaves it to the body.
            ("row 7", user, r#""external_id":"u-1""#),
            ("row 7", r#"{"user":{"phone":"1"}}"#, r#""phone":"1""#),
            ("row 7", "{}", "error: neither the key nor `user` says whom it is about; `map-fields` can set both"),
            ("email:", user, r#""external_id":"u-1""#),
            (
                "row 7",
                r#"{"user":{"alias":{"name":"n\"1","label":"l"}}}"#,
                r#""user_alias":{"alias_name":"n\"1","alias_label":"l"}"#,
            ),
        ];
        for (key, body, expected) in table {
            assert_eq!(read(key, body), expected, "{key} {body}");
        }
        let key = |bytes: usize| format!("external_id:{}", "é".repeat(bytes / 2) + &"x".repeat(bytes % 2));
        assert!(read(&key(987), "{}").starts_with("\"external_id\""));
        assert_eq!(read(&key(988), "{}"), "error: `external_id` has 988 bytes; Braze allows 987");
    }

    #[test]
    fn an_attribute_never_says_whom_an_object_is_about() {
        // (kind, whether one that names somebody, `email`, `phone` and any other conflict)
        let table = [
            (Kind::ExternalId, [true, false, false, false]),
            (Kind::Alias, [true, false, false, false]),
            (Kind::Email, [true, true, false, false]),
            (Kind::Phone, [true, true, true, false]),
        ];
        for (kind, expected) in table {
            let identifier = Identifier { kind, member: String::new() };
            assert_eq!(
                [Role::Primary, Role::Email, Role::Phone, Role::Plain].map(|role| identifier.conflicts(role)),
                expected,
                "{kind:?}"
            );
        }
    }
}
