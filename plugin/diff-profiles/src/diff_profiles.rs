//! The keyed transform.

use brazeline_kit::{Batch, Held, KeyedOutput, KeyedTransform, Plugin, Problem, Snapshot};

use crate::absent::absent;
use crate::look::Look;
use crate::settings::Settings;
use crate::state::{State, VERSION, VERSION_BEFORE};
use crate::work::Work;

/// The transform.
#[derive(Debug)]
pub struct DiffProfiles(Settings);

impl Plugin for DiffProfiles {
    const NAME: &'static str = "diff-profiles";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = "Remembers what the sink was told about each person, and passes on only what changed: audiences and attributes.";
    const STATE_VERSIONS: &'static [u32] = &[VERSION, VERSION_BEFORE];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
        let problems = settings.problems();
        if problems.is_empty() { Ok(Self(settings)) } else { Err(problems) }
    }
}

impl KeyedTransform for DiffProfiles {
    fn transform(&self, batch: &Batch, held: &Held<'_>, snapshot: Option<&Snapshot>, out: &mut KeyedOutput) {
        let look = Look::new(snapshot);
        let mut work = Work::new(&self.0, &look, held);
        for (event, key) in batch.iter().zip(&held.key_of) {
            match work.event(event, *key) {
                Ok(bodies) if bodies.is_empty() => out.drop(event.index),
                Ok(bodies) => bodies.iter().for_each(|body| out.emit_json(event.index, event.key, body)),
                Err(reason) => out.reject(event.index, reason),
            }
        }
        work.changed.into_iter().for_each(|(key, state)| out.keep(key, state.put()));
    }

    fn absent(&self, held: &Held<'_>, snapshot: &Snapshot, out: &mut KeyedOutput) {
        let look = Look::new(Some(snapshot));
        let mut state = State::default();
        for (place, kept) in (0_u32..).zip(&held.keys) {
            state.read(kept, held.tags(kept));
            let mut after = state.clone();
            match absent(kept, &look, &mut after) {
                Ok(Some(body)) => out.emit_json(place, kept.key, &body),
                Ok(None) => out.drop(place),
                Err(reason) => {
                    out.reject(place, reason);
                    continue;
                }
            }
            if after != state {
                out.keep(place, after.put());
            }
        }
    }
}

#[cfg(test)]
mod tests;
