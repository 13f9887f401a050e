//! Which attributes does the sink hold with another value, or not at all?

use std::collections::BTreeSet;

use crate::age::Age;
use crate::hash::attribute;
use crate::learnt::{Finding, finding};
use crate::state::State;
use crate::update::Fields;

/// Whether there are any, or any that change what is held.
#[must_use]
pub fn any_changed(fields: &Fields<'_>, age: Age, window_ms: u64, state: &State<'_>) -> bool {
    fields.0.iter().any(|field| finding(field, age, window_ms, state) != Finding::Known)
}

/// Those, which the state holds from now on. Of a name that stands there twice, the last value counts, as in any JSON.
pub fn changed<'a>(fields: &Fields<'a>, age: Age, window_ms: u64, state: &mut State<'_>) -> Fields<'a> {
    let mut seen = BTreeSet::new();
    let mut changed = Vec::new();
    for field in fields.0.iter().rev().filter(|field| seen.insert(&*field.name)) {
        let finding = finding(field, age, window_ms, state);
        if finding != Finding::Known {
            state.set(attribute(&field.name, field.value.get()));
        }
        if finding == Finding::News {
            changed.push(field.clone());
        }
    }
    changed.reverse();
    Fields(changed)
}
