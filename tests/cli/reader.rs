//! Who reads what is printed, and stops.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::brazeline::command;

#[test]
fn who_has_read_enough_is_told_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = command(folder.path(), &["schema"]);
    let mut program = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    // More comes than a pipe holds, so the rest is written when nobody reads any more.
    BufReader::with_capacity(1, program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "{\n");
    let ended = program.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), String::from_utf8_lossy(&ended.stderr).as_ref()), (Some(0), ""));
}
