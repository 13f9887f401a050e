//! What the sandbox's Braze says to any requests at all.
//!
//! Random updates, good and bad, under a number of settings. Whatever comes through must keep every limit, be taken without an error and
//! without anything dropped, and cost what [`Meter`] says.

use brazeline_kit::testing::{configure, response};
use brazeline_kit::{Meter, Outgoing, Probe, Rejection, Request, Sink};
use brazeline_sandbox::braze::{Options, Rate, Rules};
use brazeline_sandbox::{Braze, Vendor};
use serde_json::{Map, Value, json};

use crate::BrazeExport;

/// What is dropped because of what a profile holds already, which a sink cannot know.
const DEPENDS_ON_THE_PROFILE: [&str; 3] = [
    "an inc of what is no whole number",
    "an add or remove on what is no array",
    "a $add, $remove or $update on what is no array",
];

const KEYS: [&str; 5] = ["external_id:a", "external_id:b", "email:c@example.com", "phone:+15550001", "alias:crm:n-1"];

/// SplitMix64, so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())].clone()
    }

    fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        of.iter().filter(|_| self.roll(2) == 0).cloned().collect()
    }
}

fn attribute(dice: &mut Dice) -> (String, Value) {
    let known = [
        ("country", json!("DE")),
        ("country", json!("Germany")),
        ("language", json!("en")),
        ("dob", json!("1982-01-31")),
        ("dob", json!("31.1.1982")),
        ("gender", json!("F")),
        ("gender", json!("female")),
        ("email", json!("d@example.com")),
        ("email", json!("d@example")),
        ("email", Value::Null),
        ("phone", json!("+15550002")),
        ("first_name", json!("Ann")),
        ("first_name", json!(7)),
        ("time_zone", json!("Asia/Seoul")),
        ("time_zone", json!("GMT+7")),
        ("email_subscribe", json!("opted_in")),
        ("push_subscribe", Value::Null),
        ("subscription_groups", json!([{"subscription_group_id": "g", "subscription_state": "subscribed"}])),
        ("current_location", json!({"longitude": 126.9, "latitude": 37.5})),
        ("push_tokens", json!([{"app_id": "a", "token": "t", "device_id": "12345678"}])),
        ("push_tokens", json!([{"app_id": "a"}])),
        ("twitter", json!({"id": 1, "screen_name": "ann"})),
        ("date_of_last_session", json!("2026-11-23T09:00:00Z")),
        ("external_id", json!("z")),
        ("bio", json!("x")),
    ];
    let values = [
        json!(1.50),
        json!("text"),
        json!("é".repeat(255)),
        json!("é".repeat(256)),
        json!(true),
        Value::Null,
        json!([]),
        json!({}),
        json!(["a", "b", 3]),
        json!([["a"]]),
        json!(vec!["x".repeat(250); 20]),
        json!({"x": 1, "y": {"z": [1, 2], "since": {"$time": "2026-01-31"}}}),
        json!({"x": null}),
        json!({"x y": 1}),
        json!([{"id": 1}, {"id": 2, "n": "x"}]),
        json!({"$add": [{"id": 3}]}),
        json!({"inc": 2}),
        json!({"inc": 0.5}),
        json!({"add": ["c"], "remove": ["a"]}),
    ];
    match dice.roll(3) {
        0 => {
            let (name, value) = dice.one(&known);
            (name.to_owned(), value)
        }
        _ => (dice.one(&["plan", "score", "tags", "home", "pets", "a\"b"]).to_owned(), dice.one(&values)),
    }
}

fn update(dice: &mut Dice) -> String {
    let mut update = Map::new();
    let attributes = (0..dice.roll(4)).map(|_| attribute(dice)).collect::<Map<_, _>>();
    update.insert("attributes".to_owned(), attributes.into());
    if dice.roll(2) == 0 {
        let of = dice.some(&["vip", "old", "new", "first name", "\"q\""]);
        let (members_in, beyond) = (dice.some(&of), dice.some(&of));
        let audiences = json!({"in": members_in, "of": of, "beyond": beyond, "as_of": "2026-11-23T08:00:00Z"});
        update.insert("audiences".to_owned(), audiences);
    }
    let properties = [json!({"n": 1, "l": ["x"]}), json!({}), json!({"time": 1}), json!({"s": "x".repeat(255)})];
    let mut event = || json!({"name": "e", "time": dice.one(&["2026-11-23", "2026-11-23T08:00:00.5Z", "soon"]), "properties": dice.one(&properties)});
    let (first, second, third) = (event(), event(), event());
    let events = [vec![], vec![first.clone()], vec![first, second], vec![third; 40]];
    update.insert("events".to_owned(), dice.one(&events).into());
    let purchase =
        json!({"product_id": "p", "currency": dice.one(&["USD", "dollar"]), "price": 9.5, "time": "2026-11-23"});
    update.insert("purchases".to_owned(), dice.one(&[vec![], vec![], vec![purchase]]).into());
    update.insert("restated".to_owned(), (dice.roll(3) == 0).into());
    Value::Object(update).to_string()
}

/// A Braze in which everybody is there, so that everything costs what it costs.
fn braze(settings: &Value) -> Braze {
    let rate = Rate { burst: u32::MAX, ..Rate::default() };
    let legacy_limits = settings.get("objects") == Some(&json!("each_array"));
    let rules = Rules { rate: rate.clone(), bulk_rate: rate, legacy_limits, ..Rules::default() };
    let mut braze = Braze::new(Options { rules, ..Options::default() });
    let alias = json!({"alias_name": "n-1", "alias_label": "crm"});
    let everybody = json!({"attributes": [
        {"external_id": "a"}, {"external_id": "b"}, {"email": "c@example.com"}, {"phone": "+15550001"},
        {"user_alias": alias, "_update_existing_only": false}
    ]});
    assert_eq!(post(&mut braze, "/users/track", everybody.to_string().into_bytes())["message"], "success");
    braze
}

fn post(braze: &mut Braze, path: &str, body: Vec<u8>) -> Value {
    serde_json::from_slice(&answer(braze, "braze-key", path, body).body).unwrap()
}

fn answer(braze: &mut Braze, key: &str, path: &str, body: Vec<u8>) -> brazeline_sandbox::Answer {
    let mut request = brazeline_sandbox::Request {
        method: "POST".parse().unwrap(),
        path: path.to_owned(),
        body: body.into(),
        ..Default::default()
    };
    request.headers.insert("authorization", format!("Bearer {key}").parse().unwrap());
    request.headers.insert("content-type", "application/json".parse().unwrap());
    braze.answer(&request, None, "2026-11-23T09:00:00Z".parse().unwrap())
}

#[test]
fn a_probe_tells_keys_apart_and_changes_nothing() {
    let only_track = ["users.track".to_owned()];
    // (settings, the key, how the finding begins)
    let table = [
        (json!({}), "braze-key", "Works"),
        (
            json!({}),
            "other-key",
            "Fails(\"Braze answers 401 (the API key is unknown or missing): it does not know the API key;",
        ),
        (
            json!({"endpoint": "bulk"}),
            "braze-key",
            "Fails(\"Braze answers 401 (the API key lacks the permission users.track.bulk): the key needs the permission",
        ),
    ];
    for (settings, key, expected) in table {
        let sink: BrazeExport = configure(settings);
        let mut braze = Braze::new(Options { permissions: only_track.clone().into(), ..Options::default() });
        let request = sink.ask("0123456789abcdef0123456789abcdef").unwrap();
        let said = answer(&mut braze, key, &request.path, request.body);
        let response = response(said.status.as_u16(), &[], &said.body);
        let finding = format!("{:?}", sink.judge(&response));
        assert!(finding.starts_with(expected), "{finding}");
        assert_eq!((braze.profiles().len(), braze.data_points()), (0, 0));
    }
}

#[test]
fn whatever_comes_through_is_taken_and_costs_what_was_said() {
    let event = json!({"name": "entered_{audience}", "attributes": ["plan", "score"]});
    let purchase = json!({"product_id": "{audience}", "currency": "EUR", "price": {"field": "score"}});
    let table = [
        json!({}),
        json!({"objects_per_request": 3, "body_limit_bytes": 7000}),
        json!({"objects": "each_array", "merge_objects": true, "bad_attributes": "drop"}),
        json!({"endpoint": "bulk", "representation": "booleans", "boolean_attribute": "{audience} is in"}),
        json!({"representation": "both", "representations": {"vip": "array"}, "enter_event": event, "exit_purchase": purchase}),
        json!({"representation": "both", "boolean_attribute": "first_{audience}", "exit_event": event, "bad_attributes": "drop"}),
        json!({"update_existing_only": false}),
    ];
    let mut taken = 0;
    for (seed, settings) in table.iter().enumerate() {
        let sink: BrazeExport = configure(settings.clone());
        let mut braze = braze(settings);
        let mut dice = Dice(seed as u64);
        for _ in 0..60 {
            let events: Vec<(&str, String)> =
                (0..dice.roll(60)).map(|_| (dice.one(&KEYS), update(&mut dice))).collect();
            let prepared = sink.prepare(&events.iter().map(|(key, body)| (*key, body.as_str())).collect());
            check_whole(&prepared.requests, &prepared.rejections, events.len());
            prepared.requests.iter().for_each(|outgoing| check(&sink, outgoing, &mut braze));
            taken += prepared.requests.len();
        }
        let dropped = braze.dropped().keys().find(|reason| !DEPENDS_ON_THE_PROFILE.contains(reason));
        assert_eq!(dropped, None, "{settings}");
    }
    assert!(taken > 500, "{taken}");
}

/// An event is rejected or sent, and only there.
fn check_whole(requests: &[Outgoing], rejections: &[Rejection], events: usize) {
    for rejection in rejections {
        assert!((rejection.index as usize) < events);
        assert!(requests.iter().all(|outgoing| !outgoing.events.contains(&rejection.index)), "{}", rejection.reason);
    }
}

fn check(sink: &BrazeExport, outgoing: &Outgoing, braze: &mut Braze) {
    let Request { path, body, .. } = &outgoing.request;
    let sent: Value = serde_json::from_slice(body).unwrap();
    let text = sent.to_string();
    let counts_up = text.contains(r#"{"inc":"#) || sent.get("events").is_some() || sent.get("purchases").is_some();
    assert_eq!(outgoing.repeatable, !counts_up, "{text:.600}");
    assert!(body.len() <= sink.settings.body_bytes(), "{}", body.len());
    let before = braze.data_points();
    let reply = post(braze, path, body.clone());
    assert_eq!((&reply["message"], reply.get("errors")), (&json!("success"), None), "{text:.600}");
    let costs = sink.measure(std::slice::from_ref(&outgoing.request));
    assert_eq!(costs[0].count, braze.data_points() - before, "{text:.600}");
    let objects = sent.as_object().unwrap().values().map(|array| array.as_array().unwrap().len()).sum::<usize>();
    assert_eq!(costs[1].count, objects as u64);
}
