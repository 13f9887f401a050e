//! A transform that remembers: what it decided is decided once, whatever happens to the process.

use crate::components;
use crate::host::Place;

/// A file of people through `counts` to a file: how often each was there so far, told once a batch.
fn pipeline() -> String {
    format!(
        r#"name: counts
sources:
  people: {{ type: file, path: input.ndjson, identifier: {{ external_id: id }} }}
transforms:
  counts: {{ type: {component}, inputs: [people] }}
sinks:
  out: {{ type: file, inputs: [counts], path: output.ndjson, linger: 10ms }}
"#,
        component = components::path("counts").display(),
    )
}

fn people(count: usize, rounds: usize) -> String {
    (0..count * rounds).map(|number| format!("{{\"id\":\"u-{}\"}}\n", number % count)).collect()
}

/// The counts that were told, sorted.
fn told(place: &Place) -> Vec<u64> {
    let output = place.read("output.ndjson");
    let count = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["count"].as_u64().unwrap();
    let mut counts: Vec<u64> = output.lines().map(count).collect();
    counts.sort_unstable();
    counts
}

#[test]
fn it_remembers_from_run_to_run() {
    let place = Place::new(&pipeline());
    place.write("input.ndjson", people(50, 3));
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(told(&place), vec![3; 50], "all of the file was one batch");
    // A line more: only what is new is read, and what was counted before is still known.
    place.write("input.ndjson", people(50, 3) + "{\"id\":\"u-7\"}\n");
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(told(&place), [vec![3; 50], vec![4]].concat());
}
