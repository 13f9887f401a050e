//! The example of a transform of one's own: its tests pass, and its component runs in its pipeline.

use std::path::Path;
use std::process::Command;

use crate::components;
use crate::host::Place;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/custom-transform");

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(EXAMPLE).join(name)).unwrap()
}

#[test]
fn its_own_tests_pass() {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(EXAMPLE).args(["test", "--locked", "--quiet", "--target-dir"]).arg(components::beside("example"));
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn its_component_does_what_it_says() {
    let place = Place::new(&file("pipeline.yaml"));
    place.write("input.ndjson", file("input.ndjson"));
    let component = std::fs::read(components::of_example("custom-transform")).unwrap();
    place.write("target/wasm32-wasip2/release/custom_transform.wasm", component);
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(place.read("output.ndjson"), file("expected.ndjson"));
}

#[test]
fn it_is_short() {
    let code: Vec<String> = ["src/lib.rs", "src/component.rs"].map(file).into();
    assert!(code.iter().map(|text| text.lines().count()).sum::<usize>() < 60, "a newcomer has to read all of it");
}
