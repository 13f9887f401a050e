//! The store as its callers meet it.

mod crash_walk;
mod disk;
mod model;

use super::{Limits, LocalStore};
use crate::store::{Append, Commit, Cursor, DeadLetter, LogEntry, Reader, Store, StoreError};
use std::path::Path;
use tempfile::tempdir;

/// Small enough that a few appends fill several segments.
const SMALL: Limits = Limits {
    log_bytes: 100,
    segment_bytes: 20,
};

fn open(folder: &Path) -> LocalStore {
    LocalStore::open_watched(folder, SMALL, None).unwrap()
}

fn append(bytes: usize) -> Commit {
    Commit {
        append: vec![Append {
            log: "people".into(),
            batch: vec![b'x'; bytes],
            events: 2,
        }],
        ..Commit::default()
    }
}

fn settled(sink: &str, low: u64) -> Commit {
    Commit {
        cursors: vec![("people".into(), sink.into(), Cursor::starting_at(low))],
        ..Commit::default()
    }
}

fn firsts(reader: &dyn Reader, from: u64, max_bytes: usize) -> Vec<u64> {
    reader
        .read_log("people", from, max_bytes)
        .unwrap()
        .iter()
        .map(|LogEntry { first, .. }| *first)
        .collect()
}

#[test]
fn a_folder_has_one_owner() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    assert!(matches!(
        LocalStore::look(&data).err(),
        Some(StoreError::Missing { .. })
    ));
    let store = open(&data);
    assert_eq!(
        LocalStore::open(&data, 100).err(),
        Some(StoreError::Locked {
            folder: data.clone()
        })
    );
    assert_eq!(
        LocalStore::look(&data).err(),
        Some(StoreError::Locked {
            folder: data.clone()
        })
    );
    drop(store);
    assert_eq!(
        LocalStore::look(&data).unwrap().reader().dead_letters(0, 9),
        Ok(Vec::new())
    );
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
    assert_eq!(
        store.commit(old, &[append(1)]),
        [Err(StoreError::Stale {
            held: 1,
            current: 2
        })]
    );
    assert!(store.commit(new, &[append(1)])[0].is_ok());
}

#[test]
fn a_log_that_is_full_refuses_and_lets_others_pass() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let lease = store.claim().unwrap().epoch;
    let reader = store.reader();
    reader.cursor("people", "a").unwrap();
    assert!(
        store
            .commit(lease, &[append(60), append(40)])
            .iter()
            .all(Result::is_ok)
    );
    let full = Err(StoreError::Full {
        log: "people".into(),
        limit_bytes: 100,
    });
    let position = Commit {
        positions: vec![("file".into(), vec![7])],
        ..Commit::default()
    };
    let answers = store.commit(lease, &[append(1), position]);
    assert_eq!((&answers[0], answers[1].is_ok()), (&full, true));
    assert_eq!(reader.position("file"), Ok(Some(vec![7])));
    // When all is settled there is room, also for what is larger than the log.
    assert!(
        store
            .commit(lease, &[settled("a", 4), append(101)])
            .iter()
            .all(Result::is_ok)
    );
}

#[test]
fn a_log_keeps_what_a_known_sink_has_not_settled() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let lease = store.claim().unwrap().epoch;
    let reader = store.reader();
    reader.cursor("people", "a").unwrap();
    reader.cursor("people", "b").unwrap();
    store.commit(lease, &[append(20), append(20), append(20), append(5)]);
    store.commit(lease, &[settled("a", 8)]);
    assert_eq!(firsts(&*reader, 0, 1000), [0, 2, 4, 6]);
    store.commit(lease, &[settled("b", 5)]);
    assert_eq!(firsts(&*reader, 0, 1000), [4, 6]);
    assert_eq!(
        reader
            .log_size("people")
            .map(|size| (size.bytes, size.first, size.next)),
        Ok((25, 4, 8))
    );
    drop((store, reader));

    // `b` is gone from the pipeline, and a new one takes up what it left.
    let mut store = open(folder.path());
    let lease = store.claim().unwrap().epoch;
    let reader = store.reader();
    assert_eq!(reader.cursor("people", "a"), Ok(Cursor::starting_at(8)));
    assert_eq!(reader.cursor("people", "c"), Ok(Cursor::starting_at(4)));
    assert_eq!(
        store.commit(lease, &[append(5)])[0].as_ref().unwrap().first,
        [8]
    );
    store.commit(lease, &[settled("c", 8)]);
    assert_eq!(firsts(&*reader, 0, 1000), [6, 8]);
    drop((store, reader));
    // Facts, states, letters and fjall's own; the others are what is left of the log.
    let left = open(folder.path())
        .shared
        .see(|view| Ok(view.logs["people"].segments.len()))
        .unwrap();
    let keyspaces = std::fs::read_dir(folder.path().join("store/keyspaces"))
        .unwrap()
        .count();
    assert_eq!((keyspaces, left), (4 + left, 1));
}

#[test]
fn reading_begins_at_the_entry_that_holds_the_event() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let lease = store.claim().unwrap().epoch;
    store.commit(lease, &[append(10), append(10), append(10), append(10)]);
    let reader = store.reader();
    let mut shown = String::new();
    for (from, max_bytes) in [
        (0, 25),
        (1, 25),
        (2, 0),
        (3, 20),
        (5, 1000),
        (8, 1000),
        (99, 1000),
    ] {
        shown += &format!(
            "{from} {max_bytes}: {:?}\n",
            firsts(&*reader, from, max_bytes)
        );
    }
    expect_test::expect![[r#"
        0 25: [0, 2]
        1 25: [0, 2]
        2 0: [2]
        3 20: [2, 4]
        5 1000: [4, 6]
        8 1000: []
        99 1000: []
    "#]]
    .assert_eq(&shown);
    assert_eq!(reader.read_log("nobody", 0, 10), Ok(Vec::new()));
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
    let bury = |letters: Vec<DeadLetter>| Commit {
        dead_letters: letters,
        ..Commit::default()
    };
    store.commit(
        lease,
        &[
            bury(vec![letter("x", 5), letter("y", 6), letter("x", 7)]),
            bury(vec![letter("y", 8)]),
        ],
    );
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
fn an_id_that_cannot_be_stored_is_refused() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let lease = store.claim().unwrap().epoch;
    let bad = Commit {
        positions: vec![("a\0b".into(), vec![])],
        ..Commit::default()
    };
    assert_eq!(
        store.commit(lease, &[bad]),
        [Err(StoreError::Name { limit: 255 })]
    );
}
