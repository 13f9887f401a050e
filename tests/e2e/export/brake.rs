//! The brake: what looks like an exodus waits until somebody looks.

use super::stage::{With, scan};
use crate::host::Ended;
use crate::scene::people;

fn said(ended: &Ended, words: &str) {
    assert!(ended.stderr.contains(words), "it does not say `{words}`:\n{}", ended.stderr);
}

#[test]
fn an_empty_scan_is_held_up_and_approved() {
    let stage = scan(With::default());
    stage.enter(&people(0..200), "vip");
    stage.follow();
    stage.leave(&people(0..200), "vip");
    let ended = stage.run();
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    said(&ended, "200 of 200 people would leave audience `vip` at once");
    stage.vendors.braze().apply();
    assert_eq!(stage.held().len(), 200, "nothing of it was sent");
    let approved = stage.place.brazeline(&["approve", "pipeline.yaml"]);
    assert_eq!(approved.code, Some(0), "{}", approved.stderr);
    stage.follow();
}

#[test]
fn a_good_scan_takes_the_place_of_one_that_was_held_up() {
    let stage = scan(With::default());
    stage.enter(&people(0..200), "vip");
    stage.follow();
    stage.leave(&people(0..150), "vip");
    assert_eq!(stage.run().code, Some(1));
    stage.enter(&people(0..150), "vip");
    stage.follow();
    stage.leave(&people(0..10), "vip");
    stage.follow();
}

#[test]
fn a_small_audience_may_empty() {
    let stage = scan(With::default());
    stage.enter(&people(0..60), "vip");
    stage.enter(&people(0..300), "new");
    stage.follow();
    stage.leave(&people(0..60), "vip");
    stage.follow();
}

#[test]
fn the_brake_can_be_set() {
    let stage = scan(With { transform: ", max_exit: 80%", ..With::default() });
    stage.enter(&people(0..200), "vip");
    stage.follow();
    stage.leave(&people(0..150), "vip");
    stage.follow();
}

#[test]
fn an_audience_that_is_not_named_any_more_is_left_or_taken_off() {
    let stage = scan(With::default());
    stage.enter(&people(0..150), "vip");
    stage.enter(&people(0..90), "lapsed");
    stage.follow();
    let source = |audiences: &str| {
        format!(
            "  audiences: {{ type: lytics-ingest, mode: scan, authorization: lytics, audiences: {audiences}, identifier: {{ external_id: user_id }} }}\n"
        )
    };
    let left = |id: &str| stage.held().get(id).is_some_and(|list| list.contains("lapsed"));
    stage.write(&source("[vip]"), "[audiences]", With::default());
    assert_eq!(stage.run().code, Some(0));
    stage.vendors.braze().apply();
    assert!(left("u-0"), "left, because nobody said otherwise");
    let transform = ", audiences: [vip], on_audience_removed: remove";
    stage.write(&source("[vip]"), "[audiences]", With { transform, ..With::default() });
    let ended = stage.run();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    said(&ended, "no longer configured");
    stage.vendors.braze().apply();
    assert!(!stage.held().values().any(|list| list.contains("lapsed")), "{:?}", stage.held());
    assert_eq!(stage.held().len(), 150);
}
