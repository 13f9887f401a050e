//! `keyed-transform`.

use super::batch::text;
use super::{Glue, with};
use crate::bindings::keyed_transform as wit;
use crate::bindings::types::{self, Packed};
use crate::keyed::{Held, Kept, KeyedOutput, KeyedTransform, Snapshot, Standing, Update};

impl<T: KeyedTransform> wit::Guest for Glue<T> {
    fn transform(
        batch: types::Batch,
        key_of: Vec<u32>,
        keys: Packed,
        held: wit::Held,
        snapshot: Option<wit::Snapshot>,
    ) -> wit::KeyedOutput {
        let snapshot = snapshot.map(Snapshot::from);
        look(keys, &held, key_of, |plugin: &T, held, out| {
            plugin.transform(&batch.into(), held, snapshot.as_ref(), out);
        })
    }

    fn absent(keys: Packed, held: wit::Held, snapshot: wit::Snapshot) -> wit::KeyedOutput {
        let snapshot = snapshot.into();
        look(keys, &held, Vec::new(), |plugin: &T, held, out| plugin.absent(held, &snapshot, out))
    }
}

/// Shows the plugin what is held about the keys, and takes what it makes of it.
fn look<T: KeyedTransform>(
    keys: Packed,
    held: &wit::Held,
    key_of: Vec<u32>,
    call: impl FnOnce(&T, &Held<'_>, &mut KeyedOutput),
) -> wit::KeyedOutput {
    let names = text(keys.bytes, "keys");
    let mut out = KeyedOutput::default();
    let held = Held { keys: join(&names, &keys.ends, held), key_of, tags: tags(held) };
    with(|plugin: &T| call(plugin, &held, &mut out));
    out.into()
}

/// The lists of the boundary, side by side.
fn join<'a>(names: &'a str, ends: &[u32], held: &'a wit::Held) -> Vec<Kept<'a>> {
    let names = pieces(ends).map(|range| names.get(range).unwrap_or_default());
    let values = pieces(&held.values.ends).map(|range| held.values.bytes.get(range).unwrap_or_default());
    let standings = held.standings.iter().map(|standing| Standing::from(*standing));
    let versions = held.versions.iter().copied();
    let rows = names.zip(standings).zip(versions).zip(values).zip(pieces(&held.tag_ends));
    let kept = |((((key, standing), version), bytes), tags)| Kept { key, standing, version, bytes, tags };
    rows.map(kept).collect()
}

fn tags(held: &wit::Held) -> Vec<&str> {
    let name = |place: &u32| held.tag_names.get(*place as usize).map(String::as_str).unwrap_or_default();
    held.tags.iter().map(name).collect()
}

fn pieces(ends: &[u32]) -> impl Iterator<Item = std::ops::Range<usize>> {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(ends).map(|(start, end)| start as usize..*end as usize)
}

impl From<wit::Standing> for Standing {
    fn from(standing: wit::Standing) -> Self {
        match standing {
            wit::Standing::None => Self::None,
            wit::Standing::Known => Self::Known,
            wit::Standing::Pending => Self::Pending,
            wit::Standing::Unsure => Self::Unsure,
        }
    }
}

impl From<wit::Snapshot> for Snapshot {
    fn from(snapshot: wit::Snapshot) -> Self {
        Self { scope: snapshot.scope.into(), baseline: snapshot.baseline, restated: snapshot.restated }
    }
}

impl From<Update> for wit::Update {
    fn from(update: Update) -> Self {
        match update {
            Update::Put { bytes, tags, unsure } => Self::Put(wit::Value { bytes, tags, unsure }),
            Update::Delete => Self::Delete,
        }
    }
}

impl From<KeyedOutput> for wit::KeyedOutput {
    fn from(out: KeyedOutput) -> Self {
        let change = |(key, update): (u32, Update)| wit::Change { key, update: update.into() };
        Self { output: out.output.into(), changes: out.changes.into_iter().map(change).collect() }
    }
}
