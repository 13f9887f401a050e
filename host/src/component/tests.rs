//! What the host makes of a component that misbehaves.

use std::sync::LazyLock;
use std::time::Duration;

use super::bisect::bisect;
use super::test_components;
use super::types::{Arrival, Batch, Response, Verdict};
use super::*;

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::new(None).unwrap());

const MIB: usize = 1024 * 1024;

/// Small, so that running into them takes no time; but for the deadline, which no machine may be too slow for.
const LIMITS: Limits =
    Limits { deadline: Duration::from_secs(60), memory_bytes: 32 * MIB, output_bytes: MIB, instances: 1 };

/// For calls that run into it.
const HASTY: Limits = Limits { deadline: Duration::from_secs(1), ..LIMITS };

fn component(folder: &str) -> Component {
    LIBRARY.load(&Reference::File(test_components::path(folder).to_owned())).unwrap()
}

fn node() -> Node {
    configured(r#"{"bytes": 4194304}"#, &LIMITS)
}

fn configured(settings: &str, limits: &Limits) -> Node {
    component("misbehaves").configure("mine", settings, limits).unwrap().0
}

/// A good event, one that asks for this misdeed, and another good one.
fn batch(misdeed: &str) -> Batch {
    let mut batch = Batch::new();
    batch.push("external_id:u-1", br#"{"n": 1}"#);
    batch.push("external_id:u-2", format!(r#"{{"do": "{misdeed}"}}"#).as_bytes());
    batch.push("external_id:u-3", br#"{"n": 3}"#);
    batch
}

fn response() -> Response {
    Response { status: 200, headers: Vec::new(), body: Vec::new(), complete: true, sent_at_ms: 0, received_at_ms: 1 }
}

/// How a message begins, for those whose end depends on a place or a length.
fn begins(error: &CallError, expected: &str) -> bool {
    error.to_string().starts_with(expected)
}

#[test]
fn a_transform_that_breaks_a_rule_fails_and_the_next_call_passes() {
    let table = [
        ("trap", "it trapped: wasm trap: wasm `unreachable` instruction executed; it said: thread"),
        ("exit", "it trapped: Exited with i32 exit status 1"),
        ("recurse", "it trapped: wasm trap: out of bounds memory access"),
        ("allocate", "it asked for more than 33554432 bytes of memory"),
        ("too_large", "it gave back more than 1048576 bytes"),
        ("wrong_count", "its answer is invalid: 3 events, and 2 in origins"),
        ("unsorted_ends", "its answer is invalid: the ends of bodies fall"),
        ("key_not_utf8", "its answer is invalid: the key of event 0 is not UTF-8"),
        ("body_not_json", "its answer is invalid: the body of event 0 is not a JSON object"),
    ];
    let node = node();
    for (misdeed, expected) in table {
        let error = node.transform(&batch(misdeed)).unwrap_err();
        assert!(begins(&error, expected), "{misdeed}: {error}");
        let good = node.transform(&batch("nothing")).unwrap();
        assert_eq!(good.events, batch("nothing"), "after {misdeed}");
    }
}

#[test]
fn a_component_that_does_not_come_back_is_stopped() {
    for misdeed in ["loop", "wait"] {
        let error = configured("{}", &HASTY).transform(&batch(misdeed)).unwrap_err();
        assert_eq!(error, CallError::Deadline(HASTY.deadline), "{misdeed}");
    }
    let error = component("misbehaves").configure("mine", r#"{"configure": "loop"}"#, &HASTY).map(drop).unwrap_err();
    assert_eq!(error.to_string(), "it did not answer within 1s");
}

#[test]
fn a_panic_is_told_in_the_guests_words() {
    let error = node().transform(&batch("trap")).unwrap_err().to_string();
    assert!(error.contains("src/misdeed.rs") && error.ends_with("told to trap"), "{error}");
}

#[test]
fn a_component_that_talks_without_end_is_not_told_that_nobody_listens() {
    assert_eq!(node().transform(&batch("chatter")).unwrap().events, batch("chatter"));
}

#[test]
fn the_poison_event_stands_alone() {
    let node = node();
    for misdeed in ["trap", "allocate", "too_large", "unsorted_ends"] {
        let answers = bisect(&batch(misdeed), |part| node.transform(part));
        let shown: Vec<_> = answers.iter().map(|(range, answer)| (range.clone(), answer.is_ok())).collect();
        assert_eq!(shown, [(0..1, true), (1..2, false), (2..3, true)], "{misdeed}");
    }
}

#[test]
fn a_receiver_that_breaks_a_rule_fails() {
    let table = [
        ("trap", "it trapped"),
        ("wrong_count", "its answer is invalid: the last end of bodies is 0, and there are"),
        ("key_not_utf8", "its answer is invalid: the key of event 0 is not UTF-8"),
    ];
    let node = node();
    for (misdeed, expected) in table {
        let error = node.receive(&arrival(misdeed)).unwrap_err();
        assert!(begins(&error, expected), "{misdeed}: {error}");
    }
    assert_eq!(node.receive(&arrival("nothing")).unwrap().events.len(), 1);
}

fn arrival(misdeed: &str) -> Arrival {
    let body = format!(r#"{{"do": "{misdeed}"}}"#).into_bytes();
    let (method, path) = ("POST".to_owned(), "/".to_owned());
    Arrival { method, path, query: Vec::new(), headers: Vec::new(), body, received_at_ms: 0 }
}

#[test]
fn a_sink_that_breaks_a_rule_fails() {
    let table = [
        ("trap", "it trapped"),
        ("absolute_url", "its answer is invalid: request 0: its path does not begin with `/`"),
        ("unknown_target", "its answer is invalid: request 0: target `elsewhere` is not in the plan"),
        ("crlf_header", "its answer is invalid: request 0: the value of header `x-note` contains a line break"),
        ("credentials", "its answer is invalid: request 0: header `authorization` is set by the host alone"),
        ("wrong_count", "its answer is invalid: request 0: events: index 4294967295 is out of 3"),
    ];
    let node = node();
    for (misdeed, expected) in table {
        let error = node.prepare(&batch(misdeed)).unwrap_err();
        assert!(begins(&error, expected), "{misdeed}: {error}");
    }
    assert_eq!(node.prepare(&batch("nothing")).unwrap().requests.len(), 1);
}

#[test]
fn an_answer_is_settled_within_the_same_rules() {
    let table =
        [("trap", "it trapped"), ("wrong_count", "its answer is invalid: rejections: index 4294967295 is out of 3")];
    for (misdeed, expected) in table {
        let settings = format!(r#"{{"settle": "{misdeed}"}}"#);
        let error = configured(&settings, &LIMITS).settle(b"", 3, &response()).unwrap_err();
        assert!(begins(&error, expected), "{misdeed}: {error}");
    }
    assert_eq!(node().settle(b"", 3, &response()).unwrap().verdict, Verdict::Accepted(Vec::new()));
}

#[test]
fn what_it_does_not_export_cannot_be_called() {
    let (node, _) = component("hostile").configure("mine", "{}", &LIMITS).unwrap();
    assert_eq!(node.receive(&arrival("nothing")).unwrap_err(), CallError::NotExported("receiver"));
    assert_eq!(node.prepare(&batch("nothing")).unwrap_err(), CallError::NotExported("sink"));
}

#[test]
fn nothing_that_a_component_may_not_have_can_be_reached() {
    let attempts = [
        "read_file",
        "write_file",
        "folders",
        "environment",
        "arguments",
        "resolve",
        "connect",
        "listen",
        "udp",
        "http",
    ];
    let (node, _) = component("hostile").configure("mine", "{}", &LIMITS).unwrap();
    for attempt in attempts {
        let mut batch = Batch::new();
        batch.push("external_id:u-1", format!(r#"{{"try": "{attempt}"}}"#).as_bytes());
        let output = node.transform(&batch).unwrap();
        let expected = format!(r#"{{"tried":"{attempt}","outcome":"refused"}}"#);
        assert_eq!(String::from_utf8_lossy(output.events.body(0)), expected);
    }
}

#[test]
fn settings_are_refused_with_their_problems_and_failures_without() {
    let table = [
        (
            r#"{"gather_events": 0}"#,
            "its answer is invalid: gather-events and gather-bytes of the plan must be at least 1",
        ),
        (r#"{"configure": "fly"}"#, "/configure "),
        (r#"{"configure": "trap"}"#, "it trapped: wasm trap: wasm `unreachable` instruction executed; it said: thread"),
    ];
    for (settings, expected) in table {
        let shown = match component("misbehaves").configure("mine", settings, &LIMITS).map(drop).unwrap_err() {
            ConfigureError::Problems(problems) => format!("{} {}", problems[0].pointer, problems[0].message),
            ConfigureError::Failed(error) => error.to_string(),
        };
        assert!(shown.starts_with(expected), "{settings}: {shown}");
    }
}

#[test]
fn every_instance_must_make_the_same_plan() {
    let node = configured(r#"{"configure": "another_plan"}"#, &LIMITS);
    node.transform(&batch("trap")).unwrap_err();
    let error = node.transform(&batch("nothing")).unwrap_err();
    assert_eq!(error.to_string(), "no instance of it could be started: the same settings gave it another plan");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_may_come_from_any_thread_of_a_runtime() {
    let node = node();
    assert!(node.transform(&batch("chatter")).is_ok(), "on a worker");
    let on_blocking = tokio::task::spawn_blocking(move || node.transform(&batch("chatter")).is_ok());
    assert!(on_blocking.await.unwrap(), "on a thread for what blocks");
}
