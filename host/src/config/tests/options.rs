use std::time::Duration;

use expect_test::expect;

use super::{SMALL, check, right};
use crate::config::{Acknowledge, Every, OnUnknown, Order, Shelf, SinkOptions, SourceOptions, WhenDone};

fn source(options: &str) -> String {
    SMALL.replace("type: stdin", &format!("type: stdin, {options}"))
}

fn sink(options: &str) -> String {
    SMALL.replace("type: stdout", &format!("type: stdout, {options}"))
}

#[test]
fn defaults() {
    let pipeline = right(SMALL);
    assert_eq!(pipeline.sources[0].options, SourceOptions::default());
    assert_eq!(pipeline.sources[0].options.listens_at().to_string(), "127.0.0.1:8080");
    assert_eq!(pipeline.sinks[0].options, SinkOptions::default());
    assert!(pipeline.sinks[0].node.settings.json.is_empty());
}

#[test]
fn of_a_source() {
    let text = source(
        "acknowledge: delivered, max_uncommitted: { events: 7, size: 2KiB }, address: \"0.0.0.0:0\", max_body: 1MiB, mine: 1",
    );
    let source = &right(&text).sources[0];
    let options = &source.options;
    assert_eq!(options.acknowledge, Acknowledge::Delivered);
    assert_eq!((options.max_uncommitted_events, options.max_uncommitted_bytes), (7, 2048));
    assert_eq!((options.listens_at().to_string().as_str(), options.max_body_bytes), ("0.0.0.0:0", 1 << 20));
    assert_eq!(serde_json::to_string(&source.node.settings.json).unwrap(), r#"{"mine":1}"#);
}

#[test]
fn of_a_source_that_asks_or_reads_files() {
    let options = |text: &str| right(&source(text)).sources[0].options.clone();
    assert_eq!(options("every: 5m").every, Every::After(Duration::from_secs(300)));
    assert_eq!((options("every: once").every, options("mine: 1").every), (Every::Once, Every::Once));
    let of = options("files: { type: drop_folder, path: in }");
    let files = of.files.unwrap();
    assert_eq!((files.pattern.as_str(), files.settle, files.order), ("*", Duration::from_secs(2), Order::Modified));
    assert_eq!(
        (files.shelf, files.when_done),
        (Shelf::DropFolder { path: "in".into(), recursive: false }, WhenDone::Move)
    );
    assert!(of.stated.keys().eq(&["files"]));
    let more =
        "files: { type: drop_folder, path: /in, pattern: \"*.csv\", settle: 1m, order: name, when_done: delete }";
    let files = options(more).files.unwrap();
    assert_eq!((files.pattern.as_str(), files.settle, files.order), ("*.csv", Duration::from_secs(60), Order::Name));
    assert_eq!(
        (files.shelf, files.when_done),
        (Shelf::DropFolder { path: "/in".into(), recursive: false }, WhenDone::Delete)
    );
}

#[test]
fn wrong_ones_of_such_a_source() {
    check(
        &source("every: 0s"),
        expect![[r#"
        error: `every` of source `in` must be `once` or a duration such as `5m`
          at pipeline.yaml:3:29
          found: text
          help: the default is `every: once`
    "#]],
    );
    check(
        &source("every: often, files: ./in"),
        expect![[r#"
        error: `every` of source `in` must be `once` or a duration such as `5m`
          at pipeline.yaml:3:29
          found: text
          help: the default is `every: once`

        error: `files` of source `in` must be a map of `key: value`
          at pipeline.yaml:3:43
          found: text
          help: give it its keys, or remove it
    "#]],
    );
    check(
        &source("files: { path: in, whendone: keep }"),
        expect![[r#"
            error: `files` of source `in` has no `type`
              at pipeline.yaml:3:29
              help: write `files: { type: drop_folder, path: ./incoming }`

            error: `files` of source `in` has no setting `whendone`
              at pipeline.yaml:3:41
              settings here: type, path, recursive, when_done, pattern, settle, order, pgp
              help: did you mean `when_done`? Otherwise remove it
        "#]],
    );
    check(
        &source("files: { type: ftp, path: 7, pattern: \"a/*.csv\", settle: 2, order: size, when_done: burn }"),
        expect![[r#"
            error: `type` of `files` of source `in` must be `drop_folder`, `sftp`, `sftp_server` or `object_store`
              at pipeline.yaml:3:37
              found: text
              help: write `files: { type: drop_folder, path: ./incoming }`

            error: `path` of `files` of source `in` must be text
              at pipeline.yaml:3:48
              found: a number
              help: write `path: "..."`

            error: `pattern` of `files` of source `in` must be a pattern of file names
              at pipeline.yaml:3:60
              help: write `pattern: "*.csv"`; a folder stands in `path`, or here with `recursive: true`

            error: `settle` of `files` of source `in` must be a duration such as `100ms` or `5m` between 0s and 1h
              at pipeline.yaml:3:79
              found: a number
              help: the default is `settle: 2s`

            error: `order` of `files` of source `in` must be `modified` or `name`
              at pipeline.yaml:3:89
              found: text
              help: the default is `order: modified`

            error: `when_done` of `files` of source `in` must be `move` or `keep` or `delete`
              at pipeline.yaml:3:106
              found: text
              help: the default is `when_done: move`
        "#]],
    );
}

#[test]
fn of_a_sink() {
    let text = sink("linger: 2s, concurrency: 3, max_attempts: 9, on_unknown: dead_letter, acknowledge: mine");
    let sink = &right(&text).sinks[0];
    let expected = SinkOptions {
        linger: Duration::from_secs(2),
        concurrency: 3,
        max_attempts: 9,
        on_unknown: OnUnknown::DeadLetter,
    };
    assert_eq!(sink.options, expected);
    // What is the host's in a source is not in a sink.
    assert_eq!(serde_json::to_string(&sink.node.settings.json).unwrap(), r#"{"acknowledge":"mine"}"#);
}

#[test]
fn wrong_ones() {
    check(
        &source("acknowledge: later"),
        expect![[r#"
        error: `acknowledge` of source `in` must be `journaled` or `delivered`
          at pipeline.yaml:3:35
          found: text
          help: the default is `acknowledge: journaled`
    "#]],
    );
    check(
        &source("max_uncommitted: 5"),
        expect![[r#"
        error: `max_uncommitted` of source `in` must be a map of `key: value`
          at pipeline.yaml:3:39
          found: a number
          help: give it its keys, or remove it
    "#]],
    );
    check(
        &source("max_uncommitted: { events: 0, size: 64, evnts: 1 }"),
        expect![[r#"
        error: `events` of `max_uncommitted` of source `in` must be a whole number between 1 and 10000000
          at pipeline.yaml:3:49
          help: the default is `events: 50000`

        error: `size` of `max_uncommitted` of source `in` must be a size such as `64MiB` between 1KiB and 16GiB
          at pipeline.yaml:3:58
          found: a number
          help: the default is `size: 64MiB`

        error: `max_uncommitted` of source `in` has no setting `evnts`
          at pipeline.yaml:3:62
          settings here: events, size
          help: did you mean `events`? Otherwise remove it
    "#]],
    );
    check(
        &source("address: \"localhost:8080\""),
        expect![[r#"
        error: `address` of source `in` must be an IP address and a port
          at pipeline.yaml:3:31
          found: text
          help: the default is `address: 127.0.0.1:8080`; a host's name is not enough
    "#]],
    );
    check(
        &source("max_body: 64GiB"),
        expect![[r#"
        error: `max_body` of source `in` must be a size such as `64MiB` between 1KiB and 1GiB
          at pipeline.yaml:3:32
          help: the default is `max_body: 10MiB`
    "#]],
    );
    check(
        &source("inputs: [in]"),
        expect![[r#"
        error: source `in` reads no other node
          at pipeline.yaml:3:22
          help: remove `inputs`, or move it to `transforms` or `sinks`
    "#]],
    );
    check(
        &sink("linger: 100, concurrency: 0, max_attempts: many, on_unknown:"),
        expect![[r#"
        error: `linger` of sink `out` must be a duration such as `100ms` or `5m` between 0s and 10m
          at pipeline.yaml:5:32
          found: a number
          help: the default is `linger: 100ms`

        error: `concurrency` of sink `out` must be a whole number between 1 and 1024
          at pipeline.yaml:5:50
          help: the default is `concurrency: 128`

        error: `max_attempts` of sink `out` must be a whole number between 1 and 1000
          at pipeline.yaml:5:67
          found: text
          help: the default is `max_attempts: 5`

        error: `on_unknown` of sink `out` must be `repeat` or `dead_letter`
          at pipeline.yaml:5:73
          found: nothing
          help: the default is `on_unknown: repeat`
    "#]],
    );
    check(
        &sink("concurrency: -1, max_attempts: 1.5, linger: 2h"),
        expect![[r#"
        error: `concurrency` of sink `out` must be a whole number between 1 and 1024
          at pipeline.yaml:5:37
          found: a number
          help: the default is `concurrency: 128`

        error: `max_attempts` of sink `out` must be a whole number between 1 and 1000
          at pipeline.yaml:5:55
          found: a number
          help: the default is `max_attempts: 5`

        error: `linger` of sink `out` must be a duration such as `100ms` or `5m` between 0s and 10m
          at pipeline.yaml:5:68
          help: the default is `linger: 100ms`
    "#]],
    );
}

#[test]
fn types() {
    check(
        &SMALL.replace("type: stdin", "tpye: stdin"),
        expect![[r#"
        error: source `in` has no `type`
          at pipeline.yaml:3:9
          help: did you mean it by `tpye`? Otherwise add `type:` with the name of a plugin or the path of a `.wasm` file
    "#]],
    );
    check(
        &SMALL.replace("type: stdin", "type: [stdin]"),
        expect![[r#"
        error: `type` of source `in` must be text
          at pipeline.yaml:3:15
          found: a list
          help: write `type: "..."`
    "#]],
    );
    check(
        &SMALL.replace("type: stdin", "type: \"\""),
        expect![[r#"
        error: `type` of source `in` must be text
          at pipeline.yaml:3:15
          found: empty text
          help: write `type: "..."`
    "#]],
    );
    check(
        &SMALL.replace("{ type: stdin }", "stdin"),
        expect![[r#"
        error: source `in` must be a map of `key: value`
          at pipeline.yaml:3:7
          found: text
          help: give it its keys, or remove it
    "#]],
    );
}
