//! The demo itself, with fewer people.

use std::process::Command;

#[test]
fn both_sides_agree_and_it_ends_by_itself() {
    let output = Command::new(env!("CARGO_BIN_EXE_demo")).args(["--people", "200"]).output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}\n{stderr}");
    assert_eq!(stdout.matches("200 of 200 people").count(), 2, "{stdout}");
}
