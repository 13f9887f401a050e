//! Scans: what they tell, what they cost, and what they leave out.

use brazeline_sandbox::{Fault, Options};

use super::stage::{AUDIENCES, With, scan, scan_with, stage};
use crate::host::API_KEY;
use crate::http;
use crate::scene::{people, sandbox};

#[test]
fn a_scan_arrives_and_another_costs_nothing() {
    let stage = scan(With::default());
    stage.enter(&people(0..350), "vip");
    stage.enter(&people(300..420), "lapsed");
    stage.follow();
    let cost = stage.cost();
    assert_eq!(cost.1, 420, "one data point a person");
    stage.follow();
    assert_eq!(stage.cost(), cost, "nothing changed, so nothing is sent");
}

#[test]
fn who_enters_and_leaves_between_scans_is_told() {
    let stage = scan(With::default());
    stage.enter(&people(0..150), "vip");
    stage.enter(&people(100..250), "new");
    stage.follow();
    let before = stage.cost().1;
    stage.leave(&people(0..20), "vip");
    stage.enter(&people(10..30), "lapsed");
    stage.enter(&people(900..905), "vip");
    stage.follow();
    assert_eq!(stage.cost().1 - before, 35, "one data point for each person who changed");
}

#[test]
fn each_audience_can_be_scanned_alone() {
    let stage = scan(With { source: ", scan: each", ..With::default() });
    for (number, audience) in AUDIENCES.into_iter().enumerate() {
        stage.enter(&people(number * 60..number * 60 + 130), audience);
    }
    stage.follow();
    stage.leave(&people(0..15), "vip");
    stage.leave(&people(70..80), "lapsed");
    stage.follow();
}

#[test]
fn with_existing_users_off_the_first_scan_is_only_learnt() {
    let stage = scan(With { transform: ", existing_users: false", ..With::default() });
    stage.enter(&people(0..120), "vip");
    let ended = stage.run();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(stage.cost(), (0, 0), "learnt in silence");
    stage.enter(&people(118..125), "new");
    stage.leave(&people(0..2), "vip");
    let ended = stage.run();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    stage.vendors.braze().apply();
    let held = stage.held();
    let told: Vec<(&str, Vec<&str>)> =
        held.iter().map(|(id, list)| (id.as_str(), list.iter().map(String::as_str).collect())).collect();
    let new = |number: usize| (people(number..number + 1).remove(0), vec!["new"]);
    let expected: Vec<(String, Vec<&str>)> = (118..125).map(new).collect();
    let told: Vec<(String, Vec<&str>)> = told.into_iter().map(|(id, list)| (id.to_owned(), list)).collect();
    assert_eq!(told, expected, "who entered after the baseline, and nobody of it");
    assert!(stage.vendors.braze().read(|braze| braze.profile("external_id:u-0").is_none()), "an exit makes no profile");
}

#[test]
fn with_existing_users_off_who_was_there_before_and_leaves_is_taken_off() {
    let stage = scan(With { transform: ", existing_users: false", ..With::default() });
    stage.enter(&people(0..5), "vip");
    // Another job told Braze long ago.
    let before = r#"{"attributes":[{"external_id":"u-3","lytics_segments":["vip","other"]}]}"#;
    let braze = stage.vendors.braze().address().to_string();
    let headers = [("content-type", "application/json"), ("authorization", &format!("Bearer {API_KEY}"))];
    assert_eq!(http::send(&braze, "POST", "/users/track", &headers, before).unwrap().status, 201);
    assert_eq!(stage.run().code, Some(0));
    stage.leave(&people(3..4), "vip");
    assert_eq!(stage.run().code, Some(0));
    assert_eq!(stage.cost().0, 2, "the other job's, and the exit");
    assert_eq!(stage.held(), [("u-3".to_owned(), ["other".to_owned()].into())].into());
}

#[test]
fn a_scan_that_fails_on_its_last_page_takes_nobody_away() {
    let stage = scan(With::default());
    stage.enter(&people(0..250), "vip");
    stage.follow();
    stage.leave(&people(0..3), "vip");
    // The third page is refused for good: the run stops, and nobody counts as absent.
    let refused = Fault::Status { status: 403, retry_after_s: None };
    stage.vendors.lytics().script([Fault::Fine, Fault::Fine, refused]);
    let ended = stage.run();
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    stage.vendors.braze().apply();
    assert_eq!(stage.held().len(), 250);
    // And the next whole one puts it right.
    stage.follow();
}

#[test]
fn a_scan_goes_on_through_errors_and_expired_tokens() {
    let mut options = Options::default();
    options.lytics.rules.scan_token_uses = Some(1);
    let stage = scan_with(sandbox(options), With::default());
    stage.enter(&people(0..450), "vip");
    stage.vendors.lytics().script([
        Fault::Fine,
        Fault::Status { status: 500, retry_after_s: None },
        Fault::Cut,
        Fault::BreakOff,
        Fault::Fine,
    ]);
    stage.follow();
}

#[test]
fn who_has_no_identifier_is_skipped() {
    let stage = scan(With::default());
    stage.enter(&people(0..30), "vip");
    stage.people(|people| {
        people.put("nameless", serde_json::json!({ "email": "who@example.com" }));
        people.enter("nameless", "vip");
    });
    let ended = stage.run();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    stage.vendors.braze().apply();
    assert_eq!(stage.held().len(), 30);
}

#[test]
fn a_person_whose_identifier_changed_is_another_person() {
    let stage = scan(With::default());
    stage.enter(&people(0..30), "vip");
    stage.follow();
    stage.people(|people| people.put("u-7", serde_json::json!({ "user_id": "u-7-renamed" })));
    let ended = stage.run();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    stage.vendors.braze().apply();
    let held = stage.held();
    assert!(held.contains_key("u-7-renamed") && !held.contains_key("u-7"), "{held:?}");
}

#[test]
fn attributes_are_sent_when_they_change() {
    let stage = scan(With { source: ", fields: [city]", ..With::default() });
    stage.enter(&people(0..40), "vip");
    stage.follow();
    let before = stage.cost().1;
    stage.people(|people| people.put("u-5", serde_json::json!({ "user_id": "u-5", "city": "elsewhere" })));
    stage.follow();
    assert_eq!(stage.cost().1 - before, 1);
    let city =
        stage.vendors.braze().read(|braze| braze.profile("external_id:u-5").unwrap().text("city").map(str::to_owned));
    assert_eq!(city.as_deref(), Some("elsewhere"));
}

#[test]
fn a_renamed_audience_keeps_the_name_that_the_pipeline_gives_it() {
    let vendors = sandbox(Options::default());
    let id = vendors.lytics().change(|lytics| lytics.people.create("vip"));
    let source = format!(
        "  audiences: {{ type: lytics-ingest, mode: scan, authorization: lytics, audiences: [{{ id: \"{id}\", slug: vip }}], identifier: {{ external_id: user_id }} }}\n"
    );
    let stage = stage(vendors, &source, "[audiences]", With::default());
    stage.enter(&people(0..25), "vip");
    assert_eq!(stage.run().code, Some(0));
    let cost = stage.cost();
    stage.people(|people| people.rename("vip", "very-important"));
    let ended = stage.run();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(stage.cost(), cost, "nothing is sent for a new name");
}

#[test]
fn a_kill_in_a_scan_loses_and_repeats_nothing() {
    let stage = scan(With::default());
    stage.enter(&people(0..500), "vip");
    for round in 0..4_usize {
        let host = stage.place.run();
        let (already, pages) = (stage.vendors.lytics().request_count(), round + 1);
        stage.vendors.wait(stage.vendors.lytics().wait_for_requests(already + pages)).unwrap();
        host.kill();
    }
    stage.follow();
    let points = stage.cost().1;
    // What was being sent at one of the kills may have been sent once more: at most what was in flight.
    assert!((500..=500 + 4 * 500).contains(&points), "{points}");
    stage.follow();
    assert_eq!(stage.cost().1, points);
}
