//! Every event ends in exactly one of delivered, dropped, rejected, skipped or waiting, and the sums say so after faults and kills.

use brazeline_sandbox::Fault;
use serde_json::{Value, json};

use crate::host::{Place, TRIGGER_TOKEN, until};
use crate::http;
use crate::scene::{Extra, Scene, enter, message, node, people, status, triggers};

const REFUSED: Fault = Fault::Status { status: 503, retry_after_s: None };

fn number(value: &Value, name: &str) -> u64 {
    value[name].as_u64().unwrap_or_else(|| panic!("no `{name}` in {value}"))
}

/// The only line of a source. Whatever it says, it adds up.
fn line<'a>(status: &'a Value, source: &str) -> &'a Value {
    let gives = &node(status, source)["gives"];
    let line = &gives["lines"][0];
    let read = number(gives, "read") - number(gives, "skipped") - number(gives, "rejected");
    let of = |names: &[&str]| names.iter().map(|name| number(line, name)).sum::<u64>();
    let ends = of(&["delivered", "dropped", "rejected", "waiting", "before"]);
    assert_eq!(read + number(line, "sent_again"), ends, "{gives}");
    assert_eq!(number(line, "before"), 0, "{gives}");
    line
}

fn waiting(status: &Value, source: &str) -> u64 {
    number(line(status, source), "waiting")
}

fn settled(scene: &Scene) {
    until("nothing waits", || waiting(&scene.status(), "audiences") == 0);
}

#[test]
fn they_add_up_after_faults_and_kills() {
    let scene = triggers(Extra::default());
    let refuse = |indexes: &[usize]| Fault::RefuseAt { array: "attributes".into(), indexes: indexes.to_vec() };
    let mut host = scene.place.run();
    let refused = enter(&mut host, &people(0..40), "Kobe");
    assert_eq!(refused.status, 200);
    settled(&scene);
    // Two of the next are rejected; what comes after that is refused, and lost with the kill.
    scene.vendors.braze().script([refuse(&[1, 2])]);
    assert_eq!(enter(&mut host, &people(40..50), "Kobe").status, 200);
    settled(&scene);
    scene.vendors.braze().fail_every(1, REFUSED);
    assert_eq!(enter(&mut host, &people(50..90), "Kobe").status, 200);
    // Two say nothing of whom they are about: they are skipped.
    let nobody = json!([message("u-90", "Kobe"), {"data": {"segment_events": []}}, {"data": {"segment_events": []}}]);
    let bearer = format!("Bearer {TRIGGER_TOKEN}");
    let address = host.address("audiences");
    let answer = http::send(&address, "POST", "/", &[("authorization", &bearer)], nobody.to_string()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    host.kill();
    let at_rest = scene.status();
    assert_eq!((at_rest["running"].is_null(), waiting(&at_rest, "audiences")), (true, 41));

    scene.vendors.braze().fail_every(3, Fault::Cut);
    let mut host = scene.place.run();
    host.says(&["started"]);
    until("some were sent again", || waiting(&scene.status(), "audiences") < 41);
    host.kill();
    scene.vendors.braze().fail_every(0, REFUSED);
    let mut host = scene.place.run();
    host.says(&["started"]);
    settled(&scene);
    let running = scene.status();
    assert_eq!(number(&running["running"], "pid"), u64::from(host.id()));
    assert_eq!(host.terminate().code, Some(0));

    let status = scene.status();
    assert_eq!(status["nodes"], running["nodes"], "what is stored is what was said while it ran");
    let (gives, line) = (&node(&status, "audiences")["gives"], line(&status, "audiences"));
    let there = scene.at_braze(&people(0..91)).len() as u64;
    let letters = scene.dead_letters().len() as u64;
    assert_eq!((number(gives, "read"), number(gives, "skipped"), number(gives, "rejected")), (93, 2, 0));
    assert_eq!((there, letters), (89, 2));
    assert_eq!((number(line, "delivered"), number(line, "rejected"), number(line, "dropped")), (there, letters, 0));
    assert_eq!(number(&status, "dead_letters"), letters);
}

#[test]
fn a_file_that_is_read_again_counts_once() {
    let place = Place::new(
        "name: files\nsources:\n  rows: { type: file, path: in.ndjson, identifier: { external_id: no } }\ntransforms:\n  fields: { type: map-fields, inputs: [rows], identifier: { external_id: no }, rename: { town: city } }\nsinks:\n  out: { type: file, path: out.ndjson, inputs: [fields] }\n",
    );
    let (rows, bad) = (20_000, 200);
    let row = |no: usize| match no % 100 {
        0 => "no json\n".to_owned(),
        _ => format!("{{\"no\":\"r-{no}\",\"town\":\"Uji\"}}\n"),
    };
    place.write("in.ndjson", (0..rows).map(row).collect::<String>());
    let host = place.run();
    until("some rows are out", || !place.read("out.ndjson").is_empty());
    host.kill();
    line(&status(&place), "rows");
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert!(ended.stderr.contains("rejected, 0 waiting\""), "the last line shows the sums:\n{}", ended.stderr);

    let status = status(&place);
    let (gives, line) = (&node(&status, "rows")["gives"], line(&status, "rows"));
    assert_eq!((number(gives, "read"), number(gives, "rejected")), (rows as u64, bad));
    assert_eq!((number(line, "delivered"), number(line, "waiting")), (rows as u64 - bad, 0));
    // All of them say the same, so one letter holds them, and counts each once.
    assert_eq!(number(&status, "dead_letters"), 1);
    let listed = place.brazeline(&["dead-letters", "list", "pipeline.yaml", "--json"]);
    let letter: Value = serde_json::from_str(listed.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(number(&letter, "count"), bad);
}

#[test]
fn a_node_that_stopped_says_why_and_what_waits() {
    let scene = triggers(Extra::default());
    scene.place.write("key", "b-key-of-another");
    let mut host = scene.place.run();
    assert_eq!(enter(&mut host, &people(0..5), "Kobe").status, 200);
    host.says(&["stopped: nothing passes before a person acts", "401"]);
    let status = scene.status();
    let stopped = node(&status, "braze")["stopped"].as_str().unwrap();
    assert!(stopped.contains("401"), "{stopped}");
    assert_eq!(waiting(&status, "audiences"), 5);
    let shown = scene.place.brazeline(&["status", "pipeline.yaml"]);
    assert!(shown.stdout.contains("    to braze: 0 delivered, 0 dropped, 0 rejected, 5 waiting\n"), "{}", shown.stdout);
    assert_eq!(host.terminate().code, Some(1));
}

#[test]
fn a_data_dir_with_a_long_name_has_a_socket_too() {
    let place = Place::new("");
    let long = "d".repeat(120);
    place.write(
        "pipeline.yaml",
        format!(
            "name: long\ndata_dir: {long}\nsources:\n  in: {{ type: http_server, address: \"127.0.0.1:0\", identifier: {{ external_id: id }} }}\nsinks:\n  out: {{ type: file, path: out.ndjson, inputs: [in], linger: 10ms }}\n"
        ),
    );
    let mut host = place.run();
    let address = host.address("in");
    assert_eq!(http::post(&address, "/", "[{\"id\":\"u-1\"}]").status, 200);
    until("it is delivered", || waiting(&status(&place), "in") == 0);
    assert_eq!(number(&status(&place)["running"], "pid"), u64::from(host.id()));
    let socket = place.path().join(&long).join("control.sock");
    let mode = std::os::unix::fs::PermissionsExt::mode(&socket.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(host.terminate().code, Some(0));
    assert!(!socket.exists());
}
