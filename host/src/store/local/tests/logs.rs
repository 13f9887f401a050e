//! Logs, as those who write and read them meet them.

use super::{append, open, settled};
use crate::store::{Commit, Cursor, LogEntry, Reader, Store, StoreError};
use tempfile::tempdir;

fn firsts(reader: &dyn Reader, from: u64, max_bytes: usize) -> Vec<u64> {
    reader.read_log("people", from, max_bytes).unwrap().iter().map(|LogEntry { first, .. }| *first).collect()
}

#[test]
fn a_log_that_is_full_refuses_and_lets_others_pass() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let lease = store.claim().unwrap().epoch;
    let reader = store.reader();
    reader.cursor("people", "a").unwrap();
    assert!(store.commit(lease, &[append(60), append(40)]).iter().all(Result::is_ok));
    let full = Err(StoreError::Full { log: "people".into(), limit_bytes: 100 });
    let position = Commit { positions: vec![("file".into(), vec![7])], ..Commit::default() };
    let answers = store.commit(lease, &[append(1), position]);
    assert_eq!((&answers[0], answers[1].is_ok()), (&full, true));
    assert_eq!(reader.position("file"), Ok(Some(vec![7])));
    // When all is settled there is room, also for what is larger than the log.
    assert!(store.commit(lease, &[settled("a", 4), append(101)]).iter().all(Result::is_ok));
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
    assert_eq!(reader.log_size("people").map(|size| (size.bytes, size.first, size.next)), Ok((25, 4, 8)));
    drop((store, reader));

    // `b` is gone from the pipeline, and a new one takes up what it left.
    let mut store = open(folder.path());
    let lease = store.claim().unwrap().epoch;
    let reader = store.reader();
    assert_eq!(reader.cursor("people", "a"), Ok(Cursor::starting_at(8)));
    assert_eq!(reader.cursor("people", "c"), Ok(Cursor::starting_at(4)));
    assert_eq!(store.commit(lease, &[append(5)])[0].as_ref().unwrap().first, [8]);
    store.commit(lease, &[settled("c", 8)]);
    assert_eq!(firsts(&*reader, 0, 1000), [6, 8]);
    drop((store, reader));
    // Facts, states, letters and fjall's own; the others are what is left of the log.
    let left = open(folder.path()).shared.see(|view| Ok(view.logs["people"].segments.len())).unwrap();
    let keyspaces = std::fs::read_dir(folder.path().join("store/keyspaces")).unwrap().count();
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
    for (from, max_bytes) in [(0, 25), (1, 25), (2, 0), (3, 20), (5, 1000), (8, 1000), (99, 1000)] {
        shown += &format!("{from} {max_bytes}: {:?}\n", firsts(&*reader, from, max_bytes));
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
