//! What another process holds: a port, a `data_dir`.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::Stdio;

use expect_test::expect;

use crate::brazeline::{command, run};

#[test]
fn a_port_that_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let pipeline = format!(
        "name: posted\nsources:\n  in: {{ type: http_server, address: \"{address}\" }}\nsinks:\n  out: {{ type: stdout, inputs: [in] }}\n"
    );
    std::fs::write(folder.path().join("pipeline.yaml"), pipeline).unwrap();
    let said = run(folder.path(), &["run", "pipeline.yaml"]);
    expect![[r#"
        ? 2
        error: source `in`: nothing can listen at [address]
          at pipeline.yaml:3:37
          Address already in use (os error 98)
          help: stop what listens there, or set another `address`
    "#]]
    .assert_eq(&said.failure().replace(&address, "[address]"));
}

#[test]
fn a_data_dir_that_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let pipeline = "name: piped\nsources:\n  in: { type: stdin }\nsinks:\n  out: { type: stdout, inputs: [in] }\n";
    std::fs::write(folder.path().join("pipeline.yaml"), pipeline).unwrap();
    // It runs until its standard input ends.
    let mut first = command(folder.path(), &["run", "pipeline.yaml"]);
    let mut first = first
        .env("BRAZELINE_LOG", "info")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(first.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(log.any(|line| line.contains("started")), "it never started");

    let again = run(folder.path(), &["run", "pipeline.yaml"]);
    let letters = run(folder.path(), &["dead-letters", "list", "pipeline.yaml"]);
    let reload = run(folder.path(), &["reload", "pipeline.yaml"]);
    drop(first.stdin.take());
    log.for_each(drop);
    assert_eq!(first.wait().unwrap().code(), Some(0));

    expect![[r#"
        ? 1
        error: the `data_dir` ./data is in use by another run
          help: stop the other one, or give this pipeline its own `data_dir`
    "#]]
    .assert_eq(&again.failure());
    // The run is asked.
    assert_eq!((letters.code, letters.stdout.as_str()), (Some(0), "no dead letters\n"));
    expect![[r#"
        ? 1
        error: a pipeline that reads standard input cannot be reloaded: what was read of it is gone
          help: stop the run and start it again
    "#]]
    .assert_eq(&reload.failure());
}
