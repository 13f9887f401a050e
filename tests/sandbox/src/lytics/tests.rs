//! Uploads in, answers and state out (contract 8).

use std::io::Write as _;

use serde_json::{Value, json};

use super::*;

/// When the tests take place: 2026-11-23T09:00:00Z.
fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn lytics() -> Lytics {
    Lytics::new(Options { account: "7".into(), token: "t".into(), rules: Rules::default() })
}

/// A request to this path and query, with the token in its header.
fn request(address: &str, body: impl Into<bytes::Bytes>) -> Request {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let (path, query) = (path.to_owned(), query.to_owned());
    let mut request = Request { method: http::Method::POST, path, query, body: body.into(), ..Request::default() };
    request.headers.insert("authorization", "t".parse().unwrap());
    request
}

/// The status, the message and the counts in one line.
fn said(answer: &Answer) -> String {
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(body["status"], answer.status.as_u16());
    let head = format!("{} {}", answer.status.as_u16(), body["message"].as_str().unwrap());
    match body.get("data") {
        Some(data) => format!("{head}: {} taken, {} rejected", data["message_count"], data["rejected_count"]),
        None => head,
    }
}

/// Answers one request, and gives what is held afterwards.
fn check(address: &str, body: impl Into<bytes::Bytes>, expected: &str) -> Lytics {
    let mut lytics = lytics();
    let answer = lytics.answer(&request(address, body), None, now());
    assert_eq!(said(&answer), expected, "{address}");
    lytics
}

fn sized(bytes: usize) -> String {
    let frame = json!({"a": ""}).to_string();
    json!({"a": "x".repeat(bytes - frame.len())}).to_string()
}

#[test]
fn a_token_has_three_places() {
    let bare = |address: &str, header: Option<&str>| {
        let mut request = request(address, "{}");
        request.headers.clear();
        header.map(|value| request.headers.insert("authorization", value.parse().unwrap()));
        said(&lytics().answer(&request, None, now()))
    };
    let no_token = "401 the API token is unknown or missing";
    let table = [
        ("/c/7/s?key=t", None, "200 success"),
        ("/c/7/s?access_token=t", None, "200 success"),
        ("/c/7/s", Some("t"), "200 success"),
        ("/collect/json/s?key=t", None, "200 success: 1 taken, 0 rejected"),
        ("/c/7/s", Some("Bearer t"), no_token),
        ("/c/7/s?key=other", None, no_token),
        ("/c/7/s", None, no_token),
        ("/c/8/s?key=t", None, "404 there is no such account"),
    ];
    table.into_iter().for_each(|(address, header, expected)| assert_eq!(bare(address, header), expected, "{address}"));
    let mut lytics = lytics();
    lytics.options.rules.is_data_manager = false;
    let answer = lytics.answer(&request("/c/7/s", "{}"), None, now());
    assert_eq!(said(&answer), "403 the API token lacks the role Data Manager");
}

#[test]
fn addresses_and_bodies() {
    let not_json = "400 the body is no JSON of the right form";
    check("/c/7", "{}", "404 there is nothing at this address");
    check("/collect/xml/s", "{}", "404 there is nothing at this address");
    check("/c/7/s", "{", not_json);
    check("/c/7/s", "[{}]", "400 the body is one JSON object");
    check("/collect/json/s", "{", not_json);
    check("/collect/json/s", "[{},{}]", "200 success: 2 taken, 0 rejected");
    check("/collect/json/s", "[{},7,[]]", "200 success: 1 taken, 2 rejected");
    check("/collect/bulk/s", "{}\n\n{\"a\":1}\r\n{", "200 success: 2 taken, 1 rejected");
    let mut get = request("/collect/json/s", "{}");
    get.method = http::Method::GET;
    assert_eq!(said(&lytics().answer(&get, None, now())), "405 uploads are POST");
}

#[test]
fn limits() {
    let batch = |bytes| format!("[{}]", sized(bytes));
    let one = "200 success: 1 taken, 0 rejected";
    let none = "200 success: 0 taken, 1 rejected";
    let page = "400 the record breaks a limit of collect";
    check("/c/7/s", sized(limit::RECORD_BYTES), "200 success");
    check("/c/7/s", sized(limit::RECORD_BYTES + 1), page);
    check("/collect/json/s", sized(limit::RECORD_BYTES), one);
    check("/collect/json/s", sized(limit::RECORD_BYTES + 1), none);
    check("/collect/json/s", batch(limit::BATCHED_RECORD_BYTES), one);
    check("/collect/json/s", batch(limit::BATCHED_RECORD_BYTES + 1), none);
    check("/collect/bulk/s", sized(limit::BATCHED_RECORD_BYTES), one);
    check("/collect/bulk/s", sized(limit::BATCHED_RECORD_BYTES + 1), none);
    let padded = |bytes: usize| "{}".to_owned() + &"\n".repeat(bytes - 2);
    check("/collect/json/s", padded(limit::BODY_BYTES + 1), "413 the body is too large");
    check("/collect/bulk/s", padded(limit::BODY_BYTES + 1), one);
}

#[test]
fn arrays_of_objects_are_rejected() {
    let table = [
        (json!({"a": ["x", 1]}), true),
        (json!({"a": {"b": ["x"]}}), true),
        (json!({"a": [{"b": 1}]}), false),
        (json!({"a": {"b": [{"c": 1}]}}), false),
        (json!({"a": [["x"]]}), false),
    ];
    for (record, is_taken) in table {
        let (json, page) = if is_taken {
            ("200 success: 1 taken, 0 rejected", "200 success")
        } else {
            ("200 success: 0 taken, 1 rejected", "400 the record breaks a limit of collect")
        };
        check("/collect/json/s", record.to_string(), json);
        let lytics = check("/c/7/s", record.to_string(), page);
        assert_eq!((lytics.stream("s").len(), lytics.rejected()), (usize::from(is_taken), u64::from(!is_taken)));
    }
}

#[test]
fn an_identifier_has_at_most_256_bytes() {
    let record = |bytes: usize| json!({"braze_id": "x".repeat(bytes)}).to_string();
    check("/collect/json/braze_users", record(256), "200 success: 1 taken, 0 rejected");
    check("/collect/json/braze_users", record(257), "200 success: 0 taken, 1 rejected");
    check("/collect/json/other", record(257), "200 success: 1 taken, 0 rejected");
}

#[test]
fn the_parameters_of_an_upload() {
    let dry = check("/collect/json/s?dryrun=true", r#"[{"a":1},7]"#, "200 success: 1 taken, 1 rejected");
    assert_eq!((dry.stream("s").len(), dry.rejected()), (0, 0));
    let body = r#"[{"n":1,"t":"2026-01-31T01:02:03"},{"n":2,"t":"soon"},{"n":3,"t":1700000000},{"n":4}]"#;
    let lytics = check("/collect/json/s?timestamp_field=t&filename=a%20b", body, "200 success: 4 taken, 0 rejected");
    let times: Vec<String> = lytics.stream("s").iter().map(|record| record.at.to_string()).collect();
    assert_eq!(times, ["2026-01-31T01:02:03Z", "2026-11-23T09:00:00Z", "2023-11-14T22:13:20Z", "2026-11-23T09:00:00Z"]);
    assert_eq!(lytics.stream("s")[0].filename.as_deref(), Some("a b"));
    let order: Vec<_> = lytics.stream("s").iter().filter_map(|record| record.get("n")?.as_i64()).collect();
    assert_eq!(order, [1, 2, 3, 4]);
    let answer = lytics.clone().answer(
        &request("/collect/json/s?timestamp_field=t&filename=f&droperrors=true", "{}"),
        None,
        now(),
    );
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    let expected = json!({"message_count": 1, "rejected_count": 0, "content-type": "", "droperrors": true, "dryrun": false, "timestamp_field": "t", "filename": "f"});
    assert_eq!(body["data"], expected);
}

/// Uploads CSV, and compares the stream.
fn csv(query: &str, body: impl Into<bytes::Bytes>, gzip: bool, expected: Value) {
    let mut request = request(&format!("/collect/bulk/s?{query}"), body);
    request.headers.insert("content-type", "application/csv".parse().unwrap());
    if gzip {
        request.headers.insert("content-encoding", "gzip".parse().unwrap());
    }
    let mut lytics = lytics();
    lytics.answer(&request, None, now());
    let held: Vec<&Map<String, Value>> = lytics.stream("s").iter().map(|record| &record.fields).collect();
    assert_eq!(json!(held), expected, "{query}");
}

#[test]
fn csv_in_all_its_forms() {
    let ann = json!([{"name": "Ann, B", "city": "X"}]);
    let table = "name,city\n\"Ann, B\",X\n";
    csv("", table, false, ann.clone());
    csv("headers=name,city", "\"Ann, B\",X\n", false, ann.clone());
    csv("delimiter=t", "name\tcity\nAnn, B\tX\n", false, ann.clone());
    csv("delimiter=%7C", "name|city\nAnn, B|X\n", false, ann.clone());
    csv("append=%7B%22n%22%3A1%7D", table, false, json!([{"name": "Ann, B", "city": "X", "n": 1}]));
    csv("", "name,city\nAnn\nBob,Y\n", false, json!([{"name": "Bob", "city": "Y"}]));
    let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    zipped.write_all(table.as_bytes()).unwrap();
    csv("", zipped.finish().unwrap(), true, ann);
    csv("", table, true, json!([]));
}

#[test]
fn braze_users_reach_profiles_by_the_default_mapping() {
    // Contract 8.1, with the partner page's record.
    let record = json!({
        "city": "AnyTown", "country": "United States", "first_name": "John", "gender": "male", "language": "English",
        "last_name": "Smith", "date_of_birth": "19820101", "phone_number": "5551231234", "time_zone": "GMT+7",
        "twitter_handle": "johnsmith", "email": "John.Smith@email.com", "braze_id": "b1", "shoe_size": 43
    });
    let lytics = check("/c/7/braze_users", record.to_string(), "200 success");
    assert_eq!(json!(lytics.stream("braze_users")[0].fields), record);
    let expected = json!({
        "identifiers": {"br_user_id": ["b1"], "email": ["john.smith@email.com"], "tw_uid": ["johnsmith"]},
        "fields": {
            "birth_date": "1982-01-01", "city": "AnyTown", "country": "United States", "first_name": "John", "gender": "male",
            "language": "English", "last_name": "Smith", "phone": "5551231234", "time_zone": "GMT+7"
        }
    });
    for (field, value) in [("br_user_id", "b1"), ("email", "john.smith@email.com"), ("tw_uid", "johnsmith")] {
        assert_eq!(json!(lytics.profile(field, value)), expected);
        assert_eq!(lytics.state(Some(&format!("{field}:{value}"))), expected);
    }
    assert!(check("/c/7/other", record.to_string(), "200 success").profiles().next().is_none());
}

#[test]
fn an_account_may_map_more() {
    let mut lytics = lytics();
    lytics.set_rules(json!({"mapped_fields": ["plan"]})).unwrap();
    lytics.answer(&request("/c/7/braze_users", r#"{"braze_id":"b","plan":"gold"}"#), None, now());
    assert_eq!(lytics.profile("br_user_id", "b").and_then(|profile| profile.get("plan")), Some(&json!("gold")));
}

#[test]
fn records_that_share_an_identifier_are_one_person() {
    let records = json!([
        {"braze_id": "b", "city": "X", "gender": "old"},
        {"email": "a@b.de", "city": "Y"},
        {"city": "nobody's"},
        {"braze_id": "b", "email": "a@b.de", "gender": "new"},
        {"email": "A@B.de", "last_name": "L"},
    ]);
    let lytics = check("/collect/json/braze_users", records.to_string(), "200 success: 5 taken, 0 rejected");
    let profiles: Vec<_> = lytics.profiles().collect();
    let expected = json!([{
        "identifiers": {"br_user_id": ["b"], "email": ["a@b.de"]},
        "fields": {"city": "X", "gender": "new", "last_name": "L"}
    }]);
    assert_eq!(json!(profiles), expected);
    // Contract 8: at most 50 identifiers are stitched.
    let many: Vec<Value> = (0..60).map(|n| json!({"braze_id": "b", "email": format!("{n}@b.de")})).collect();
    let lytics = check("/collect/json/braze_users", json!(many).to_string(), "200 success: 60 taken, 0 rejected");
    assert!(lytics.profile("email", "48@b.de").is_some() && lytics.profile("email", "49@b.de").is_none());
}

#[test]
fn faults_that_only_lytics_can_carry_out() {
    let table = [
        (Fault::RefuseAt { array: String::new(), indexes: vec![1] }, "200 success: 2 taken, 1 rejected", vec![0, 2]),
        (Fault::RefuseCount { count: 2 }, "200 success: 1 taken, 2 rejected", vec![2]),
        (Fault::Say { message: "hm".into() }, "200 hm: 3 taken, 0 rejected", vec![0, 1, 2]),
    ];
    for (fault, expected, held) in table {
        let mut lytics = lytics();
        let answer = lytics.answer(&request("/collect/json/s", r#"[{"n":0},{"n":1},{"n":2}]"#), Some(&fault), now());
        assert_eq!(said(&answer), expected);
        let order: Vec<_> = lytics.stream("s").iter().filter_map(|record| record.get("n")?.as_i64()).collect();
        assert_eq!(order, held);
    }
}

#[test]
fn the_page_shows_everything_escaped() {
    let lytics = check("/c/7/braze_users", r#"{"email":"a@b.de","city":"<X>"}"#, "200 success");
    let page = lytics.page();
    assert!(page.contains("<h2>Stream braze_users (1)</h2>"), "{page}");
    assert!(page.contains("<td>email: a@b.de</td><td>city: &quot;&lt;X&gt;&quot;</td>"), "{page}");
}
