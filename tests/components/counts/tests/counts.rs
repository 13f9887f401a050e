//! The keyed transform, natively and as WebAssembly.

use brazeline_kit::testing::Table;
use brazeline_kit::{Scope, Snapshot};
use expect_test::expect;
use serde_json::json;
use test_counts::Counts;

fn snapshot(baseline: bool) -> Snapshot {
    let audiences = vec!["seen".to_owned()];
    let baseline = if baseline { audiences.clone() } else { Vec::new() };
    Snapshot { scope: Scope { audiences, as_of_ms: 0, total: None }, baseline, restated: false }
}

#[test]
fn it_remembers_doubts_and_forgets() {
    let (ann, bob) = (("external_id:ann", "{}"), ("external_id:bob", "{}"));
    let table = Table::<Counts>::new(json!({}))
        .keyed(&[ann, bob, ann], None)
        .keyed(&[ann], None)
        .doubt("external_id:ann")
        .keyed(&[bob, ann], None)
        .keyed(&[ann], None)
        .absent(&["external_id:bob"], &snapshot(false))
        .keyed(&[bob], None)
        .keyed(&[], None);
    expect![[r#"
        2 -> external_id:ann {"count":2}
        1 -> external_id:bob {"count":1}
        0 dropped
        key 0 keeps 2 tagged ["seen"]
        key 1 keeps 1 tagged ["seen"]

        0 -> external_id:ann {"count":3}
        key 0 keeps 3 tagged ["seen"]

        0 -> external_id:bob {"count":2}
        1 -> external_id:ann {"count":4,"restated":true}
        key 0 keeps 2 tagged ["seen"]
        key 1 keeps 4 tagged ["seen"]

        0 -> external_id:ann {"count":5}
        key 0 keeps 5 tagged ["seen"]

        0 -> external_id:bob {"count":0}
        key 0 forgotten

        0 -> external_id:bob {"count":1}
        key 0 keeps 1 tagged ["seen"]

    "#]]
    .assert_eq(&table.shown());
}

#[test]
fn a_baseline_is_learnt_and_not_told() {
    let ann = ("external_id:ann", "{}");
    let table =
        Table::<Counts>::new(json!({})).keyed(&[ann, ann], Some(&snapshot(true))).keyed(&[ann], Some(&snapshot(false)));
    expect![[r#"
        0 dropped
        1 dropped
        key 0 keeps 2 tagged ["seen"]

        0 -> external_id:ann {"count":3}
        key 0 keeps 3 tagged ["seen"]
    "#]]
    .assert_eq(&table.shown());
}
