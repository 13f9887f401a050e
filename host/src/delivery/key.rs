//! Whom is an event about, in a form that can be looked up often?
//!
//! Between its arrival and its end an event's key is looked up a dozen times, by several policies. So its text is looked at once: for as
//! long as anything of it waits or is in flight, a key has a number. Of those that only rest there are many, and they leave [`Traces`](Trace).

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::{Arc, LazyLock};

use rustc_hash::{FxHashMap, FxHashSet};

/// A key's number in the table that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u32);

/// What is left of a key that has no number: enough to know it again. That two keys leave the same one would have to be tried for years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Trace(u64);

#[cfg(test)]
impl Key {
    /// For tests of what only compares keys.
    pub const fn letter(letter: char) -> Self {
        Self(letter as u32)
    }

    /// The letter.
    pub fn shown(self) -> char {
        char::from_u32(self.0).unwrap_or('?')
    }
}

/// Some keys.
pub type KeySet = FxHashSet<Key>;

/// Something for each of some keys, which have a number for as long as they are in it.
#[derive(Debug)]
pub struct KeyTable<V> {
    numbers: FxHashMap<Name, Key>,
    rows: Vec<Option<(Name, V)>>,
    /// Numbers of keys that are gone.
    unused: Vec<Key>,
}

impl<V> Default for KeyTable<V> {
    fn default() -> Self {
        Self { numbers: FxHashMap::default(), rows: Vec::new(), unused: Vec::new() }
    }
}

impl<V> KeyTable<V> {
    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// A key's number. What is held for one that is new is made, of its number and the trace that it left.
    pub fn number(&mut self, text: &str, make: impl FnOnce(Key, Trace) -> V) -> Key {
        let name = Name::new(text);
        if let Some(key) = self.numbers.get(&name) {
            return *key;
        }
        let key = self.unused.pop().unwrap_or_else(|| {
            self.rows.push(None);
            Key((self.rows.len() - 1) as u32)
        });
        self.rows[key.0 as usize] = Some((name.clone(), make(key, Trace(name.hash))));
        self.numbers.insert(name, key);
        key
    }

    /// What is held for a key.
    pub fn get(&self, key: Key) -> Option<&V> {
        self.rows.get(key.0 as usize)?.as_ref().map(|(_, value)| value)
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, key: Key) -> Option<&mut V> {
        self.rows.get_mut(key.0 as usize)?.as_mut().map(|(_, value)| value)
    }

    /// A key that nobody asks for any more leaves this. Its number is given to another.
    pub fn remove(&mut self, key: Key) -> Option<Trace> {
        let (name, _) = self.rows.get_mut(key.0 as usize)?.take()?;
        self.numbers.remove(&name);
        self.unused.push(key);
        Some(Trace(name.hash))
    }
}

/// A key's text, which is hashed once, with a seed that nobody outside this process knows.
#[derive(Debug, Clone, Eq)]
struct Name {
    hash: u64,
    text: Arc<str>,
}

static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl Name {
    fn new(text: &str) -> Self {
        Self { hash: SEED.hash_one(text), text: text.into() }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && (Arc::ptr_eq(&self.text, &other.text) || self.text == other.text)
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

#[cfg(test)]
mod tests {
    use super::KeyTable;

    #[test]
    fn a_key_keeps_its_number_while_it_is_there() {
        let (mut table, mut traces) = (KeyTable::default(), Vec::new());
        let mut number = |table: &mut KeyTable<String>, text: &str, held: &str| {
            table.number(text, |key, trace| {
                traces.push((key, trace));
                held.to_owned()
            })
        };
        let [a, b] = ["a", "b"].map(|text| number(&mut table, text, text));
        assert_eq!((number(&mut table, "a", ""), number(&mut table, "b", "")), (a, b));
        assert_eq!(table.get(a).map(String::as_str), Some("a"));
        let left = table.remove(a).unwrap();
        assert_eq!(table.remove(a), None);
        assert_eq!(table.get(a), None);
        assert_eq!(table.get_mut(b).map(|held| held.as_str()), Some("b"));
        assert_eq!(number(&mut table, "c", "c"), a, "a number that is free is given again");
        let again = number(&mut table, "a", "new");
        assert!(again != a && again != b);
        assert_eq!(table.get(again).map(String::as_str), Some("new"));
        for key in [a, b, again] {
            table.remove(key);
        }
        assert!(table.is_empty());
        let [(_, of_a), (_, of_b), (_, of_c), last] = traces[..] else { panic!("four keys were new: {traces:?}") };
        assert_eq!(last, (again, of_a), "a key is known again by what it left");
        assert!(left == of_a && of_a != of_b && of_a != of_c && of_b != of_c);
    }
}
