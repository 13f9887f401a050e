use brazeline_kit::testing::{Table, configure};
use brazeline_kit::{Decoder, Decoding, Entry, Events, Unread};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::LyticsIngest;

fn entry(name: &str) -> Entry {
    // 2026-11-23T09:00:00Z
    let (file, name) = (name.to_owned(), name.to_owned());
    Entry { path: file, name, index: 0, entries: 1, modified_at_ms: 1_795_424_400_000 }
}

/// Settings of a file that is about the external id in `braze_id`.
fn settings(more: Value) -> Value {
    let mut settings = json!({ "identifier": { "external_id": "braze_id" }, "mode": "file" });
    if let (Some(all), Value::Object(more)) = (settings.as_object_mut(), more) {
        all.extend(more);
    }
    settings
}

fn of_vip() -> Value {
    settings(json!({ "audience": "vip", "fields": ["plan", "tags"], "list_fields": ["tags"] }))
}

fn check(settings: Value, name: &str, file: impl AsRef<[u8]>, expected: &Expect) {
    expected.assert_eq(&Table::<LyticsIngest>::new(settings).decode(&entry(name), None, &[file.as_ref()]).shown());
}

/// All that a CSV may hold: a mark in front, all line ends, quotes, breaks and commas within them, empty lines, letters of several
/// bytes, too few and too many cells, bytes that are no letters, nobody, an id that is too long, and a last row without an end.
fn csv() -> Vec<u8> {
    let long = format!("{},gold,\n", "x".repeat(988));
    [
        &b"\xef\xbb\xbfbraze_id,plan,tags\r\n"[..],
        b"u-1,gold,a&b\r\n",
        b"\"u-2\",\"a \"\"b\"\"\",\r\n\n\r",
        "ä€,\"x,\r\ny\",c\n".as_bytes(),
        b"u-3,gold\n",
        b"u-4,gold,a,\n",
        b"u-5,\xff\xfe,a\n",
        b"\xff,gold,a\n",
        b",gold,a\n",
        long.as_bytes(),
        b"u-6,Tom & Jerry,a",
    ]
    .concat()
}

fn lines() -> Vec<u8> {
    [
        &b"\xef\xbb\xbf{\"braze_id\":\"u-1\",\"plan\":\"gold\",\"tags\":[\"a\",\"b\"],\"more\":1}\r\n"[..],
        b"\n",
        "{\"braze_id\":\"ä€\",\"plan\":null}\n".as_bytes(),
        b"{\"braze_id\":7}\n",
        b"not json\n",
        b"[1]\n",
        b"{\"braze_id\":\"\xff\"}\n",
        b"{\"plan\":\"gold\"}\n",
        b"{\"braze_id\":\"u-2\"}",
    ]
    .concat()
}

#[test]
fn a_csv_of_everybody_in_an_audience() {
    let shown = Table::<LyticsIngest>::new(of_vip()).decode(&entry("vip.csv"), None, &[&csv()]).shown();
    expect![[r#"
        external_id:u-1 {"user":{"external_id":"u-1"},"attributes":{"plan":"gold","tags":["a","b"]},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-2 {"user":{"external_id":"u-2"},"attributes":{"plan":"a \"b\""},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:ä€ {"user":{"external_id":"ä€"},"attributes":{"plan":"x,\r\ny","tags":["c"]},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-6 {"user":{"external_id":"u-6"},"attributes":{"plan":"Tom & Jerry","tags":["a"]},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        unread at row 5, byte 73: it has 2 fields; the header has 3: braze_id,plan,tags
        u-3,gold
        unread at row 6, byte 82: it has 4 fields; the header has 3: braze_id,plan,tags
        u-4,gold,a,
        unread at row 7, byte 94 about external_id:u-5: it is not UTF-8 from byte 4 of the row: braze_id,plan,tags\nu-5,\xff\xfe,a
        unread at row 8, byte 103: it is not UTF-8 from byte 0 of the row: braze_id,plan,tags\n\xff,gold,a
        skipped at row 9, byte 112: the person has no `braze_id`: 
        unread at row 10, byte 120 about external_id:(988 letters): its `braze_id` identifies nobody: an external id has at most 987 bytes: braze_id,plan,tags
        (988 letters),gold,
        speaks for vip as of 1795424400000, total None
        resume 1 csv 11 1132 18
        braze_id,plan,tags
    "#]].assert_eq(&shown.replace(&"x".repeat(988), "(988 letters)"));
}

#[test]
fn json_lines_of_everybody_in_an_audience() {
    check(
        of_vip(),
        "vip.json",
        lines(),
        &expect![[r#"
        external_id:u-1 {"user":{"external_id":"u-1"},"attributes":{"plan":"gold","tags":["a","b"]},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:ä€ {"user":{"external_id":"ä€"},"attributes":{"plan":null},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:7 {"user":{"external_id":"7"},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-2 {"user":{"external_id":"u-2"},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        unread at row 5, byte 112: expected ident at line 1 column 2: not json
        unread at row 6, byte 121: invalid type: sequence, expected a JSON object at line 1 column 0: [1]
        unread at row 7, byte 125: it is not UTF-8 from byte 13 of the row: {\"braze_id\":\"\xff\"}
        skipped at row 8, byte 142: the person has no `braze_id`: 
        speaks for vip as of 1795424400000, total None
        resume 1 lines 9 176 0

    "#]],
    );
}

#[test]
fn a_column_of_audiences() {
    let file = "braze_id,all\nu-1,vip&other\nu-2,\nu-3,lapsed&vip\nu-4,VIP\n";
    let column = json!({ "audiences_column": "all", "audiences": ["vip", "lapsed"] });
    check(
        settings(column.clone()),
        "a.csv",
        file,
        &expect![[r#"
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-2 {"user":{"external_id":"u-2"},"audiences":{"in":[],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-3 {"user":{"external_id":"u-3"},"audiences":{"in":["vip","lapsed"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-4 {"user":{"external_id":"u-4"},"audiences":{"in":[],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        resume 1 csv 5 55 12
        braze_id,all
    "#]],
    );
    let mut complete = column.clone();
    complete["complete"] = json!(true);
    check(
        settings(complete),
        "a.csv",
        file,
        &expect![[r#"
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-2 {"user":{"external_id":"u-2"},"audiences":{"in":[],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-3 {"user":{"external_id":"u-3"},"audiences":{"in":["vip","lapsed"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-4 {"user":{"external_id":"u-4"},"audiences":{"in":[],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        speaks for vip, lapsed as of 1795424400000, total None
        resume 1 csv 5 55 12
        braze_id,all
    "#]],
    );
    // The file's own audience need not stand in the column of the others.
    let mut of_file = column.clone();
    of_file["audience"] = json!("vip");
    check(
        settings(of_file),
        "a.csv",
        "braze_id,all\nu-1,lapsed\nu-2,\n",
        &expect![[r#"
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip","lapsed"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-2 {"user":{"external_id":"u-2"},"audiences":{"in":["vip"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        speaks for vip as of 1795424400000, total None
        resume 1 csv 3 29 12
        braze_id,all
    "#]],
    );
    let lines = [
        r#"{"braze_id":"u-1","all":["vip","other"]}"#,
        r#"{"braze_id":"u-2","all":"lapsed&vip"}"#,
        r#"{"braze_id":"u-3","all":[]}"#,
        r#"{"braze_id":"u-4","all":null}"#,
        r#"{"braze_id":"u-5"}"#,
        r#"{"braze_id":"u-6","all":5}"#,
    ];
    check(
        settings(column),
        "a.jsonl",
        lines.join("\n"),
        &expect![[r#"
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-2 {"user":{"external_id":"u-2"},"audiences":{"in":["vip","lapsed"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-3 {"user":{"external_id":"u-3"},"audiences":{"in":[],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-4 {"user":{"external_id":"u-4"},"audiences":{"in":[],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        unread at row 5, byte 137 about external_id:u-5: it has no `all`: {"braze_id":"u-5"}
        unread at row 6, byte 156 about external_id:u-6: its `all` is neither a list of names nor a text: {"braze_id":"u-6","all":5}
        resume 1 lines 6 182 0

    "#]],
    );
}

#[test]
fn audiences_by_id() {
    let column = json!({ "audiences_column": "all", "audiences": [{ "id": "0f3c", "slug": "vip" }, "lapsed"] });
    check(
        settings(column.clone()),
        "a.csv",
        "braze_id,all\nu-1,0f3c&lapsed\nu-2,ffff\n",
        &expect![[r#"
        external_id:u-1 {"user":{"external_id":"u-1"},"audiences":{"in":["vip","lapsed"],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        external_id:u-2 {"user":{"external_id":"u-2"},"audiences":{"in":[],"of":["vip","lapsed"],"as_of":"2026-11-23T09:00:00Z"}}
        resume 1 csv 3 38 12
        braze_id,all
    "#]],
    );
    check(
        settings(column),
        "a.csv",
        "braze_id,all\nu-1,lapsed\nu-2,vip\nu-3,lapsed\n",
        &expect![[r#"
        set aside: it names the audience `vip` by its slug, and `audiences` by an id: leave the id out there
    "#]],
    );
}

#[test]
fn fields_alone() {
    let fields = settings(json!({ "fields": ["plan"], "delimiter": "tab" }));
    check(
        fields.clone(),
        "a.tsv",
        "plan\tbraze_id\n a \tu-1\n\tu-2\n",
        &expect![[r#"
        external_id:u-1 {"user":{"external_id":"u-1"},"attributes":{"plan":" a "}}
        skipped at row 3, byte 22: it has none of `fields`: 
        resume 1 csv 3 27 13\nplan\tbraze_id
    "#]],
    );
    check(
        fields,
        "a.txt",
        r#"{"braze_id":"u-1","plan":{"a":1.0}}"#,
        &expect![[r#"
        external_id:u-1 {"user":{"external_id":"u-1"},"attributes":{"plan":{"a":1.0}}}
        resume 1 lines 1 35 0

    "#]],
    );
    let other =
        settings(json!({ "audience": "vip", "delimiter": ";", "joiner": "|", "fields": ["t"], "list_fields": ["t"] }));
    check(
        other,
        "a",
        "t;braze_id\na|b&c;u-1\n",
        &expect![[r#"
        external_id:u-1 {"user":{"external_id":"u-1"},"attributes":{"t":["a","b&c"]},"audiences":{"in":["vip"],"of":["vip"],"as_of":"2026-11-23T09:00:00Z"}}
        speaks for vip as of 1795424400000, total None
        resume 1 csv 2 21 10
        t;braze_id
    "#]],
    );
}

#[test]
fn files_that_are_set_aside() {
    let table = [
        ("a.csv", ""),
        ("a.jsonl", "\r\n \n"),
        ("a.csv", "u-1,gold,a\n"),
        ("a.csv", "braze_id,plan\nu-1,gold\n"),
        ("a.csv", "braze_id,plan,tags,plan\n"),
        ("a.json", "[{\"braze_id\":\"u-1\"}]"),
        ("a", "[{\"braze_id\":\"u-1\"}]"),
    ];
    let table = table.into_iter().fold(Table::<LyticsIngest>::new(of_vip()), |table, (name, file)| {
        table.decode(&entry(name), None, &[file.as_bytes()])
    });
    expect![[r#"
        set aside: it is empty; whether nobody is in the audience or the file was cut cannot be told

        set aside: it is empty; whether nobody is in the audience or the file was cut cannot be told

        set aside: its first row has no column `braze_id`: a CSV needs a header row, and this one 3 columns

        set aside: its first row has no column `tags`: a CSV needs a header row, and this one 2 columns

        set aside: its first row has two columns `plan`

        set aside: it is a JSON array; what is read is JSON lines, an object a line

        set aside: it is a JSON array; what is read is JSON lines, an object a line

        not opened: where to go on is said in a form of another version
    "#]]
    .assert_eq(&table.decode(&entry("a.csv"), Some(b"9 csv 0 0 0\n"), &[b""]).shown());
}

#[test]
fn a_quote_that_is_not_closed_does_not_swallow_the_file() {
    let file = [b"braze_id,plan,tags\nu-1,\"gold,a\n".to_vec(), vec![b'x'; 5 * 1024 * 1024]].concat();
    let plugin: LyticsIngest = configure(of_vip());
    let wrong = plugin.open(&entry("a.csv"), None).and_then(|mut reading| reading.decode(&file, false));
    expect!["row 2 is longer than 4 MiB: is a quote not closed, or are these no rows?"].assert_eq(&wrong.unwrap_err());
    // At the end of the file it is one row, and told as what it is.
    check(
        of_vip(),
        "a.csv",
        "braze_id,plan,tags\nu-1,\"gold,a\nu-2,gold,a\n",
        &expect![[r#"
        unread at row 2, byte 19: the file ends within quotes: one is not closed, or the file was cut: braze_id,plan,tags
        u-1,"gold,a
        u-2,gold,a
        speaks for vip as of 1795424400000, total None
        resume 1 csv 2 42 18
        braze_id,plan,tags
    "#]],
    );
}

#[test]
fn what_a_file_is() {
    let table = [
        ("a.csv", "csv"),
        ("A.CSV.GZ", "csv"),
        ("a.csv.zip.pgp", "csv"),
        ("a.json", "lines"),
        ("a.ndjson.gz", "lines"),
        ("a.txt", "unknown"),
        ("csv", "unknown"),
    ];
    let plugin: LyticsIngest = configure(of_vip());
    for (name, expected) in table {
        // One byte that could be either.
        let mut reading = plugin.open(&entry(name), None).unwrap();
        let undecided = reading.decode(b" ", false).unwrap().resume;
        assert!(undecided.starts_with(b"1 unknown "), "{name}");
        let (byte, form) = if expected == "lines" { (b"x", "lines") } else { (b"{", expected) };
        let form = if form == "unknown" { "lines" } else { form };
        let decided = reading.decode(byte, false).unwrap().resume;
        assert!(decided.starts_with(format!("1 {form} ").as_bytes()), "{name}");
    }
}

/// What came of an entry in the end.
type All = (Events, Vec<Unread>, Vec<u8>);

fn read(reading: &mut super::Reading, bytes: &[u8], last: bool, all: &mut All) {
    let decoded = reading.decode(bytes, last).unwrap();
    decoded.events.iter().for_each(|(key, body)| all.0.push_json(key, body));
    all.1.extend(decoded.unread);
    all.2 = decoded.resume;
}

#[test]
fn where_it_is_cut_and_reopened_makes_no_difference() {
    let plugin: LyticsIngest = configure(of_vip());
    for (name, bytes) in [("a.csv", csv()), ("a", csv()), ("a.json", lines()), ("a", lines())] {
        let open = |resume: Option<&[u8]>| plugin.open(&entry(name), resume).unwrap();
        let mut whole = All::default();
        read(&mut open(None), &bytes, true, &mut whole);
        for cut in 0..=bytes.len() {
            let (begin, end) = bytes.split_at(cut);
            let mut once = All::default();
            let mut reading = open(None);
            read(&mut reading, begin, false, &mut once);
            let mut reopened = once.clone();
            read(&mut reading, end, true, &mut once);
            assert_eq!(once, whole, "{name} cut at byte {cut}");
            let token = reopened.2.clone();
            read(&mut open(Some(&token)), end, true, &mut reopened);
            assert_eq!(reopened, whole, "{name} reopened at byte {cut}");
        }
        let mut by_byte = All::default();
        let mut reading = open(None);
        bytes.iter().for_each(|byte| read(&mut reading, &[*byte], false, &mut by_byte));
        read(&mut reading, b"", true, &mut by_byte);
        assert_eq!(by_byte, whole, "{name} byte by byte");
    }
}

#[test]
fn nor_does_it_as_a_component() {
    let bytes = b"\xef\xbb\xbfbraze_id,plan,tags\r\nu-1,\"a\r\nb\",\r\nu-2,gold,c".to_vec();
    let plugin: LyticsIngest = configure(of_vip());
    let mut table = Table::<LyticsIngest>::new(of_vip());
    for cut in 0..=bytes.len() {
        let (begin, end) = bytes.split_at(cut);
        let token = plugin.open(&entry("a"), None).unwrap().decode(begin, false).unwrap().resume;
        table = table.decode(&entry("a"), None, &[begin, end]).decode(&entry("a"), Some(&token), &[end]);
    }
    assert_eq!(table.shown().matches("external_id:u-2 ").count(), 2 * (bytes.len() + 1));
}
