//! Whom is an event about, in a form that can be looked up often?
//!
//! Between its arrival and its end an event's key is looked up a dozen times, in the maps of several policies. So it is hashed once, with
//! a seed that nobody outside this process knows, and its text is shared.

use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use rustc_hash::{FxHashMap, FxHashSet};

/// An event's key.
#[derive(Debug, Clone)]
pub struct Key {
    hash: u64,
    text: Arc<str>,
}

/// Something for each of some keys.
pub type KeyMap<V> = FxHashMap<Key, V>;
/// Some keys.
pub type KeySet<'a> = FxHashSet<&'a Key>;

static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self { hash: SEED.hash_one(text), text: text.into() }
    }
}

impl Deref for Key {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && (Arc::ptr_eq(&self.text, &other.text) || self.text == other.text)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, KeyMap};

    #[test]
    fn it_is_the_same_however_it_was_made() {
        let mut map = KeyMap::default();
        for (count, text) in [(1, "external_id:u-1"), (1, "external_id:u-2"), (2, "external_id:u-1"), (1, "")] {
            let counted = map.entry(Key::from(text)).or_insert(0);
            *counted += 1;
            assert_eq!(*counted, count, "{text}");
        }
        assert_eq!(&*Key::from("email:a@x"), "email:a@x");
    }
}
