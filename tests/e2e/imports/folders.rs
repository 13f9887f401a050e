//! Files in folders: what lies deeper is found if that is asked for, keeps its place, and its folders are told to whoever reads it.

use serde_json::json;

use super::{arrived, letters, names, place, rows};
use crate::host::{Place, until};
use crate::scene::{node, status};
use crate::segments::{held, scene};

/// Every file below a folder, sorted.
fn all(place: &Place, folder: &str) -> Vec<String> {
    let path = place.path().join(folder);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&path).into_iter().flatten().map(Result::unwrap) {
        let name = format!("{folder}/{}", entry.file_name().into_string().unwrap());
        match entry.path().is_dir() {
            true => found.extend(all(place, &name)),
            false => found.push(name),
        }
    }
    found.sort_unstable();
    found
}

#[test]
fn what_lies_deeper_is_read_if_that_is_asked_for_and_keeps_its_folders() {
    let place = place(", order: name, recursive: true, pattern: \"*.json\"", ", every: once");
    let text = place.read("pipeline.yaml");
    place.write("in/a.json", rows(0..1));
    place.write("in/2026/11/a.json", rows(1..3));
    place.write("in/2026/11/.tmp/half.json", rows(7..8));
    place.write("in/2026/bad.json", "nonsense\n");
    place.write("in/2026/other.csv", "nobody asks for it");
    place.write("in/zip/cut.json", [0x1f, 0x8b, 0]);
    place.write("pipeline.yaml", text.replace(", recursive: true", ""));
    assert_eq!(place.brazeline(&["run", "pipeline.yaml"]).code, Some(0));
    assert_eq!((arrived(&place), names(&place, "in/done")), (vec![0], vec!["a.json".to_owned()]));
    place.write("pipeline.yaml", text);
    for _ in 0..2 {
        let ended = place.brazeline(&["run", "pipeline.yaml"]);
        assert!(ended.code.is_some_and(|code| code == 0 || code == 3), "{}", ended.stderr);
    }
    assert_eq!(arrived(&place), [0, 1, 2]);
    let expected = [
        "in/2026/11/.tmp/half.json",
        "in/2026/other.csv",
        "in/done/2026/11/a.json",
        "in/done/2026/bad.json",
        "in/done/a.json",
        "in/failed/zip/cut.json",
    ];
    assert_eq!(all(&place, "in"), expected);
    let letters = letters(&place);
    assert!(
        letters.contains("2026/bad.json: row 1, byte 0: ") && letters.contains("zip/cut.json: it is damaged"),
        "{letters}"
    );
}

#[test]
fn what_has_no_name_that_can_be_read_is_said_once_and_seen() {
    let place = place("", ", every: 20ms");
    let odd = std::os::unix::ffi::OsStrExt::from_bytes;
    let odd: &std::ffi::OsStr = odd(b"caf\xe9.json");
    std::fs::write(place.path().join("in").join(odd), rows(0..1)).unwrap();
    let mut host = place.run();
    host.says(&["it is left out", "caf\u{fffd}.json", "its name is not UTF-8: rename it"]);
    for number in 1..4 {
        place.write(&format!("in/{number}.json"), rows(number..number + 1));
        until("the next is read", || arrived(&place).contains(&number));
    }
    let seen = node(&status(&place), "rows")["files"]["left_out"].clone();
    assert_eq!(seen, json!([{ "name": "caf\u{fffd}.json", "why": "its name is not UTF-8: rename it" }]));
    let told = place.brazeline(&["status", "pipeline.yaml"]).stdout;
    assert!(told.contains("      caf\u{fffd}.json: left out: its name is not UTF-8: rename it\n"), "{told}");
    assert_eq!(host.log().matches("it is left out").count(), 1, "{}", host.log());
    assert_eq!(host.terminate().code, Some(0));
}

#[test]
fn a_pattern_may_name_folders_where_there_are_some() {
    let place = place(", recursive: true, pattern: \"event_type=a/*\"", ", every: once");
    place.write("in/event_type=a/x/1.json", rows(0..1));
    place.write("in/event_type=b/x/1.json", rows(1..2));
    assert_eq!(place.brazeline(&["run", "pipeline.yaml"]).code, Some(0));
    assert_eq!(arrived(&place), [0]);
    place.write("pipeline.yaml", place.read("pipeline.yaml").replace("recursive: true", "recursive: false"));
    let told = place.brazeline(&["check", "pipeline.yaml"]).stderr;
    assert!(told.contains("must be a pattern of file names") && told.contains("recursive"), "{told}");
}

/// A number, as Avro writes it.
fn long(number: i64) -> Vec<u8> {
    let mut rest = (number << 1) ^ (number >> 63);
    let mut bytes = Vec::new();
    while rest >= 0x80 {
        bytes.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes
}

fn text(text: &str) -> Vec<u8> {
    [long(text.len() as i64), text.as_bytes().to_vec()].concat()
}

/// An Avro container with one event, whose schema does not say its type.
fn avro(id: &str) -> Vec<u8> {
    let field = |name: &str, kind: &str| json!({ "name": name, "type": kind });
    let fields =
        [field("id", "string"), field("user_id", "string"), field("time", "int"), field("campaign_id", "string")];
    let schema = json!({ "type": "record", "name": "event", "fields": fields }).to_string();
    let record = [text(id), text(&format!("b-{id}")), long(1_795_600_000), text("c-1")].concat();
    let sync = [7; 16].to_vec();
    let header =
        [b"Obj\x01".to_vec(), long(2), text("avro.schema"), text(&schema), text("avro.codec"), text("null"), long(0)];
    [header.concat(), sync.clone(), long(1), long(record.len() as i64), record, sync].concat()
}

#[test]
fn what_currents_stores_is_read_in_its_own_layout() {
    let source = ", mode: file, files: { type: drop_folder, path: in, recursive: true, pattern: \"**/*.avro\", settle: 50ms }, every: once";
    let scene = scene("", source, "collect", "");
    let below = "dataexport.US-06.S3.integration.1";
    for (number, kind) in ["users.messages.email.Open", "users.canvas.Entry"].into_iter().enumerate() {
        scene.place.write(
            &format!("in/{below}/event_type={kind}/date=2026-11-25-09/457/z/part.avro"),
            avro(&number.to_string()),
        );
    }
    let ended = scene.place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let said: Vec<_> = held(&scene).iter().map(|record| (record["id"].clone(), record["event"].clone())).collect();
    assert_eq!(said, [(json!("0"), json!("users.messages.email.Open")), (json!("1"), json!("users.canvas.Entry"))]);
    let done = format!("in/done/{below}/event_type=users.canvas.Entry/date=2026-11-25-09/457/z/part.avro");
    assert_eq!(all(&scene.place, "in")[0], done);
}
