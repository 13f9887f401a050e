//! Files in a folder, read by a test component: packed or not, half written, twice, broken, and with a kill in the middle.

#[path = "imports/again.rs"]
mod again;
#[path = "imports/folders.rs"]
mod folders;
#[path = "imports/jobs.rs"]
mod jobs;

use std::io::Write;
use std::time::{Duration, SystemTime};

use expect_test::expect;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::components;
use crate::feed::{Fails, Feed};
use crate::host::{Place, until};

/// A pipeline from the folder `in` to a file.
fn place(files: &str, source: &str) -> Place {
    let place = Place::new(&format!(
        "name: imports\nsources:\n  rows: {{ type: {}, files: {{ type: drop_folder, path: in, settle: 50ms{files} }}{source} }}\nsinks:\n  out: {{ type: file, path: out.ndjson, inputs: [rows], linger: 10ms }}\n",
        components::path("lines").display()
    ));
    std::fs::create_dir(place.path().join("in")).unwrap();
    place
}

fn rows(range: std::ops::Range<usize>) -> String {
    range.map(|number| format!("{{\"id\":\"u-{number}\"}}\n")).collect()
}

pub fn zipped(members: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzipped(text: &str) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::default());
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap()
}

/// Says that a file was written so many seconds after the others' day.
fn aged(place: &Place, name: &str, seconds: u64) {
    let file = std::fs::File::options().append(true).open(place.path().join(name)).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)).unwrap();
}

/// The numbers of the rows that arrived, in the order in which they did.
fn arrived(place: &Place) -> Vec<usize> {
    let out = place.read("out.ndjson");
    // A kill may leave a torn line.
    let number = |line: &str| line.strip_prefix("{\"id\":\"u-")?.strip_suffix("\"}")?.parse().ok();
    out.lines().filter_map(number).collect()
}

/// What lies in a folder, sorted.
fn names(place: &Place, folder: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(place.path().join(folder)) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

/// The places and reasons of the dead letters.
fn letters(place: &Place) -> String {
    let listed = place.brazeline(&["dead-letters", "list", "pipeline.yaml", "--json"]).stdout;
    let letter = |line: &str| {
        let letter: Value = serde_json::from_str(line).unwrap();
        format!("{}: {}\n", letter["place"].as_str().unwrap(), letter["reason"].as_str().unwrap())
    };
    listed.lines().map(letter).collect()
}

#[test]
fn what_lies_there_is_read_in_its_order_packed_or_not() {
    let place = place(", pattern: \"*.json*\"", ", every: once");
    place.write("in/c.json", rows(0..3));
    place.write("in/b.json.gz", gzipped(&rows(3..6)));
    place.write("in/a.json.zip", zipped(&[("y.json", &rows(6..8)), ("x.json", "nonsense\n"), ("z.json", &rows(8..9))]));
    place.write("in/other.csv", "nobody asks for it");
    for (seconds, name) in (0..).zip(["in/c.json", "in/b.json.gz", "in/a.json.zip"]) {
        aged(&place, name, seconds);
    }
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(arrived(&place), (0..9).collect::<Vec<_>>());
    assert_eq!(names(&place, "in"), ["done", "other.csv"]);
    assert_eq!(names(&place, "in/done"), ["a.json.zip", "b.json.gz", "c.json"]);
    assert_eq!(names(&place, "data/staging/rows"), [""; 0]);
    expect![[r#"
        a.json.zip/x.json: row 1, byte 0: expected ident at line 1 column 2
    "#]]
    .assert_eq(&letters(&place));
}

#[test]
fn what_was_imported_is_skipped_also_under_another_name() {
    for when_done in ["keep", "move", "delete"] {
        let place = place(&format!(", when_done: {when_done}"), ", every: once");
        place.write("in/a", rows(0..3));
        assert_eq!(place.brazeline(&["run", "pipeline.yaml"]).code, Some(0));
        place.write("in/b", rows(0..3));
        place.write("in/c", rows(3..4));
        let ended = place.brazeline(&["run", "pipeline.yaml"]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(ended.stderr.contains("the same was imported before") && ended.stderr.contains("file=\"b\""));
        assert_eq!(arrived(&place), [0, 1, 2, 3]);
        let (left, done) = (names(&place, "in").join(" "), names(&place, "in/done").join(" "));
        let expected = match when_done {
            "keep" => ("a b c", ""),
            "move" => ("done", "a b c"),
            _ => ("", ""),
        };
        assert_eq!((left.as_str(), done.as_str()), expected);
    }
}

#[test]
fn what_was_imported_is_imported_again_if_that_is_asked_for_and_once() {
    let place = place(", when_done: keep", ", every: once");
    place.write("in/a", rows(0..3));
    place.write("in/b", rows(0..3));
    for (arguments, times) in
        [(&["run", "pipeline.yaml"][..], 1), (&["run", "pipeline.yaml", "--again"], 2), (&["run", "pipeline.yaml"], 2)]
    {
        let ended = place.brazeline(arguments);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert_eq!(arrived(&place), [0, 1, 2].repeat(times), "{arguments:?}");
    }
}

#[test]
fn a_file_that_is_not_what_it_should_be_is_set_aside_and_the_others_are_read() {
    let place = place("", ", every: once");
    let zip = zipped(&[("x", &rows(0..1000))]);
    place.write("in/cut.zip", &zip[..zip.len() - 40]);
    place.write("in/line.json", rows(0..1) + &"x".repeat(2 << 20));
    place.write("in/good", rows(1..3));
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let mut all = arrived(&place);
    all.sort_unstable();
    assert_eq!(all, [0, 1, 2]);
    assert_eq!(names(&place, "in/failed"), ["cut.zip", "line.json"]);
    let letters = letters(&place);
    assert!(letters.contains("cut.zip: ") && letters.contains("line.json: row 2 is longer than 1 MiB"), "{letters}");
}

#[test]
fn a_file_is_not_taken_while_somebody_writes_it() {
    let place = place("", "");
    let text = place.read("pipeline.yaml").replace("settle: 50ms", "settle: 2s");
    place.write("pipeline.yaml", text);
    place.write("in/other", rows(0..1));
    let mut growing = std::fs::File::create(place.path().join("in/growing")).unwrap();
    let host = place.run();
    let mut written = 1;
    until("the other was read", || {
        growing.write_all(rows(written..written + 1).as_bytes()).unwrap();
        written += 1;
        names(&place, "in/done") == ["other"]
    });
    until("it was read, too", || names(&place, "in/done") == ["growing", "other"]);
    assert_eq!(host.terminate().code, Some(0));
    // Had it been read before its end, the whole would have been another file.
    assert_eq!(arrived(&place), (0..written).collect::<Vec<_>>());
}

#[test]
fn after_a_kill_the_rest_arrives_and_little_twice() {
    const ROWS: usize = 200_000;
    let place = place("", ", every: once, max_uncommitted: { events: 20000 }");
    let half = ROWS / 2;
    place.write("in/large.zip", zipped(&[("a", &rows(0..half)), ("b", &rows(half..ROWS))]));
    for wanted in [1, 60_000, 120_000] {
        let host = place.run();
        until("some rows are out", || place.read("out.ndjson").lines().count() >= wanted);
        host.kill();
        // The last line may have been cut off in its middle: what follows begins on a line of its own.
        assert_eq!(names(&place, "in"), ["large.zip"]);
    }
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let all = arrived(&place);
    let repeated = all.len() - ROWS;
    let mut all = all;
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), ROWS);
    assert!(repeated <= 3 * 40_000, "{repeated} rows came twice");
    assert_eq!((names(&place, "in/done"), names(&place, "data/staging/rows")), (vec!["large.zip".to_owned()], vec![]));
}

#[test]
fn a_file_whose_sink_stopped_stays_until_all_of_it_is_delivered() {
    let refuses: Vec<(usize, Fails)> = (0..9).map(|request| (request, Fails::Says(401, ""))).collect();
    let feed = Feed::start(0, &refuses);
    let place = place("", ", every: once");
    let text = place.read("pipeline.yaml");
    let sink = format!("  far: {{ type: http_client, inputs: [rows], url: \"{}\" }}\n", feed.url());
    place.write("pipeline.yaml", text.clone() + &sink);
    place.write("in/a", rows(0..3));
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert_eq!((arrived(&place), names(&place, "in")), (vec![0, 1, 2], vec!["a".to_owned()]));
    // Without the sink it is done with the file, and what was delivered is not delivered again.
    place.write("pipeline.yaml", text);
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!((arrived(&place), names(&place, "in/done")), (vec![0, 1, 2], vec!["a".to_owned()]));
}

#[test]
fn mistakes_are_told_with_their_places() {
    let place = place("", ", acknowledge: delivered, every: 0s");
    let text = place.read("pipeline.yaml").replace(components::path("lines").to_str().unwrap(), "lines.wasm");
    place.write("lines.wasm", std::fs::read(components::path("lines")).unwrap());
    let told = |text: &str| {
        place.write("pipeline.yaml", text);
        place.brazeline(&["check", "pipeline.yaml"]).stderr
    };
    expect![[r#"
        error: `every` of source `rows` must be `once` or a duration such as `5m`
          at pipeline.yaml:3:114
          found: text
          help: the default is `every: once`
    "#]]
    .assert_eq(&told(&text));
    expect![[r#"
        error: `acknowledge` means nothing to source `rows`
          at pipeline.yaml:3:83
          it reads files
          help: remove `acknowledge`; it may have: files, every

        error: `address` means nothing to source `rows`
          at pipeline.yaml:3:107
          it reads files
          help: remove `address`; it may have: files, every
    "#]]
    .assert_eq(&told(&text.replace("every: 0s", "address: \"127.0.0.1:0\"")));
    expect![[r#"
        error: source `rows` has no setting `filse`
          at pipeline.yaml:3:29
          settings here: identifier, type, authorization, label, description, acknowledge, max_uncommitted, address, public_url, max_body, tls, deduplicate, every, files
          help: did you mean `files`? Otherwise remove it
    "#]]
    .assert_eq(&told(&text.replace(", acknowledge: delivered, every: 0s", "").replace("files:", "filse:")));
    expect![[r#"
        error: `files` of source `rows` has no `path`
          at pipeline.yaml:3:36
          help: write `files: { type: drop_folder, path: ./incoming }`

        error: `type` of `files` of source `rows` must be `drop_folder`, `sftp`, `sftp_server` or `object_store`
          at pipeline.yaml:3:44
          found: text
          help: write `files: { type: drop_folder, path: ./incoming }`

        error: `order` of `files` of source `rows` must be `modified` or `name`
          at pipeline.yaml:3:56
          found: text
          help: the default is `order: modified`

        error: `pattern` of `files` of source `rows` must be a pattern of file names
          at pipeline.yaml:3:71
          help: write `pattern: "*.csv"`; a folder stands in `path`, or here with `recursive: true`

        error: `every` of source `rows` must be `once` or a duration such as `5m`
          at pipeline.yaml:3:123
          found: text
          help: the default is `every: once`
    "#]]
    .assert_eq(&told(&text.replace("type: drop_folder, path: in", "type: ftp, order: size, pattern: a/b")));
}
