//! Which requests does a batch become?
//!
//! First profiles, then what persons did and bought, as Braze itself does within a request.

use std::collections::BTreeSet;

use brazeline_kit::{Batch, Outgoing, Prepared, Rejection};

use crate::action::Array;
use crate::attribute::Known;
use crate::pack::{Bundle, Lane, Pack};
use crate::people::{Deeds, People, too_large};
use crate::person::{Profile, write_action};
use crate::settings::Settings;

/// See the module.
#[must_use]
pub fn prepare(settings: &Settings, batch: &Batch) -> Prepared {
    let (mut people, mut known) = (People::default(), Known::new(settings));
    let mut prepared = Prepared::default();
    for event in batch.iter() {
        if let Err(reason) = people.take(&event, &mut known, settings) {
            prepared.rejections.push(Rejection { index: event.index, reason });
        }
    }
    // What is increments alone comes behind the rest of its round; a person has one profile in a round.
    people.profiles.sort_by_key(lane);
    for profiles in people.profiles.chunk_by(|a, b| lane(a) == lane(b)) {
        let requests = pack_profiles(profiles, &people, settings, &mut prepared.rejections);
        prepared.requests.extend(requests);
    }
    let rejected: BTreeSet<u32> = prepared.rejections.iter().map(|rejection| rejection.index).collect();
    let deeds = people.deeds.iter().filter(|deeds| !rejected.contains(&deeds.event));
    prepared.requests.extend(pack_deeds(deeds, &people, settings));
    prepared.left_out = people.left_out.into_iter().filter(|one| !rejected.contains(&one.index)).collect();
    prepared
}

fn lane(profile: &Profile<'_>) -> (u32, bool) {
    (profile.round, profile.increments)
}

fn pack_profiles(
    profiles: &[Profile<'_>],
    people: &People<'_>,
    settings: &Settings,
    rejections: &mut Vec<Rejection>,
) -> Vec<Outgoing> {
    let repeatable = !profiles.iter().any(|profile| profile.increments);
    // Without any rest a request of increments would look like one of events, and the host tells them apart when it takes one apart.
    let mut pack = Pack::new(settings, Lane { repeatable, rest_ms: settings.rest_ms.max(1) });
    let mut bundle = Bundle::default();
    for profile in profiles {
        bundle.clear();
        profile.write(&people.persons[profile.person].identifier.member, settings, &mut bundle.json);
        bundle.end(Array::Attributes);
        if bundle.json.len() > settings.object_bytes() {
            let reason = too_large(Array::Attributes, settings);
            rejections.extend(profile.events.iter().map(|index| Rejection { index: *index, reason: reason.clone() }));
        } else {
            pack.add(&bundle, profile.person, &profile.events);
        }
    }
    pack.finish()
}

fn pack_deeds<'a>(
    deeds: impl Iterator<Item = &'a Deeds<'a>>,
    people: &People<'_>,
    settings: &Settings,
) -> Vec<Outgoing> {
    let mut pack = Pack::new(settings, Lane { repeatable: false, rest_ms: 0 });
    let mut bundle = Bundle::default();
    for deed in deeds {
        bundle.clear();
        for action in &deed.actions {
            write_action(action, &people.persons[deed.person].identifier.member, settings, &mut bundle.json);
            bundle.end(action.array);
        }
        pack.add(&bundle, deed.person, &[deed.event]);
    }
    pack.finish()
}

#[cfg(test)]
mod tests;
