//! What the host holds for a keyed transform, as far as a test needs it.

use std::collections::BTreeMap;

use super::call::{Events, batch};
use super::show::Show;
use crate::keyed::{Held, KeyedOutput, KeyedTransform, Snapshot, Standing, Update};

/// State by key, carried from call to call.
#[derive(Debug, Clone, Default)]
pub struct Memory(BTreeMap<String, (Standing, u32, Vec<u8>)>);

/// A key with what is held about it: name, standing, version, bytes.
pub(super) type Row = (String, Standing, u32, Vec<u8>);

impl Memory {
    /// Puts what is held about a key in doubt, as a rejection would.
    pub fn doubt(&mut self, key: &str) {
        self.0.entry(key.to_owned()).or_insert((Standing::Unsure, 0, Vec::new())).0 = Standing::Unsure;
    }

    /// Calls `transform`, keeps what changes, and shows the answer.
    pub fn transform<T: KeyedTransform>(
        &mut self,
        plugin: &T,
        events: Events<'_>,
        snapshot: Option<&Snapshot>,
    ) -> String {
        let (rows, key_of) = self.of(events);
        let mut out = KeyedOutput::default();
        plugin.transform(&batch(events), &held(&rows, key_of), snapshot, &mut out);
        self.keep::<T>(&rows, &out);
        out.shown()
    }

    /// Calls `absent` for some keys, keeps what changes, and shows the answer.
    pub fn absent<T: KeyedTransform>(&mut self, plugin: &T, keys: &[&str], snapshot: &Snapshot) -> String {
        let rows = self.rows(keys);
        let mut out = KeyedOutput::default();
        plugin.absent(&held(&rows, Vec::new()), snapshot, &mut out);
        self.keep::<T>(&rows, &out);
        out.shown()
    }

    /// The distinct keys of events with what is held, and for each event the place of its key.
    pub(super) fn of(&self, events: Events<'_>) -> (Vec<Row>, Vec<u32>) {
        let mut keys = Vec::new();
        let mut key_of = Vec::new();
        for (key, _) in events {
            let place = keys.iter().position(|known| known == key).unwrap_or_else(|| {
                keys.push(*key);
                keys.len() - 1
            });
            key_of.push(place as u32);
        }
        (self.rows(&keys), key_of)
    }

    pub(super) fn rows(&self, keys: &[&str]) -> Vec<Row> {
        let none = (Standing::None, 0, Vec::new());
        let row = |key: &&str| {
            let (standing, version, bytes) = self.0.get(*key).cloned().unwrap_or_else(|| none.clone());
            ((*key).to_owned(), standing, version, bytes)
        };
        keys.iter().map(row).collect()
    }

    fn keep<T: KeyedTransform>(&mut self, rows: &[Row], out: &KeyedOutput) {
        let version = T::STATE_VERSIONS.first().copied().unwrap_or_default();
        for (key, update) in &out.changes {
            let (name, ..) = &rows[*key as usize];
            match update {
                Update::Put { bytes, unsure, .. } => {
                    let standing = if *unsure { Standing::Unsure } else { Standing::Known };
                    self.0.insert(name.clone(), (standing, version, bytes.clone()));
                }
                Update::Delete => drop(self.0.remove(name)),
            }
        }
    }
}

fn held(rows: &[Row], key_of: Vec<u32>) -> Held<'_> {
    let keys =
        rows.iter().map(|(name, standing, version, bytes)| (name.as_str(), *standing, *version, bytes.as_slice()));
    Held { keys: keys.collect(), key_of }
}
