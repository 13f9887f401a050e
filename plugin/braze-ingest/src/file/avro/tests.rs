use apache_avro::types::Value as Avro;
use apache_avro::{Codec, DeflateSettings, Schema, Writer};
use brazeline_kit::testing::{Table, configure};
use brazeline_kit::{Decoder, Decoding, Entry, Events};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::BrazeIngest;

/// Where Currents would put it.
const NAME: &str =
    "dataexport.US-06.S3.integration.1/event_type=users.messages.email.Open/date=2026-11-23-09/7/z/part.avro";

fn entry(name: &str) -> Entry {
    Entry { path: name.into(), name: name.into(), index: 0, entries: 1, modified_at_ms: 1_795_424_400_000 }
}

fn schema(name: &str) -> Schema {
    let maybe = |kind: &str| json!(["null", kind]);
    let field = |(name, kind): (&str, Value)| json!({ "name": name, "type": kind });
    let fields: Vec<Value> = [
        ("id", json!("string")),
        ("user_id", maybe("string")),
        ("external_user_id", maybe("string")),
        ("time", maybe("int")),
        ("timezone", maybe("string")),
        ("campaign_id", maybe("string")),
        ("price", maybe("double")),
        ("bytes", json!("bytes")),
        ("tags", json!({ "type": "array", "items": "string" })),
    ]
    .into_iter()
    .map(field)
    .collect();
    Schema::parse(&json!({ "type": "record", "name": name, "fields": fields })).unwrap()
}

fn maybe(value: Option<Avro>) -> Avro {
    match value {
        None => Avro::Union(0, Box::new(Avro::Null)),
        Some(value) => Avro::Union(1, Box::new(value)),
    }
}

fn text(text: &str) -> Avro {
    Avro::String(text.to_owned())
}

fn record(number: usize) -> Avro {
    let fields = [
        ("id", text(&format!("id-{number}"))),
        ("user_id", maybe((number % 7 != 3).then(|| text(&format!("b-{number}"))))),
        ("external_user_id", maybe(number.is_multiple_of(2).then(|| text(&format!("u-{number}"))))),
        ("time", maybe((number % 7 != 5).then_some(Avro::Int(1_795_600_000)))),
        ("timezone", maybe((number == 0).then(|| text("Asia/Seoul")))),
        ("campaign_id", maybe(Some(text("c \"1\"")))),
        ("price", maybe(Some(Avro::Double(if number == 0 { 9.5 } else { f64::NAN })))),
        ("bytes", Avro::Bytes(b"a\xff".to_vec())),
        ("tags", Avro::Array(vec![text("a"), text("b")])),
    ];
    Avro::Record(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Records in blocks of this many bytes or a little more.
fn container(name: &str, codec: Codec, records: usize, block: usize) -> Vec<u8> {
    let schema = schema(name);
    let mut writer = Writer::builder()
        .schema(&schema)
        .writer(Vec::new())
        .codec(codec)
        .block_size(block)
        .marker([7; 16])
        .build()
        .unwrap();
    for number in 0..records {
        writer.append_value(record(number)).unwrap();
    }
    writer.into_inner().unwrap()
}

fn plain(records: usize) -> Vec<u8> {
    container("event", Codec::Null, records, 200)
}

fn settings(more: Value) -> Value {
    let mut settings = json!({ "mode": "file" });
    if let (Some(all), Value::Object(more)) = (settings.as_object_mut(), more) {
        all.extend(more);
    }
    settings
}

/// What is shown, without the header that stands in the resume.
fn shown(more: Value, name: &str, file: &[u8]) -> String {
    let shown = Table::<BrazeIngest>::new(settings(more)).decode(&entry(name), None, &[file]).shown();
    shown.lines().filter(|line| !line.starts_with("resume")).map(|line| format!("{line}\n")).collect()
}

fn check(more: Value, name: &str, file: &[u8], expected: &Expect) {
    expected.assert_eq(&shown(more, name, file));
}

#[test]
fn a_record_is_told_as_currents_posts_it() {
    check(
        json!({}),
        NAME,
        &plain(6),
        &expect![[r#"
        braze_id:b-0 {"user":{"external_id":"u-0","braze_id":"b-0"},"events":[{"name":"users.messages.email.Open","time":"2026-11-25T09:46:40Z","id":"id-0","timezone":"Asia/Seoul","properties":{"bytes":"a�","campaign_id":"c \"1\"","price":9.5,"tags":["a","b"]}}]} [time=2026-11-25T09:46:40Z, id=id-0]
        braze_id:b-1 {"user":{"braze_id":"b-1"},"events":[{"name":"users.messages.email.Open","time":"2026-11-25T09:46:40Z","id":"id-1","properties":{"bytes":"a�","campaign_id":"c \"1\"","tags":["a","b"]}}]} [time=2026-11-25T09:46:40Z, id=id-1]
        braze_id:b-2 {"user":{"external_id":"u-2","braze_id":"b-2"},"events":[{"name":"users.messages.email.Open","time":"2026-11-25T09:46:40Z","id":"id-2","properties":{"bytes":"a�","campaign_id":"c \"1\"","tags":["a","b"]}}]} [time=2026-11-25T09:46:40Z, id=id-2]
        braze_id:b-4 {"user":{"external_id":"u-4","braze_id":"b-4"},"events":[{"name":"users.messages.email.Open","time":"2026-11-25T09:46:40Z","id":"id-4","properties":{"bytes":"a�","campaign_id":"c \"1\"","tags":["a","b"]}}]} [time=2026-11-25T09:46:40Z, id=id-4]
        skipped at record 4, in the block at byte 468: the person has no `user_id`: 
        unread at record 6, in the block at byte 721: its `time` is no number of seconds since 1970: {"event_type":"users.messages.email.Open","id":"id-5","properties":{"bytes":"a�","campaign_id":"c \"1\"","tags":["a","b"]},"user":{"user_id":"b-5"}}
    "#]],
    );
}

#[test]
fn however_it_is_packed() {
    // Where a block begins depends on how small the ones before are.
    let shown = |more, name, file: &[u8]| {
        let unplaced = |line: &str| match (line.split_once(", in the block"), line.split_once(": ")) {
            (Some((begin, _)), Some((_, reason))) => format!("{begin}: {reason}\n"),
            _ => format!("{line}\n"),
        };
        shown(more, name, file).lines().map(unplaced).collect::<String>()
    };
    let expected = shown(json!({}), NAME, &plain(50));
    for codec in [Codec::Deflate(DeflateSettings::default()), Codec::Snappy] {
        assert_eq!(shown(json!({}), NAME, &container("event", codec, 50, 200)), expected, "{codec:?}");
    }
    // Told by its first bytes, too.
    let by_type = json!({ "event_type": "users.messages.email.Open" });
    assert_eq!(shown(by_type, "part", &plain(50)), expected);
}

#[test]
fn types_and_identifiers_by_choice() {
    check(
        json!({ "event_types": { "drop": ["*.Open"] } }),
        NAME,
        &plain(1),
        &expect![[r#"
        skipped at record 1, in the block at byte 468: `event_types` leaves its type out: 
    "#]],
    );
    check(
        json!({ "identifier": { "external_id": "external_user_id" } }),
        NAME,
        &plain(2),
        &expect![[r#"
        external_id:u-0 {"user":{"external_id":"u-0","braze_id":"b-0"},"events":[{"name":"users.messages.email.Open","time":"2026-11-25T09:46:40Z","id":"id-0","timezone":"Asia/Seoul","properties":{"bytes":"a�","campaign_id":"c \"1\"","price":9.5,"tags":["a","b"]}}]} [time=2026-11-25T09:46:40Z, id=id-0]
        skipped at record 2, in the block at byte 468: the person has no `external_user_id`: 
    "#]],
    );
    check(
        json!({ "identifier": { "alias": { "label": "c", "field": "campaign_id" } } }),
        "users.a.B.avro",
        &plain(1),
        &expect![[r#"
            alias:c:c%20%221%22 {"user":{"external_id":"u-0","braze_id":"b-0","alias":{"name":"c \"1\"","label":"c"}},"events":[{"name":"users.a.B","time":"2026-11-25T09:46:40Z","id":"id-0","timezone":"Asia/Seoul","properties":{"bytes":"a�","campaign_id":"c \"1\"","price":9.5,"tags":["a","b"]}}]} [time=2026-11-25T09:46:40Z, id=id-0]
        "#]],
    );
}

#[test]
fn a_type_has_to_be_told() {
    check(
        json!({}),
        "part.avro",
        &plain(1),
        &expect![[r#"
        set aside: nothing says which type its events have: no folder `event_type=..`, no file or schema of such a name; set `event_type`
    "#]],
    );
    let named = shown(json!({}), "part.avro", &container("com.users.canvas.Entry", Codec::Null, 1, 200));
    assert!(named.contains(r#""name":"users.canvas.Entry""#), "{named}");
}

#[test]
fn what_is_damaged_is_set_aside() {
    let (whole, header) = (plain(50), plain(0).len());
    let mut torn = whole.clone();
    torn[header + 40] ^= 0xff;
    let mut unmarked = whole.clone();
    let end = unmarked.len() - 1;
    unmarked[end] ^= 1;
    let last = |file: &[u8]| shown(json!({}), NAME, file).lines().last().unwrap().to_owned();
    let said =
        [last(&whole[..whole.len() - 1]), last(&whole[..10]), last(b"Obj\x02"), last(b"braze_id\n"), last(&unmarked)];
    expect![[r#"
        set aside: it ends within a block: the file was cut
        set aside: it ends within a block: the file was cut
        set aside: its header is no Avro
        set aside: its header is no Avro
        set aside: a block of it is damaged, or packed in a way that is not known"#]]
    .assert_eq(&said.join("\n"));
    // Whatever stands in a record's place, it is no panic.
    let _ = shown(json!({}), NAME, &torn);
}

#[test]
fn it_reads_the_same_wherever_it_is_cut_and_goes_on() {
    let (settings, file) =
        (settings(json!({})), container("event", Codec::Deflate(DeflateSettings::default()), 40, 150));
    let read = |pieces: &[&[u8]], anew: bool| {
        let plugin: BrazeIngest = configure(settings.clone());
        let mut reading = plugin.open(&entry(NAME), None).unwrap();
        let (mut all, mut unread) = (Events::default(), Vec::new());
        for (number, bytes) in pieces.iter().enumerate() {
            let mut decoded = reading.decode(bytes, number + 1 == pieces.len()).unwrap();
            decoded.events.iter().for_each(|(key, body)| all.push_json(key, body));
            unread.append(&mut decoded.unread);
            if anew {
                reading = plugin.open(&entry(NAME), Some(&decoded.resume)).unwrap();
            }
        }
        (all, unread)
    };
    let whole = read(&[&file], false);
    assert_eq!((whole.0.len(), whole.1.len()), (29, 11));
    for cut in 0..file.len() {
        let (begin, end) = file.split_at(cut);
        assert_eq!(read(&[begin, end], cut % 2 == 0), whole, "{cut}");
    }
    let pieces: Vec<&[u8]> = file.chunks(13).collect();
    assert_eq!(read(&pieces, true), whole);
}

#[test]
fn no_bytes_make_it_panic() {
    // SplitMix64, so that a failure comes again.
    let (file, mut state) = (plain(8), 1_u64);
    let mut roll = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (z ^ (z >> 27)) as usize
    };
    let plugin: BrazeIngest = configure(settings(json!({})));
    for _ in 0..2000 {
        let mut bytes = file.clone();
        for _ in 0..=roll() % 4 {
            let place = roll() % bytes.len();
            bytes[place] = roll() as u8;
        }
        let mut reading = plugin.open(&entry(NAME), None).unwrap();
        let _ = reading.decode(&bytes, true);
    }
}
