//! An event and a purchase for who enters or leaves: of what happened, never of what is only said again.

use super::stage::{Stage, With, scan};
use crate::scene::people;

const SINK: &str =
    ", enter_event: { name: entered, properties: { audience: \"{audience}\" } }, exit_event: { name: left }";

/// The names of what somebody did.
fn deeds(stage: &Stage, id: &str) -> Vec<String> {
    stage.vendors.braze().apply();
    stage.vendors.braze().read(|braze| {
        let profile = braze.profile(&format!("external_id:{id}")).unwrap();
        profile.events.iter().map(|event| event.name.clone()).collect()
    })
}

#[test]
fn who_enters_or_leaves_does_something_once() {
    let stage = scan(With { sink: SINK, ..With::default() });
    stage.enter(&people(0..5), "vip");
    stage.follow();
    assert_eq!(deeds(&stage, "u-0"), [""; 0], "they were there before anybody looked");
    stage.enter(&people(0..1), "new");
    stage.leave(&people(1..2), "vip");
    stage.enter(&people(9..10), "vip");
    stage.follow();
    let told = ["u-0", "u-1", "u-2", "u-9"].map(|id| deeds(&stage, id).join(" "));
    assert_eq!(told, ["entered", "left", "", "entered"]);
    // What is told again has not happened again.
    assert_eq!(stage.place.brazeline(&["reconcile", "pipeline.yaml", "--yes"]).code, Some(0));
    stage.follow();
    assert_eq!(["u-0", "u-1", "u-2", "u-9"].map(|id| deeds(&stage, id).join(" ")), told);
}
