//! Which events stand behind an object of a request?
//!
//! `settle` may meet another instance than `prepare`, so the answer travels with the request.

use std::fmt::Write as _;

use crate::action::Array;

/// A range of a request's events, by their place in it: the first, and how many.
pub type Behind = (u32, u32);

/// For each object of a request, in the order of its array, the events behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The arrays that the request has.
    pub arrays: Vec<(Array, Vec<Behind>)>,
}

impl Context {
    /// As text: `events 0 0 1+3;purchases 4` says that event 0 is behind the first two events, and 1, 2 and 3 behind the third.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (array, objects) in &self.arrays {
            text.push_str(if text.is_empty() { "" } else { ";" });
            text.push_str(array.name());
            for (first, count) in objects {
                // A `String` takes everything.
                let _ = if *count == 1 { write!(text, " {first}") } else { write!(text, " {first}+{count}") };
            }
        }
        text
    }

    /// Reads what [`Context::to_text`] wrote. What is none says nothing.
    #[must_use]
    pub fn read(text: &[u8]) -> Self {
        let text = std::str::from_utf8(text).unwrap_or_default();
        Self { arrays: text.split(';').map_while(section).collect() }
    }

    /// The events behind an object. `array` may be missing where the request has only one.
    #[must_use]
    pub fn behind(&self, array: Option<&str>, index: usize) -> Option<Behind> {
        let objects = match array {
            Some(name) => self.arrays.iter().find(|(array, _)| array.name() == name).map(|(_, objects)| objects),
            None if self.arrays.len() == 1 => self.arrays.first().map(|(_, objects)| objects),
            None => None,
        };
        objects?.get(index).copied()
    }

    /// The events behind the request's object, if it has only one.
    #[must_use]
    pub fn only(&self) -> Option<Behind> {
        let mut all = self.arrays.iter().flat_map(|(_, objects)| objects);
        all.next().copied().filter(|_| all.next().is_none())
    }
}

fn section(text: &str) -> Option<(Array, Vec<Behind>)> {
    let mut words = text.split(' ');
    let name = words.next()?;
    let array = Array::ALL.into_iter().find(|array| array.name() == name)?;
    Some((array, words.map(behind).collect::<Option<_>>()?))
}

fn behind(word: &str) -> Option<Behind> {
    let (first, count) = word.split_once('+').unwrap_or((word, "1"));
    Some((first.parse().ok()?, count.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_travels_as_text() {
        let context = Context {
            arrays: vec![(Array::Events, vec![(0, 1), (0, 1), (1, 70_000)]), (Array::Purchases, vec![(2, 1)])],
        };
        assert_eq!(context.to_text(), "events 0 0 1+70000;purchases 2");
        assert_eq!(Context::read(context.to_text().as_bytes()), context);
        for foreign in ["", "events x", "events 0+", "others 0", "events -1"] {
            assert_eq!(Context::read(foreign.as_bytes()), Context::default(), "{foreign}");
        }
    }

    #[test]
    fn an_object_is_found() {
        let one = Context { arrays: vec![(Array::Attributes, vec![(0, 2), (2, 1)])] };
        let two = Context { arrays: vec![(Array::Events, vec![(0, 1)]), (Array::Purchases, vec![(1, 1)])] };
        let table = [
            (&one, Some("attributes"), 1, Some((2, 1))),
            (&one, None, 0, Some((0, 2))),
            (&one, None, 2, None),
            (&one, Some("events"), 0, None),
            (&two, Some("purchases"), 0, Some((1, 1))),
            (&two, None, 0, None),
        ];
        for (context, array, index, expected) in table {
            assert_eq!(context.behind(array, index), expected, "{array:?} {index}");
        }
    }
}
