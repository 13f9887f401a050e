//! What is answered to a request as a whole (contract 1.1, 1.5, 1.6).

use super::*;
use crate::braze::{ErrorStyle, Plan, Rate};
use crate::fault::Fault;

/// Lets one thing of a good request be another, and says what is answered.
fn check(change: impl FnOnce(&mut Request), expected: &str) {
    let mut request = request(r#"{"attributes":[{"external_id":"u"}]}"#);
    change(&mut request);
    assert_eq!(said(&braze(Rules::default()).answer(&request, None, now())), expected);
}

#[test]
fn a_request_as_a_whole() {
    let header = |name: &'static str, value: &'static str| {
        move |request: &mut Request| drop(request.headers.insert(name, value.parse().unwrap()))
    };
    let body = |body: &'static str| move |request: &mut Request| request.body = body.into();
    let no_key = "401 the API key is unknown or missing";
    let not_json = "400 the body is no JSON of the right form";
    check(|_| {}, "201 success");
    check(|request| request.path = "/users/tracks".into(), "404 there is nothing at this address");
    check(|request| request.method = http::Method::GET, "404 there is nothing at this address");
    check(|request| drop(request.headers.remove("authorization")), no_key);
    check(header("authorization", "Bearer other"), no_key);
    check(header("authorization", "k"), no_key);
    check(header("content-type", "text/plain"), "400 the content type is application/json");
    check(body("{"), not_json);
    check(body("[]"), not_json);
    check(body(r#"{"attributes":{}}"#), not_json);
    check(body(r#"{"attributes":["u"]}"#), not_json);
    check(|request| request.body = b"{\"attributes\":[{\"external_id\":\"\xff\"}]}".as_slice().into(), not_json);
    check(body("{}"), "400 attributes, events or purchases are needed");
    check(body(r#"{"lytics_to_braze_audience":[]}"#), "400 attributes, events or purchases are needed");
}

#[test]
fn a_key_needs_the_permission() {
    let options = Options { key: "k".into(), permissions: ["users.delete".to_owned()].into(), ..Options::default() };
    let answer = Braze::new(options).answer(&request("{}"), None, now());
    assert_eq!(said(&answer), "401 the API key lacks the permission users.track");
}

#[test]
fn each_endpoint_needs_its_own_permission() {
    // Contract 1.8 and 4.
    let options = Options { key: "k".into(), permissions: ["users.track".to_owned()].into(), ..Options::default() };
    for (path, permission) in [("/users/track/bulk", "users.track.bulk"), ("/users/export/ids", "users.export.ids")] {
        let answer = Braze::new(options.clone()).answer(&request_to(path, "{}"), None, now());
        assert_eq!(said(&answer), format!("401 the API key lacks the permission {permission}"));
    }
}

#[test]
fn each_endpoint_has_its_own_rate_limit() {
    // Contract 1.4, 1.8 and 4.
    let limits = |path: &str| {
        let answer = braze(Rules::default()).answer(&request_to(path, "{}"), None, now());
        let number = |name| answer.headers[name].to_str().unwrap().parse::<i64>().unwrap();
        (number("x-ratelimit-limit"), number("x-ratelimit-reset") - now().as_second())
    };
    assert_eq!(limits("/users/track").0, 3000);
    assert_eq!(limits("/users/track/bulk"), (50, 1));
    assert_eq!(limits("/users/export/ids").0, 250);
}

#[test]
fn a_profile_is_exported_as_it_stands() {
    // Contract 4.
    let mut braze = braze(Rules::default());
    attributes(&mut braze, json!([{"external_id": "u", "first_name": "Ann", "plan": "x", "seg": ["a", "b"]}]));
    let event = |day: u32| json!({"external_id": "u", "name": "e", "time": format!("2026-11-{day}")});
    track(&mut braze, &json!({"events": [event(12), event(11)]}));
    let mut export = |body: Value| braze.answer(&request_to("/users/export/ids", body.to_string()), None, now());
    let fields = ["external_id", "first_name", "last_name", "custom_attributes", "custom_events", "purchases"];
    let exported = body(&export(json!({"external_ids": ["u", "nobody"], "fields_to_export": fields})));
    let expected = json!({
        "message": "success",
        "users": [{
            "external_id": "u",
            "first_name": "Ann",
            "custom_attributes": {"plan": "x", "seg": ["a", "b"]},
            "custom_events": [
                {"name": "e", "first": "2026-11-11T00:00:00Z", "last": "2026-11-12T00:00:00Z", "count": 2}
            ],
        }],
        "invalid_user_ids": ["nobody"],
    });
    assert_eq!(Value::Object(exported), expected);
    let many: Vec<String> = (0..51).map(|n| n.to_string()).collect();
    let table = [
        (json!({"external_ids": ["u"]}), "400 fields_to_export is needed"),
        (json!({"fields_to_export": []}), "400 external_ids, user_aliases, email_address or phone are needed"),
        (
            json!({"external_ids": many, "fields_to_export": []}),
            "400 at most 50 external_ids or user_aliases are exported",
        ),
        (json!([]), "400 the body is no JSON of the right form"),
    ];
    for (body, expected) in table {
        assert_eq!(said(&export(body)), expected);
    }
}

#[test]
fn counts_what_was_queued_of_each_array_that_was_sent() {
    // Contract 1.5.
    let event = json!({"external_id": "u", "name": "e", "time": "2026-11-23T08:00:00Z"});
    let table = [
        (json!({"attributes": [{"external_id": "u"}, {}]}), r#"{"attributes_processed":1}"#),
        (json!({"attributes": [], "events": [event]}), r#"{"attributes_processed":0,"events_processed":1}"#),
        (json!({"purchases": [{}]}), r#"{"purchases_processed":0}"#),
    ];
    for (sent, expected) in table {
        let mut body = body(&track(&mut braze(Rules::default()), &sent));
        body.retain(|key, _| key.ends_with("_processed"));
        assert_eq!(Value::Object(body).to_string(), expected, "{sent}");
    }
}

#[test]
fn errors_have_three_styles_and_the_rest_is_still_taken() {
    // Contract 1.5.
    let sent = json!({"attributes": [{"external_id": "u"}, {"external_id": "x".repeat(988)}]});
    let sentence = "external_id must be fewer than 988 bytes";
    let table = [
        (ErrorStyle::Codes, "201 success; attributes[1] EXTERNAL_USER_ID_TOO_LARGE".to_owned()),
        (ErrorStyle::Sentences, format!("201 success; attributes[1] {sentence}")),
        (ErrorStyle::Strings, format!("201 success; \"{sentence}\"")),
    ];
    for (errors, expected) in table {
        let mut braze = braze(Rules { errors, ..Rules::default() });
        assert_eq!(said(&track(&mut braze, &sent)), expected);
        assert_eq!(braze.profiles().len(), 1);
    }
}

#[test]
fn a_maintenance_queues_until_it_is_over() {
    // Contract 1.5.
    let mut braze = braze(Rules { maintenance: true, ..Rules::default() });
    assert_eq!(said(&track(&mut braze, &json!({"attributes": [{"external_id": "u"}]}))), "202 queued");
    assert_eq!((braze.profiles().len(), braze.pending()), (0, 1));
    braze.set_rules(Rules::default());
    assert_eq!((braze.profiles().len(), braze.pending()), (1, 0));
}

#[test]
fn over_the_rate_limit_is_429_and_nothing_is_taken() {
    // Contract 1.4.
    let headers =
        |answer: &Answer| answer.headers.keys().filter(|name| name.as_str().starts_with("x-ratelimit")).count();
    for (plan, expected) in [(Plan::General, 3), (Plan::Mau, 1)] {
        let mut braze = braze(Rules { rate: Rate { plan, burst: 1, ..Rate::default() }, ..Rules::default() });
        let first = track(&mut braze, &json!({"attributes": [{"external_id": "u"}]}));
        let second = track(&mut braze, &json!({"attributes": [{"external_id": "v"}]}));
        assert_eq!((first.status.as_u16(), headers(&first)), (201, 3));
        assert_eq!((second.status.as_u16(), headers(&second)), (429, expected));
        assert_eq!(braze.profiles().len(), 1);
    }
}

#[test]
fn faults_that_only_braze_can_carry_out() {
    let refused = "this refusal was asked for";
    let place = |indexes: &[usize]| Fault::RefuseAt { array: "attributes".into(), indexes: indexes.into() };
    let table = [
        (place(&[1]), format!("201 success; attributes[1] {refused}"), vec!["u", "w"]),
        (Fault::RefuseCount { count: 2 }, format!("201 success; {refused}; {refused}"), vec!["w"]),
        (Fault::Say { message: "hm".into() }, "201 hm".to_owned(), vec!["u", "v", "w"]),
    ];
    let sent = json!({"attributes": [{"external_id": "u"}, {"external_id": "v"}, {"external_id": "w"}]}).to_string();
    for (fault, expected, held) in table {
        let mut braze = braze(Rules::default());
        assert_eq!(said(&braze.answer(&request(sent.clone()), Some(&fault), now())), expected);
        let ids: Vec<_> = braze.profiles().iter().filter_map(|profile| profile.external_id.as_deref()).collect();
        assert_eq!(ids, held);
    }
}
