//! Memberships, as statements in the order of their names.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};

use super::fields::{Field, Fields};
use super::in_place::{Fill, Name};

/// *Of* these audiences the person is *in* those, as of then.
#[derive(Debug, Default)]
pub struct Audiences<'a> {
    /// Each audience that it speaks of, and whether the person is in it. In the order of names, each once.
    pub statements: Vec<(Cow<'a, str>, bool)>,
    /// As of then, RFC 3339.
    pub as_of: Option<Cow<'a, str>>,
    /// Members that this version does not know.
    pub other: Fields<'a>,
}

impl<'a> Audiences<'a> {
    pub(super) fn clear(&mut self) {
        self.statements.clear();
        self.as_of = None;
        self.other.0.clear();
    }

    /// Puts the statements in order. Who says `in` and forgets it in `of` means it.
    pub(super) fn order(&mut self) -> Result<(), String> {
        self.statements.sort_unstable_by(|one, other| one.0.cmp(&other.0).then(other.1.cmp(&one.1)));
        self.statements.dedup_by(|next, kept| next.0 == kept.0);
        match self.statements.first() {
            Some((name, _)) if name.is_empty() => Err("/audiences: an audience has no name".to_owned()),
            _ => Ok(()),
        }
    }

    fn member<A: MapAccess<'a>>(&mut self, name: Cow<'a, str>, map: &mut A) -> Result<(), A::Error> {
        match &*name {
            "in" => map.next_value_seed(Names(&mut self.statements, true))?,
            "of" => map.next_value_seed(Names(&mut self.statements, false))?,
            "as_of" => self.as_of = map.next_value::<Option<Name<'a>>>()?.map(|name| name.0),
            // It is written here, by who counts.
            "beyond" => drop(map.next_value::<serde::de::IgnoredAny>()?),
            _ => self.other.0.push(Field { name, value: map.next_value()? }),
        }
        Ok(())
    }
}

impl<'de> Fill<'de> for Audiences<'de> {
    /// `null` is as good as no member.
    fn fill<D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        self.clear();
        deserializer.deserialize_any(AudiencesVisitor(self))
    }
}

struct AudiencesVisitor<'s, 'a>(&'s mut Audiences<'a>);

impl<'de> Visitor<'de> for AudiencesVisitor<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memberships, `in` and `of`")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    /// Without one of `in` and `of` nobody knows whether a name was left out by intent.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut has_in, mut has_of) = (false, false);
        while let Some(Name(name)) = map.next_key()? {
            has_in |= name == "in";
            has_of |= name == "of";
            self.0.member(name, &mut map)?;
        }
        match (has_in, has_of) {
            (false, _) => Err(A::Error::missing_field("in")),
            (_, false) => Err(A::Error::missing_field("of")),
            _ => Ok(()),
        }
    }
}

/// A list of names, of all of which the same is said.
struct Names<'s, 'a>(&'s mut Vec<(Cow<'a, str>, bool)>, bool);

impl<'de> DeserializeSeed<'de> for Names<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Names<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of audiences' names")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = names.next_element()? {
            self.0.push((name, self.1));
        }
        Ok(())
    }
}
