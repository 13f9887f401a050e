//! Requests as a real Vector sent them, and bodies of which a part is bad: the good part is always taken, for Vector drops what
//! is refused.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::host::{Place, until};
use crate::http::{self, Answer};

/// Where the recorded requests lie.
fn recorded() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/recorded/vector")
}

/// A pipeline from `http_server` to a file.
fn place(source: &str) -> Place {
    Place::new(&format!(
        "name: vector\nsources:\n  events: {{ type: http_server, address: \"127.0.0.1:0\", identifier: {{ external_id: external_id }}{source} }}\nsinks:\n  out: {{ type: file, path: out.ndjson, inputs: [events], linger: 10ms }}\n"
    ))
}

/// Sends a recorded request again.
fn replay(name: &str, address: &str) -> Answer {
    let head = fs::read_to_string(recorded().join(format!("http/{name}.headers.txt"))).unwrap();
    let body = fs::read(recorded().join(format!("http/{name}.body.bin"))).unwrap();
    let mut lines = head.lines();
    let (method, path) = lines.next().unwrap().trim_end_matches(" HTTP/1.1").split_once(' ').unwrap();
    let headers: Vec<_> = lines.filter_map(|line| line.split_once(": ")).collect();
    let headers: Vec<_> = headers.into_iter().filter(|(name, _)| !matches!(*name, "host" | "content-length")).collect();
    http::send(address, method, path, &headers, body).unwrap()
}

/// The recorded requests by name.
fn names() -> Vec<String> {
    let files =
        fs::read_dir(recorded().join("http")).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = files.filter_map(|file| Some(file.strip_suffix(".headers.txt")?.to_owned())).collect();
    names.sort_unstable();
    names
}

/// Events without what Vector adds.
fn events(lines: &str) -> BTreeSet<String> {
    let event = |line: &str| {
        let mut event: Map<String, Value> = serde_json::from_str(line).unwrap();
        event.retain(|name, _| !matches!(name.as_str(), "host" | "source_type" | "timestamp"));
        Value::Object(event).to_string()
    };
    lines.lines().map(event).collect()
}

#[test]
fn each_recorded_request_is_taken_whole() {
    let sent = fs::read_to_string(recorded().join("events.ndjson")).unwrap();
    let (one, all) = (1, sent.lines().count());
    for name in names() {
        let place = place("");
        let mut host = place.run();
        assert_eq!(replay(&name, &host.address("events")).status, 200, "{name}");
        let count = if name.starts_with("healthcheck") {
            0
        } else if name.contains("batch-1") {
            one
        } else {
            all
        };
        until("the events are out", || place.read("out.ndjson").lines().count() >= count);
        assert_eq!(host.terminate().code, Some(0));
        let out = events(&place.read("out.ndjson"));
        assert_eq!(out.len(), count, "{name}");
        assert!(out.is_subset(&events(&sent)), "{name}: {out:?}");
    }
}

#[test]
fn one_bad_event_is_a_dead_letter_and_the_rest_is_taken() {
    let good = |id: &str| format!("{{\"external_id\":\"{id}\"}}");
    let table = [
        ("application/json", format!("[{},7,{}]", good("a"), good("b"))),
        ("application/x-ndjson", format!("{}\n{{\"external\n{}\n", good("a"), good("b"))),
        ("application/json", format!("[{},{{\"no\":1}},{}]", good("a"), good("b"))),
    ];
    for (kind, body) in table {
        let place = place("");
        let mut host = place.run();
        let answer = http::send(&host.address("events"), "POST", "/", &[("content-type", kind)], &body).unwrap();
        assert_eq!(answer.status, 200, "{body}: {}", answer.body);
        until("the good ones are out", || place.read("out.ndjson").lines().count() == 2);
        assert_eq!(host.terminate().code, Some(0));
        let letters = place.brazeline(&["dead-letters", "list", "pipeline.yaml", "--json"]).stdout;
        assert_eq!(letters.lines().count(), 1, "{letters}");
    }
}

#[test]
fn a_caller_that_waits_for_delivery_is_answered_when_it_is_out() {
    let place = place(", acknowledge: delivered");
    let mut host = place.run();
    let address = host.address("events");
    for number in 1..=3 {
        let body = format!("{{\"external_id\":\"d-{number}\"}}");
        assert_eq!(http::post(&address, "/", body).status, 200);
        assert_eq!(place.read("out.ndjson").lines().count(), number);
    }
    assert_eq!(host.terminate().code, Some(0));
}
