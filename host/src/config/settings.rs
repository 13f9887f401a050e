//! A node's own settings: what its component reads, and where each value stands in the file.
//!
//! A component speaks of its settings by RFC 6901 pointers; here they become lines and columns.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::place::Spot;
use super::tree::{Entry, Tree, Value};

/// A JSON object whose values have places.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The object.
    pub json: Map<String, Json>,
    /// Where the node begins.
    spot: Spot,
    spots: BTreeMap<String, Spots>,
}

/// Where a member stands.
#[derive(Debug, Clone, Copy)]
struct Spots {
    key: Spot,
    value: Spot,
}

impl Settings {
    pub(super) fn of<'t>(spot: Spot, entries: impl Iterator<Item = &'t Entry>) -> Self {
        let mut settings = Self { json: Map::new(), spot, spots: BTreeMap::new() };
        for entry in entries {
            settings.json.insert(entry.key.clone(), entry.value.to_json());
            settings.note(&format!("/{}", escape(&entry.key)), entry.spot, &entry.value);
        }
        settings
    }

    fn note(&mut self, pointer: &str, key: Spot, tree: &Tree) {
        self.spots.insert(pointer.to_owned(), Spots { key, value: tree.spot });
        match &tree.value {
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.note(&format!("{pointer}/{index}"), item.spot, item);
                }
            }
            Value::Map(entries) => {
                for entry in entries {
                    self.note(&format!("{pointer}/{}", escape(&entry.key)), entry.spot, &entry.value);
                }
            }
            _ => {}
        }
    }

    /// Where the value is that a pointer names. If there is none, a required one that is missing for instance, where the nearest
    /// one around it is.
    #[must_use]
    pub fn value_spot(&self, pointer: &str) -> Spot {
        self.around(pointer).map_or(self.spot, |spots| spots.value)
    }

    /// Where the key of a member is.
    #[must_use]
    pub fn key_spot_of(&self, member: &str) -> Spot {
        self.around(&format!("/{}", escape(member))).map_or(self.spot, |spots| spots.key)
    }

    fn around(&self, mut pointer: &str) -> Option<Spots> {
        loop {
            if let Some(spots) = self.spots.get(pointer) {
                return Some(*spots);
            }
            pointer = pointer.rsplit_once('/')?.0;
        }
    }
}

/// A key as a part of a pointer (RFC 6901, section 3).
pub(super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
