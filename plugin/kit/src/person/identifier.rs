//! One identifier, and the key that is made of it.
//!
//! A key names its kind, and everything can be read back from it: a keyed transform that speaks of somebody absent has only the key.
//! `external_id:u-1`, `braze_id:5f..`, `email:a@x`, `phone:+1..`, and `alias:label:name`, both percent-encoded.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Alias;

/// What may stand in an alias's parts as it is. Above all, `:` may not.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The kinds of identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The company's own id.
    ExternalId,
    /// Braze's id.
    BrazeId,
    /// A name under a label.
    Alias,
    /// E-mail address.
    Email,
    /// Phone number.
    Phone,
}

impl Kind {
    /// All of them. The first that a user has names the person: what others also may have comes last.
    pub const ALL: [Self; 5] = [Self::ExternalId, Self::BrazeId, Self::Alias, Self::Email, Self::Phone];

    /// As it stands in keys and settings: `external_id`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExternalId => "external_id",
            Self::BrazeId => "braze_id",
            Self::Alias => "alias",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One identifier of a person. It is never empty when it was made by [`new`](Self::new), [`alias`](Self::alias) or
/// [`from_key`](Self::from_key).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identifier<'a> {
    /// The company's own id.
    ExternalId(Cow<'a, str>),
    /// Braze's id.
    BrazeId(Cow<'a, str>),
    /// A name under a label.
    Alias(Alias<'a>),
    /// E-mail address.
    Email(Cow<'a, str>),
    /// Phone number.
    Phone(Cow<'a, str>),
}

impl<'a> Identifier<'a> {
    /// An identifier that is one value. None if it is empty, and for an alias, which is two.
    pub fn new(kind: Kind, value: impl Into<Cow<'a, str>>) -> Option<Self> {
        let value = value.into();
        match kind {
            _ if value.is_empty() => None,
            Kind::ExternalId => Some(Self::ExternalId(value)),
            Kind::BrazeId => Some(Self::BrazeId(value)),
            Kind::Email => Some(Self::Email(value)),
            Kind::Phone => Some(Self::Phone(value)),
            Kind::Alias => None,
        }
    }

    /// An alias. None if a part is empty.
    pub fn alias(label: impl Into<Cow<'a, str>>, name: impl Into<Cow<'a, str>>) -> Option<Self> {
        let alias = Alias { name: name.into(), label: label.into() };
        (!alias.name.is_empty() && !alias.label.is_empty()).then_some(Self::Alias(alias))
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::ExternalId(_) => Kind::ExternalId,
            Self::BrazeId(_) => Kind::BrazeId,
            Self::Alias(_) => Kind::Alias,
            Self::Email(_) => Kind::Email,
            Self::Phone(_) => Kind::Phone,
        }
    }

    /// The key of an event about this person.
    #[must_use]
    pub fn key(&self) -> String {
        let kind = self.kind().name();
        match self {
            Self::ExternalId(value) | Self::BrazeId(value) | Self::Email(value) | Self::Phone(value) => {
                [kind, ":", value].concat()
            }
            Self::Alias(alias) => format!("{kind}:{}:{}", encode(&alias.label), encode(&alias.name)),
        }
    }

    /// Reads a key back. None if it is no key of ours.
    #[must_use]
    pub fn from_key(key: &'a str) -> Option<Self> {
        let (kind, value) = key.split_once(':')?;
        match Kind::named(kind)? {
            Kind::Alias => {
                let (label, name) = value.split_once(':')?;
                Self::alias(decode(label)?, decode(name)?)
            }
            kind => Self::new(kind, value),
        }
    }
}

fn encode(part: &str) -> impl std::fmt::Display {
    utf8_percent_encode(part, ENCODED)
}

fn decode(part: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(part).decode_utf8().ok()
}

#[cfg(test)]
mod tests {
    use super::super::User;
    use super::*;

    /// Text that has something of everything that could confuse.
    const TEXTS: [&str; 12] =
        ["u-1", ":", "a:b", "::", "%", "%3A", "%zz", "a/b ?&=#", "ä€😀", "\"\\\n\0", " ", "alias:a:b"];

    #[test]
    fn a_key_can_be_read_back() {
        for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Alias) {
            for value in TEXTS {
                check(&Identifier::new(kind, value).unwrap());
            }
        }
        for label in TEXTS {
            for name in TEXTS {
                check(&Identifier::alias(label, name).unwrap());
            }
        }
    }

    fn check(identifier: &Identifier<'_>) {
        let key = identifier.key();
        assert!(key.starts_with(identifier.kind().name()), "{key}");
        assert_eq!(Identifier::from_key(&key).as_ref(), Some(identifier), "{key}");
        let user = User::from(identifier.clone());
        assert_eq!(user.identifier().as_ref(), Some(identifier), "{key}");
        let json = serde_json::to_string(&user).unwrap();
        assert_eq!(serde_json::from_str::<User<'_>>(&json).unwrap(), user, "{json}");
    }

    #[test]
    fn two_aliases_never_share_a_key() {
        let aliases = TEXTS.iter().flat_map(|label| TEXTS.map(|name| (*label, name)));
        let keys: std::collections::BTreeSet<_> =
            aliases.map(|(label, name)| Identifier::alias(label, name).unwrap().key()).collect();
        assert_eq!(keys.len(), TEXTS.len() * TEXTS.len());
    }

    #[test]
    fn what_is_no_key_of_ours_is_nobody() {
        for key in
            ["", ":", "u-1", "id:u-1", "external_id", "external_id:", "alias:a", "alias::b", "alias:a:", "alias:%ff:b"]
        {
            assert_eq!(Identifier::from_key(key), None, "{key}");
        }
    }

    #[test]
    fn the_first_that_is_there_names_the_person() {
        let cases = [
            (
                r#"{"phone":"+1","email":"a@x","alias":{"name":"n","label":"l"},"braze_id":"b","external_id":"u"}"#,
                "external_id:u",
            ),
            (r#"{"phone":"+1","email":"a@x","alias":{"name":"n","label":"l"},"braze_id":"b"}"#, "braze_id:b"),
            (r#"{"phone":"+1","email":"a@x","alias":{"name":"n","label":"l"}}"#, "alias:l:n"),
            (r#"{"phone":"+1","email":"a@x"}"#, "email:a@x"),
            (r#"{"phone":"+1"}"#, "phone:+1"),
            (r#"{"external_id":"","braze_id":null,"alias":{"name":"","label":"l"},"phone":"+1"}"#, "phone:+1"),
        ];
        for (user, key) in cases {
            let user: User<'_> = serde_json::from_str(user).unwrap();
            assert_eq!(user.identifier().unwrap().key(), key);
        }
        assert_eq!(User::default().identifier(), None);
    }
}
