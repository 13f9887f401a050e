//! Is what the source says only what the sink's system said itself, coming back?
//!
//! Where data goes both ways, the sink's system says something of a person, the source takes it and then says it, too. To tell it would
//! cost and change nothing; and until the source has taken it, it still says the value before, which would undo the new one. So a value that
//! the system said itself is held until it came back or the source says another one.
//!
//! What was told before may still be on its way when the system says something newer, and then arrives behind it. So what comes back of that is told:
//! it puts right what was overtaken.

use std::collections::BTreeSet;

use crate::age::Age;
use crate::hash::{attribute, plain};
use crate::state::State;
use crate::update::{Field, Fields};

/// A value that the sink's system said itself, and that did not come back yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Learnt {
    /// The short hash of its name.
    pub name: u32,
    /// The hash of what it says, as [`hash::plain`](crate::hash::plain).
    pub value: u64,
    /// As of when.
    pub as_of_ms: u64,
    /// Something that was told may have arrived after it.
    pub is_raced: bool,
}

/// What an attribute that the source says is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The sink holds it, or something newer.
    Known,
    /// The sink's system said it, and here it is again.
    Echo,
    /// It is to be told.
    News,
}

/// What an attribute is that is so old. For `window_ms` after the system said something, what was told or said before is no news: the source has
/// not taken the newest yet.
#[must_use]
pub fn finding(field: &Field<'_>, age: Age, window_ms: u64, state: &State<'_>) -> Finding {
    let hashed = attribute(&field.name, field.value.get());
    let is_told = state.has(hashed);
    let [before @ .., learnt] = state.learnt(hashed.0) else {
        return if is_told { Finding::Known } else { Finding::News };
    };
    let is_older_than = |ms: u64| age.as_of_ms.is_some_and(|as_of_ms| as_of_ms < ms);
    let value = plain(&field.name, field.value.get());
    let was_said = is_told || before.iter().any(|before| before.value == value);
    if learnt.value == value {
        if learnt.is_raced { Finding::News } else { Finding::Echo }
    } else if is_older_than(learnt.as_of_ms) || (was_said && is_older_than(learnt.as_of_ms.saturating_add(window_ms))) {
        Finding::Known
    } else {
        Finding::News
    }
}

/// Takes note of what the system says, which is as new as the last time that it said so. What is newer stays. Of a name that stands there
/// twice, the last value counts.
pub fn learn(fields: &Fields<'_>, as_of_ms: u64, state: &mut State<'_>) {
    let mut seen = BTreeSet::new();
    for field in fields.0.iter().rev().filter(|field| seen.insert(&*field.name)) {
        let hashed = attribute(&field.name, field.value.get());
        let value = plain(&field.name, field.value.get());
        let learnt = Learnt { name: hashed.0, value, as_of_ms, is_raced: state.is_pending };
        match state.learnt(learnt.name).last() {
            Some(held) if held.as_of_ms > as_of_ms => {}
            None if state.has(hashed) => {}
            _ => state.learn(learnt),
        }
    }
}
