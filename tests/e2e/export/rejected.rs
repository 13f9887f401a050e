//! What Braze refuses: who it is about is in doubt, and is told everything again.

use brazeline_sandbox::Fault;

use super::stage::{With, scan};
use crate::scene::people;

fn refuse_at(indexes: Vec<usize>) -> Fault {
    Fault::RefuseAt { array: "attributes".to_owned(), indexes }
}

#[test]
fn a_rejection_by_index_is_made_good_by_the_next_scan() {
    let stage = scan(With::default());
    stage.enter(&people(0..30), "vip");
    stage.vendors.braze().script([refuse_at(vec![3, 4])]);
    let ended = stage.run();
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    stage.vendors.braze().apply();
    assert_eq!(stage.held().len(), 28);
    let before = stage.cost().1;
    let ended = stage.run();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    stage.agree();
    assert_eq!(stage.cost().1 - before, 2, "those two, and nobody else");
}

#[test]
fn a_rejected_exit_is_made_good_by_the_next_scan() {
    let stage = scan(With::default());
    stage.enter(&people(0..30), "vip");
    stage.follow();
    stage.leave(&people(0..5), "vip");
    stage.vendors.braze().script([refuse_at(vec![0])]);
    let ended = stage.run();
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    stage.vendors.braze().apply();
    assert_eq!(stage.held().len(), 26);
    let ended = stage.run();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    stage.agree();
}

#[test]
fn a_refused_request_is_taken_apart_and_made_good() {
    let stage = scan(With::default());
    stage.enter(&people(0..8), "vip");
    let refused = || Fault::Status { status: 400, retry_after_s: None };
    // The whole, one half, and of that half one person.
    stage.vendors.braze().script([refused(), refused(), refused(), refused(), Fault::Fine]);
    let ended = stage.run();
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let ended = stage.run();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    stage.agree();
}

#[test]
fn a_bad_attribute_holds_up_nothing_else() {
    let stage = scan(With { source: ", fields: [city, country]", ..With::default() });
    stage.enter(&people(0..10), "vip");
    stage.people(|people| {
        people.put("u-3", serde_json::json!({ "user_id": "u-3", "city": "Nara", "country": "Japan" }));
        people.enter("u-3", "vip");
    });
    let ended = stage.run();
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    stage.agree();
    let letters = || {
        let listed = stage.place.brazeline(&["dead-letters", "list", "pipeline.yaml"]);
        assert_eq!(listed.code, Some(0), "{}", listed.stderr);
        listed.stdout
    };
    let letter = letters();
    assert!(
        letter.contains("the update goes without this: /attributes/country: this is no country's code"),
        "{letter}"
    );
    assert!(letter.contains("may have arrived"), "the rest of it did: {letter}");
    // It is told once: nobody is in doubt for it.
    let cost = stage.cost();
    stage.follow();
    assert_eq!((stage.cost(), letters()), (cost, letter));
    let status = crate::scene::status(&stage.place);
    let takes = &crate::scene::node(&status, "braze")["takes"];
    assert_eq!((takes["delivered"].as_u64(), takes["rejected"].as_u64()), (Some(10), Some(0)));
}

#[test]
fn who_is_rejected_on_the_way_has_not_left() {
    let stage = scan(With { source: ", fields: [phone]", ..With::default() });
    let pipeline = stage.place.read("pipeline.yaml").replace("inputs: [audiences]", "inputs: [fields]").replace(
        "transforms:\n",
        "transforms:\n  fields: { type: map-fields, inputs: [audiences], convert: { phone: { phone: { region: US } } }, on_failure: reject }\n",
    );
    stage.place.write("pipeline.yaml", pipeline);
    let phone = |id: &str, phone: &str| {
        stage.people(|people| people.put(id, serde_json::json!({ "user_id": id, "phone": phone })));
    };
    stage.enter(&people(0..30), "vip");
    people(0..30).iter().for_each(|id| phone(id, "5551231234"));
    stage.follow();
    let cost = stage.cost();
    phone("u-3", "nobody's number");
    let ended = stage.run();
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(stage.cost(), cost, "no exit came of it");
    stage.agree();
    phone("u-3", "5551231235");
    stage.follow();
    let number =
        stage.vendors.braze().read(|braze| braze.profile("external_id:u-3").unwrap().text("phone").map(str::to_owned));
    assert_eq!(number.as_deref(), Some("+15551231235"));
}
