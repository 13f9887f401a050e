//! Braze -> Lytics: what a marketer's webhook says arrives value for value, and what is no webhook is answered clearly.

use brazeline_sandbox::braze::{Body, Campaign};
use expect_test::{Expect, expect};
use serde_json::{Map, Value, json};

use crate::host::Host;
use crate::http::{self, Answer, post};
use crate::scene::{Extra, Scene, WEBHOOK, node, webhooks};

/// The partner page's example, and what the bodies of activities hold beside it.
fn john() -> Map<String, Value> {
    let john = json!({
        "city": "AnyTown", "country": "United States", "first_name": "John", "gender": "male",
        "language": "English", "last_name": "Smith", "date_of_birth": "19820101",
        "phone_number": "5551231234", "time_zone": "GMT+7", "twitter_handle": "johnsmith",
        "email": "john.smith@email.com", "braze_id": "xxxxxx",
        "canvas_name": "Welcome", "canvas_step_name": "Day 3", "campaign_name": "Autumn \"sale\"",
        "device_id": "device-77", "time": "2026-11-23T09:00:00Z",
    });
    serde_json::from_value(john).unwrap()
}

/// Sends a campaign to one person, and compares what Lytics' stream gets with what Braze sent.
fn arrives(body: Body, fields: usize) {
    let scene = webhooks(Extra::default());
    let mut host = scene.place.run();
    let sent: Map<String, Value> = serde_json::from_slice(&body.render(&john())).unwrap();
    let url = format!("http://{}{WEBHOOK}", host.address("webhooks"));
    let report = scene.vendors.wait(Campaign::new(url, body, vec![john()]).send());
    assert_eq!(report.statuses, [[200]]);
    scene.lytics_until("the record is there", |lytics| lytics.stream("braze_users").len() == 1);
    let record = scene.vendors.lytics().read(|lytics| lytics.stream("braze_users")[0].fields.clone());
    assert_eq!(record, sent);
    assert_eq!(record.len(), fields);
    assert_eq!(host.terminate().code, Some(0));
}

#[test]
fn a_profile_from_a_campaign_arrives_value_for_value() {
    arrives(Body::campaign(), 12);
}

#[test]
fn a_profile_from_a_step_of_a_canvas_arrives_value_for_value() {
    arrives(Body::canvas_step(), 14);
}

#[test]
fn an_email_an_sms_and_a_push_arrive_value_for_value() {
    for body in [Body::email(), Body::sms(), Body::push()] {
        arrives(body, 5);
    }
}

#[test]
fn what_is_no_webhook_is_answered_with_what_is_wrong() {
    let scene = webhooks(Extra { source: ", max_body: 2KiB", ..Extra::default() });
    let mut host = scene.place.run();
    let address = host.address("webhooks");
    let json = [("content-type", "application/json")];
    let send = |method, path, body: &str| http::send(&address, method, path, &json, body).unwrap();
    let large = format!(r#"{{"braze_id":"x","city":"{}"}}"#, "y".repeat(3000));
    check(
        send("POST", WEBHOOK, "{no json"),
        expect![[
            r#"400 application/json {"message":"the body is no JSON (key must be a string at line 1 column 2); a value that Liquid left unquoted or empty is the usual cause, and a default in the webhook's body the cure","status":400}"#
        ]],
    );
    check(
        send("POST", WEBHOOK, r#"{"city":"X"}"#),
        expect![[
            r#"400 application/json {"message":"record 1: it has no field `braze_id`, which says whom it is about","status":400}"#
        ]],
    );
    check(
        send("POST", WEBHOOK, "[]"),
        expect![[
            r#"200 application/json {"data":{"message_count":0,"rejected_count":0},"message":"success","status":200}"#
        ]],
    );
    check(
        send("POST", WEBHOOK, ""),
        expect![[
            r#"400 application/json {"message":"the body is empty; send one JSON object with the person's fields","status":400}"#
        ]],
    );
    check(
        send("POST", WEBHOOK, &large),
        expect![[r#"413 application/json {"message":"the body is larger than 2048 bytes: send less at once"}"#]],
    );
    check(
        send("POST", "/c/1234/braze_users?key=wrong", r#"{"braze_id":"x"}"#),
        expect![[r#"401 application/json {"message":"the credentials are missing or wrong"}"#]],
    );
    check(
        send("POST", "/c/1234/braze_users", r#"{"braze_id":"x"}"#),
        expect![[r#"401 application/json {"message":"the credentials are missing or wrong"}"#]],
    );
    check(
        send("POST", "/c/99/braze_users?key=l-token-93ab77", r#"{"braze_id":"x"}"#),
        expect![[
            r#"404 application/json {"message":"nothing is received here; webhooks go to `/c/1234/braze_users?key=<api token>`","status":404}"#
        ]],
    );
    check(
        send("GET", WEBHOOK, ""),
        expect![[r#"405 application/json {"message":"send the webhook with POST","status":405}"#]],
    );
    check(
        send("DELETE", WEBHOOK, ""),
        expect![[r#"405 application/json {"message":"send the webhook with POST","status":405}"#]],
    );
    // It goes on all the same, and what came is in exactly one place.
    let last = post(&address, WEBHOOK, r#"[{"braze_id":"good"},{"city":"nobody's"},7]"#);
    assert_eq!(
        (last.status, last.body.as_str()),
        (200, r#"{"data":{"message_count":1,"rejected_count":2},"message":"success","status":200}"#)
    );
    accounted_for(&scene, host);
}

/// Exactly the good record is at Lytics; the bodies that could be had but not read are dead letters.
fn accounted_for(scene: &Scene, host: Host) {
    scene.lytics_until("the good one is there", |lytics| !lytics.stream("braze_users").is_empty());
    let ended = host.terminate();
    assert_eq!(ended.code, Some(0));
    assert!(!ended.stderr.contains("panic"), "{}", ended.stderr);
    scene.vendors.lytics().read(|lytics| assert_eq!(lytics.stream("braze_users").len(), 1));
    let shown = |letter: &Value| format!("{} {}: {}\n", letter["place"], letter["count"], letter["reason"]);
    let letters: String = scene.dead_letters().iter().map(shown).collect();
    expect![[r#"
        "body" 1: "the body is no JSON (key must be a string at line 1 column 2); a value that Liquid left unquoted or empty is the usual cause, and a default in the webhook's body the cure"
        "record 1" 1: "it has no field `braze_id`, which says whom it is about"
        "body" 1: "the body is empty; send one JSON object with the person's fields"
        "record 2" 1: "it has no field `braze_id`, which says whom it is about"
        "record 3" 1: "it is no JSON object"
    "#]].assert_eq(&letters);
}

fn check(answer: Answer, expected: Expect) {
    let kind = answer.head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or("-");
    expected.assert_eq(&format!("{} {kind} {}", answer.status, answer.body));
    let _json: Value = serde_json::from_str(&answer.body).unwrap();
}

/// Braze sends again when it got no answer, and nothing but the content tells that it is the same.
#[test]
fn what_is_sent_again_is_taken_once_also_after_a_kill() {
    let scene = webhooks(Extra { source: ", deduplicate: { by: content, window: 1h }", ..Extra::default() });
    let body = |city: &str| format!(r#"{{"braze_id":"x","city":"{city}"}}"#);
    let mut host = scene.place.run();
    let address = host.address("webhooks");
    for city in ["Ulm", "Ulm", "Bonn"] {
        assert_eq!(post(&address, WEBHOOK, body(city)).status, 200);
    }
    host.kill();
    let mut host = scene.place.run();
    let address = host.address("webhooks");
    for city in ["Ulm", "Bonn", "Jena"] {
        assert_eq!(post(&address, WEBHOOK, body(city)).status, 200);
    }
    assert_eq!(http::send(&address, "GET", "/ready", &[], "").unwrap().status, 200);
    scene.lytics_until("all are there", |lytics| lytics.stream("braze_users").len() >= 3);
    assert_eq!(host.terminate().code, Some(0));
    let city = |record: &brazeline_sandbox::lytics::Record| record.fields["city"].as_str().unwrap().to_owned();
    let mut cities: Vec<String> =
        scene.vendors.lytics().read(|lytics| lytics.stream("braze_users").iter().map(city).collect());
    // What was on its way when it was killed may have arrived twice.
    cities.dedup();
    assert_eq!(cities, ["Ulm", "Bonn", "Jena"]);
    let status = scene.status();
    let gives = &node(&status, "webhooks")["gives"];
    assert_eq!((&gives["read"], &gives["skipped"]), (&json!(6), &json!(3)));
}

#[test]
fn what_to_paste_is_said_without_the_key() {
    let url = "https://hooks.example.com/in/c/1234/braze_users?key=***";
    let scene = webhooks(Extra { source: ", public_url: \"https://hooks.example.com/in/\"", ..Extra::default() });
    let checked = scene.place.brazeline(&["check", "pipeline.yaml"]).stdout;
    assert!(
        checked.contains(&format!(
            "    Braze's webhooks go to {url}\n      or without `key`, with the header `authorization: ***`\n"
        )),
        "{checked}"
    );
    let mut host = scene.place.run();
    host.says(&["others send to", &format!("url=\"{url}\"")]);
    assert_eq!(host.terminate().code, Some(0));
}
