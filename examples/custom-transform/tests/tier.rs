use brazeline_kit::testing;
use custom_transform::Tier;
use serde_json::json;

#[test]
fn spend_makes_a_tier() {
    let tier: Tier = testing::configure(json!({ "gold_from": 1000 }));
    let events = [
        ("external_id:u-1", r#"{"attributes":{"spend":1000}}"#),
        ("external_id:u-2", r#"{"attributes":{"spend":12.5}}"#),
        ("external_id:u-3", r#"{"attributes":{"spend":0}}"#),
        ("external_id:u-4", r#"{}"#),
    ];
    let expected = r#"0 -> external_id:u-1 {"attributes":{"spend":1000,"tier":"gold"}}
1 -> external_id:u-2 {"attributes":{"spend":12.5,"tier":"basic"}}
2 dropped
3 rejected: it has no `attributes`
"#;
    assert_eq!(testing::transform(&tier, &events), expected);
}

#[test]
fn a_wrong_setting_is_told_with_its_place() {
    let problems = testing::problems::<Tier>(json!({ "gold_from": -1 }));
    assert_eq!(problems, "/gold_from: nobody spends less than nothing; give 0 or more\n");
}
