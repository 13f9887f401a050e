//! What is left after a loss of power?
//!
//! The page cache survives a killed process, so killing proves no sync. Here each real sync copies the folder, and after every step of
//! an event's life the run is dropped and the store opened from the last copy: all that was acknowledged by then must be there, and
//! of what was not, either all or nothing.
//!
//! Tried: without the `persist(SyncAll)` in `LocalStore::write`, or with `persist(Buffer)` in its place, or with the line that calls fjall
//! taken out of `LocalStore::persist`, this fails after the first step: its event is lost.
use super::disk::{Disk, Files, files, folder};
use super::model::{Model, SINKS, SOURCES};
use super::{SMALL, append, open, settled};
use crate::store::local::LocalStore;
use crate::store::{Append, Commit, Counter, Cursor, DeadLetter, Shelf, StateChange, Store, Tally};
use std::ops::Range;
use std::path::Path;

/// How finely a write is torn.
const PIECES: usize = 12;

fn letter(body: &str) -> Vec<DeadLetter> {
    vec![DeadLetter { node: "a".into(), body: body.into(), at_ms: 7, count: 1, ..DeadLetter::default() }]
}

fn tally(counter: Counter, count: u64) -> Vec<Tally> {
    vec![Tally { source: "people".into(), sink: "a".into(), counter, count }]
}

fn partly() -> Cursor {
    let mut cursor = Cursor::starting_at(1);
    cursor.settle(3..4);
    cursor
}

/// Every kind of step in the lives of some events, each a group that shares a sync.
fn steps() -> Vec<(&'static str, Vec<Commit>)> {
    let people = |cursor| vec![("people".to_owned(), "a".to_owned(), cursor)];
    let position = |position: &[u8]| vec![("file".to_owned(), position.to_vec())];
    let outbox = Append { log: "file".into(), batch: b"decided".to_vec(), events: 1 };
    let state = |value: Option<&str>| StateChange {
        node: "keyed".into(),
        shelf: Shelf::State,
        key: b"u-1".to_vec(),
        value: value.map(Into::into),
    };
    vec![
        ("journaled", vec![append(10)]),
        ("unreadable", vec![Commit { dead_letters: letter("what"), ..Commit::default() }]),
        ("journaled together", vec![append(5), append(6)]),
        (
            "settled out of order",
            vec![Commit { cursors: people(partly()), tallies: tally(Counter::Delivered, 2), ..Commit::default() }],
        ),
        (
            "rejected",
            vec![Commit {
                cursors: people(Cursor::starting_at(4)),
                dead_letters: letter("no"),
                tallies: tally(Counter::Rejected, 2),
                ..Commit::default()
            }],
        ),
        (
            "rejected again",
            vec![Commit { cursors: people(Cursor::starting_at(5)), dead_letters: letter("no"), ..Commit::default() }],
        ),
        ("read again from here", vec![Commit { positions: position(b"row 9"), ..Commit::default() }]),
        (
            "decided",
            vec![Commit {
                positions: position(b"row 12"),
                states: vec![state(Some("in"))],
                append: vec![outbox],
                ..Commit::default()
            }],
        ),
        ("a new segment", vec![append(20), append(8)]),
        ("settled by one", vec![settled("a", 10)]),
        ("settled by all: segments go", vec![settled("b", 9)]),
        ("journaled afterwards", vec![append(9)]),
        ("mended", vec![Commit { resolved: vec![0], ..append(4) }]),
        ("forgotten", vec![Commit { states: vec![state(None)], ..Commit::default() }]),
    ]
}

#[test]
fn nothing_that_was_acknowledged_is_lost_and_nothing_is_half() {
    let data = tempfile::tempdir().unwrap();
    let disk = Disk::default();
    let mut store = LocalStore::open_watched(data.path(), SMALL, Some(disk.watch(data.path()))).unwrap();
    disk.start(files(data.path()));
    let lease = store.claim().unwrap().epoch;
    let reader = store.reader();
    for (source, sink) in SOURCES.iter().flat_map(|source| SINKS.map(|sink| (source, sink))) {
        reader.cursor(source, sink).unwrap();
    }
    let mut model = Model::default();
    for (step, group) in steps() {
        let (before, was) = (model.clone(), disk.synced());
        let acknowledged = store.commit(lease, &group);
        assert_eq!(acknowledged, group.iter().map(|commit| Ok(model.apply(commit))).collect::<Vec<_>>(), "{step}");

        left(&disk.synced(), step).check(&[&model]);
        left(&files(data.path()), step).check(&[&model]);
        for torn in torn(&was, &disk.written()) {
            left(&torn, step).check(&[&before, &model]);
        }
    }
    let segments = reader.log_size("people").unwrap();
    assert!(segments.first > 0, "the walk has to meet a segment that goes: {segments:?}");
}

/// What a loss of power during the write leaves: `now` up to some byte, and from there on what `was` there; or, as the system writes
/// pages in any order, all of `now` but for one piece.
fn torn(was: &Files, now: &Files) -> Vec<Files> {
    let journal = |files: &Files| files.iter().position(|(path, _)| path == Path::new("store/0.jnl")).unwrap();
    let (old, new) = (&was[journal(was)].1, &now[journal(now)].1);
    let differs: Vec<usize> = (0..new.len()).filter(|at| old.get(*at).unwrap_or(&0) != &new[*at]).collect();
    let (first, end) = (differs[0], differs[differs.len() - 1] + 1);
    let places = (0..PIECES).map(|piece| first + (end - first) * piece / PIECES);
    let ends = places.clone().map(|from| from..new.len());
    let holes = places.map(|from| from..(from + (end - first) / PIECES).min(new.len()));
    let without = |range: Range<usize>| {
        let mut files = now.clone();
        for at in range {
            files[journal(now)].1[at] = old.get(at).copied().unwrap_or(0);
        }
        files
    };
    ends.chain(holes).map(without).collect()
}

struct Left<'a> {
    files: &'a Files,
    step: &'static str,
}

fn left<'a>(files: &'a Files, step: &'static str) -> Left<'a> {
    Left { files, step }
}

impl Left<'_> {
    /// Opens what is left, and fails if it is like none of `models`.
    fn check(self, models: &[&Model]) {
        let folder = folder(self.files);
        let mut store = open(folder.path());
        let reader = store.reader();
        let differences: Vec<String> = models.iter().filter_map(|model| model.difference(&*reader).err()).collect();
        assert!(differences.len() < models.len(), "after `{}`: {differences:#?}", self.step);
        // And it goes on from there.
        let lease = store.claim().unwrap().epoch;
        let next = reader.log_size("people").unwrap().next;
        assert_eq!(store.commit(lease, &[append(1)])[0].as_ref().unwrap().first, [next]);
    }
}
