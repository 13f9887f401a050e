//! Each limit, at it and over it.

use super::*;
use crate::braze::limit;

fn event(properties: Value) -> Value {
    json!({"external_id": "u", "name": "e", "time": "2026-11-23T08:00:00Z", "properties": properties})
}

fn purchase(change: Value) -> Value {
    let mut purchase =
        json!({"external_id": "u", "product_id": "p", "currency": "USD", "price": 9.5, "time": "2026-11-23T08:00:00Z"});
    let Value::Object(change) = change else { panic!() };
    purchase.as_object_mut().unwrap().extend(change);
    purchase
}

/// One object in one array; an empty text means that it is taken.
fn check(array: &str, object: Value, expected: &str) {
    let answer = track(&mut braze(Rules::default()), &json!({array: [object]}));
    let expected =
        if expected.is_empty() { "201 success".into() } else { format!("201 success; {array}[0] {expected}") };
    assert_eq!(said(&answer), expected, "{array}: {object}");
}

#[test]
fn objects_of_a_request() {
    // Contract 1.2: 75 in total, or in each array.
    let people = |n: usize| (0..n).map(|n| json!({"external_id": n.to_string()})).collect::<Vec<_>>();
    let events = |n: usize| (0..n).map(|_| event(json!({}))).collect::<Vec<_>>();
    let table = [
        (75, 0, false, "201 success"),
        (76, 0, false, "400 Max Input Length Exceeded"),
        (40, 35, false, "201 success"),
        (40, 36, false, "400 Max Input Length Exceeded"),
        (75, 75, true, "201 success"),
        (0, 76, true, "400 Max Input Length Exceeded"),
    ];
    for (attributes, more, legacy_limits, expected) in table {
        let mut braze = braze(Rules { legacy_limits, ..Rules::default() });
        let answer = track(&mut braze, &json!({"attributes": people(attributes), "events": events(more)}));
        assert_eq!(said(&answer), expected, "{attributes} + {more}, legacy: {legacy_limits}");
    }
}

#[test]
fn bytes_of_a_request() {
    // Contract 1.2.
    let padded = |bytes: usize| {
        let body = r#"{"attributes":[]}"#;
        body.to_owned() + &" ".repeat(bytes - body.len())
    };
    for (bytes, expected) in [(limit::BODY_BYTES, 201), (limit::BODY_BYTES + 1, 413)] {
        let answer = braze(Rules::default()).answer(&request(padded(bytes)), None, now());
        assert_eq!(answer.status.as_u16(), expected, "{bytes}");
    }
}

#[test]
fn a_bulk_request() {
    // Contract 1.8.
    let objects = |profiles: usize, each: usize| {
        let all = (0..profiles * each)
            .map(|n| json!({"external_id": (n % profiles).to_string(), "name": "e", "time": "2026-11-23"}));
        json!({"events": all.collect::<Vec<_>>()}).to_string()
    };
    let padded = |bytes: usize| r#"{"attributes":[]}"#.to_owned() + &" ".repeat(bytes - 17);
    let table = [
        (objects(1000, 1), "201 success"),
        (objects(1001, 1), "400 Max Input Length Exceeded"),
        (objects(10, 100), "201 success"),
        (objects(1, 101), "400 Max Input Length Exceeded"),
        (padded(limit::BULK_BODY_BYTES), "201 success"),
        (padded(limit::BULK_BODY_BYTES + 1), "400 the body has more than 2 MB"),
    ];
    for (body, expected) in table {
        let answer = braze(Rules::default()).answer(&request_to("/users/track/bulk", body), None, now());
        assert_eq!(said(&answer), expected);
    }
    let fewer = Rules { bulk_objects: 10, ..Rules::default() };
    let answer = braze(fewer).answer(&request_to("/users/track/bulk", objects(11, 1)), None, now());
    assert_eq!(said(&answer), "400 Max Input Length Exceeded");
}

#[test]
fn events() {
    // Contract 2.5.
    let without = |key: &str| {
        let mut event = event(json!({}));
        event.as_object_mut().unwrap().remove(key);
        event
    };
    let named = |name: String| json!({"external_id": "u", "name": name, "time": "2026-11-23"});
    let timed = |time: &str| json!({"external_id": "u", "name": "e", "time": time});
    let name = "name is a text of 1 to 255 characters";
    let property = "a property's name has 1 to 255 characters and no leading $";
    let reserved = "a property is not called time or event_name";
    let array = |bytes: usize| event(json!({"a": vec!["x".repeat(97); bytes / 100]}));
    check("events", event(json!({"a": 1, "b": ["x"], "c": null})), "");
    check("events", without("name"), name);
    check("events", named(String::new()), name);
    check("events", named("é".repeat(255)), "");
    check("events", named("é".repeat(256)), name);
    check("events", without("time"), "time is a time in ISO 8601");
    check("events", timed("12/1/2021"), "time is a time in ISO 8601");
    check("events", timed("2026-11-23T09:00:00+09:00"), "");
    check("events", event(json!([])), "properties is an object");
    check("events", event(json!({"time": 1})), reserved);
    check("events", event(json!({"event_name": 1})), reserved);
    check("events", event(json!({"": 1})), property);
    check("events", event(json!({"$a": 1})), property);
    check("events", event(json!({"k".repeat(256): 1})), property);
    check("events", event(json!({"a": "x".repeat(255)})), "");
    check("events", event(json!({"a": "x".repeat(256)})), "a property's text has at most 255 characters");
    check("events", event(json!({"a": ["2026-11-23"]})), "a property's array holds no time");
    check("events", array(99_900), "");
    check("events", array(100_100), "properties have at most 100 KB");
}

#[test]
fn purchases() {
    // Contract 2.5.
    let product = "product_id is a text of 1 to 255 characters";
    let quantity = "quantity is a whole number from 1 to 100";
    check("purchases", purchase(json!({})), "");
    check("purchases", purchase(json!({"product_id": null})), product);
    check("purchases", purchase(json!({"product_id": "x".repeat(256)})), product);
    check("purchases", purchase(json!({"currency": "usd"})), "currency is an ISO 4217 code");
    check("purchases", purchase(json!({"currency": "EUR"})), "");
    check("purchases", purchase(json!({"price": "9.5"})), "price is a number");
    check("purchases", purchase(json!({"time": null})), "time is a time in ISO 8601");
    check("purchases", purchase(json!({"quantity": 100})), "");
    check("purchases", purchase(json!({"quantity": 101})), quantity);
    check("purchases", purchase(json!({"quantity": 0})), quantity);
    check("purchases", purchase(json!({"quantity": 1.5})), quantity);
    check("purchases", purchase(json!({"properties": {"a": vec!["x".repeat(97); 499]}})), "");
    check(
        "purchases",
        purchase(json!({"properties": {"a": vec!["x".repeat(97); 501]}})),
        "properties have at most 50 KB",
    );
}

#[test]
fn distinct_products() {
    // Contract 2.5: 5,000; one that is known may still be bought.
    let mut braze = braze(Rules { legacy_limits: true, ..Rules::default() });
    let product = |n: usize| purchase(json!({"product_id": n.to_string()}));
    let all: Vec<Value> = (0..limit::PRODUCTS).map(product).collect();
    for some in all.chunks(75) {
        assert_eq!(said(&track(&mut braze, &json!({"purchases": some}))), "201 success");
    }
    let answer = track(&mut braze, &json!({"purchases": [product(0), product(limit::PRODUCTS)]}));
    assert_eq!(said(&answer), "201 success; purchases[1] a workspace has at most 5000 products");
}

#[test]
fn identifiers() {
    // Contract 1.3 and 1.5.
    let blocked_external_ids = ["bad".to_owned()].into();
    let mut braze = braze(Rules { blocked_external_ids, ..Rules::default() });
    let answer =
        track(&mut braze, &json!({"attributes": [{"external_id": "bad"}, {"external_id": "u", "braze_id": "b"}]}));
    let two = "an object has only one of external_id, user_alias and braze_id";
    assert_eq!(said(&answer), format!("201 success; attributes[0] BLACKLISTED_EXTERNAL_USER_ID; attributes[1] {two}"));
}
