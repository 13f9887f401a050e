//! How audiences stand in a profile: as an array, as booleans, or both; and what becomes of somebody for whom the array is too short.

use serde_json::{Value, json};

use super::stage::{AUDIENCES, Stage, With, scan};
use crate::scene::people;

/// `u-0` is in all three audiences, `u-1` in two, `u-2` in one.
fn three(with: With<'_>) -> Stage {
    let stage = scan(with);
    for (number, audience) in AUDIENCES.into_iter().enumerate() {
        stage.enter(&people(0..3 - number), audience);
    }
    stage
}

/// What Braze holds of somebody: the array, sorted, and each boolean.
fn profile(stage: &Stage, id: &str) -> Value {
    stage.vendors.braze().apply();
    let profile = stage.vendors.braze().read(|braze| braze.profile(&format!("external_id:{id}")).cloned());
    let Some(profile) = profile else { return Value::Null };
    let mut held = profile.attributes;
    if let Some(Value::Array(list)) = held.get_mut("lytics_segments") {
        list.sort_by_key(Value::to_string);
    }
    Value::Object(held)
}

fn runs(stage: &Stage, code: i32) {
    let ended = stage.run();
    assert_eq!(ended.code, Some(code), "{}", ended.stderr);
}

#[test]
fn who_would_exceed_the_array_is_refused_with_the_reason() {
    let stage = three(With { transform: ", array_limit: 2", ..With::default() });
    runs(&stage, 3);
    assert_eq!(profile(&stage, "u-0"), Value::Null, "nothing of it is sent");
    assert_eq!(profile(&stage, "u-1"), json!({ "lytics_segments": ["lapsed", "vip"] }));
    assert_eq!(profile(&stage, "u-2"), json!({ "lytics_segments": ["vip"] }));
    let letters = stage.place.brazeline(&["dead-letters", "list", "pipeline.yaml"]).stdout;
    assert!(letters.contains("more audiences than the array holds: `array_limit` is 2"), "{letters}");
    // Who fits again is told as a whole.
    stage.leave(&people(0..1), "lapsed");
    stage.follow();
    assert_eq!(profile(&stage, "u-0"), json!({ "lytics_segments": ["new", "vip"] }));
}

#[test]
fn who_would_exceed_the_array_has_booleans_for_the_rest() {
    let stage = three(With { transform: ", array_limit: 2, beyond_array_limit: booleans", ..With::default() });
    runs(&stage, 0);
    let all = profile(&stage, "u-0");
    let list: Vec<&str> = all["lytics_segments"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let beyond: Vec<&str> = AUDIENCES.into_iter().filter(|audience| !list.contains(audience)).collect();
    assert_eq!((list.len(), beyond.len()), (2, 1), "{all}");
    let boolean = format!("lytics_segment_{}", beyond[0]);
    assert_eq!(all[&boolean], true);
    assert_eq!(profile(&stage, "u-1"), json!({ "lytics_segments": ["lapsed", "vip"] }), "two fit");
    let cost = stage.cost();
    runs(&stage, 0);
    assert_eq!(stage.cost(), cost, "it is remembered");
    // It leaves where it is told to be.
    stage.leave(&people(0..1), beyond[0]);
    runs(&stage, 0);
    assert_eq!(profile(&stage, "u-0"), json!({ "lytics_segments": list, boolean: false }));
}

#[test]
fn both_stand_beside_each_other() {
    let stage = three(With { sink: ", representation: both, representations: { new: booleans }", ..With::default() });
    runs(&stage, 0);
    let (vip, lapsed) = ("lytics_segment_vip", "lytics_segment_lapsed");
    let list = json!(["lapsed", "vip"]);
    assert_eq!(
        profile(&stage, "u-0"),
        json!({ "lytics_segments": list, vip: true, lapsed: true, "lytics_segment_new": true })
    );
    assert_eq!(profile(&stage, "u-2"), json!({ "lytics_segments": ["vip"], vip: true }));
    stage.leave(&people(0..1), "lapsed");
    runs(&stage, 0);
    assert_eq!(profile(&stage, "u-0")["lytics_segments"], json!(["vip"]));
    assert_eq!(profile(&stage, "u-0")[lapsed], false);
}

#[test]
fn who_goes_over_to_booleans_tells_everything_again() {
    let stage = three(With::default());
    runs(&stage, 0);
    let text = stage.place.read("pipeline.yaml");
    stage.place.write("pipeline.yaml", text.replace("rest_ms: 0", "rest_ms: 0, representation: booleans"));
    let cost = stage.cost();
    runs(&stage, 0);
    assert_eq!(stage.cost(), cost, "what was told is taken for known");
    let ended = stage.place.brazeline(&["reconcile", "pipeline.yaml", "--yes"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    runs(&stage, 0);
    for (number, id) in people(0..3).iter().enumerate() {
        let held = profile(&stage, id);
        for (place, audience) in AUDIENCES.into_iter().enumerate() {
            let is_in = &held[format!("lytics_segment_{audience}")];
            assert_eq!(is_in.as_bool(), Some(place + number < 3), "{id}, {audience}: {held}");
        }
    }
}
