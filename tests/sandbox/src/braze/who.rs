//! Whom is an object about?
//!
//! Contract 1.3: one primary identifier (`external_id`, `user_alias`, `braze_id`), or else a secondary one (`email` before
//! `phone`), which beside a primary one is an ordinary field.

use serde_json::{Map, Value};

use super::limit;
use super::refusal::Refusal;

/// An identifier.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    /// The workspace's own id.
    ExternalId(String),
    /// A name under a label.
    Alias(Alias),
    /// Braze's own id.
    BrazeId(String),
    /// An address, for looking up.
    Email(String),
    /// A number, for looking up.
    Phone(String),
}

/// An alias; both parts are case-sensitive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Alias {
    /// What it is called.
    pub label: String,
    /// The name under this label.
    pub name: String,
}

impl Who {
    /// Takes the identifier out of an object.
    pub fn take(object: &mut Map<String, Value>) -> Result<Self, Refusal> {
        let primaries = ["external_id", "user_alias", "braze_id"];
        match primaries.iter().filter(|key| object.contains_key(**key)).count() {
            0 => Self::secondary(object),
            1 => Self::primary(object),
            _ => Err(Refusal::said("an object has only one of external_id, user_alias and braze_id")),
        }
    }

    fn primary(object: &mut Map<String, Value>) -> Result<Self, Refusal> {
        if let Some(id) = object.remove("external_id") {
            return external_id(id);
        }
        if let Some(alias) = object.remove("user_alias") {
            return alias_of(alias).map(Self::Alias);
        }
        text(object.remove("braze_id"), "braze_id").map(Self::BrazeId)
    }

    fn secondary(object: &mut Map<String, Value>) -> Result<Self, Refusal> {
        if object.contains_key("email") {
            return text(object.remove("email"), "email").map(Self::Email);
        }
        if object.contains_key("phone") {
            return text(object.remove("phone"), "phone").map(Self::Phone);
        }
        Err(Refusal::said("an object needs one of external_id, user_alias, braze_id, email and phone"))
    }

    /// Whether nothing is created for it unless `_update_existing_only` says so.
    #[must_use]
    pub fn is_update_only(&self) -> bool {
        matches!(self, Self::Alias(_))
    }
}

/// Reads `external_id:u-1`, `email:a@example.com` and so on; `alias:label:name` for an alias.
impl std::str::FromStr for Who {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (kind, id) = text.split_once(':').ok_or(())?;
        let id = id.to_owned();
        match kind {
            "external_id" => Ok(Self::ExternalId(id)),
            "braze_id" => Ok(Self::BrazeId(id)),
            "email" => Ok(Self::Email(id)),
            "phone" => Ok(Self::Phone(id)),
            "alias" => {
                let (label, name) = id.split_once(':').ok_or(())?;
                Ok(Self::Alias(Alias { label: label.into(), name: name.into() }))
            }
            _ => Err(()),
        }
    }
}

fn external_id(value: Value) -> Result<Who, Refusal> {
    let id = text(Some(value), "external_id")?;
    if id.len() > limit::EXTERNAL_ID_BYTES {
        return Err(Refusal::coded("EXTERNAL_USER_ID_TOO_LARGE", "external_id must be fewer than 988 bytes"));
    }
    Ok(Who::ExternalId(id))
}

fn alias_of(value: Value) -> Result<Alias, Refusal> {
    let Value::Object(mut alias) = value else { return Err(Refusal::said("user_alias is an object")) };
    let name = text(alias.remove("alias_name"), "alias_name")?;
    let label = text(alias.remove("alias_label"), "alias_label")?;
    Ok(Alias { label, name })
}

fn text(value: Option<Value>, name: &'static str) -> Result<String, Refusal> {
    match value {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        _ => Err(Refusal::said(format!("{name} is a text that is not empty"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(object: Value, expected: &str) {
        let Value::Object(mut map) = object.clone() else { panic!() };
        let said = match Who::take(&mut map) {
            Ok(who) => format!("{who:?}, rest: {:?}", map.keys().collect::<Vec<_>>()),
            Err(refusal) => refusal.code.map_or(refusal.sentence.into_owned(), str::to_owned),
        };
        assert_eq!(said, expected, "{object}");
    }

    #[test]
    fn one_primary_or_a_secondary_identifier() {
        // Contract 1.3.
        let alias = json!({"alias_name": "n", "alias_label": "l"});
        let two = "an object has only one of external_id, user_alias and braze_id";
        let none = "an object needs one of external_id, user_alias, braze_id, email and phone";
        check(json!({"external_id": "u"}), r#"ExternalId("u"), rest: []"#);
        check(json!({"braze_id": "b"}), r#"BrazeId("b"), rest: []"#);
        check(json!({"user_alias": alias}), r#"Alias(Alias { label: "l", name: "n" }), rest: []"#);
        check(json!({"external_id": "u", "email": "e", "phone": "p"}), r#"ExternalId("u"), rest: ["email", "phone"]"#);
        check(json!({"email": "e", "phone": "p"}), r#"Email("e"), rest: ["phone"]"#);
        check(json!({"phone": "p"}), r#"Phone("p"), rest: []"#);
        check(json!({"external_id": "u", "braze_id": "b"}), two);
        check(json!({"external_id": "u", "user_alias": alias}), two);
        check(json!({"user_alias": alias, "braze_id": "b"}), two);
        check(json!({"first_name": "Ann"}), none);
        check(json!({}), none);
        check(json!({"external_id": 7}), "external_id is a text that is not empty");
        check(json!({"external_id": ""}), "external_id is a text that is not empty");
        check(json!({"user_alias": "n"}), "user_alias is an object");
        check(json!({"user_alias": {"alias_name": "n"}}), "alias_label is a text that is not empty");
    }

    #[test]
    fn an_external_id_has_at_most_987_bytes() {
        // Contract 1.3: bytes, not characters.
        let id = |n| json!({"external_id": "é".repeat(n)});
        check(id(493), &format!("ExternalId({:?}), rest: []", "é".repeat(493)));
        check(id(494), "EXTERNAL_USER_ID_TOO_LARGE");
    }

    #[test]
    fn reads_from_text() {
        let alias = Who::Alias(Alias { label: "crm".into(), name: "a:b".into() });
        let table = [
            ("external_id:u:1", Ok(Who::ExternalId("u:1".into()))),
            ("alias:crm:a:b", Ok(alias)),
            ("email:a@example.com", Ok(Who::Email("a@example.com".into()))),
            ("alias:crm", Err(())),
            ("u-1", Err(())),
        ];
        for (text, expected) in table {
            assert_eq!(text.parse::<Who>(), expected, "{text}");
        }
    }
}
