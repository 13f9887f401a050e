use brazeline_kit::testing::{Table, arrival, problems};
use brazeline_kit::{Field, Plugin, Receiver};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::BrazeIngest;

fn settings(more: Value) -> Value {
    let mut settings = json!({ "mode": "currents" });
    if let (Some(all), Value::Object(more)) = (settings.as_object_mut(), more) {
        all.extend(more);
    }
    settings
}

fn check(more: Value, bodies: &[&str], expected: &Expect) {
    let table = Table::<BrazeIngest>::new(settings(more));
    let table = bodies.iter().fold(table, |table, body| table.receive(arrival("POST /", body)));
    expected.assert_eq(&table.shown());
}

const OPENED: &str = r#"{"events":[{"event_type":"users.messages.email.Open","id":"5b0c5a6e-0d0e-4a55-9c2f-000000000001","time":1795600000,
 "user":{"user_id":"64f0","external_user_id":"u-1001","timezone":"Asia/Seoul"},
 "properties":{"campaign_id":"c-1","email_address":"a@example.com"}}]}"#;

const BOUGHT: &str = r#"{"events":[
 {"event_type":"users.behaviors.Purchase","id":"2","time":1795600001.5,"user":{"user_id":"b-2","device_id":"d"},
  "properties":{"product_id":"sku","price":9.50,"device_id":"e","purchase_properties":{"size":"L"}}},
 {"event_type":"users.behaviors.CustomEvent","time":1795600002,"app":"new","user":{"user_id":"b-3","external_user_id":null,"id":7},
  "properties":{"name":"watched","custom_properties":{"minutes":[1,2]}}},
 {"event_type":"users.new.Kind","id":"4","time":1795600003,"user":{"user_id":"b-4"},"properties":null}]}"#;

#[test]
fn an_event_is_told_whole() {
    check(
        json!({}),
        &[OPENED, BOUGHT],
        &expect![[r#"
            reply 200 {"message":"success","rejected":0,"taken":1}
              content-type: application/json
            braze_id:64f0 {"user":{"external_id":"u-1001","braze_id":"64f0"},"events":[{"name":"users.messages.email.Open","time":"2026-11-25T09:46:40Z","id":"5b0c5a6e-0d0e-4a55-9c2f-000000000001","timezone":"Asia/Seoul","properties":{"campaign_id":"c-1","email_address":"a@example.com"}}]} [time=2026-11-25T09:46:40Z, id=5b0c5a6e-0d0e-4a55-9c2f-000000000001]

            reply 200 {"message":"success","rejected":0,"taken":3}
              content-type: application/json
            braze_id:b-2 {"user":{"braze_id":"b-2"},"events":[{"name":"users.behaviors.Purchase","time":"2026-11-25T09:46:41.5Z","id":"2","user.device_id":"d","properties":{"product_id":"sku","price":9.50,"device_id":"e","purchase_properties":{"size":"L"}}}]} [time=2026-11-25T09:46:41.5Z, id=2]
            braze_id:b-3 {"user":{"braze_id":"b-3"},"events":[{"name":"users.behaviors.CustomEvent","time":"2026-11-25T09:46:42Z","app":"new","user.id":7,"properties":{"name":"watched","custom_properties":{"minutes":[1,2]}}}]} [time=2026-11-25T09:46:42Z]
            braze_id:b-4 {"user":{"braze_id":"b-4"},"events":[{"name":"users.new.Kind","time":"2026-11-25T09:46:43Z","id":"4","properties":{}}]} [time=2026-11-25T09:46:43Z, id=4]
        "#]],
    );
}

#[test]
fn nothing_in_it_asks_for_the_credentials() {
    check(
        json!({}),
        &[r#"{"events":[]}"#, "", " \n"],
        &expect![[r#"
        reply 200 {"message":"success","rejected":0,"taken":0}
          content-type: application/json

        reply 200 {"message":"success","rejected":0,"taken":0}
          content-type: application/json

        reply 200 {"message":"success","rejected":0,"taken":0}
          content-type: application/json
    "#]],
    );
}

#[test]
fn the_identifier_can_be_another() {
    let of = |identifier: Value| json!({ "identifier": identifier });
    check(
        of(json!({ "external_id": "external_user_id" })),
        &[OPENED, BOUGHT],
        &expect![[r#"
        reply 200 {"message":"success","rejected":0,"taken":1}
          content-type: application/json
        external_id:u-1001 {"user":{"external_id":"u-1001","braze_id":"64f0"},"events":[{"name":"users.messages.email.Open","time":"2026-11-25T09:46:40Z","id":"5b0c5a6e-0d0e-4a55-9c2f-000000000001","timezone":"Asia/Seoul","properties":{"campaign_id":"c-1","email_address":"a@example.com"}}]} [time=2026-11-25T09:46:40Z, id=5b0c5a6e-0d0e-4a55-9c2f-000000000001]

        reply 200 {"message":"success","rejected":0,"taken":3}
          content-type: application/json
        skipped at event 1: the person has no `external_user_id`: 
        skipped at event 2: the person has no `external_user_id`: 
        skipped at event 3: the person has no `external_user_id`: 
    "#]],
    );
    check(
        of(json!({ "email": "email_address" })),
        &[OPENED],
        &expect![[r#"
        reply 200 {"message":"success","rejected":0,"taken":1}
          content-type: application/json
        email:a@example.com {"user":{"external_id":"u-1001","braze_id":"64f0","email":"a@example.com"},"events":[{"name":"users.messages.email.Open","time":"2026-11-25T09:46:40Z","id":"5b0c5a6e-0d0e-4a55-9c2f-000000000001","timezone":"Asia/Seoul","properties":{"campaign_id":"c-1","email_address":"a@example.com"}}]} [time=2026-11-25T09:46:40Z, id=5b0c5a6e-0d0e-4a55-9c2f-000000000001]
    "#]],
    );
}

#[test]
fn types_are_kept_and_dropped_by_pattern() {
    let types = json!({ "event_types": { "keep": ["users.behaviors.*", "*.Open"], "drop": ["*.Purchase"] } });
    check(
        types,
        &[OPENED, BOUGHT],
        &expect![[r#"
            reply 200 {"message":"success","rejected":0,"taken":1}
              content-type: application/json
            braze_id:64f0 {"user":{"external_id":"u-1001","braze_id":"64f0"},"events":[{"name":"users.messages.email.Open","time":"2026-11-25T09:46:40Z","id":"5b0c5a6e-0d0e-4a55-9c2f-000000000001","timezone":"Asia/Seoul","properties":{"campaign_id":"c-1","email_address":"a@example.com"}}]} [time=2026-11-25T09:46:40Z, id=5b0c5a6e-0d0e-4a55-9c2f-000000000001]

            reply 200 {"message":"success","rejected":0,"taken":3}
              content-type: application/json
            braze_id:b-3 {"user":{"braze_id":"b-3"},"events":[{"name":"users.behaviors.CustomEvent","time":"2026-11-25T09:46:42Z","app":"new","user.id":7,"properties":{"name":"watched","custom_properties":{"minutes":[1,2]}}}]} [time=2026-11-25T09:46:42Z]
            skipped at event 1: `event_types` leaves its type out: 
            skipped at event 3: `event_types` leaves its type out: 
        "#]],
    );
}

#[test]
fn what_cannot_be_read_is_kept() {
    let bodies = [
        "secret",
        r#"{"events":{}}"#,
        "[]",
        "{}",
        r#"{"events":[7,{"id":"1","time":1,"user":{"user_id":"b"}},{"event_type":"a","user":{"user_id":"b"}},{"event_type":"a","time":"soon","user":{"user_id":"b"}},{"event_type":"a","time":1,"user":[]},{"event_type":"a","time":1,"user":{"user_id":"b"},"properties":"secret"},{"event_type":"a","time":1},{"event_type":"a","time":1,"user":{"user_id":"b-8"}}]}"#,
    ];
    check(
        json!({}),
        &bodies,
        &expect![[r#"
            reply 400 {"message":"the body is no JSON object with `events` (expected value at line 1 column 1)"}
              content-type: application/json
            unread at body: the body is no JSON object with `events` (expected value at line 1 column 1): secret

            reply 400 {"message":"the body is no JSON object with `events` (/events: invalid type: map, expected a sequence at line 1 column 10)"}
              content-type: application/json
            unread at body: the body is no JSON object with `events` (/events: invalid type: map, expected a sequence at line 1 column 10): {"events":{}}

            reply 400 {"message":"the body is no JSON object with `events` (invalid length 0, expected an object at line 1 column 2)"}
              content-type: application/json
            unread at body: the body is no JSON object with `events` (invalid length 0, expected an object at line 1 column 2): []

            reply 400 {"message":"the body is no JSON object with `events` (missing field `events` at line 1 column 2)"}
              content-type: application/json
            unread at body: the body is no JSON object with `events` (missing field `events` at line 1 column 2): {}

            reply 200 {"message":"success","rejected":6,"taken":2}
              content-type: application/json
            braze_id:b-8 {"user":{"braze_id":"b-8"},"events":[{"name":"a","time":"1970-01-01T00:00:01Z","properties":{}}]} [time=1970-01-01T00:00:01Z]
            unread at event 1: invalid type: integer, expected a JSON object at line 1 column 1: {"events":[7]}
            unread at event 2: it has no `event_type`: {"events":[{"id":"1","time":1,"user":{"user_id":"b"}}]}
            unread at event 3: its `time` is no number of seconds since 1970: {"events":[{"event_type":"a","user":{"user_id":"b"}}]}
            unread at event 4: its `time` is no number of seconds since 1970: {"events":[{"event_type":"a","time":"soon","user":{"user_id":"b"}}]}
            unread at event 5: its `user` is no object: {"events":[{"event_type":"a","time":1,"user":[]}]}
            unread at event 6: its `properties` is no object: {"events":[{"event_type":"a","time":1,"user":{"user_id":"b"},"properties":"secret"}]}
            skipped at event 7: the person has no `user_id`: 
        "#]],
    );
}

#[test]
fn what_was_kept_can_be_received_again() {
    let plugin = brazeline_kit::testing::configure::<BrazeIngest>(settings(json!({})));
    let bad = r#"{"events":[{"event_type":"a","time":"soon","user":{"user_id":"b"}}]}"#;
    let kept = plugin.receive(&arrival("POST /", bad)).unread.remove(0).raw;
    let mended = String::from_utf8(kept).unwrap().replace(r#""soon""#, "1");
    let again = plugin.receive(&arrival("POST /", mended));
    assert_eq!((again.events.len(), again.unread.len()), (1, 0));
}

#[test]
fn another_version_is_kept_for_a_later_release() {
    let versions = ["1", "2"].map(|version| {
        let mut arrival = arrival("POST /", r#"{"events":[]}"#);
        arrival.headers.push(Field::new("Braze-Currents-Version", version));
        arrival
    });
    let table = versions.into_iter().fold(Table::<BrazeIngest>::new(settings(json!({}))), Table::receive);
    expect![[r#"
        reply 200 {"message":"success","rejected":0,"taken":0}
          content-type: application/json

        reply 200 {"message":"kept"}
          content-type: application/json
        unread at body: it is in version `2` of Currents' form; read is `1`: replay it after an update: {"events":[]}
    "#]]
    .assert_eq(&table.shown());
}

#[test]
fn it_arrives_by_post_at_its_path() {
    let table = Table::<BrazeIngest>::new(settings(json!({ "path": "/currents" })));
    let table = ["POST /", "GET /currents", "POST /currents"]
        .into_iter()
        .fold(table, |table, line| table.receive(arrival(line, r#"{"events":[]}"#)));
    expect![[r#"
        reply 404 {"message":"nothing is received here; events go to `/currents`"}
          content-type: application/json

        reply 405 {"message":"events are sent with POST"}
          content-type: application/json

        reply 200 {"message":"success","rejected":0,"taken":0}
          content-type: application/json
    "#]]
    .assert_eq(&table.shown());
}

#[test]
fn a_caller_shows_the_token_unless_the_settings_say_otherwise() {
    let inbound = |more: Value| brazeline_kit::testing::configure::<BrazeIngest>(settings(more)).plan().inbound;
    expect![[r#"
        [Scheme { name: "bearer", settings: Object {"secret": String("currents_token")} }]
        []"#]]
    .assert_eq(&format!("{:?}\n{:?}", inbound(json!({})), inbound(json!({ "caller": "none" }))));
}

#[test]
fn mistakes_have_places() {
    let table = [
        json!({ "path": "currents" }),
        json!({ "stream": "s", "format": "csv" }),
        json!({ "identifier": {} }),
        json!({ "caller": "query" }),
        json!({ "event_types": { "keeps": [] } }),
    ];
    let shown: Vec<_> = table.into_iter().map(|more| problems::<BrazeIngest>(settings(more))).collect();
    expect![[r#"
        /path: a path begins with `/` and has no `?`, `#` or white space
        /stream: this belongs to `mode: webhook`; the mode here is `currents`
        /format: this belongs to `mode: file`; the mode here is `currents`
        /identifier: name exactly one of external_id, braze_id, email, phone and alias
        /caller: unknown variant `query`, expected `bearer` or `none`
        /event_types/keeps: unknown field `keeps`, expected `keep` or `drop`
    "#]]
    .assert_eq(&shown.concat());
}

#[test]
fn no_body_makes_it_panic_and_none_is_lost() {
    // SplitMix64, so that a failure comes again.
    let mut state = 7_u64;
    let mut roll = |sides: usize| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((z ^ (z >> 27)) % sides as u64) as usize
    };
    const LETTERS: &[u8] = b"\"\"{}[],:0987eE-.ntu\\\xc3\xff ";
    let plugin = brazeline_kit::testing::configure::<BrazeIngest>(settings(json!({})));
    for _ in 0..3000 {
        let mut body = BOUGHT.as_bytes().to_vec();
        for _ in 0..=roll(3) {
            let place = roll(body.len());
            body[place] = LETTERS[roll(LETTERS.len())];
        }
        let received = plugin.receive(&arrival("POST /", &body));
        let kept = received.events.len() + received.unread.len();
        match received.reply.status {
            200 => assert_eq!(kept, 3, "{}", body.escape_ascii()),
            400 => assert_eq!((kept, &received.unread[0].raw), (1, &body)),
            other => panic!("{other}"),
        }
    }
}
