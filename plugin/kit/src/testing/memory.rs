//! What the host holds for a keyed transform, as far as a test needs it.

use std::collections::BTreeMap;

use super::call::{Events, batch};
use super::show::Show;
use crate::keyed::{Held, Kept, KeyedOutput, KeyedTransform, Snapshot, Standing, Update};

/// State by key, carried from call to call.
#[derive(Debug, Clone, Default)]
pub struct Memory(BTreeMap<String, Row>);

/// What is held about a key.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub key: String,
    pub standing: Standing,
    pub version: u32,
    pub bytes: Vec<u8>,
    pub tags: Vec<String>,
}

impl Row {
    fn none(key: &str) -> Self {
        Self { key: key.to_owned(), standing: Standing::None, version: 0, bytes: Vec::new(), tags: Vec::new() }
    }
}

impl Memory {
    /// Puts what is held about a key in doubt, as a rejection would.
    pub fn doubt(&mut self, key: &str) {
        self.0.entry(key.to_owned()).or_insert_with(|| Row::none(key)).standing = Standing::Unsure;
    }

    /// Something of a key is on its way to the sink, as while that is slow.
    pub fn pending(&mut self, key: &str) {
        self.0.entry(key.to_owned()).or_insert_with(|| Row::none(key)).standing = Standing::Pending;
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
        keys.iter().map(|key| self.0.get(*key).cloned().unwrap_or_else(|| Row::none(key))).collect()
    }

    fn keep<T: KeyedTransform>(&mut self, rows: &[Row], out: &KeyedOutput) {
        let version = T::STATE_VERSIONS.first().copied().unwrap_or_default();
        for (key, update) in &out.changes {
            let key = &rows[*key as usize].key;
            match update {
                Update::Put { bytes, tags, unsure } => {
                    let standing = if *unsure { Standing::Unsure } else { Standing::Known };
                    let (bytes, tags) = (bytes.clone(), tags.clone());
                    self.0.insert(key.clone(), Row { key: key.clone(), standing, version, bytes, tags });
                }
                Update::Delete => drop(self.0.remove(key)),
            }
        }
    }
}

fn held(rows: &[Row], key_of: Vec<u32>) -> Held<'_> {
    let mut held = Held { key_of, ..Held::default() };
    for row in rows {
        let first = held.tags.len();
        held.tags.extend(row.tags.iter().map(String::as_str));
        let tags = first..held.tags.len();
        held.keys.push(Kept { key: &row.key, standing: row.standing, version: row.version, bytes: &row.bytes, tags });
    }
    held
}
