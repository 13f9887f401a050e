//! A campaign that calls the Lytics beside it, as the partner page wires them; and a trigger.

use brazeline_sandbox::braze::{Body, Campaign};
use brazeline_sandbox::lytics::{Happening, Trigger};
use brazeline_sandbox::{Fault, Sandbox};
use serde_json::{Map, Value, json};

use super::{get, sandbox, send};

/// The partner page's record, with a Canvas step and activities beside it.
fn person() -> Map<String, Value> {
    let Value::Object(person) = json!({
        "city": "AnyTown", "country": "United States", "first_name": "John", "gender": "male", "language": "English",
        "last_name": "Smith", "date_of_birth": "19820101", "phone_number": "5551231234", "time_zone": "GMT+7",
        "twitter_handle": "johnsmith", "email": "john.smith@email.com", "braze_id": "b1", "device_id": "d1",
        "canvas_name": "Welcome", "canvas_step_name": "Tell Lytics", "campaign_name": "Spring", "time": "2026-11-23T09:00:00Z"
    }) else {
        panic!()
    };
    person
}

/// Sends one body, and compares what Lytics holds with these members of the person and more.
async fn check(body: Body, members: &[&str], more: Value) {
    let sandbox = sandbox().await;
    let url = sandbox.lytics().url() + "/c/1234/braze_users?key=lytics-token";
    let report = Campaign::new(url, body, vec![person()]).send().await;
    assert_eq!((report.received, report.statuses), (1, vec![vec![200]]));
    let taken = members.iter().map(|name| ((*name).to_owned(), person()[*name].clone()));
    let expected: Map<String, Value> = taken.chain(more.as_object().cloned().unwrap()).collect();
    assert_eq!(sandbox.lytics().state().stream("braze_users")[0].fields, expected);
}

#[tokio::test]
async fn a_webhook_arrives_value_for_value() {
    let twelve = [
        "city",
        "country",
        "first_name",
        "gender",
        "language",
        "last_name",
        "date_of_birth",
        "phone_number",
        "time_zone",
        "twitter_handle",
        "email",
        "braze_id",
    ];
    let step = ["canvas_name", "canvas_step_name"];
    check(Body::campaign(), &twelve, json!({})).await;
    check(Body::canvas_step(), &[twelve.as_slice(), &step].concat(), json!({})).await;
    let activity = ["braze_id", "campaign_name", "time"];
    check(Body::email(), &[&activity[..], &["email"]].concat(), json!({"activity": "email_open"})).await;
    check(Body::sms(), &[&activity[..], &["phone_number"]].concat(), json!({"activity": "sms_delivery"})).await;
    check(Body::push(), &[&activity[..], &["device_id"]].concat(), json!({"activity": "push_open"})).await;
}

async fn campaign(sandbox: &Sandbox, url: String, people: usize) -> (u16, Value) {
    let campaign = json!({"url": url, "recipients": vec![person(); people], "time_scale": 0.0001});
    let address = sandbox.braze().url() + "/sandbox/campaign";
    let (status, report) = send("POST", &address, &campaign).await.unwrap();
    (status, serde_json::from_str(&report).unwrap())
}

#[tokio::test]
async fn a_campaign_over_http_comes_back_after_a_failure() {
    let sandbox = sandbox().await;
    let url = sandbox.lytics().url() + "/c/1234/braze_users?key=lytics-token";
    sandbox.lytics().script([Fault::Status { status: 503, retry_after_s: None }, Fault::Cut, Fault::AcceptThenCut]);
    let (status, report) = campaign(&sandbox, url, 1).await;
    assert_eq!((status, report), (200, json!({"received": 1, "dropped": 0, "statuses": [[503, 599, 599, 200]]})));
    // What was accepted before the connection was cut came twice; nothing tells the two apart (contract 6).
    assert_eq!(sandbox.lytics().read(|lytics| lytics.stream("braze_users").len()), 2);
    let (_, report) = campaign(&sandbox, sandbox.lytics().url() + "/nothing", 2).await;
    assert_eq!(report, json!({"received": 0, "dropped": 2, "statuses": [[404], [404]]}));
    let (_, report) = campaign(&sandbox, "no address".into(), 1).await;
    assert_eq!(report, json!({"received": 0, "dropped": 1, "statuses": [[]]}));
}

#[tokio::test]
async fn a_trigger_carries_its_headers_and_comes_back_until_200() {
    let sandbox = sandbox().await;
    // Any server will do as the receiver; this one wants the token and counts 401 as a failure.
    let url = sandbox.lytics().url() + "/collect/json/fired";
    let headers = vec![("authorization".to_owned(), "lytics-token".to_owned())];
    sandbox.lytics().script([Fault::Status { status: 429, retry_after_s: Some(1) }]);
    let trigger = Trigger { headers, time_scale: 0.001, ..Trigger::new(url) };
    let firing = json!({"trigger": trigger, "happenings": [Happening { user: person(), ..Happening::default() }]});
    let (status, fired) = send("POST", &(sandbox.lytics().url() + "/sandbox/trigger"), &firing).await.unwrap();
    assert_eq!((status, fired.as_str()), (200, r#"{"delivered":1,"omitted":0,"left":0,"statuses":[429,200]}"#));
    let record = sandbox.lytics().state().stream("fired")[0].clone();
    assert_eq!(record.get("data").and_then(|data| data.get("email")), Some(&json!("john.smith@email.com")));
    let bad = send("POST", &(sandbox.lytics().url() + "/sandbox/trigger"), &json!({})).await.unwrap();
    assert_eq!(bad.0, 400);
    let lost = Trigger::new("no address").fire(vec![Happening::default()]).await;
    assert_eq!((lost.omitted, lost.statuses), (1, vec![]));
}

#[tokio::test]
async fn currents_over_http_says_what_became_of_the_events() {
    let sandbox = sandbox().await;
    // Any server will do as the receiver; this one refuses the first two requests, the credential check and one with events.
    let url = sandbox.lytics().url() + "/collect/json/heard?key=lytics-token";
    sandbox.lytics().script([
        Fault::Status { status: 401, retry_after_s: None },
        Fault::Status { status: 400, retry_after_s: None },
    ]);
    let event = |id: u32| json!({"event_type": "users.canvas.Entry", "id": id.to_string(), "time": 1});
    let currents = json!({"url": url, "events": [event(1), event(2)], "time_scale": 0.0001});
    let (status, told) = send("POST", &(sandbox.braze().url() + "/sandbox/currents"), &currents).await.unwrap();
    let expected = r#"{"checked":401,"received":2,"dropped":0,"statuses":{"200":2,"400":1}}"#;
    assert_eq!((status, told.as_str()), (200, expected));
    // It takes the requests, and rejects what is in them: a record with an array of objects.
    assert_eq!(sandbox.lytics().read(brazeline_sandbox::Lytics::rejected), 2);
}

#[tokio::test]
async fn exports_the_segments_that_it_is_told_of() {
    let sandbox = sandbox().await;
    let url = sandbox.braze().url();
    let told = json!({ "s-1": [{ "external_id": "u-1", "email": "a@x" }] });
    assert_eq!(send("POST", &format!("{url}/sandbox/segments"), &told).await.unwrap().0, 200);
    assert_eq!(send("POST", &format!("{url}/sandbox/segments"), &json!([])).await.unwrap().0, 400);
    let asked = json!({ "segment_id": "s-1", "fields_to_export": ["email"] });
    let (status, said) = send("POST", &format!("{url}/users/export/segment"), &asked).await.unwrap();
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((status, &said["message"]), (201, &json!("success")));
    let file = said["url"].as_str().unwrap();
    assert!(file.starts_with(&format!("{url}/exports/")), "{file}");
    // Whoever shows a key there is refused, and noted.
    assert_eq!(send("GET", file, &Value::Null).await.unwrap().0, 400);
    let state: Value = serde_json::from_str(&get(format!("{url}/sandbox/state")).await).unwrap();
    assert!(state["exports"][0]["fetched"][0].as_array().unwrap().contains(&json!("authorization")));
    assert_eq!(state["exports"][0]["segment"], "s-1");
}
