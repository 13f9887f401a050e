//! Which attributes does the sink hold with another value, or not at all?

use std::collections::BTreeSet;

use crate::hash::attribute;
use crate::state::State;
use crate::update::{Field, Fields};

/// Whether there are any.
#[must_use]
pub fn any_changed(fields: &Fields<'_>, state: &State<'_>) -> bool {
    fields.0.iter().any(|field| !state.has(hashed(field)))
}

/// Those, which the state holds from now on. Of a name that stands there twice, the last value counts, as in any JSON.
pub fn changed<'a>(fields: &Fields<'a>, state: &mut State<'_>) -> Fields<'a> {
    let mut seen = BTreeSet::new();
    let last = fields.0.iter().rev().filter(|field| seen.insert(&*field.name));
    let mut changed: Vec<_> = last.filter(|field| state.set(hashed(field))).cloned().collect();
    changed.reverse();
    Fields(changed)
}

fn hashed(field: &Field<'_>) -> (u32, u64) {
    attribute(&field.name, field.value.get())
}
