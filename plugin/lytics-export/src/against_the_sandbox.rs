//! What does the sandbox hold of what was sent, in each way in which it can be sent?

use brazeline_kit::testing::configure;
use brazeline_kit::{Batch, Outgoing, Plugin, Probe, Request, Response, Sink, Verdict};
use brazeline_kit::{Field, Finding};
use brazeline_sandbox::lytics::{Lytics, Options};
use brazeline_sandbox::{Fault, Stage};
use serde_json::{Value, json};

use crate::LyticsExport;

/// All ways of sending. Those that hold only scalars come last.
fn ways() -> Vec<Value> {
    vec![
        json!({ "authorization": { "account": "1234" } }),
        json!({ "mode": "bulk" }),
        json!({ "mode": "bulk", "gzip": true, "filename": "users.csv" }),
        json!({ "mode": "single", "authorization": { "account": "1234" } }),
        json!({ "mode": "bulk", "format": "csv" }),
        json!({ "mode": "bulk", "format": "csv", "gzip": true }),
    ]
}

/// Sends as the host would.
fn send(stage: &mut Stage<Lytics>, request: Request) -> Response {
    let query = request.query.iter().map(|field| format!("{}={}", field.name, field.value));
    let mut asked = brazeline_sandbox::Request {
        method: request.method.parse().unwrap(),
        path: request.path,
        query: query.collect::<Vec<_>>().join("&"),
        body: request.body.into(),
        ..Default::default()
    };
    asked.headers.insert("authorization", "lytics-token".parse().unwrap());
    for Field { name, value } in &request.headers {
        asked.headers.insert(http::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
    }
    let answer = stage.handle(&asked, jiff::Timestamp::UNIX_EPOCH);
    Response { status: answer.status.as_u16(), body: answer.body.to_vec(), complete: true, ..Response::default() }
}

fn stage() -> Stage<Lytics> {
    Stage::new(Lytics::new(Options::default()), false)
}

fn prepare(plugin: &LyticsExport, bodies: &[String]) -> Vec<Outgoing> {
    let batch: Batch = bodies.iter().map(|body| ("external_id:u", body.as_str())).collect();
    let prepared = plugin.prepare(&batch);
    assert_eq!(prepared.rejections, []);
    prepared.requests
}

/// Sends all of it, which is all accepted, and gives the fields that the stream holds.
fn held(settings: Value, bodies: &[String]) -> Vec<Value> {
    let (plugin, mut stage) = (configure::<LyticsExport>(settings.clone()), stage());
    for outgoing in prepare(&plugin, bodies) {
        let response = send(&mut stage, outgoing.request);
        assert_eq!(plugin.settle(&outgoing.context, &response).verdict, Verdict::Accepted(Vec::new()), "{settings}");
    }
    assert_eq!(stage.vendor.rejected(), 0, "{settings}");
    stage.vendor.stream("braze_users").iter().map(|record| Value::Object(record.fields.clone())).collect()
}

fn people(attributes: impl Fn(usize) -> Value) -> Vec<String> {
    let update = |n| json!({ "user": { "external_id": format!("u-{n}") }, "attributes": attributes(n) }).to_string();
    (0..50).map(update).collect()
}

#[test]
fn every_way_of_sending_says_the_same() {
    let text = |n: usize| json!({ "email": format!("p.{n}@x.example"), "note": "a, \"b\"\r\nü", "empty": "" });
    let bodies = people(text);
    let expected: Vec<Value> = (0..50)
        .map(|n| {
            let mut fields = text(n);
            fields["user_id"] = json!(format!("u-{n}"));
            fields
        })
        .collect();
    for way in ways() {
        assert_eq!(held(way.clone(), &bodies), expected, "{way}");
    }
}

#[test]
fn what_was_flattened_is_taken() {
    let nested = |n: usize| json!({ "custom_events": [{ "name": "opened", "count": n }, { "first": { "at": [1, 2] } }], "lists": [[1], { "a": 1 }] });
    let bodies = people(nested);
    for mut way in ways().into_iter().take(4) {
        way["arrays_of_objects"] = json!("flatten");
        let first = held(way, &bodies).remove(0);
        let expected = json!({
            "custom_events": { "name": ["opened", null], "count": [0, null], "first": { "at": [null, "[1,2]"] } },
            "lists": ["[1]", "{\"a\":1}"], "user_id": "u-0",
        });
        assert_eq!(first, expected);
    }
}

#[test]
fn what_lytics_counts_as_rejected_is_told() {
    for way in ways().into_iter().filter(|way| way["mode"] != "single") {
        let (plugin, mut stage) = (configure::<LyticsExport>(way), stage());
        stage.script.append([Fault::RefuseCount { count: 3 }, Fault::RefuseCount { count: 50 }]);
        let outgoing = prepare(&plugin, &people(|n| json!({ "n": n }))).remove(0);
        let mut settle = || plugin.settle(&outgoing.context, &send(&mut stage, outgoing.request.clone())).verdict;
        assert_eq!(settle(), Verdict::AcceptedBut(3));
        assert!(matches!(settle(), Verdict::Split(_)));
    }
}

#[test]
fn a_dry_run_keeps_nothing_and_the_token_is_proven() {
    for way in ways() {
        let (plugin, mut stage) = (configure::<LyticsExport>(way.clone()), stage());
        let request = plugin.ask("0123456789abcdef0123456789abcdef").unwrap();
        assert_eq!(plugin.plan().targets[0].name, request.target);
        assert_eq!(plugin.judge(&send(&mut stage, request)), Finding::Works, "{way}");
        if way["mode"] == "single" {
            continue;
        }
        let mut dry = way;
        dry["dryrun"] = json!(true);
        assert_eq!(held(dry, &people(|n| json!({ "n": n }))), Vec::<Value>::new());
        assert!(stage.vendor.stream("braze_users").is_empty());
    }
}
