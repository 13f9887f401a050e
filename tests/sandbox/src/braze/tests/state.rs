//! What is held afterwards.

use std::collections::BTreeSet;

use super::*;
use crate::braze::{Apply, Profile};

fn held<'a>(braze: &'a Braze, who: &str) -> &'a Profile {
    braze.profile(who).unwrap()
}

/// What one attribute is after these values were sent, one request each.
fn check(sent: &[Value], expected: Value) {
    let mut braze = braze(Rules { array_elements: 3, ..Rules::default() });
    sent.iter().for_each(|value| attributes(&mut braze, json!([{"external_id": "u", "a": value}])));
    let value = held(&braze, "external_id:u").get("a").cloned().unwrap_or(Value::Null);
    assert_eq!(value, expected, "{sent:?}");
}

#[test]
fn arrays_keep_their_order_and_their_cap() {
    // Contract 2.1, here with a cap of three.
    let add = |values: &[&str]| json!({"add": values});
    let remove = |values: &[&str]| json!({"remove": values});
    check(&[json!(["a", "b"])], json!(["a", "b"]));
    check(&[json!(["a", "b"]), add(&["c"])], json!(["a", "b", "c"]));
    check(&[json!(["a", "b"]), add(&["a"])], json!(["b", "a"]));
    check(&[json!(["a", "b", "c"]), add(&["d"])], json!(["b", "c", "d"]));
    check(&[json!(["a", "b", "c", "d"])], json!(["b", "c", "d"]));
    check(&[json!(["a", "b"]), remove(&["a", "x"])], json!(["b"]));
    check(&[json!(["a"]), remove(&["a"])], json!([]));
    check(&[remove(&["a"])], json!(null));
    check(&[add(&["a"])], json!(["a"]));
    check(&[json!(["a"]), json!({"add": ["b"], "remove": ["a"]})], json!(["b"]));
    // What stands in both lists ends up removed.
    check(&[json!({"add": ["a", "b"], "remove": ["a"]})], json!(["b"]));
    // Adding comes first, so the cap may drop what removing would have made room for.
    check(&[json!(["a", "b", "c"]), json!({"add": ["d"], "remove": ["c"]})], json!(["b", "d"]));
    check(&[json!(["a"]), json!(null)], json!(null));
    check(&[json!("text"), add(&["a"])], json!("text"));
    check(&[json!([1, "1"]), remove(&["1"])], json!([1]));
}

#[test]
fn numbers_and_objects() {
    // Contract 2.2 and 2.3.
    check(&[json!(5), json!({"inc": 2})], json!(7));
    check(&[json!({"inc": 2})], json!(2));
    check(&[json!("x"), json!({"inc": 2})], json!("x"));
    check(&[json!({"x": 1}), json!({"y": 2})], json!({"y": 2}));
    check(&[json!({"x": 1}), json!({"y": null})], json!({"x": 1}));
    check(&[json!({"x": 1}), json!(null)], json!(null));
    check(
        &[
            json!([{"id": 1}]),
            json!({"$add": [{"id": 2}], "$remove": [{"$identifier_key": "id", "$identifier_value": 1}]}),
        ],
        json!([{"id": 2}]),
    );
    let update = json!({"$update": [{"$identifier_key": "id", "$identifier_value": 1, "$new_object": {"n": 2}}]});
    check(&[json!([{"id": 1}, {"id": 2}]), update], json!([{"id": 1, "n": 2}, {"id": 2}]));
    let mut braze = braze(Rules::default());
    attributes(&mut braze, json!([{"external_id": "u", "a": {"x": {"y": 1}}}]));
    attributes(&mut braze, json!([{"external_id": "u", "_merge_objects": true, "a": {"x": {"z": 2}}}]));
    assert_eq!(held(&braze, "external_id:u").get("a"), Some(&json!({"x": {"y": 1, "z": 2}})));
}

/// Who is there after these objects.
fn people(objects: Value, expected: &[&str]) {
    let mut braze = braze(Rules::default());
    attributes(&mut braze, objects.clone());
    let name = |profile: &Profile| {
        let alias = profile.aliases.iter().map(|alias| format!("alias {}", alias.name));
        let id = profile.external_id.iter().map(|id| format!("id {id}"));
        let email = profile.text("email").into_iter().map(|email| format!("email {email}"));
        id.chain(alias).chain(email).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(braze.profiles().iter().map(name).collect::<Vec<_>>(), expected, "{objects}");
}

#[test]
fn who_is_created_and_who_is_not() {
    // Contract 1.3.
    let alias = json!({"alias_name": "n", "alias_label": "l"});
    people(json!([{"external_id": "u"}, {"external_id": "u"}]), &["id u"]);
    people(json!([{"external_id": "u", "_update_existing_only": true}]), &[]);
    people(json!([{"user_alias": alias}]), &[]);
    people(json!([{"user_alias": alias, "_update_existing_only": false}]), &["alias n"]);
    people(json!([{"braze_id": "000000000000000000000000"}]), &[]);
    people(json!([{"email": "a@b.de"}]), &["email a@b.de"]);
    people(json!([{"email": "a@b.de", "_update_existing_only": true}]), &[]);
    // An email that belongs to an email-only profile does not make it the same person.
    people(
        json!([{"email": "a@b.de"}, {"external_id": "u", "email": "a@b.de"}]),
        &["email a@b.de", "id u, email a@b.de"],
    );
}

#[test]
fn an_email_finds_the_newest_with_an_external_id() {
    // Contract 1.3.
    let mut braze = braze(Rules::default());
    attributes(&mut braze, json!([{"external_id": "u", "email": "a@b.de"}, {"external_id": "v", "email": "a@b.de"}]));
    attributes(&mut braze, json!([{"email": "a@b.de", "n": 1}]));
    attributes(&mut braze, json!([{"external_id": "u", "x": 1}, {"email": "a@b.de", "n": 2}]));
    attributes(&mut braze, json!([{"external_id": "u", "email": null}, {"email": "a@b.de", "n": 3}]));
    let n = |who| held(&braze, who).get("n").cloned();
    assert_eq!((n("external_id:u"), n("external_id:v")), (Some(json!(2)), Some(json!(3))));
}

#[test]
fn a_profile_is_found_by_each_identifier() {
    let mut braze = braze(Rules::default());
    let alias = json!({"alias_name": "n", "alias_label": "l"});
    attributes(
        &mut braze,
        json!([{"external_id": "u"}, {"phone": "1"}, {"user_alias": alias, "_update_existing_only": false}]),
    );
    let place = |who| held(&braze, who).braze_id.clone();
    let ids: BTreeSet<String> = ["external_id:u", "phone:1", "alias:l:n"].map(place).into();
    assert_eq!(ids.len(), 3);
    ids.iter().for_each(|id| assert_eq!(held(&braze, &format!("braze_id:{id}")).braze_id, *id));
}

#[test]
fn events_and_purchases_are_kept_and_the_future_is_now() {
    // Contract 2.5; equal events are two (1.7).
    let mut braze = braze(Rules::default());
    let event = |time: &str| json!({"external_id": "u", "name": "e", "time": time, "properties": {"o": {"a": 1}}});
    let purchase = json!({"external_id": "u", "product_id": "p", "currency": "USD", "price": 2.5, "quantity": 2, "time": "2026-11-23"});
    let events = json!([event("2026-11-23T08:00:00Z"), event("2026-11-23T08:00:00Z"), event("2027-01-01T00:00:00Z")]);
    assert_eq!(said(&track(&mut braze, &json!({"events": events, "purchases": [purchase]}))), "201 success");
    let profile = held(&braze, "external_id:u");
    let times: Vec<String> = profile.events.iter().map(|event| event.time.to_string()).collect();
    assert_eq!(times, ["2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z"]);
    assert_eq!(profile.events[0].properties["o"], json!(r#"{"a":1}"#));
    assert_eq!(profile.purchases[0].revenue(), 5.0);
}

#[test]
fn a_subscription_reaches_others_with_the_same_email() {
    // Contract 2.4.
    let mut braze = braze(Rules::default());
    let groups = json!([{"subscription_group_id": "g", "subscription_state": "unsubscribed"}]);
    attributes(&mut braze, json!([{"external_id": "u", "email": "a@b.de"}, {"external_id": "v", "email": "a@b.de"}]));
    attributes(&mut braze, json!([{"external_id": "u", "subscription_groups": groups}]));
    assert_eq!(held(&braze, "external_id:v").subscription_groups["g"], "unsubscribed");
}

/// What one object costs.
fn costs(array: &str, object: Value, expected: u64) {
    let mut braze = braze(Rules::default());
    track(&mut braze, &json!({array: [object]}));
    assert_eq!(braze.data_points(), expected, "{array}: {object}");
}

#[test]
fn data_points() {
    // Contract 2.6.
    let time = "2026-11-23T08:00:00Z";
    costs("events", json!({"external_id": "u", "name": "e", "time": time, "properties": {"a": 1, "b": 2}}), 1);
    costs("purchases", json!({"external_id": "u", "product_id": "p", "currency": "USD", "price": 1, "time": time}), 1);
    costs("attributes", json!({"external_id": "u"}), 0);
    costs("attributes", json!({"external_id": "u", "first_name": "Ann", "plan": 1, "country": "DE"}), 3);
    costs("attributes", json!({"external_id": "u", "plan": null}), 1);
    costs("attributes", json!({"external_id": "u", "seg": ["a", "b"]}), 1);
    costs("attributes", json!({"external_id": "u", "seg": {"add": ["a", "b"], "remove": ["c"]}}), 1);
    costs("attributes", json!({"external_id": "u", "seg": {"remove": ["absent"]}}), 1);
    costs("attributes", json!({"external_id": "u", "n": {"inc": 1}}), 1);
    costs("attributes", json!({"external_id": "u", "car": {"make": "x", "size": {"w": 1, "h": 2}}}), 3);
    costs("attributes", json!({"external_id": "u", "email_subscribe": "opted_in"}), 0);
    costs("attributes", json!({"external_id": "u", "subscription_groups": []}), 0);
    costs("attributes", json!({"external_id": "u", "time_zone": "GMT+7"}), 0);
    costs("attributes", json!({"external_id": "u", "_update_existing_only": true, "plan": 1}), 0);
}

#[test]
fn what_is_dropped_without_a_word_is_counted() {
    let mut braze = braze(Rules::default());
    attributes(&mut braze, json!([{"external_id": "u", "time_zone": "GMT+7", "bio": "x"}, {"braze_id": "b"}]));
    let dropped: Vec<_> = braze.dropped().iter().map(|(reason, times)| (*reason, *times)).collect();
    let nobody = "nobody has this identifier, and the object creates nobody";
    assert_eq!(dropped, [("an unknown time zone", 1), ("bio is gone", 1), (nobody, 1)]);
}

#[test]
fn late_requests_overtake_each_other_in_an_order_that_the_seed_decides() {
    // Contract 1.7.
    let order = |seed| {
        let mut braze = braze(Rules { apply: Apply::LateAndOutOfOrder { seed, within_ms: 1000 }, ..Rules::default() });
        (0..20).for_each(|n| attributes(&mut braze, json!([{"external_id": "u", "n": {"add": [n]}}])));
        assert_eq!((braze.profiles().len(), braze.pending()), (0, 20));
        assert!(braze.apply_due(now() + std::time::Duration::from_millis(500)).is_some());
        assert!((1..20).contains(&braze.pending()));
        assert_eq!(braze.apply_due(now() + std::time::Duration::from_millis(1000)), None);
        held(&braze, "external_id:u").get("n").cloned().unwrap()
    };
    let sorted = json!((0..20).collect::<Vec<_>>());
    assert_eq!(order(1), order(1));
    assert_ne!(order(1), order(2));
    assert_ne!(order(1), sorted);
}

#[test]
fn what_waits_to_be_told_waits() {
    let mut braze = braze(Rules { apply: Apply::WhenTold, ..Rules::default() });
    attributes(&mut braze, json!([{"external_id": "u"}]));
    assert_eq!(braze.apply_due(now() + std::time::Duration::from_secs(3600)), None);
    assert_eq!(braze.profiles().len(), 0);
    braze.apply_all();
    assert_eq!(braze.profiles().len(), 1);
}

#[test]
fn the_page_shows_everything_escaped() {
    let mut braze = braze(Rules::default());
    attributes(&mut braze, json!([{"external_id": "<u>", "seg": ["vip"]}]));
    let page = braze.page();
    assert!(page.contains("<td>&lt;u&gt;</td><td></td><td>seg: [&quot;vip&quot;]</td>"), "{page}");
    braze.reset();
    assert!(braze.page().contains("<h2>Profiles (0)</h2><p>None yet.</p>"));
}
