//! Commits of all kinds, about few enough things that they meet.

use super::model::{KEYS, SINKS, SOURCES};
use crate::store::{Append, Commit, Counter, Cursor, DeadLetter, Shelf, StateChange, Tally};
use proptest::prelude::*;

/// Any commit.
pub fn commits() -> impl Strategy<Value = Commit> {
    let name = |names: [&'static str; 2]| prop::sample::select(names.to_vec());
    let batch = prop::collection::vec(any::<u8>(), 0..12);
    let positions = prop::collection::vec((name(SOURCES).prop_map(Into::into), batch.clone()), 0..2);
    let append = (name(SOURCES), batch.clone(), 1_u32..4);
    let append = append.prop_map(|(log, batch, events)| Append { log: log.into(), batch, events });
    let shelf = prop::sample::select(vec![Shelf::State, Shelf::Number, Shelf::Note]);
    let state = (name(KEYS), shelf, prop::option::of(batch));
    let state =
        state.prop_map(|(key, shelf, value)| StateChange { node: "keyed".into(), shelf, key: key.into(), value });
    let settled = (name(SOURCES), name(SINKS), 0_u64..40, prop::option::of(0_u64..9));
    let cursor = settled.prop_map(|(source, sink, low, gap)| {
        let mut cursor = Cursor::starting_at(low);
        gap.into_iter().for_each(|gap| cursor.settle(low + gap + 1..low + gap + 3));
        (source.to_owned(), sink.to_owned(), cursor)
    });
    let letter = (0_u8..4, 0_u64..99);
    let letter = letter.prop_map(|(body, at_ms)| DeadLetter {
        node: "a".into(),
        body: vec![body],
        at_ms,
        count: 1,
        ..DeadLetter::default()
    });
    let (append, states) = (prop::collection::vec(append, 0..4), prop::collection::vec(state, 0..3));
    let (cursors, dead_letters) = (prop::collection::vec(cursor, 0..3), prop::collection::vec(letter, 0..3));
    let counter = prop::sample::select(vec![Counter::Events, Counter::Delivered, Counter::Rejected]);
    let tally = (name(SOURCES), name(["a", ""]), counter, 0_u64..5);
    let tally = tally.prop_map(|(source, sink, counter, count)| Tally {
        source: source.into(),
        sink: sink.into(),
        counter,
        count,
    });
    let (resolved, tallies) = (prop::collection::vec(0_u64..6, 0..2), prop::collection::vec(tally, 0..3));
    (positions, states, append, cursors, dead_letters, resolved, tallies).prop_map(
        |(positions, states, append, cursors, dead_letters, resolved, tallies)| Commit {
            positions,
            states,
            append,
            cursors,
            dead_letters,
            resolved,
            tallies,
        },
    )
}
