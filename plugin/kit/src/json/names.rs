//! Which name comes next?
//!
//! Events of one kind have the same members in the same order. So a name is not read but compared with the one that came here the last time,
//! and what was found out about it then is known at once.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::{Fault, Reader, is_plain};

/// So many names are kept in mind; who has more has names that are data.
const MOST: usize = 1024;

/// A longer one is not kept in mind.
const LONGEST: usize = 256;

/// So many are compared: behind the one that came the last time, those that would have come behind it.
const GUESSES: usize = 3;

/// Names that came, and what is known about each.
#[derive(Debug)]
pub struct Names<T> {
    known: Vec<Known<T>>,
    places: FxHashMap<Box<str>, usize>,
    /// The one that came first the last time.
    first: usize,
}

#[derive(Debug)]
struct Known<T> {
    /// `"plan":`. None for a name that is not written as it is said.
    written: Option<Box<str>>,
    about: T,
    /// The one that came behind it the last time.
    next: usize,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self { known: Vec::new(), places: FxHashMap::default(), first: 0 }
    }
}

/// A member of an object.
#[derive(Debug)]
pub struct Member<'a, 'n, T> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// Where the text of its name begins.
    pub start: usize,
    /// What is known about its name.
    pub about: &'n T,
}

impl<'a> Reader<'a> {
    /// Reads an object as [`members`](Self::members) does, and knows about each name what `learn` said when it came first.
    pub fn known_members<T>(
        &mut self,
        what: &'static str,
        names: &mut Names<T>,
        learn: impl Fn(&str) -> T,
        mut each: impl FnMut(&mut Self, Member<'a, '_, T>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut before = None;
        self.each_member(what, |reader, start| {
            let (name, place) = match names.guess(before, reader.rest()) {
                Some((place, length)) => (reader.skip_name(length)?, Ok(place)),
                None => {
                    let name = reader.name()?;
                    let place = match name.len() {
                        ..=LONGEST => Ok(names.place(before, &name, &learn)),
                        _ => Err(learn(&name)),
                    };
                    (name, place)
                }
            };
            before = place.as_ref().ok().copied().or(before);
            let named = reader.scan.at();
            let about = match &place {
                Ok(place) => &names.known[*place].about,
                Err(about) => about,
            };
            each(reader, Member { name, start, about }).map_err(|fault| fault.within_member(reader.text, named))
        })
    }
}

impl<T> Names<T> {
    /// Which of them stands at the begin of this text, and how long it is with its quotes and colon.
    #[inline]
    fn guess(&self, before: Option<usize>, text: &[u8]) -> Option<(usize, usize)> {
        let mut place = before.map_or(self.first, |before| self.known[before].next);
        for _ in 0..GUESSES {
            let known = self.known.get(place)?;
            match &known.written {
                Some(written) if begins_with(text, written.as_bytes()) => return Some((place, written.len())),
                _ => place = known.next,
            }
        }
        None
    }

    /// Finds a name that came elsewhere, or comes for the first time, and remembers that it came here.
    fn place(&mut self, before: Option<usize>, name: &str, learn: impl Fn(&str) -> T) -> usize {
        let place = match self.places.get(name) {
            Some(place) => *place,
            None => return self.learn(before, name, learn),
        };
        self.follows(before, place);
        place
    }

    fn learn(&mut self, mut before: Option<usize>, name: &str, learn: impl Fn(&str) -> T) -> usize {
        if self.known.len() == MOST {
            *self = Self::default();
            before = None;
        }
        let place = self.known.len();
        let next = before.map_or(self.first, |before| self.known[before].next);
        let written = is_plain(name).then(|| format!("\"{name}\":").into());
        self.known.push(Known { written, about: learn(name), next });
        self.places.insert(name.into(), place);
        self.follows(before, place);
        place
    }

    fn follows(&mut self, before: Option<usize>, place: usize) {
        match before {
            Some(before) => self.known[before].next = place,
            None => self.first = place,
        }
    }
}

/// Whether a text begins with another, eight bytes at once: they are too short for a call.
#[inline]
fn begins_with(text: &[u8], other: &[u8]) -> bool {
    let Some(text) = text.get(..other.len()) else { return false };
    let (mut texts, mut others) = (text.chunks_exact(8), other.chunks_exact(8));
    while let (Some(one), Some(two)) = (texts.next(), others.next()) {
        if one != two {
            return false;
        }
    }
    texts.remainder().iter().zip(others.remainder()).all(|(one, two)| one == two)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::read;

    /// The names of an object, and what was learnt about each.
    fn known(text: &str, names: &mut Names<String>) -> Result<Vec<String>, String> {
        let mut shown = Vec::new();
        read(text, |reader| {
            reader.known_members("an object", names, str::to_uppercase, |reader, member| {
                let Member { name, start, about } = member;
                let value = reader.value()?;
                shown.push(format!("{start} {name} {about} {}", value.get()));
                Ok(())
            })
        })?;
        Ok(shown)
    }

    /// The same of a reader that remembers nothing.
    fn told(text: &str) -> Result<Vec<String>, String> {
        known(text, &mut Names::default())
    }

    const PIECES: &[&str] = &[
        "\"a\"",
        "\"ab\"",
        "\"abcdefg\"",
        "\"abcdefgh\"",
        "\"abcdefghi\"",
        "\"a\\\"\"",
        "\"\\u0061\"",
        "\"\"",
        "\"é\"",
        ":",
        ": ",
        ",",
        " ",
        "{",
        "}",
        "1",
    ];

    proptest! {
        #[test]
        fn what_is_remembered_changes_nothing(
            objects in prop::collection::vec(prop::collection::vec(prop::sample::select(PIECES), 0..9), 1..9),
            members in prop::collection::vec(prop::collection::vec((prop::sample::select(&PIECES[..9]), prop::sample::select(&PIECES[9..11])), 0..9), 0..9),
        ) {
            let mut names = Names::default();
            let written = members.iter().map(|members| {
                let members: Vec<_> = members.iter().map(|(name, colon)| format!("{name}{colon}1")).collect();
                format!("{{{}}}", members.join(", "))
            });
            for text in written.chain(objects.iter().map(|pieces| format!("{{{}", pieces.concat()))) {
                prop_assert_eq!(known(&text, &mut names), told(&text), "{}", text);
            }
        }
    }

    #[test]
    fn a_name_that_is_not_written_as_it_is_said_is_never_guessed() {
        let mut names = Names::default();
        let objects = [r#"{"a\":1,\"b":9}"#, r#"{"a":1,"b":2}"#, r#"{"a\":1,\"b":9}"#];
        let members = objects.map(|text| known(text, &mut names).unwrap().len());
        assert_eq!(members, [1, 2, 1]);
    }

    #[test]
    fn a_name_is_learnt_once_as_long_as_there_are_few() {
        let learnt = std::cell::Cell::new(0);
        let mut names = Names::default();
        let mut read_all = |texts: &[String]| {
            let before = learnt.get();
            for text in texts {
                let read = read(text, |reader| {
                    let learn = |_: &str| learnt.set(learnt.get() + 1);
                    reader.known_members("an object", &mut names, learn, |reader, _| reader.value().map(drop))
                });
                assert_eq!(read, Ok(()));
            }
            learnt.get() - before
        };
        let texts = [r#"{"a":1,"b":2,"c":3}"#, r#"{"c":1,"a":2}"#, r#"{"b":1,"b":2}"#, "{}", r#"{ "a" : 1 }"#]
            .map(String::from);
        assert_eq!((read_all(&texts), read_all(&texts)), (3, 0));
        let many: Vec<String> = (0..3 * MOST).map(|n| format!(r#"{{"n{n}":{n}}}"#)).collect();
        assert_eq!(read_all(&many), 3 * MOST);
        assert!(names.known.len() <= MOST && names.places.len() <= MOST);
        let long = [format!(r#"{{"a":1,"{}":2,"b":3}}"#, "x".repeat(LONGEST + 1))];
        let mut names = Names::default();
        for _ in 0..2 {
            let told = known(&long[0], &mut names);
            assert_eq!(told.as_ref().map(Vec::len), Ok(3));
            assert_eq!(told, self::told(&long[0]));
        }
        assert_eq!(names.known.len(), 2);
    }
}
