//! Who is who in Braze: one kind of identifier a job, out of one field of Lytics.

use brazeline_sandbox::Options;
use serde_json::json;

use super::stage::{With, stage};
use crate::scene::sandbox;

/// The identifier, what more the sink is told, and who Braze then knows.
const TABLE: [(&str, &str, &str); 5] = [
    ("external_id: crm", "", "external_id:C-7"),
    ("email: mail", "", "email:ann@example.com"),
    ("phone: phone", "", "phone:+15551231234"),
    ("alias: { label: crm, field: crm }", ", update_existing_only: false", "alias:crm:C-7"),
    // Braze makes nobody of an alias unless it is told to.
    ("alias: { label: crm, field: crm }", "", ""),
];

#[test]
fn each_kind_finds_its_person() {
    for (identifier, sink, who) in TABLE {
        let source = format!(
            "  audiences: {{ type: lytics-ingest, mode: scan, authorization: lytics, audiences: [vip], identifier: {{ {identifier} }} }}\n"
        );
        let stage = stage(sandbox(Options::default()), &source, "[audiences]", With { sink, ..With::default() });
        stage.people(|people| {
            people.put("ann", json!({ "crm": "C-7", "mail": "ann@example.com", "phone": "+15551231234" }));
            people.enter("ann", "vip");
        });
        for run in ["first", "second"] {
            let ended = stage.run();
            assert_eq!(ended.code, Some(0), "{identifier}, {run} run: {}", ended.stderr);
        }
        stage.vendors.braze().apply();
        stage.vendors.braze().read(|braze| {
            assert_eq!(braze.profiles().len(), usize::from(!who.is_empty()), "{identifier}{sink}");
            let list = braze.profiles().first().map_or(Vec::new(), |profile| profile.list("lytics_segments"));
            assert_eq!(list.len(), braze.profiles().len(), "{identifier}{sink}");
            assert_eq!(braze.profile(who).is_some(), !who.is_empty(), "{identifier}{sink}: {:?}", braze.profiles());
        });
        assert_eq!(stage.cost().0, 1, "{identifier}{sink}");
    }
}
