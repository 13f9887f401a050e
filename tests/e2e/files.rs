//! file -> map-fields -> file: all lines arrive, a kill does not lose any, and bad lines show in the exit code.

use expect_test::expect;
use serde_json::Value;

use crate::host::{Ended, Place, until};

const LINES: usize = 20_000;

/// A pipeline from `in.ndjson` to `out.ndjson`.
fn place(input: &str) -> Place {
    let place = Place::new(
        "name: files\nsources:\n  rows: { type: file, path: in.ndjson, identifier: { external_id: no } }\ntransforms:\n  fields: { type: map-fields, inputs: [rows], identifier: { external_id: no }, rename: { town: city } }\nsinks:\n  out: { type: file, path: out.ndjson, inputs: [fields] }\n",
    );
    place.write("in.ndjson", input);
    place
}

fn rows(range: std::ops::Range<usize>) -> String {
    range.map(|no| format!("{{\"no\":\"r-{no}\",\"town\":\"Uji\"}}\n")).collect()
}

/// The numbers of the rows that arrived, each once however often it came.
fn arrived(place: &Place) -> Vec<usize> {
    let numbers = place.read("out.ndjson");
    let number = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap();
        assert_eq!(event["attributes"]["city"], "Uji");
        event["user"]["external_id"].as_str().unwrap()[2..].parse().unwrap()
    };
    let mut numbers: Vec<usize> = numbers.lines().map(number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn ended(place: &Place) -> Ended {
    place.brazeline(&["run", "pipeline.yaml"])
}

#[test]
fn all_rows_arrive_in_their_new_shape() {
    let place = place(&rows(0..LINES));
    let ended = ended(&place);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(place.read("out.ndjson").lines().count(), LINES);
    assert_eq!(arrived(&place), (0..LINES).collect::<Vec<_>>());
}

#[test]
fn after_a_kill_the_rest_arrives() {
    let place = place(&rows(0..LINES));
    let host = place.run();
    until("some rows are out", || !place.read("out.ndjson").is_empty());
    host.kill();
    let ended = ended(&place);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(arrived(&place), (0..LINES).collect::<Vec<_>>());
}

#[test]
fn bad_rows_are_rejected_and_the_exit_code_says_so() {
    let place = place(&(rows(0..2) + "no json\n[1]\n{\"town\":\"Uji\"}\n" + &rows(2..4)));
    let ended = ended(&place);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(arrived(&place), [0, 1, 2, 3]);
    let listed = place.brazeline(&["dead-letters", "list", "pipeline.yaml", "--json"]).stdout;
    let letter = |line: &str| {
        let letter: Value = serde_json::from_str(line).unwrap();
        format!("{}: {}\n", letter["place"].as_str().unwrap(), letter["reason"].as_str().unwrap())
    };
    expect![[r#"
        line 3, byte 52: it is not JSON: at line 1, column 2 of it
        line 4, byte 60: it is JSON, but not an object
        line 5, byte 64: it has no `no`, which `identifier` names
    "#]]
    .assert_eq(&listed.lines().map(letter).collect::<String>());
}
