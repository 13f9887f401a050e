//! Reading JSON member by member, each value as the text that it is.
//!
//! What most components do with an event is look at the members of a flat object. serde builds a value of each; this only finds where it ends, in an
//! eighth of the steps, and in WebAssembly that is most of the time that such a component takes. It takes exactly what `serde_json` takes.
//!
//! ```
//! use brazeline_kit::json;
//!
//! let mut plan = None;
//! let read = json::read(r#"{"id":7,"plan":"gold"}"#, |reader| {
//!     reader.members("a person", |reader, name| match &*name {
//!         "plan" => reader.text().map(|text| plan = Some(text)),
//!         _ => reader.value().map(drop),
//!     })
//! });
//! assert_eq!(read, Ok(()));
//! assert_eq!(plan.as_deref(), Some("gold"));
//! ```

mod fault;
mod names;
mod object;
pub(crate) mod scan;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

pub use fault::Fault;
pub use names::{Member, Names};
pub use object::{Object, written_name};

use crate::event::parse;
use scan::Scan;

/// A value, as the text that it is, without white space around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Json<'a>(&'a str);

impl<'a> Json<'a> {
    /// The text.
    #[must_use]
    pub fn get(self) -> &'a str {
        self.0
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// Reads all of a text. An error says where and what, never the data itself.
pub fn read<'a, T>(text: &'a str, read: impl FnOnce(&mut Reader<'a>) -> Result<T, Fault>) -> Result<T, String> {
    let mut reader = Reader { text, scan: Scan::new(text.as_bytes()) };
    let all = read(&mut reader).and_then(|value| if reader.scan.is_at_end() { Ok(value) } else { Err(Fault::Syntax) });
    all.map_err(|fault| match fault {
        Fault::Wrong { .. } => fault.to_string(),
        // Whoever knows more words reads it again.
        Fault::Syntax => parse::<IgnoredAny>(text).err().unwrap_or_else(|| fault.to_string()),
    })
}

/// Whether a text can stand between quotes as it is.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    scan::plain_end(text.as_bytes(), 0) == text.len()
}

/// Where in a text something is being read.
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a str,
    scan: Scan<'a>,
}

impl<'a> Reader<'a> {
    /// Reads an object; `what` says what is expected. For each member `each` is called, in order, and has to read the value.
    pub fn members(
        &mut self,
        what: &'static str,
        mut each: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.each_member(what, |reader, _| {
            let name = reader.name()?;
            let named = reader.scan.at();
            each(reader, name).map_err(|fault| fault.within_member(reader.text, named))
        })
    }

    /// Reads an object. For each member `each` is told where it begins, and has to read it.
    fn each_member(
        &mut self,
        what: &'static str,
        mut each: impl FnMut(&mut Self, usize) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.expect(b'{', what)?;
        if self.scan.takes(b'}') {
            return Ok(());
        }
        loop {
            self.scan.peek();
            let start = self.scan.at();
            each(self, start)?;
            match self.scan.next() {
                Some(b',') => {}
                Some(b'}') => return Ok(()),
                _ => return Err(Fault::Syntax),
            }
        }
    }

    /// Reads a list; `what` says what is expected. For each element `each` is called, in order, and has to read it.
    pub fn elements(
        &mut self,
        what: &'static str,
        mut each: impl FnMut(&mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.expect(b'[', what)?;
        if self.scan.takes(b']') {
            return Ok(());
        }
        for place in 0_usize.. {
            each(self).map_err(|fault| fault.within(&place.to_string()))?;
            match self.scan.next() {
                Some(b',') => {}
                Some(b']') => break,
                _ => return Err(Fault::Syntax),
            }
        }
        Ok(())
    }

    /// How many bytes were read.
    #[must_use]
    pub fn at(&self) -> usize {
        self.scan.at()
    }

    /// Reads any value.
    pub fn value(&mut self) -> Result<Json<'a>, Fault> {
        self.text_of(|reader| reader.scan.value()).map(|(text, ())| text)
    }

    /// Reads something, and gives its text, too.
    pub fn text_of<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<(Json<'a>, T), Fault> {
        self.scan.peek();
        let start = self.scan.at();
        let value = read(self)?;
        let text = self.text.get(start..self.scan.at()).ok_or(Fault::Syntax)?;
        Ok((Json(text), value))
    }

    /// Reads a value, and what can be made of it.
    pub fn attempt<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<(Json<'a>, Option<T>), Fault> {
        self.scan.peek();
        let start = self.scan.at();
        match self.text_of(read) {
            Ok((text, value)) => Ok((text, Some(value))),
            Err(_) => {
                self.scan.go_to(start);
                self.value().map(|text| (text, None))
            }
        }
    }

    /// Reads an object, whatever its members are.
    pub fn object(&mut self) -> Result<Json<'a>, Fault> {
        match self.scan.peek() {
            Some(b'{') => self.value(),
            _ => Err(self.wrong("an object")),
        }
    }

    /// Reads any value; none if it is `null`.
    pub fn some(&mut self) -> Result<Option<Json<'a>>, Fault> {
        self.value().map(|value| (value.get() != "null").then_some(value))
    }

    /// Reads a text.
    pub fn text(&mut self) -> Result<Cow<'a, str>, Fault> {
        if self.scan.peek() != Some(b'"') {
            return Err(self.wrong("a string"));
        }
        self.string()
    }

    /// Reads `true` or `false`.
    pub fn boolean(&mut self) -> Result<bool, Fault> {
        match self.scan.peek() {
            Some(b't' | b'f') => Ok(self.value()?.get() == "true"),
            _ => Err(self.wrong("a boolean")),
        }
    }

    /// Reads `null`, if that is what comes.
    pub fn null(&mut self) -> Result<bool, Fault> {
        match self.scan.peek() {
            Some(b'n') => self.scan.value().map(|()| true),
            _ => Ok(false),
        }
    }

    fn name(&mut self) -> Result<Cow<'a, str>, Fault> {
        if self.scan.peek() != Some(b'"') {
            return Err(Fault::Syntax);
        }
        let name = self.string()?;
        if self.scan.takes(b':') { Ok(name) } else { Err(Fault::Syntax) }
    }

    /// Reads a name of so many bytes, with its quotes and colon, that is known to stand here.
    #[inline]
    fn skip_name(&mut self, length: usize) -> Result<Cow<'a, str>, Fault> {
        let start = self.scan.at();
        self.scan.go_to(start + length);
        self.text.get(start + 1..start + length - 2).map(Cow::Borrowed).ok_or(Fault::Syntax)
    }

    /// What is not read yet.
    #[inline]
    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.scan.at()..]
    }

    /// A text without escapes is borrowed, and needs none when it is written.
    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        let start = self.scan.at();
        let has_escapes = self.scan.string()?;
        let quoted = self.text.get(start..self.scan.at()).ok_or(Fault::Syntax)?;
        match has_escapes {
            true => serde_json::from_str(quoted).map(Cow::Owned).map_err(|_| Fault::Syntax),
            false => quoted.get(1..quoted.len() - 1).map(Cow::Borrowed).ok_or(Fault::Syntax),
        }
    }

    fn expect(&mut self, first: u8, what: &'static str) -> Result<(), Fault> {
        if self.scan.takes(first) { Ok(()) } else { Err(self.wrong(what)) }
    }

    /// What to say of a value that is of another kind than `expected`.
    fn wrong(&mut self, expected: &'static str) -> Fault {
        let found = match self.scan.peek() {
            Some(b'"') => "a string",
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            Some(b't' | b'f') => "a boolean",
            Some(b'n') => "null",
            Some(b'-' | b'0'..=b'9') => "a number",
            _ => return Fault::Syntax,
        };
        // If it is none of what it looks like, that is what is wrong.
        self.scan.value().map_or(Fault::Syntax, |()| Fault::wrong(found, expected))
    }
}

/// The members of an object, in order, each value as the text it came in.
#[derive(Debug, Default)]
pub struct Members<'a>(pub Vec<(Cow<'a, str>, Json<'a>)>);

impl<'a> Members<'a> {
    /// Reads them.
    pub fn read(reader: &mut Reader<'a>) -> Result<Self, Fault> {
        // Most objects have fewer members, and growing from nothing copies them four times.
        let mut members = Vec::with_capacity(24);
        reader.members("an object", |reader, name| {
            members.push((name, reader.value()?));
            Ok(())
        })?;
        Ok(Self(members))
    }

    /// The value of a member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Json<'a>> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }
}
