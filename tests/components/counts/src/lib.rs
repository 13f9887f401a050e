//! Counts the events of each person, and tells the count once a batch: `{"count":3}`.
//!
//! It proves the shape of a keyed transform: it remembers from batch to batch, says again what is in doubt, and answers for the absent.

#[cfg(target_family = "wasm")]
mod component;

use brazeline_kit::{Batch, Held, Kept, KeyedOutput, KeyedTransform, Plugin, Problem, Snapshot, Standing, Update};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tag of everybody who was counted.
const SEEN: &str = "seen";

/// There is nothing to choose.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// The transform.
#[derive(Debug)]
pub struct Counts;

impl Plugin for Counts {
    const NAME: &'static str = "counts";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = "Counts events.";
    const STATE_VERSIONS: &'static [u32] = &[1];
    type Settings = Settings;

    fn configure(_settings: Settings) -> Result<Self, Vec<Problem>> {
        Ok(Self)
    }
}

#[derive(Serialize)]
struct Count {
    count: u32,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    restated: bool,
}

impl KeyedTransform for Counts {
    fn transform(&self, batch: &Batch, held: &Held<'_>, snapshot: Option<&Snapshot>, out: &mut KeyedOutput) {
        let learnt_only = snapshot.is_some_and(|snapshot| !snapshot.baseline.is_empty());
        for (place, Kept { key, standing, bytes, .. }) in (0_u32..).zip(&held.keys) {
            let events = batch.iter().zip(&held.key_of).filter(|(_, of)| **of == place).map(|(event, _)| event.index);
            let mut events: Vec<u32> = events.collect();
            let count = count(bytes) + events.len() as u32;
            let told = events.pop_if(|_| !learnt_only);
            events.into_iter().for_each(|index| out.drop(index));
            if let Some(index) = told {
                tell(index, key, Count { count, restated: *standing == Standing::Unsure }, out);
            }
            let bytes = count.to_string().into_bytes();
            out.keep(place, Update::Put { bytes, tags: vec![SEEN.to_owned()], unsure: false });
        }
    }

    fn absent(&self, held: &Held<'_>, snapshot: &Snapshot, out: &mut KeyedOutput) {
        for (place, Kept { key, .. }) in (0_u32..).zip(&held.keys) {
            tell(place, key, Count { count: 0, restated: snapshot.restated }, out);
            out.keep(place, Update::Delete);
        }
    }
}

fn tell(origin: u32, key: &str, count: Count, out: &mut KeyedOutput) {
    if let Err(reason) = out.emit(origin, key, &count) {
        out.reject(origin, reason);
    }
}

/// What is held. Nothing, or what another version wrote and this one cannot read, counts as none.
fn count(held: &[u8]) -> u32 {
    std::str::from_utf8(held).ok().and_then(|text| text.parse().ok()).unwrap_or_default()
}
