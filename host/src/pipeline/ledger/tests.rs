//! The ledger on tables.

use super::*;
use crate::store::Tally;

const SLOTS: [Slot; 2] = [Slot { source: 0, sink: 0 }, Slot { source: 0, sink: 1 }];

fn ledger(cursors: [Cursor; 2]) -> Ledger {
    let [a, b] = cursors;
    Ledger::new(vec![Book::new("in".into(), Room::new(10, 1000), false, vec![("a".into(), a), ("b".into(), b)])])
}

fn taken(events: usize, bytes: usize) -> Taken {
    Taken { events, bytes }
}

fn opening(first: u64, open: [&[u32]; 2]) -> Opening {
    let open: Vec<Vec<u32>> = open.iter().map(|counts| counts.to_vec()).collect();
    Opening {
        first,
        events: open[0].len() as u32,
        taken: Taken { events: 2, bytes: 10 },
        position: Some(vec![first as u8]),
        open,
        ..Opening::default()
    }
}

/// What the next commit would write down: cursors and the position.
fn page(ledger: &Ledger) -> String {
    let Some((pages, _, commit)) = ledger.books().take() else { return "nothing".into() };
    ledger.close(pages);
    let cursor = |(_, sink, cursor): &(String, String, Cursor)| {
        format!("{sink}={}{:?}", cursor.low, cursor.settled.iter().collect::<Vec<_>>())
    };
    let cursors: Vec<String> = commit.cursors.iter().map(cursor).collect();
    format!("{} position={:?}", cursors.join(" "), commit.positions.first().map(|(_, position)| position))
}

#[test]
fn a_position_is_written_when_every_sink_is_past_it() {
    let ledger = ledger([Cursor::default(), Cursor::default()]);
    assert!(ledger.try_admit(0, taken(2, 10)) && ledger.try_admit(0, taken(2, 10)));
    let first = ledger.open(0, opening(0, [&[1, 1], &[1, 0]]));
    let second = ledger.open(0, opening(2, [&[1, 1], &[1, 1]]));
    let table = [
        vec![(SLOTS[0], first, 1, Fate::Delivered)],
        vec![(SLOTS[0], second, 0, Fate::Delivered), (SLOTS[0], second, 1, Fate::Delivered)],
        vec![(SLOTS[0], first, 0, Fate::Delivered)],
        vec![(SLOTS[1], first, 0, Fate::Delivered)],
        vec![(SLOTS[1], second, 0, Fate::Delivered), (SLOTS[1], second, 1, Fate::Delivered)],
    ];
    let mut log = page(&ledger);
    for settled in table {
        ledger.settle(settled, Vec::new());
        log += "\n";
        log += &page(&ledger);
    }
    expect_test::expect![[r#"
        b=0[1..2] position=None
        a=0[1..2] position=None
        a=0[1..4] position=None
        a=4[] position=None
        b=2[] position=Some([0])
        b=4[] position=Some([2])"#]]
    .assert_eq(&log);
}

#[test]
fn an_event_that_became_two_is_settled_by_both() {
    let ledger = ledger([Cursor::default(), Cursor::default()]);
    let receipt = ledger.open(0, opening(0, [&[2], &[0]]));
    ledger.settle([(SLOTS[0], receipt, 0, Fate::Delivered)], Vec::new());
    assert_eq!(ledger.cursor(SLOTS[0]).low, 0);
    ledger.settle([(SLOTS[0], receipt, 0, Fate::Delivered)], Vec::new());
    assert_eq!(ledger.cursor(SLOTS[0]).low, 1);
    // Once more does no harm.
    ledger.settle([(SLOTS[0], receipt, 0, Fate::Delivered)], Vec::new());
    assert_eq!(ledger.cursor(SLOTS[0]).low, 1);
}

#[test]
fn room_is_given_back_by_the_commit_and_not_before() {
    let ledger = ledger([Cursor::default(), Cursor::default()]);
    assert!(ledger.try_admit(0, taken(10, 10)));
    assert!(!ledger.try_admit(0, taken(1, 1)));
    let receipt = ledger.open(
        0,
        Opening { taken: taken(10, 10), events: 10, open: vec![vec![0; 10], vec![0; 10]], ..Opening::default() },
    );
    assert!(!ledger.try_admit(0, taken(1, 1)), "settled, but not written down");
    page(&ledger);
    assert!(ledger.try_admit(0, taken(1, 1)));
    ledger.settle([(SLOTS[0], receipt, 0, Fate::Delivered)], Vec::new());
}

#[test]
fn a_batch_larger_than_all_room_passes_alone() {
    let ledger = ledger([Cursor::default(), Cursor::default()]);
    assert!(ledger.try_admit(0, taken(11, 5000)));
    assert!(!ledger.try_admit(0, taken(1, 1)));
}

#[test]
fn a_sink_that_stopped_keeps_its_place_and_nobody_waits_for_it() {
    let ledger = ledger([Cursor::default(), Cursor::default()]);
    let (caller, mut answer) = oneshot::channel();
    assert!(ledger.try_admit(0, taken(2, 10)));
    let receipt = ledger.open(0, Opening { caller: Some(caller), ..opening(0, [&[1, 1], &[1, 1]]) });
    ledger.settle([(SLOTS[0], receipt, 0, Fate::Delivered), (SLOTS[0], receipt, 1, Fate::Delivered)], Vec::new());
    ledger.detach(SLOTS[1]);
    ledger.settle([(SLOTS[1], receipt, 0, Fate::Delivered)], Vec::new());
    page(&ledger);
    assert_eq!(answer.try_recv(), Ok(()));
    assert_eq!((ledger.cursor(SLOTS[0]).low, ledger.cursor(SLOTS[1]).low, ledger.lowest(0)), (2, 0, 0));
}

#[test]
fn what_was_settled_before_the_start_is_not_delivered_again() {
    let mut cursor = Cursor::default();
    cursor.settle(0..2);
    cursor.settle(3..4);
    let ledger = ledger([cursor, Cursor::default()]);
    assert_eq!(ledger.settled_before(0, 1, 3), Some(vec![vec![true, false, true], vec![false; 3]]));
    assert_eq!(ledger.settled_before(0, 4, 3), None);
}

/// The sums that the next commit adds to, as `source sink counter count`.
fn tallies(ledger: &Ledger) -> Vec<String> {
    let Some((pages, _, commit)) = ledger.books().take() else { return Vec::new() };
    ledger.close(pages);
    let shown = |tally: &Tally| format!("{}>{} {:?} {}", tally.source, tally.sink, tally.counter, tally.count);
    commit.tallies.iter().map(shown).collect()
}

#[test]
fn each_event_meets_one_fate_in_each_line() {
    let ledger = ledger([Cursor::default(), Cursor::default()]);
    // Event 0 became two in `a`; on the way to `b`, event 1 was rejected and of event 2 nothing came.
    let opening = Opening {
        rejected: vec![vec![], vec![1]],
        missed: Missed { skipped: 4, rejected: 5 },
        ..opening(0, [&[2, 1, 0], &[1, 0, 0]])
    };
    let receipt = ledger.open(0, opening);
    let mut log = vec![tallies(&ledger)];
    let table = [(0, 0, Fate::Rejected), (0, 0, Fate::Delivered), (0, 1, Fate::Dropped), (0, 1, Fate::Delivered)];
    for (sink, event, fate) in table {
        ledger.settle([(SLOTS[sink], receipt, event, fate)], Vec::new());
    }
    log.push(tallies(&ledger));
    ledger.settle([(SLOTS[1], receipt, 0, Fate::Delivered)], Vec::new());
    log.push(tallies(&ledger));
    expect_test::expect![[r#"
        [
            [
                "in>a Dropped 1",
                "in>b Dropped 1",
                "in>b Rejected 1",
                "in> Events 3",
            ],
            [
                "in>a Dropped 1",
                "in>a Rejected 1",
            ],
            [
                "in>b Delivered 1",
                "in> Skipped 4",
                "in> Rejected 5",
            ],
        ]
    "#]]
    .assert_debug_eq(&log);
}

#[test]
fn what_was_counted_before_the_start_is_not_counted_again() {
    let mut cursor = Cursor::default();
    cursor.settle(1..3);
    let ledger = ledger([cursor, Cursor::default()]);
    // As it is read again: `a` had settled 1 and 2, so nothing of them is open in it.
    let receipt = ledger.open(0, opening(0, [&[1, 0, 0, 1], &[1, 1, 1, 1]]));
    assert_eq!((tallies(&ledger), ledger.in_flight(0)), (Vec::<String>::new(), 1));
    let settled = (0..4).map(|event| (SLOTS[1], receipt, event, Fate::Delivered));
    ledger.settle(settled.chain([(SLOTS[0], receipt, 0, Fate::Delivered)]), Vec::new());
    assert_eq!(tallies(&ledger), ["in>a Delivered 1", "in>b Delivered 4", "in> Events 1"]);
    assert_eq!(ledger.in_flight(0), 0);
}

#[test]
fn of_what_nobody_keeps_only_whole_batches_count() {
    let (lines, room) = (["a", "b"].map(|sink| (sink.to_owned(), Cursor::default())), Room::new(10, 1000));
    let ledger = Ledger::new(vec![Book::new("in".into(), room, true, lines.into())]);
    let receipt = ledger.open(0, Opening { position: None, ..opening(0, [&[1, 0], &[1, 1]]) });
    ledger.settle([(SLOTS[0], receipt, 0, Fate::Delivered), (SLOTS[1], receipt, 1, Fate::Delivered)], Vec::new());
    assert_eq!((tallies(&ledger), ledger.in_flight(0)), (Vec::<String>::new(), 2));
    ledger.settle([(SLOTS[1], receipt, 0, Fate::Rejected)], Vec::new());
    let all = ["in>a Delivered 1", "in>a Dropped 1", "in>b Delivered 1", "in>b Rejected 1", "in> Events 2"];
    assert_eq!(tallies(&ledger), all);
}

#[test]
fn what_is_not_there_any_more_is_given_up() {
    let mut cursor = Cursor::starting_at(2);
    cursor.settle(4..6);
    let ledger = ledger([cursor, Cursor::starting_at(6)]);
    assert_eq!((ledger.renew(0), tallies(&ledger)), (6, vec!["in>a Dropped 2".to_owned()]));
}

#[test]
fn a_sink_that_is_new_waits_for_nothing_that_is_not_read_again() {
    let ledger = ledger([Cursor::starting_at(7), Cursor::default()]);
    let receipt = ledger.open(0, opening(7, [&[1], &[1]]));
    let settled = [0, 1].map(|sink| (SLOTS[sink], receipt, 0, Fate::Delivered));
    ledger.settle(settled, Vec::new());
    assert_eq!(page(&ledger), "a=8[] b=8[] position=Some([7])");
}

#[test]
fn the_end_of_a_snapshot_takes_no_room() {
    let ledger = ledger([Cursor::default(), Cursor::default()]);
    assert!(ledger.try_admit(0, taken(2, 10)) && ledger.try_admit(0, taken(8, 10)));
    let receipt = ledger.open(0, Opening { events: 3, mark: Some(2), ..opening(0, [&[1, 1, 1], &[0, 0, 0]]) });
    let settled = [(0, Fate::Delivered), (1, Fate::Delivered), (2, Fate::Mark)];
    ledger.settle(settled.map(|(event, fate)| (SLOTS[0], receipt, event, fate)), Vec::new());
    page(&ledger);
    assert!(ledger.try_admit(0, taken(2, 10)), "what was taken is given back");
    assert!(!ledger.try_admit(0, taken(1, 10)), "and no more than that");
}

#[test]
fn whoever_waits_for_a_sink_that_stopped_is_not_told_that_it_was_delivered() {
    let lines = vec![("a".into(), Cursor::default()), ("b".into(), Cursor::default())];
    let ledger = Ledger::new(vec![Book::new("in".into(), Room::new(10, 1000), true, lines)]);
    let asks = |open| {
        let (caller, answer) = oneshot::channel();
        let receipt = ledger.open(0, Opening { caller: Some(caller), position: None, ..opening(0, open) });
        (receipt, answer)
    };
    let of_a = |receipt| [0, 1].map(|event| (SLOTS[0], receipt, event, Fate::Delivered));
    let (before, mut told) = asks([&[1, 1], &[1, 1]]);
    ledger.settle(of_a(before), Vec::new());
    ledger.settle([0, 1].map(|event| (SLOTS[1], before, event, Fate::Delivered)), Vec::new());
    let (during, mut cut) = asks([&[1, 1], &[1, 1]]);
    assert!(!ledger.is_halted(0));
    ledger.detach(SLOTS[1]);
    assert!(ledger.is_halted(0));
    ledger.settle(of_a(during), Vec::new());
    let (after, mut late) = asks([&[1, 1], &[0, 1]]);
    ledger.settle(of_a(after), Vec::new());
    // Nothing of this one was for the sink that stopped.
    let (without, mut whole) = asks([&[1, 1], &[0, 0]]);
    ledger.settle(of_a(without), Vec::new());
    page(&ledger);
    assert_eq!((told.try_recv(), whole.try_recv()), (Ok(()), Ok(())));
    assert!(cut.try_recv().is_err() && late.try_recv().is_err());
}

#[test]
fn what_could_not_be_read_is_stored_with_the_position_behind_it() {
    let ledger = ledger([Cursor::default(), Cursor::default()]);
    let unread = vec![DeadLetter { body: vec![0; 7], ..DeadLetter::default() }; 4];
    assert!(ledger.try_admit(0, taken(2 + 4, 10 + 28)));
    let opening = Opening { taken: taken(6, 38), unread, ..opening(0, [&[1, 1], &[0, 0]]) };
    let receipt = ledger.open(0, opening);
    let letters = |ledger: &Ledger| {
        let Some((pages, _, commit)) = ledger.books().take() else { return (0, 0) };
        ledger.close(pages);
        (commit.positions.len(), commit.dead_letters.len())
    };
    assert_eq!(letters(&ledger), (0, 0), "a restart would read it again");
    ledger.settle([(SLOTS[0], receipt, 0, Fate::Delivered)], Vec::new());
    assert_eq!(letters(&ledger), (0, 0));
    assert!(!ledger.try_admit(0, taken(5, 1)), "it is held, so it takes room");
    ledger.settle([(SLOTS[0], receipt, 1, Fate::Delivered)], Vec::new());
    assert_eq!((letters(&ledger), ledger.counts().rejected), ((1, 4), 4));
    assert!(ledger.try_admit(0, taken(10, 1)));
}

#[test]
fn what_is_rejected_says_where_it_was_read_as_long_as_that_is_open() {
    let ledger = ledger([Cursor::default(), Cursor::default()]);
    let letter =
        |source: &str, place: &str| DeadLetter { source: source.into(), place: place.into(), ..DeadLetter::default() };
    let said = |letters: Vec<DeadLetter>| {
        ledger.bury(letters);
        let (pages, _, commit) = ledger.books().take().unwrap();
        ledger.close(pages);
        let places: Vec<String> = commit.dead_letters.into_iter().map(|letter| letter.place).collect();
        places.join("; ")
    };
    assert_eq!(said(vec![letter("in", "event 0")]), "event 0");
    for (first, place) in [(0, "a, bytes 0 to 9"), (2, "a, bytes 9 to 12"), (4, "b, bytes 0 to 5")] {
        ledger.reads(0, first, place.into());
    }
    let numbered = || [0, 1, 2, 5].map(|event| letter("in", &format!("event {event}"))).to_vec();
    let shown = said(numbered());
    assert_eq!(
        shown,
        "a, bytes 0 to 9: event 0; a, bytes 0 to 9: event 1; a, bytes 9 to 12: event 2; b, bytes 0 to 5: event 5"
    );
    assert_eq!(said(vec![letter("other", "event 0"), letter("in", "a: row 7, byte 1")]), "event 0; a: row 7, byte 1");
    // What is settled is forgotten.
    let first = ledger.open(0, opening(0, [&[1, 1], &[1, 1]]));
    let all = SLOTS.into_iter().flat_map(|slot| [0, 1].map(|event| (slot, first, event, Fate::Delivered)));
    ledger.settle(all, Vec::new());
    said(Vec::new());
    assert_eq!(said(numbered()), "event 0; event 1; a, bytes 9 to 12: event 2; b, bytes 0 to 5: event 5");
}
