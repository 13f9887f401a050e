use brazeline_kit::testing::{Table, arrival, configure};
use brazeline_kit::{Decoder, Entry, Plugin};
use expect_test::expect;
use serde_json::json;

use super::BrazeIngest;

#[test]
fn the_plan_says_as_which_source_it_is_driven() {
    let webhook = json!({ "authorization": { "account": "1234" } });
    let shown = [webhook, json!({ "mode": "currents" }), json!({ "mode": "file" })]
        .map(|settings| format!("{:?}\n", configure::<BrazeIngest>(settings).plan().source));
    expect![[r#"
        Some(Receiver)
        Some(Receiver)
        Some(Decoder)
    "#]]
    .assert_eq(&shown.concat());
}

#[test]
fn driven_as_another_source_it_says_what_is_wrong() {
    let receiver = Table::<BrazeIngest>::new(json!({ "mode": "file" })).receive(arrival("POST /", "{}")).shown();
    expect![[r#"
        reply 404 {"message":"these settings are for `mode: file`"}
          content-type: application/json
    "#]]
    .assert_eq(&receiver);
    let opened = configure::<BrazeIngest>(json!({ "mode": "currents" })).open(&Entry::default(), None);
    assert_eq!(opened.err().as_deref(), Some("these settings are for `mode: currents`"));
}
