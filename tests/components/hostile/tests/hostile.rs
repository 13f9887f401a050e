//! Whatever it reaches for is refused.

use brazeline_kit::testing::{self, Table};
use expect_test::expect;
use serde_json::json;
use test_hostile::Hostile;

const ATTEMPTS: [&str; 10] =
    ["read_file", "write_file", "folders", "environment", "arguments", "resolve", "connect", "listen", "udp", "http"];

#[test]
fn each_attempt_is_refused() {
    let bodies: Vec<_> = ATTEMPTS.iter().map(|attempt| json!({ "try": attempt }).to_string()).collect();
    let events: Vec<_> = bodies.iter().map(|body| ("external_id:u-1", body.as_str())).collect();
    let table = Table::<Hostile>::new(json!({ "at_configure": ATTEMPTS })).transform(&events);
    assert_eq!(table.shown().matches(r#""outcome":"refused""#).count(), ATTEMPTS.len(), "{}", table.shown());
}

#[test]
fn an_unknown_attempt_is_rejected() {
    let hostile: Hostile = testing::configure(json!({}));
    expect![[r#"
        0 rejected: /try: unknown variant, expected one of `read_file`, `write_file`, `folders`, `environment`, `arguments`, `resolve`, `connect`, `listen`, `udp`, `http` at line 1 column 12
    "#]].assert_eq(&testing::transform(&hostile, &[("external_id:u-1", r#"{"try":"fly"}"#)]));
}
