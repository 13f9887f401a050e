//! The store as its callers meet it.

mod crash_walk;
pub(crate) mod disk;
mod generate;
mod logs;
mod model;

use super::{Limits, LocalStore};
use crate::store::{Append, Commit, Counter, Cursor, DeadLetter, Store, StoreError};
use std::path::Path;
use tempfile::tempdir;

/// Small enough that a few appends fill several segments.
const SMALL: Limits = Limits { log_bytes: 100, segment_bytes: 20 };

fn open(folder: &Path) -> LocalStore {
    LocalStore::open_watched(folder, SMALL, None).unwrap()
}

fn append(bytes: usize) -> Commit {
    Commit { append: vec![Append { log: "people".into(), batch: vec![b'x'; bytes], events: 2 }], ..Commit::default() }
}

fn settled(sink: &str, low: u64) -> Commit {
    Commit { cursors: vec![("people".into(), sink.into(), Cursor::starting_at(low))], ..Commit::default() }
}

#[test]
fn a_folder_has_one_owner() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    assert!(matches!(LocalStore::look(&data).err(), Some(StoreError::Missing { .. })));
    let store = open(&data);
    assert_eq!(LocalStore::open(&data, 100).err(), Some(StoreError::Locked { folder: data.clone() }));
    assert_eq!(LocalStore::look(&data).err(), Some(StoreError::Locked { folder: data.clone() }));
    drop(store);
    assert_eq!(LocalStore::look(&data).unwrap().reader().dead_letters(0, 9), Ok(Vec::new()));
}

#[test]
fn a_store_that_was_half_made_is_made_again() {
    let folder = tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("store.new")).unwrap();
    std::fs::write(folder.path().join("store.new/0.jnl"), "half").unwrap();
    assert_eq!(open(folder.path()).reader().position("people"), Ok(None));
}

#[test]
fn an_old_owner_is_refused() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let old = store.claim().unwrap().epoch;
    drop(store);
    let mut store = open(folder.path());
    let new = store.claim().unwrap().epoch;
    assert_eq!(store.commit(old, &[append(1)]), [Err(StoreError::Stale { held: 1, current: 2 })]);
    assert!(store.commit(new, &[append(1)])[0].is_ok());
}

#[test]
fn equal_dead_letters_are_stored_once_and_counted() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let lease = store.claim().unwrap().epoch;
    let letter = |body: &str, at_ms| DeadLetter {
        node: "a".into(),
        body: body.into(),
        at_ms,
        count: 1,
        ..DeadLetter::default()
    };
    let bury = |letters: Vec<DeadLetter>| Commit { dead_letters: letters, ..Commit::default() };
    store.commit(lease, &[bury(vec![letter("x", 5), letter("y", 6), letter("x", 7)]), bury(vec![letter("y", 8)])]);
    store.commit(lease, &[bury(vec![letter("x", 9)])]);
    drop(store);
    let mut store = open(folder.path());
    let lease = store.claim().unwrap().epoch;
    store.commit(lease, &[bury(vec![letter("z", 10), letter("x", 11)])]);
    let mut shown = String::new();
    for stored in store.reader().dead_letters(0, 9).unwrap() {
        let body = String::from_utf8(stored.letter.body).unwrap();
        shown += &format!(
            "{} {body} {}x {}..{}\n",
            stored.number, stored.letter.count, stored.letter.at_ms, stored.last_at_ms
        );
    }
    expect_test::expect![[r#"
        0 x 4x 5..11
        1 y 2x 6..8
        2 z 1x 10..10
    "#]]
    .assert_eq(&shown);
    assert_eq!(store.reader().dead_letters(1, 1).unwrap()[0].number, 1);
}

#[test]
fn after_a_full_disk_it_is_opened_again() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let lease = store.claim().unwrap().epoch;
    let reader = store.reader();
    store.commit(lease, &[append(7)]);
    let full = StoreError::Disk { folder: folder.path().into(), reason: "no space left".into() };
    store.fail(full);
    assert_eq!(reader.log_size("people").unwrap().bytes, 7);
    assert_eq!(store.commit(lease, &[append(1)])[0].as_ref().unwrap().first, [2]);
    assert_eq!(reader.log_size("people").unwrap().bytes, 8);

    let failed = StoreError::Failed { folder: folder.path().into(), reason: "input/output error".into() };
    store.fail(failed.clone());
    assert_eq!(store.commit(lease, &[append(1)]), [Err(failed)]);
}

#[test]
fn an_id_that_cannot_be_stored_is_refused() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let lease = store.claim().unwrap().epoch;
    let bad = Commit { positions: vec![("a\0b".into(), vec![])], ..Commit::default() };
    assert_eq!(store.commit(lease, &[bad]), [Err(StoreError::Name { limit: 255 })]);
}

#[test]
fn a_letter_that_is_resolved_is_gone_and_its_number_too() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let lease = store.claim().unwrap().epoch;
    let letter =
        |body: &str| DeadLetter { node: "a".into(), body: body.into(), at_ms: 5, count: 1, ..DeadLetter::default() };
    let bury = |bodies: &[&str]| Commit {
        dead_letters: bodies.iter().map(|body| letter(body)).collect(),
        ..Commit::default()
    };
    let resolve = |numbers: &[u64]| Commit { resolved: numbers.to_vec(), ..Commit::default() };
    store.commit(lease, &[bury(&["x", "y", "z"])]);
    store.commit(lease, &[bury(&["z"]), resolve(&[2, 7, 2])]);
    drop(store);
    let mut store = open(folder.path());
    let lease = store.claim().unwrap().epoch;
    // The same once more is another letter, also within a group.
    store.commit(lease, &[bury(&["z"]), resolve(&[0]), bury(&["x", "y"])]);
    let letters = store.reader().dead_letters(0, 9).unwrap();
    let shown: Vec<_> = letters.iter().map(|stored| (stored.number, stored.letter.count)).collect();
    assert_eq!(shown, [(1, 2), (3, 1), (4, 1)]);
    assert_eq!(store.reader().accounts().unwrap().sum("a", "", Counter::Letters), 3);
}
