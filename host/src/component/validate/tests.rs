use super::*;
use crate::component::types::{Column, Field, Outgoing, Reply, Request, Target, WhyUnread};

fn packed_of(strings: &[&[u8]]) -> Packed {
    let mut packed = Packed::new();
    strings.iter().for_each(|string| packed.push(string));
    packed
}

fn events(count: usize) -> Batch {
    let mut batch = Batch::new();
    (0..count).for_each(|event| batch.push(&format!("external_id:u-{event}"), b"{}"));
    batch
}

/// What to break, and what is said about it.
type Break<'a, T> = (&'a dyn Fn(&mut T), &'a str);

/// Breaks a good value in one way, and compares what is said about it.
fn check<T>(good: impl Fn() -> T, rules: impl Fn(&T) -> Checked, table: &[Break<'_, T>]) {
    assert_eq!(rules(&good()), Ok(()), "the good one");
    for (break_it, expected) in table {
        let mut broken = good();
        break_it(&mut broken);
        assert_eq!(rules(&broken).err().as_deref().unwrap_or("ok"), *expected);
    }
}

#[test]
fn batches() {
    let long = "k".repeat(KEY_BYTES + 1);
    let longest = "k".repeat(KEY_BYTES);
    let key = |key: &[u8]| packed_of(&[b"a", key]);
    let body = |body: &[u8]| packed_of(&[b"{}", body]);
    let column = |values: &[&[u8]]| vec![Column { name: "time".into(), values: packed_of(values) }];
    check::<Batch>(
        || events(2),
        |given| batch(given, Bodies::Checked),
        &[
            (&|b| b.keys.ends = vec![15, 14], "the ends of keys fall"),
            (&|b| b.keys.ends = vec![15, 31], "the last end of keys is 31, and there are 30 bytes"),
            (&|b| b.keys.ends = vec![15, 29], "the last end of keys is 29, and there are 30 bytes"),
            (&|b| b.bodies.ends = vec![3, 2], "the ends of bodies fall"),
            (&|b| b.bodies = packed_of(&[b"{}"]), "2 events, and 1 in bodies"),
            (&|b| b.columns = column(&[b""]), "2 events, and 1 in a column"),
            (&|b| b.columns = column(&[b"", b"noon"]), "ok"),
            (&|b| b.keys = key(b""), "the key of event 1 is empty"),
            (&|b| b.keys = key(longest.as_bytes()), "ok"),
            (&|b| b.keys = key(long.as_bytes()), "the key of event 1 has 1025 bytes; at most 1024 are allowed"),
            (&|b| b.keys = key(b"\xc3\x28"), "the key of event 1 is not UTF-8"),
            (&|b| b.bodies = body(b" {\"a\": [1]} "), "ok"),
            (&|b| b.bodies = body(b""), "the body of event 1 is not a JSON object"),
            (&|b| b.bodies = body(b"[]"), "the body of event 1 is not a JSON object"),
            (&|b| b.bodies = body(b"{\"a\":}"), "the body of event 1 is not a JSON object: at line 1, column 6"),
            (&|b| b.bodies = body(b"{}{}"), "the body of event 1 is not a JSON object: at line 1, column 3"),
            (&|b| b.bodies = body(b"{\"a\":\"\xff\"}"), "the body of event 1 is not UTF-8"),
        ],
    );
    let unread = Batch { bodies: packed_of(&[b"[]"]), ..events(1) };
    assert_eq!(batch(&unread, Bodies::Trusted), Ok(()), "trusted bodies are not looked into");
}

#[test]
fn outputs() {
    let good = || Output {
        events: events(2),
        origins: vec![0, 0],
        dropped: vec![1],
        rejections: vec![Rejection { index: 2, reason: "no".into() }],
    };
    let twice = |index| format!("input {index} is in more than one of origins, dropped and rejections");
    check::<Output>(
        good,
        |given| output(given, 3),
        &[
            (&|o| o.events.keys.ends = vec![15, 14], "the ends of keys fall"),
            (&|o| o.origins = vec![0], "2 events, and 1 in origins"),
            (&|o| o.origins = vec![0, 3], "index 3 is out of 3 inputs"),
            (&|o| o.dropped = vec![], "input 1 is in none of origins, dropped and rejections"),
            (&|o| o.dropped = vec![1, 1], &twice(1)),
            (&|o| o.dropped = vec![1, 0], &twice(0)),
            (&|o| o.origins = vec![0, 2], &twice(2)),
            (&|o| o.rejections[0].index = 9, "index 9 is out of 3 inputs"),
        ],
    );
}

#[test]
fn what_a_receiver_read() {
    let unread_of = |key: &str| Unread {
        raw: Vec::new(),
        place: String::new(),
        key: Some(key.to_owned()),
        why: WhyUnread::Skipped,
        reason: String::new(),
    };
    let header = |name: &str, value: &str| vec![Field { name: name.into(), value: value.into() }];
    let good = || Received {
        events: events(1),
        unread: vec![unread_of("a")],
        reply: Reply { status: 200, headers: header("content-type", "text/plain"), body: Vec::new() },
    };
    check::<Received>(
        good,
        received,
        &[
            (&|r| r.events.bodies = packed_of(&[b"1"]), "the body of event 0 is not a JSON object"),
            (&|r| r.unread.push(unread_of("")), "the key of unread 1 is empty"),
            (&|r| r.reply.status = 0, "status 0 is none of 200 to 599"),
            (&|r| r.reply.status = 101, "status 101 is none of 200 to 599"),
            (&|r| r.reply.headers = header("connection", "close"), "header `connection` is set by the host alone"),
        ],
    );
}

fn plan_to(names: &[&str]) -> Plan {
    let target = |name: &&str| Target { name: (*name).to_owned(), origin: None, scheme: None };
    Plan {
        source: None,
        targets: names.iter().map(target).collect(),
        inbound: Vec::new(),
        endpoints: Vec::new(),
        gather_events: 1,
        gather_bytes: 1,
        budgets: Vec::new(),
    }
}

#[test]
fn requests() {
    let request = || Request {
        target: "there".into(),
        method: "POST".into(),
        path: "/events".into(),
        query: Vec::new(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    let good = || Prepared {
        requests: vec![Outgoing {
            request: request(),
            events: vec![1, 0],
            context: Vec::new(),
            repeatable: false,
            rest_ms: 0,
            budgets: Vec::new(),
        }],
        rejections: vec![Rejection { index: 2, reason: "no".into() }],
        left_out: vec![Rejection { index: 1, reason: "in part".into() }],
    };
    check::<Prepared>(
        good,
        |given| prepared(given, 3, &plan_to(&["here", "there"])),
        &[
            (
                &|p| p.requests[0].request.target = "elsewhere".into(),
                "request 0: target `elsewhere` is not in the plan",
            ),
            (&|p| p.requests[0].request.method = "POST /".into(), "request 0: its method is no HTTP method"),
            (&|p| p.requests[0].request.path = "//evil".into(), "request 0: its path contains `//`"),
            (&|p| p.requests[0].events.clear(), "request 0: it carries no events"),
            (&|p| p.requests[0].events = vec![0, 0], "request 0: events: index 0 is there twice"),
            (&|p| p.requests[0].events = vec![3], "request 0: events: index 3 is out of 3"),
            (&|p| p.requests.push(p.requests[0].clone()), "ok"),
            (&|p| p.rejections.push(p.rejections[0].clone()), "rejections: index 2 is there twice"),
            (&|p| p.rejections[0].index = 3, "rejections: index 3 is out of 3"),
            (&|p| p.left_out[0].index = 3, "left-out: rejections: index 3 is out of 3"),
        ],
    );
}

#[test]
fn verdicts() {
    let rejecting = |indexes: &[u32]| {
        let rejection = |index: &u32| Rejection { index: *index, reason: String::new() };
        Verdict::Accepted(indexes.iter().map(rejection).collect())
    };
    check::<Settled>(
        || Settled { verdict: rejecting(&[0, 1]), budgets: Vec::new() },
        |given| settled(given, 2),
        &[
            (&|s| s.verdict = rejecting(&[2]), "rejections: index 2 is out of 2"),
            (&|s| s.verdict = rejecting(&[1, 1]), "rejections: index 1 is there twice"),
            (&|s| s.verdict = Verdict::AcceptedBut(2), "ok"),
            (&|s| s.verdict = Verdict::Retry(1), "ok"),
            (&|s| s.verdict = Verdict::Split("no".into()), "ok"),
            (&|s| s.verdict = Verdict::Stop("no".into()), "ok"),
        ],
    );
}

const ENDPOINT: &str =
    "the path of an endpoint must begin with one `/` and be at most 1024 letters, digits and signs of ASCII";

fn endpoint_at(path: &str) -> Endpoint {
    Endpoint { about: "webhooks".into(), path: path.into() }
}

#[test]
fn plans() {
    check::<Plan>(
        || plan_to(&["here", "there"]),
        plan,
        &[
            (&|p| p.gather_events = 0, "gather-events and gather-bytes of the plan must be at least 1"),
            (&|p| p.gather_bytes = 0, "gather-events and gather-bytes of the plan must be at least 1"),
            (&|p| *p = plan_to(&["here", "there", "here"]), "target `here` is in the plan twice"),
            (&|p| p.endpoints.push(endpoint_at("/c/1234/users?a=b")), "ok"),
            (&|p| p.endpoints.push(endpoint_at("//else.where/")), ENDPOINT),
            (&|p| p.endpoints.push(endpoint_at("https://else.where")), ENDPOINT),
            (&|p| p.endpoints.push(endpoint_at("/a b")), ENDPOINT),
            (&|p| p.endpoints.push(endpoint_at("/a\nb")), ENDPOINT),
            (
                &|p| p.endpoints.push(Endpoint { about: "a\u{1b}".into(), ..endpoint_at("/") }),
                "what an endpoint is about must be a line of at most 1024 bytes",
            ),
        ],
    );
}

#[test]
fn manifests() {
    let good = || Manifest {
        name: "mine".into(),
        version: "1.0.0".into(),
        summary: "Does something.".into(),
        settings_schema: r#"{"type": "object"}"#.into(),
        authorizations: Vec::new(),
        state_versions: Vec::new(),
    };
    let large = "x".repeat(MANIFEST_BYTES);
    check::<Manifest>(
        good,
        manifest,
        &[
            (&|m| m.name.clear(), "the manifest has no name"),
            (&|m| m.settings_schema = "true".into(), "the settings' schema is not a JSON object"),
            (&|m| m.summary = large.clone(), "the manifest has 262171 bytes; at most 262144 are allowed"),
            (&|m| m.authorizations.push(large.clone()), "the manifest has 262186 bytes; at most 262144 are allowed"),
        ],
    );
}
