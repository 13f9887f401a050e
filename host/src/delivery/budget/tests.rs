use super::*;

fn at(seconds: u64) -> Moment {
    Moment::ZERO + Duration::from_secs(seconds)
}

fn told(remaining: u64, limit: Option<u64>, seconds: u64) -> Budget {
    Budget { name: "track".into(), limit, remaining, resets_in_ms: seconds * 1000 }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// How many requests start at each second, when ten want to. Each is over at once.
fn starts(budgets: &mut Budgets, seconds: &[u64]) -> Vec<usize> {
    let track = names(&["track"]);
    let start = |budgets: &mut Budgets, second| {
        let admitted = (0..10).take_while(|_| budgets.admit(at(second), &track).is_ok()).count();
        (0..admitted).for_each(|_| budgets.finish(&track, true));
        admitted
    };
    seconds.iter().map(|second| start(budgets, *second)).collect()
}

#[test]
fn nothing_is_started_past_a_budget() {
    // (what was told at 0 s, how many of ten start at 0, 1, 5 and 6 s)
    let table = [
        (vec![], [10, 10, 10, 10]),
        (vec![told(3, Some(4), 5)], [3, 0, 4, 0]),
        (vec![told(0, None, 5)], [0, 0, 1, 0]),
        // An answer that was overtaken says more than is left.
        (vec![told(3, Some(4), 5), told(7, Some(4), 5)], [3, 0, 4, 0]),
        (vec![told(0, None, 0)], [0, 1, 1, 1]),
        // Windows follow each other without a gap, however late somebody asks.
        (vec![told(3, Some(4), 2)], [3, 0, 4, 4]),
        (vec![told(3, Some(0), 5)], [1, 0, 1, 0]),
    ];
    for (reports, expected) in table {
        let mut budgets = Budgets::default();
        reports.iter().for_each(|report| budgets.report(at(0), at(0), report));
        assert_eq!(starts(&mut budgets, &[0, 1, 5, 6]), expected, "{reports:?}");
    }
}

#[test]
fn a_part_is_left_to_others() {
    // (the share, what was told at 0 s, how many of ten start at 0, 1, 5 and 6 s)
    let table = [
        (0.5, told(8, Some(8), 5), [4, 0, 4, 0]),
        // Others have taken most of it already.
        (0.5, told(3, Some(8), 5), [3, 0, 4, 0]),
        (0.99, told(8, Some(8), 5), [7, 0, 7, 0]),
        // Something has to be sent.
        (0.01, told(8, Some(8), 5), [1, 0, 1, 0]),
        // Of an unknown limit there is no share.
        (0.5, told(8, None, 5), [8, 0, 1, 0]),
        (1.0, told(8, Some(8), 5), [8, 0, 8, 0]),
    ];
    for (share, report, expected) in table {
        let mut budgets = Budgets::new(share);
        budgets.report(at(0), at(0), &report);
        assert_eq!(starts(&mut budgets, &[0, 1, 5, 6]), expected, "{share} of {report:?}");
    }
}

#[test]
fn one_asks_for_all_where_a_part_is_left_to_others() {
    let (mut budgets, track) = (Budgets::new(0.5), names(&["track"]));
    assert!(budgets.admit(at(0), &track).is_ok());
    assert!(budgets.admit(at(0), &track).is_err(), "nobody knows how much there is");
    budgets.finish(&track, false);
    assert!(budgets.admit(at(1), &track).is_ok(), "the first never was answered");
    budgets.finish(&track, true);
    budgets.report(at(2), at(1), &told(9, Some(10), 3));
    assert_eq!(starts(&mut budgets, &[2]), [4], "the one that asked counts");
    // A vendor that tells nothing is not asked one by one.
    let mut silent = Budgets::new(0.5);
    assert!(silent.admit(at(0), &track).is_ok());
    silent.finish(&track, true);
    assert_eq!(starts(&mut silent, &[0]), [10]);
}

#[test]
fn what_is_in_flight_at_a_reset_counts_in_the_new_window() {
    let (mut budgets, track) = (Budgets::new(0.5), names(&["track"]));
    budgets.report(at(0), at(0), &told(8, Some(8), 5));
    (0..3).for_each(|_| assert!(budgets.admit(at(4), &track).is_ok()));
    assert_eq!(starts(&mut budgets, &[5]), [1], "three may arrive after the reset");
    // A late word about the window that is over changes nothing.
    budgets.finish(&track, true);
    budgets.report(at(6), at(4), &told(0, Some(8), 0));
    (0..2).for_each(|_| budgets.finish(&track, true));
    assert_eq!(starts(&mut budgets, &[9, 10]), [0, 4]);
}

#[test]
fn the_length_of_a_window_is_learnt() {
    let mut budgets = Budgets::default();
    // In the middle of an hour, and right behind its end.
    budgets.report(at(0), at(0), &told(2, Some(2), 600));
    budgets.report(at(601), at(601), &told(2, Some(2), 3599));
    assert_eq!(starts(&mut budgets, &[601, 1201, 4199, 4200, 7798, 7799]), [2, 0, 0, 2, 0, 2]);
}

#[test]
fn a_spent_budget_says_when_to_ask_again_and_takes_nothing_of_the_others() {
    let mut budgets = Budgets::default();
    budgets.report(at(0), at(0), &told(2, Some(2), 9));
    budgets.report(at(0), at(0), &Budget { name: "hour".into(), ..told(0, Some(5), 60) });
    let pause = |budget: &str, seconds| Pause { budget: budget.to_owned(), until: at(seconds), why: Why::Spent };
    assert_eq!(budgets.admit(at(1), &names(&["track", "hour"])), Err(pause("hour", 60)));
    assert_eq!(starts(&mut budgets, &[1]), [2]);
    // Of several the one that lasts longest.
    assert_eq!(budgets.admit(at(1), &names(&["hour", "track"])), Err(pause("hour", 60)));
    assert_eq!(budgets.pauses(at(1)), [pause("hour", 60), pause("track", 9)]);
    assert_eq!(budgets.pauses(at(9)), [pause("hour", 60)]);
    assert_eq!(budgets.pauses(at(60)), []);
}

#[test]
fn a_wait_that_was_asked_for_is_everybodys() {
    let mut budgets = Budgets::default();
    budgets.wait(at(0), &names(&["track"]), Duration::from_secs(7));
    budgets.wait(at(1), &names(&["track"]), Duration::from_secs(2));
    assert_eq!(starts(&mut budgets, &[1, 6, 7]), [0, 0, 10]);
    assert!(budgets.admit(at(1), &names(&["other"])).is_ok());
}

#[test]
fn names_without_end_take_no_memory_without_end() {
    let mut budgets = Budgets::default();
    for number in 0..1000 {
        assert!(budgets.admit(at(0), &[format!("budget {number}")]).is_ok());
    }
    assert_eq!(budgets.windows.len(), MOST_NAMES);
}

#[test]
fn a_request_is_in_flight_until_it_is_answered_or_given_up() {
    let (shared, track) = (Shared::new(0.5), names(&["track"]));
    let draw = shared.admit(at(0), &track).unwrap();
    assert_eq!(shared.admit(at(0), &track).unwrap_err().why, Why::FirstAnswer);
    assert_eq!(shared.pauses(at(0)), [], "nobody needs to know");
    drop(draw);
    shared.admit(at(0), &track).unwrap().answered(at(0), &[told(3, Some(4), 9)], Some(Duration::from_secs(1)));
    let asked = Pause { budget: "track".to_owned(), until: at(1), why: Why::Asked };
    assert_eq!(shared.clone().admit(at(0), &track).unwrap_err(), asked);
    assert!(shared.admit(at(1), &track).is_ok(), "one of two is left");
    let spent = shared.admit(at(1), &track).unwrap_err();
    assert_eq!((spent.until, spent.why), (at(9), Why::Spent));
}
