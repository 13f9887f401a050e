//! The client against the server of this crate.

use std::sync::{Arc, Mutex};

use expect_test::expect;
use serde_json::json;

use super::*;
use crate::clock::Clock;
use crate::component::types::{Arrival, Reply};
use crate::connector::server::{self, Door};
use crate::connector::settings::read;
use crate::delivery::inbound::Inbound;
use crate::delivery::scheme::Member;
use crate::pipeline::stop::{Stopper, stop};

fn batch(ids: &[&str]) -> Batch {
    let mut batch = Batch::new();
    ids.iter().for_each(|id| batch.push(&format!("external_id:{id}"), format!("{{\"id\":\"{id}\"}}").as_bytes()));
    batch
}

fn bearer() -> Option<Scheme> {
    Some(Scheme::read("bearer", r#"{"secret":"k"}"#, |_| Member::Secret("s3cret".into())).unwrap())
}

/// Takes what `judge` says of a body; keeps what it got.
async fn server(inbound: Inbound, judge: fn(&str) -> Reply) -> (String, Arc<Mutex<String>>, Stopper) {
    let listener = server::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let url = format!("http://{}/in?a=b%20c", listener.local_addr().unwrap());
    let got = Arc::new(Mutex::new(String::new()));
    let keeps = Arc::clone(&got);
    let handler = move |arrival: Arrival| {
        let Arrival { method, path, query, headers, body, .. } = arrival;
        let body = String::from_utf8(body).unwrap();
        let content_type = headers.iter().find(|header| header.name == "content-type").unwrap();
        let a = &query[0].value;
        *keeps.lock().unwrap() += &format!("{method} {path} a={a} {} {body:?}\n", content_type.value);
        async move { judge(&body) }
    };
    let (stopper, stop) = stop();
    let door =
        Door { source: "in".into(), listener, inbound, max_body_bytes: 10_000, identity: None, told: Vec::new() };
    tokio::spawn(server::serve(door, handler, stop));
    (url, got, stopper)
}

fn client(url: &str, more: serde_json::Value, scheme: Option<Scheme>) -> HttpClient {
    let mut settings = json!({ "url": url });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let settings: Settings = read(&settings).and_then(Settings::check).unwrap();
    HttpClient::new(&settings, scheme, true, Client::new(Clock::system())).unwrap()
}

fn shown(outcomes: &[Outcome]) -> String {
    outcomes.iter().map(|outcome| format!("{outcome:?}\n")).collect()
}

#[tokio::test]
async fn events_are_posted_with_the_secret() {
    let inbound = Inbound::new(bearer().into_iter().collect());
    let (url, got, _stopper) = server(inbound, |_| server::message(200, "")).await;
    let outcomes = client(&url, json!({}), bearer()).deliver(batch(&["a", "b"])).await;
    let json = client(&url, json!({ "format": "json", "method": "PUT" }), bearer()).deliver(batch(&["a", "b"])).await;
    let without = client(&url, json!({}), None).deliver(batch(&["a"])).await;
    expect![[r#"
        Delivered
        Delivered
        Delivered
        Delivered
        Stop("it answers with status 401: mend the credentials in `authorization`")
        POST /in a=b c application/x-ndjson "{\"id\":\"a\"}\n{\"id\":\"b\"}\n"
        PUT /in a=b c application/json "[{\"id\":\"a\"},{\"id\":\"b\"}]"
    "#]]
    .assert_eq(&(shown(&outcomes) + &shown(&json) + &shown(&without) + &got.lock().unwrap()));
}

#[tokio::test]
async fn one_wrong_event_is_found() {
    let judge = |body: &str| server::message(if body.contains("\"c\"") { 400 } else { 200 }, "");
    let (url, got, _stopper) = server(Inbound::default(), judge).await;
    let outcomes = client(&url, json!({}), None).deliver(batch(&["a", "b", "c", "d", "e"])).await;
    expect![[r#"
        Delivered
        Delivered
        Rejected("refused with status 400")
        Delivered
        Delivered
    "#]]
    .assert_eq(&shown(&outcomes));
    expect![[r#"
        POST /in a=b c application/x-ndjson "{\"id\":\"a\"}\n{\"id\":\"b\"}\n{\"id\":\"c\"}\n{\"id\":\"d\"}\n{\"id\":\"e\"}\n"
        POST /in a=b c application/x-ndjson "{\"id\":\"a\"}\n{\"id\":\"b\"}\n"
        POST /in a=b c application/x-ndjson "{\"id\":\"c\"}\n{\"id\":\"d\"}\n{\"id\":\"e\"}\n"
        POST /in a=b c application/x-ndjson "{\"id\":\"c\"}\n"
        POST /in a=b c application/x-ndjson "{\"id\":\"d\"}\n{\"id\":\"e\"}\n"
    "#]].assert_eq(&got.lock().unwrap());
}

#[tokio::test]
async fn what_waits_or_stops_takes_the_rest_along() {
    let judge = |body: &str| match body {
        body if body.len() > 30 => server::message(413, ""),
        body if body.contains("\"b\"") => server::later(429, "", std::time::Duration::from_secs(3)),
        body if body.contains("\"c\"") => server::message(401, ""),
        _ => server::message(200, ""),
    };
    let (url, got, _stopper) = server(Inbound::default(), judge).await;
    let client = client(&url, json!({}), None);
    let waits = client.deliver(batch(&["1", "2", "b", "3"])).await;
    let stops = client.deliver(batch(&["1", "2", "c", "3"])).await;
    expect![[r#"
        Delivered
        Delivered
        Retry(Some(3s))
        Retry(Some(3s))
        Delivered
        Delivered
        Stop("it answers with status 401: mend the credentials in `authorization`")
        Stop("it answers with status 401: mend the credentials in `authorization`")
        POST /in a=b c application/x-ndjson "{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"b\"}\n{\"id\":\"3\"}\n"
        POST /in a=b c application/x-ndjson "{\"id\":\"1\"}\n{\"id\":\"2\"}\n"
        POST /in a=b c application/x-ndjson "{\"id\":\"b\"}\n{\"id\":\"3\"}\n"
        POST /in a=b c application/x-ndjson "{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"c\"}\n{\"id\":\"3\"}\n"
        POST /in a=b c application/x-ndjson "{\"id\":\"1\"}\n{\"id\":\"2\"}\n"
        POST /in a=b c application/x-ndjson "{\"id\":\"c\"}\n{\"id\":\"3\"}\n"
    "#]]
    .assert_eq(&(shown(&waits) + &shown(&stops) + &got.lock().unwrap()));
}

#[tokio::test]
async fn a_server_that_is_gone_is_tried_again() {
    let (url, _, stopper) = server(Inbound::default(), |_| server::message(200, "")).await;
    let client = client(&url, json!({}), None);
    assert_eq!(client.deliver(batch(&["a"])).await, [Outcome::Delivered]);
    drop(stopper);
    let nowhere = self::client("http://127.0.0.1:1/", json!({}), None);
    assert_eq!(nowhere.deliver(batch(&["a"])).await, [Outcome::Retry(None)]);
}

#[test]
fn settings_that_are_wrong() {
    let table = [
        json!({}),
        json!({ "url": "https://a.example/in", "metod": "POST" }),
        json!({ "url": "https://a.example/in", "method": "GET" }),
        json!({ "url": "a.example" }),
        json!({ "url": "http://a.example/in" }),
        json!({ "url": "https://me:secret@a.example/in" }),
        json!({ "url": "https://a.example/in", "batch": { "max_events": 0 } }),
        json!({ "url": "https://a.example/in", "batch": { "max_events": "many" } }),
    ];
    let line = |settings| match read(settings).and_then(Settings::check) {
        Ok(_) => "fine\n".to_owned(),
        Err(problems) => problems.iter().map(|problem| format!("{}: {}\n", problem.pointer, problem.message)).collect(),
    };
    expect![[r#"
        : missing field `url`
        /metod: unknown field `metod`, expected one of `url`, `method`, `format`, `headers`, `batch`
        /method: unknown variant `GET`, expected `POST` or `PUT`
        /url: it is no URL: write it like `https://events.example.com/in`
        /url: it is neither https nor a loopback address: use `https://`; `http://` may only be followed by 127.0.0.1 or [::1], not by a name
        /url: it has a user name in it: make the credentials members of the authorization
        /batch: at least 1 event and 1 byte have to fit
        /batch/max_events: invalid type: string "many", expected usize
    "#]].assert_eq(&table.iter().map(line).collect::<String>());
    let new = |more: serde_json::Value, plain| {
        let mut settings = json!({ "url": "http://127.0.0.1:1/in" });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = HttpClient::new(&read(&settings).unwrap(), bearer(), plain, Client::new(Clock::system()));
        made.map_or_else(|problem| format!("{}\n", problem.what), |_| "fine\n".to_owned())
    };
    let made = [
        new(json!({}), true),
        new(json!({}), false),
        new(json!({ "headers": { "authorization": "x" } }), true),
        new(json!({ "headers": { "x-a": "b\r\nx-c: d" } }), true),
        new(json!({ "headers": { "content-length": "1" } }), true),
    ];
    expect![[r#"
        fine
        `http://127.0.0.1:1` would get a secret unencrypted
        header `authorization` is set by the host: it carries the secret
        the value of header `x-a` contains a line break or another control character
        header `content-length` is set by the host alone
    "#]]
    .assert_eq(&made.concat());
}
