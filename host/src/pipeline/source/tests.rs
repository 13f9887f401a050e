//! What is kept of what comes together, who hears what, and how it goes on from the journal.

use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::component::types::Column;
use crate::config::{By, Deduplicate};
use crate::pipeline::ledger::{Book, Room};
use crate::pipeline::stop::{Stopper, stop};
use crate::store::{Committer, Cursor, LocalStore};

const LOG_BYTES: u64 = 4000;

/// An inlet with a journal of [`LOG_BYTES`], and what stands around it.
struct Entrance {
    inlet: Arc<Inlet>,
    waves: mpsc::Receiver<Wave>,
    appended: Arc<Notify>,
    stopper: Stopper,
    // In the order in which they are closed.
    committer: Committer,
    _folder: TempDir,
}

async fn entrance(room: Room, deduplicate: bool) -> Entrance {
    let folder = tempfile::tempdir().unwrap();
    let committer = Committer::start(LocalStore::open(folder.path(), LOG_BYTES).unwrap()).unwrap();
    let store = committer.handle();
    let book = Book::new("in".into(), room, false, vec![("out".into(), Cursor::default())]);
    let (waves, seen_waves) = mpsc::channel(100);
    let (stopper, stop) = stop();
    let appended = Arc::new(Notify::new());
    let seen = match deduplicate {
        true => {
            let options = Deduplicate { by: By::Content, window: Duration::from_secs(3600) };
            Some(Seen::load(&store, "in", options, LOG_BYTES).await.unwrap())
        }
        false => None,
    };
    // Nothing is dropped of the journal while `out` has settled nothing.
    store.cursor("in", "out").await.unwrap();
    let inlet = Inlet {
        id: "in".into(),
        source: 0,
        keeping: Keeping::Journal { appended: Arc::clone(&appended), position: None, max_bytes: LOG_BYTES, seen },
        waves,
        ledger: Arc::new(Ledger::new(vec![book])),
        store,
        clock: Clock::system(),
        stop,
    };
    Entrance { inlet: Arc::new(inlet), waves: seen_waves, appended, stopper, committer, _folder: folder }
}

const ROOMY: fn() -> Room = || Room::new(1000, 1 << 20);

fn given(key: &str, bytes: usize) -> Given {
    let mut events = Batch::new();
    events.push(key, &vec![b'x'; bytes]);
    Given { events, unread: Vec::new() }
}

fn unread(place: &str, why: WhyUnread) -> Given {
    let one = Unread { raw: b"raw".to_vec(), place: place.into(), key: None, why, reason: "wrong".into() };
    Given { events: Batch::new(), unread: vec![one] }
}

/// What lies in the journal: the keys of each entry.
async fn journal(entrance: &Entrance) -> Vec<Vec<String>> {
    let entries = entrance.inlet.store.read_log("in", 0, usize::MAX).await.unwrap();
    let keys = |batch: Batch| (0..batch.len()).map(|index| batch.key(index).to_owned()).collect();
    entries.iter().map(|entry| keys(Batch::decode(&entry.batch).unwrap())).collect()
}

#[tokio::test]
async fn what_comes_together_is_one_entry_with_all_that_was_not_read() {
    let entrance = entrance(ROOMY(), false).await;
    let mut timed = given("b", 10);
    let mut values = crate::component::types::Packed::new();
    values.push(b"noon");
    timed.events.columns.push(Column { name: "time".into(), values });
    let group = vec![
        given("a", 10),
        unread("row 1", WhyUnread::Rejected),
        timed,
        unread("row 2", WhyUnread::Skipped),
        given("c", 10),
    ];
    assert_eq!(entrance.inlet.push_all(group).await, vec![Ok(()); 5]);
    assert_eq!(journal(&entrance).await, [["a", "b", "c"]]);
    let letters = entrance.inlet.store.dead_letters(0, 10).await.unwrap();
    assert_eq!(letters.iter().map(|stored| stored.letter.place.as_str()).collect::<Vec<_>>(), ["row 1"]);
    let counts = entrance.inlet.ledger.counts();
    assert_eq!((counts.rejected, counts.skipped), (1, 1));
}

#[tokio::test]
async fn one_that_has_no_room_is_refused_alone() {
    let entrance = entrance(ROOMY(), false).await;
    let behind = Err(Refused::Behind { retry_after: FULL_WAIT });
    // (the group, the answers, the journal)
    let first = vec![given("a", 900), given("large", 3500), given("b", 900)];
    assert_eq!(entrance.inlet.push_all(first).await, [Ok(()), behind.clone(), Ok(())]);
    assert_eq!(journal(&entrance).await, [["a"], ["b"]]);
    let second = vec![given("c", 900), given("d", 900), given("e", 900)];
    assert_eq!(entrance.inlet.push_all(second).await, [Ok(()), Ok(()), behind.clone()]);
    assert_eq!(entrance.inlet.push_all(vec![given("f", 900), given("g", 900)]).await, [behind.clone(), behind]);
    assert_eq!(journal(&entrance).await.concat(), ["a", "b", "c", "d"]);
}

#[tokio::test]
async fn one_larger_than_the_journal_does_not_come_in_with_others() {
    let entrance = entrance(ROOMY(), false).await;
    let group = vec![given("a", 10), given("larger", 5000)];
    assert_eq!(entrance.inlet.push_all(group).await[0], Ok(()));
    assert_eq!(journal(&entrance).await, [["a"]]);
}

#[tokio::test]
async fn equal_ones_of_a_group_are_one_and_both_hear_so() {
    let entrance = entrance(ROOMY(), true).await;
    for expected in [2, 4] {
        assert_eq!(
            entrance.inlet.push_all(vec![given("a", 10), given("a", 10), given("b", 10)]).await,
            vec![Ok(()); 3]
        );
        assert_eq!(journal(&entrance).await, [["a", "b"]]);
        assert_eq!(entrance.inlet.ledger.counts().skipped, if expected == 2 { 1 } else { expected });
    }
}

#[tokio::test]
async fn nothing_is_taken_after_a_stop() {
    let entrance = entrance(ROOMY(), false).await;
    entrance.stopper.ask();
    assert_eq!(entrance.inlet.push_all(vec![given("a", 10), given("b", 10)]).await, vec![Err(Refused::Stopping); 2]);
    assert_eq!(journal(&entrance).await, Vec::<Vec<String>>::new());
}

#[tokio::test]
async fn neighbours_go_on_together_as_far_as_there_is_room() {
    // (events that may be uncommitted, the waves: their first numbers and their sizes)
    let table = [(1000, vec![(0, 6)]), (4, vec![(0, 4)]), (1, vec![(0, 1)])];
    for (events, expected) in table {
        let mut entrance = entrance(Room::new(events, 1 << 20), false).await;
        for key in ["a", "b", "c", "d", "e", "f"] {
            entrance.inlet.push(given(key, 10).events, Vec::new()).await.unwrap();
        }
        let (ends, ended) = stop();
        ends.ask();
        let (inlet, appended, stop) =
            (Arc::clone(&entrance.inlet), Arc::clone(&entrance.appended), entrance.inlet.stop.clone());
        let following = tokio::spawn(follow(inlet, appended, ended, stop));
        let mut waves = Vec::new();
        while waves.len() < expected.len() {
            let wave = entrance.waves.recv().await.unwrap();
            waves.push((wave.first, wave.events.len()));
        }
        assert_eq!(waves, expected, "{events}");
        // What has no room waits, and a stop ends that.
        entrance.stopper.ask();
        following.await.unwrap().unwrap();
        assert!(entrance.waves.try_recv().is_err());
        drop(entrance.committer);
    }
}
