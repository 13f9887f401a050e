//! Memberships, as statements in the order of their names.

use std::borrow::Cow;

use brazeline_kit::json::{Fault, Reader};

use super::fields::Fields;

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

    /// Reads them in place of those that are there. `null` is as good as no member. Without one of `in` and `of` nobody knows whether a name
    /// was left out by intent.
    pub(super) fn fill(&mut self, reader: &mut Reader<'a>) -> Result<(), Fault> {
        const WHAT: &str = "memberships, `in` and `of`";
        self.clear();
        if reader.null()? {
            return Ok(());
        }
        let (mut has_in, mut has_of) = (false, false);
        reader.members(WHAT, |reader, name| {
            has_in |= name == "in";
            has_of |= name == "of";
            self.member(reader, name)
        })?;
        match (has_in, has_of) {
            (true, true) => Ok(()),
            (false, _) => Err(Fault::wrong("without `in`", WHAT)),
            (_, false) => Err(Fault::wrong("without `of`", WHAT)),
        }
    }

    fn member(&mut self, reader: &mut Reader<'a>, name: Cow<'a, str>) -> Result<(), Fault> {
        match &*name {
            "in" => self.names(reader, true)?,
            "of" => self.names(reader, false)?,
            "as_of" => self.as_of = if reader.null()? { None } else { Some(reader.text()?) },
            // It is written here, by who counts.
            "beyond" => drop(reader.value()?),
            _ => self.other.read(reader, name)?,
        }
        Ok(())
    }

    /// A list of names, of all of which the same is said.
    fn names(&mut self, reader: &mut Reader<'a>, is_in: bool) -> Result<(), Fault> {
        reader.elements("a list of audiences' names", |reader| {
            self.statements.push((reader.text()?, is_in));
            Ok(())
        })
    }
}
