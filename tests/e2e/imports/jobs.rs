//! What an operator sees of imports: during one, after a kill, and when all is done; and what is said meanwhile.

use expect_test::expect;
use serde_json::Value;

use super::{arrived, place, rows, zipped};
use crate::feed::{Fails, Feed};
use crate::host::{Place, until};
use crate::scene::{node, status};

/// The files of the source, as `status` shows them.
fn files(place: &Place) -> Vec<Value> {
    node(&status(place), "rows")["files"]["shown"].as_array().cloned().unwrap_or_default()
}

/// A number of a file.
fn number(file: &Value, pointer: &str) -> u64 {
    file.pointer(pointer).and_then(Value::as_u64).unwrap_or_else(|| panic!("no {pointer} in {file}"))
}

/// Every row of a file is in exactly one of its numbers.
fn adds_up(file: &Value) {
    let lost = number(file, "/rows/skipped") + number(file, "/rows/rejected");
    for end in file["rows"]["ends"].as_array().unwrap() {
        let sum: u64 =
            ["delivered", "dropped", "rejected", "waiting"].iter().map(|name| end[name].as_u64().unwrap()).sum();
        assert_eq!(number(file, "/rows/read"), lost + sum, "{file}");
    }
}

/// A file in a line, without what differs from run to run.
fn shown(file: &Value) -> String {
    let end = |end: &Value| {
        let of = |name: &str| end[name].to_string();
        format!("{}: {}+{}+{}+{}", end["to"], of("delivered"), of("dropped"), of("rejected"), of("waiting"))
    };
    let ends = |rows: &Value| rows["ends"].as_array().unwrap().iter().map(end).collect::<Vec<_>>().join(", ");
    let rows = match &file["rows"] {
        Value::Null => "no rows".to_owned(),
        rows => {
            format!("{} read, {} skipped, {} rejected; {}", rows["read"], rows["skipped"], rows["rejected"], ends(rows))
        }
    };
    let reason = file["reason"].as_str().map(|reason| format!(" ({reason})")).unwrap_or_default();
    format!("{} {}{reason}: {rows}\n", file["name"].as_str().unwrap(), file["state"].as_str().unwrap())
}

fn all(place: &Place) -> String {
    files(place).iter().map(shown).collect()
}

/// A pipeline whose source reads files one after another, by name.
fn by_name(source: &str) -> Place {
    place(", order: name, when_done: keep", source)
}

#[test]
fn each_file_is_seen_with_what_became_of_its_rows() {
    let place = by_name(", every: once");
    place.write("in/a", rows(0..3) + "nonsense\n");
    place.write("in/b.zip", zipped(&[("x", &(rows(3..5) + "{}\n")), ("y", &rows(5..9))]));
    let broken = zipped(&[("x", &rows(0..1000))]);
    place.write("in/c.zip", &broken[..broken.len() - 40]);
    place.write("in/d", rows(0..3) + "nonsense\n");
    assert_eq!(all(&place), "", "nothing ran yet");
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    expect![[r#"
        d skipped (a): no rows
        c.zip set_aside (invalid Zip archive: Could not find EOCD): 0 read, 0 skipped, 0 rejected; 
        b.zip delivered: 7 read, 0 skipped, 1 rejected; "out": 6+0+0+0
        a delivered: 4 read, 0 skipped, 1 rejected; "out": 3+0+0+0
    "#]]
    .assert_eq(&all(&place));
    files(&place).iter().filter(|file| file["state"] == "delivered").for_each(adds_up);
    // Once more: what stays and was imported is as it was.
    assert_eq!(place.brazeline(&["run", "pipeline.yaml"]).code, Some(0));
    assert_eq!(shown(&files(&place)[3]), "a delivered: 4 read, 0 skipped, 1 rejected; \"out\": 3+0+0+0\n");
    let text = place.brazeline(&["status", "pipeline.yaml"]).stdout;
    assert!(text.contains("        to out: 6 delivered, 0 dropped, 0 rejected, 0 waiting\n"), "{text}");
}

#[test]
fn an_import_that_is_held_up_says_where_it_stands() {
    const ROWS: usize = 40_000;
    let refuses: Vec<(usize, Fails)> = (0..10_000).map(|request| (request, Fails::Says(503, ""))).collect();
    let feed = Feed::start(0, &refuses);
    let place = by_name(", max_uncommitted: { events: 15000 }");
    let text = place.read("pipeline.yaml");
    let far = format!("type: http_client, url: \"{}\"", feed.url());
    place.write("pipeline.yaml", text.replace("type: file, path: out.ndjson", &far));
    let half = ROWS / 2;
    let first = format!("nonsense\n{}", rows(0..half));
    place.write("in/a.zip", zipped(&[("x", &first), ("y", &rows(half..ROWS))]));
    place.write("in/b", rows(0..1));
    let host = place.run();
    until("it is held up", || {
        files(&place).first().is_some_and(|file| file["rows"]["ends"][0]["waiting"].as_u64() > Some(10_000))
    });
    let held = files(&place);
    adds_up(&held[0]);
    assert_eq!((held[0]["state"].as_str(), held[1]["state"].as_str()), (Some("reading"), Some("waiting")), "{held:?}");
    assert_eq!((number(&held[0], "/at/entries"), number(&held[0], "/rows/ends/0/delivered")), (2, 0));
    let (done, of) = (number(&held[0], "/at/done_bytes"), number(&held[0], "/at/of_bytes"));
    assert!(0 < done && done < of && of == (first.len() + rows(half..ROWS).len()) as u64, "{done} of {of}");
    let said = place.brazeline(&["status", "pipeline.yaml"]).stdout;
    assert!(said.contains("): reading x, entry 1 of 2 at byte ") && said.contains("      b: waiting, "), "{said}");
    host.kill();
    let rest = files(&place);
    assert_eq!((rest.len(), rest[0]["state"].as_str()), (1, Some("reading")), "{rest:?}");
    adds_up(&rest[0]);
    // When the other side takes it again, all of it comes out and the numbers are those of the file.
    place.write(
        "pipeline.yaml",
        text.replace("settle", "pattern: a.zip, settle").replace("max_uncommitted", "every: once, max_uncommitted"),
    );
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(
        all(&place),
        format!("a.zip delivered: {} read, 0 skipped, 1 rejected; \"out\": {ROWS}+0+0+0\n", ROWS + 1)
    );
}

#[test]
fn a_kill_changes_no_number() {
    const ROWS: usize = 150_000;
    let place = by_name(", every: once, max_uncommitted: { events: 20000 }");
    let third = ROWS / 3;
    let bad = |range: std::ops::Range<usize>| rows(range) + "nonsense\n";
    place.write("in/a", rows(0..5));
    place.write(
        "in/b.zip",
        zipped(&[("x", &bad(5..third)), ("y", &bad(third..2 * third)), ("z", &bad(2 * third..ROWS))]),
    );
    for wanted in [1_000, 50_000, 100_000] {
        let host = place.run();
        until("some rows are out", || arrived(&place).len() >= wanted);
        host.kill();
        let rest = files(&place);
        if rest[0]["state"] == "reading" {
            adds_up(&rest[0]);
            let delivered = number(&rest[0], "/rows/ends/0/delivered");
            assert!(delivered <= arrived(&place).len() as u64, "{}", rest[0]);
        }
    }
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let expected = format!(
        "b.zip delivered: {} read, 0 skipped, 3 rejected; \"out\": {}+0+0+0\na delivered: 5 read, 0 skipped, 0 rejected; \"out\": 5+0+0+0\n",
        ROWS - 5 + 3,
        ROWS - 5
    );
    assert_eq!(all(&place), expected);
    files(&place).iter().for_each(adds_up);
}

#[test]
fn what_is_not_a_terminal_gets_plain_lines_and_few() {
    let place = by_name(", every: once");
    place.write("in/a", rows(0..20_000) + "nonsense\n");
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert!(!ended.stderr.contains(['\r', '\x1b']), "{}", ended.stderr);
    let about: Vec<&str> = ended.stderr.lines().filter(|line| line.contains("file=\"a\"")).collect();
    let read = about.last().unwrap();
    for words in
        ["the file is read", "read=20001", "rejected=1", "ends=\"out: 20000 delivered, 0 dropped, 0 rejected\""]
    {
        assert!(read.contains(words), "{read}");
    }
    assert!(about.len() <= 4, "{about:?}");
}
