//! See it before it runs: what a rehearsal says is what the run then does.

use serde_json::Value;

use super::stage::{With, scan};
use crate::scene::people;

fn report(stage: &super::stage::Stage) -> Value {
    let ended = stage.place.brazeline(&["run", "pipeline.yaml", "--dry-run", "--json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    serde_json::from_str(&ended.stdout).unwrap()
}

#[test]
fn it_says_what_the_run_then_does() {
    let stage = scan(With::default());
    stage.enter(&people(0..200), "vip");
    stage.enter(&people(150..230), "new");
    let said = report(&stage);
    assert_eq!(stage.cost(), (0, 0), "nothing is sent");
    stage.follow();
    let (requests, points) = stage.cost();
    assert_eq!(said["report"]["sent"]["requests"], requests as u64);
    assert_eq!(said["report"]["sent"]["costs"]["data points"], points);
    assert_eq!(said["report"]["people"], 230);
    assert_eq!(said["report"]["restated"], 280, "everybody was there before");
    // Then only what changed.
    stage.leave(&people(0..4), "vip");
    stage.enter(&people(5..8), "lapsed");
    let said = report(&stage);
    assert_eq!(said["report"]["enters"], 3);
    assert_eq!(said["report"]["exits"], 4);
    assert_eq!(said["report"]["sent"]["costs"]["data points"], 7);
    // Everybody who came would be sent otherwise: 226 in the scan, but for those who left it.
    assert!(said["report"]["without_memory"]["costs"]["data points"].as_u64().unwrap() >= 226, "{said}");
    stage.follow();
    assert_eq!(stage.cost().1 - points, 7);
}

#[test]
fn a_person_reads_it() {
    let stage = scan(With::default());
    stage.enter(&people(0..3), "vip");
    let ended = stage.place.brazeline(&["run", "pipeline.yaml", "--dry-run"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for words in [
        "POST /users/track",
        "u-2",
        "people:         3",
        "data points:    3; 3 if everything were sent",
        "nothing was sent",
    ] {
        assert!(ended.stdout.contains(words), "`{words}` is not in\n{}\n{}", ended.stdout, ended.stderr);
    }
}
