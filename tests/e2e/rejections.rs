//! Each way in which Braze says no, and what becomes of the events: they arrive, or they are dead letters with the reason.

use brazeline_sandbox::braze::{ErrorStyle, Rules};
use brazeline_sandbox::{Braze, Fault, Reset};

use crate::host::{API_KEY, until};
use crate::scene::{Extra, Scene, enter, people, triggers};

const fn status(status: u16) -> Fault {
    Fault::Status { status, retry_after_s: None }
}

/// One request at a time, so that a script knows which of them it meets.
const IN_TURN: Extra<'_> = Extra { sink: ", concurrency: 1", source: "", rest_ms: 0 };

/// Sends `count` people to a Braze with this script, which shall take so many requests: the reasons of the dead letters. Who has none
/// has arrived.
fn play(scene: &Scene, count: usize, script: impl IntoIterator<Item = Fault>, requests: usize) -> Vec<String> {
    scene.vendors.braze().script(script);
    let mut host = scene.place.run();
    assert_eq!(enter(&mut host, &people(0..count), "Nagoya").status, 200);
    scene.vendors.wait(scene.vendors.braze().wait_for_requests(requests)).unwrap();
    // The last of them may still be in flight: the program lets it end.
    let ended = host.terminate();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(scene.vendors.braze().request_count(), requests);
    let reasons = scene.reasons();
    assert_eq!(scene.at_braze(&people(0..count)).len() + reasons.len(), count);
    reasons
}

#[test]
fn a_request_refused_whole_is_taken_apart_to_the_one_at_fault() {
    let scene = triggers(IN_TURN);
    // Two people: both together, then one of them.
    let reasons = play(&scene, 2, [status(400), status(400)], 3);
    assert_eq!(reasons.len(), 1);
    assert!(reasons[0].contains("Braze answers 400 (this failure was asked for)"), "{reasons:?}");
}

#[test]
fn too_large_is_taken_apart_and_all_arrives() {
    let scene = triggers(IN_TURN);
    // All; then both halves; then their four.
    assert_eq!(play(&scene, 40, [status(413), status(413), status(413)], 7), [""; 0]);
}

#[test]
fn errors_that_name_their_object_reject_it_alone() {
    let scene = triggers(Extra::default());
    let fault = Fault::RefuseAt { array: "attributes".into(), indexes: vec![3, 7] };
    let reasons = play(&scene, 10, [fault], 1);
    assert_eq!(reasons, ["Braze refuses this object in `attributes`: this refusal was asked for"; 2]);
}

#[test]
fn errors_that_name_no_object_are_found_by_taking_apart() {
    let scene = triggers(Extra::default());
    let blocked_external_ids = ["u-5".to_owned()].into();
    let rules = Rules { errors: ErrorStyle::Strings, blocked_external_ids, ..Rules::default() };
    scene.vendors.braze().change(|braze| braze.set_rules(rules));
    // All; then twice both halves of those with `u-5` among them; then `u-5` and one other, each alone.
    let reasons = play(&scene, 10, [], 7);
    assert_eq!(reasons.len(), 1);
    assert!(!scene.at_braze(&people(0..10)).contains(&"u-5".to_owned()), "{reasons:?}");
}

#[test]
fn too_many_waits_as_long_as_each_header_says() {
    // (the header, the least wait in milliseconds; an hour's clock has whole seconds)
    let table = [(Reset::Epoch(2), 1000), (Reset::Delta(1), 1000), (Reset::RetryAfter(1), 1000), (Reset::Unsaid, 400)];
    for (reset, least_ms) in table {
        let scene = triggers(Extra::default());
        assert_eq!(play(&scene, 5, [Fault::TooMany { reset }], 2), [""; 0], "{reset:?}");
        let requests = scene.vendors.braze().requests();
        let statuses: Vec<u16> = requests.iter().map(|request| request.status).collect();
        assert_eq!(statuses, [429, 201], "{reset:?}");
        let waited = requests[1].at.duration_since(requests[0].at).as_millis();
        assert!((least_ms..least_ms + 3000).contains(&waited), "{reset:?}: {waited} ms");
    }
}

#[test]
fn who_was_rejected_before_any_request_is_heard_again() {
    let scene = triggers(Extra { sink: ", bad_attributes: reject", ..Extra::default() });
    let mut host = scene.place.run();
    assert_eq!(enter(&mut host, &people(0..1), &"x".repeat(256)).status, 200);
    until("they are rejected", || scene.status()["dead_letters"] == 1);
    assert_eq!(enter(&mut host, &people(0..1), "Kobe").status, 200);
    scene.braze_until("what is said later arrives", |braze: &Braze| braze.profiles().len() == 1);
    assert_eq!(host.terminate().code, Some(0));
    assert_eq!(scene.reasons().len(), 1);
}

#[test]
fn a_failure_of_braze_passes() {
    let scene = triggers(Extra::default());
    assert_eq!(play(&scene, 5, [status(503), status(500), Fault::Cut], 4), [""; 0]);
}

#[test]
fn what_can_be_repeated_is_when_the_answer_is_lost() {
    // Half of a 201 is a 201 all the same, and is taken at its word.
    for (lost, requests) in [(Fault::AcceptThenCut, 2), (Fault::BrokenBody, 1)] {
        let scene = triggers(Extra::default());
        assert_eq!(play(&scene, 5, [lost.clone()], requests), [""; 0], "{lost:?}");
        assert_eq!(scene.profile("u-3").list("lytics_segments"), ["vip"]);
    }
}

#[test]
fn a_wrong_key_stops_and_nothing_is_lost_once_it_is_right() {
    let scene = triggers(Extra::default());
    scene.place.write("key", "b-key-of-another");
    let mut host = scene.place.run();
    assert_eq!(enter(&mut host, &people(0..5), "Kobe").status, 200);
    host.says(&["stopped: nothing passes before a person acts", "401"]);
    // It still takes what is sent.
    assert_eq!(enter(&mut host, &people(5..10), "Kobe").status, 200);
    assert_eq!(host.terminate().code, Some(1));
    scene.place.write("key", API_KEY);
    let host = scene.place.run();
    scene.braze_until("all arrive", |braze: &Braze| braze.profiles().len() == 10);
    assert_eq!(host.terminate().code, Some(0));
    assert_eq!(scene.dead_letters().len(), 0);
}
