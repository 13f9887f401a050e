//! Braze applies later than it promises, so that an older request wins: nobody can know, and a person who sees it can mend it.

use brazeline_sandbox::braze::Apply;

use super::stage::{Stage, With, scan};
use crate::scene::people;

/// Everybody's entering is applied after some of them were told to have left and others to be elsewhere.
fn overtaken() -> Stage {
    let stage = scan(With::default());
    stage.enter(&people(0..200), "vip");
    stage.vendors.braze().change(|braze| {
        let rules = braze.rules().clone();
        braze.set_rules(brazeline_sandbox::braze::Rules { apply: Apply::WhenTold, ..rules });
    });
    assert_eq!(stage.run().code, Some(0));
    assert_eq!(stage.held().len(), 0, "accepted, and not applied");
    stage.vendors.braze().change(|braze| {
        let rules = braze.rules().clone();
        braze.set_rules(brazeline_sandbox::braze::Rules { apply: Apply::AtOnce, ..rules });
    });
    stage.leave(&people(0..10), "vip");
    stage.enter(&people(10..20), "lapsed");
    stage.leave(&people(10..20), "vip");
    assert_eq!(stage.run().code, Some(0));
    stage.vendors.braze().apply();
    stage
}

/// Braze and Lytics do not agree about these.
fn wrong(stage: &Stage) -> Vec<String> {
    let (held, truth) = (stage.held(), stage.truth());
    people(0..200).into_iter().filter(|id| held.get(id) != truth.get(id)).collect()
}

fn reconcile(stage: &Stage, more: &[&str]) -> String {
    let ended = stage.place.brazeline(&[&["reconcile", "pipeline.yaml"], more].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    ended.stdout
}

#[test]
fn what_was_overtaken_is_mended_by_telling_everything_again() {
    let stage = overtaken();
    assert_eq!(wrong(&stage), people(0..20));
    let cost = stage.cost();
    assert_eq!(stage.run().code, Some(0));
    assert_eq!(stage.cost(), cost, "nobody knows of it");
    // Looking costs nothing.
    assert!(reconcile(&stage, &[]).contains("200 people would be told everything again"));
    assert_eq!(stage.run().code, Some(0));
    assert_eq!(stage.cost(), cost);
    reconcile(&stage, &["--yes"]);
    stage.follow();
    assert_eq!(stage.cost().1 - cost.1, 200, "everybody, once");
    let cost = stage.cost();
    stage.follow();
    assert_eq!(stage.cost(), cost);
}

#[test]
fn what_braze_exported_says_who_is_to_be_told_again() {
    let stage = overtaken();
    let row = |(id, audiences): (&String, &std::collections::BTreeSet<String>)| {
        format!("{id},\"{}\"\n", audiences.iter().cloned().collect::<Vec<_>>().join(","))
    };
    let rows: String = stage.held().iter().map(row).collect();
    stage.place.write("segment.csv", format!("external_id,lytics_segments\n{rows}"));
    let with = ["--with", "segment.csv", "--audiences-column", "lytics_segments"];
    let said = reconcile(&stage, &with);
    assert!(said.contains("200 ") && said.contains(" compared: 20 "), "{said}");
    assert_eq!(wrong(&stage), people(0..20), "it only said so");
    let before = stage.cost().1;
    reconcile(&stage, &[&with[..], &["--yes"]].concat());
    stage.follow();
    assert_eq!(stage.cost().1 - before, 20, "those, and nobody else");
}
