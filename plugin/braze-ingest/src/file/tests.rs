use brazeline_kit::testing::{Table, configure, problems};
use brazeline_kit::{Decoder, Decoding, Entry, Events, Unread};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::BrazeIngest;

fn entry(name: &str) -> Entry {
    // 2026-11-23T09:00:00Z
    Entry { path: "users.zip".into(), name: name.into(), index: 0, entries: 1, modified_at_ms: 1_795_424_400_000 }
}

fn settings(more: Value) -> Value {
    let mut settings = json!({ "mode": "file" });
    if let (Some(all), Value::Object(more)) = (settings.as_object_mut(), more) {
        all.extend(more);
    }
    settings
}

fn check(more: Value, name: &str, file: impl AsRef<[u8]>, expected: &Expect) {
    let table = Table::<BrazeIngest>::new(settings(more));
    expected.assert_eq(&table.decode(&entry(name), None, &[file.as_ref()]).shown());
}

/// All that a CSV may hold: a mark in front, all line ends, quotes, breaks and commas within them, apostrophes, empty lines and cells,
/// letters of several bytes, too few and too many cells, bytes that are no letters, nobody, an id that is too long, and a last row without an
/// end.
fn csv() -> Vec<u8> {
    let long = format!("{},,,\n", "x".repeat(1020));
    [
        &b"\xef\xbb\xbfAppboy ID,phone_number,timezone,My attribute\r\n"[..],
        b"b-1,'+15551234,Asia/Seoul,'-5\r\n",
        b"\"b-2\",\"'=a \"\"b\"\"\",,'quoted'\r\n\n\r",
        "ä€,\"x,\r\ny\",c,''+\n".as_bytes(),
        b"b-3,+1\n",
        b"b-4,+1,,,\n",
        b"b-5,\xff\xfe,,\n",
        b"\xff,+1,,\n",
        b",+1,,\n",
        long.as_bytes(),
        b"b-6,a\\b\x01,,",
    ]
    .concat()
}

/// Users as the API exports them.
fn lines() -> Vec<u8> {
    [
        &b"{\"braze_id\":\"b-1\",\"external_id\":\"u-1\",\"dob\":\"1982-01-01\",\"home_city\":\"Z\xc3\xbcrich\",\"phone\":\"+1\",\"custom_attributes\":{\"plan\":\"gold\",\"n\":1.50,\"+x\":null},\"custom_events\":[{\"name\":\"opened\",\"count\":2}]}\r\n"[..],
        b"\n",
        b"{\"braze_id\":\"b-2\",\"custom_attributes\":null}\n",
        b"{\"external_id\":\"u-3\",\"email\":\"a@x\"}\n",
        b"not json\n",
        b"[1]\n",
        b"{\"braze_id\":\"\xff\"}\n",
        b"{\"plan\":\"gold\"}\n",
        b"{\"braze_id\":\"b-4\",\"email\":\"a@x\",\"custom_attributes\":{\"email\":\"b@x\"}}\n",
        b"{\"braze_id\":\"b-5\",\"custom_attributes\":[1]}",
    ]
    .concat()
}

#[test]
fn a_segments_csv() {
    let shown = Table::<BrazeIngest>::new(settings(json!({}))).decode(&entry("users-1.csv"), None, &[&csv()]).shown();
    expect![[r#"
        braze_id:b-1 {"user":{"braze_id":"b-1"},"attributes":{"braze_id":"b-1","phone_number":"+15551234","time_zone":"Asia/Seoul","My attribute":"-5"}}
        braze_id:b-2 {"user":{"braze_id":"b-2"},"attributes":{"braze_id":"b-2","phone_number":"=a \"b\"","My attribute":"'quoted'"}}
        braze_id:ä€ {"user":{"braze_id":"ä€"},"attributes":{"braze_id":"ä€","phone_number":"x,\r\ny","time_zone":"c","My attribute":"''+"}}
        braze_id:b-6 {"user":{"braze_id":"b-6"},"attributes":{"braze_id":"b-6","phone_number":"a\\b\u0001"}}
        unread at row 5, byte 131: it has 2 fields; the header has 4: Appboy ID,phone_number,timezone,My attribute
        b-3,+1
        unread at row 6, byte 138: it has 5 fields; the header has 4: Appboy ID,phone_number,timezone,My attribute
        b-4,+1,,,
        unread at row 7, byte 148 about braze_id:b-5: it is not UTF-8 from byte 4 of the row: Appboy ID,phone_number,timezone,My attribute\nb-5,\xff\xfe,,
        unread at row 8, byte 157: it is not UTF-8 from byte 0 of the row: Appboy ID,phone_number,timezone,My attribute\n\xff,+1,,
        skipped at row 9, byte 164: the person has no `braze_id`, no `user_id`, no `email`: 
        unread at row 10, byte 170: its `braze_id` identifies nobody: it makes a key of more than 1,024 bytes: Appboy ID,phone_number,timezone,My attribute
        (1,020 letters),,,
        resume 1 csv 11 1204 44
        Appboy ID,phone_number,timezone,My attribute
    "#]].assert_eq(&shown.replace(&"x".repeat(1020), "(1,020 letters)"));
}

#[test]
fn all_columns_in_any_order() {
    let header = "windows_ad_ids,user_aliases,in_app_purchase_total,timezone,session_count,roku_ad_ids,random_bucket,\
        unsubscribed_from_push_at,opted_into_push_at,phone_number,number_of_windows_ad_ids,number_of_roku_ad_ids,\
        number_of_push_tokens,number_of_IDFVs,number_of_IDFAs,number_of_google_ad_ids,last_session,last_name,\
        last_app_version_used,language,IDFVs,IDFAs,city,google_ad_ids,gender,first_session,first_name,user_id,\
        unsubscribed_from_emails_at,email,date_of_birth,devices,created_from,created_at,country,Appboy ID";
    let row: Vec<_> = (0..header.split(',').count()).map(|column| column.to_string()).collect();
    check(
        json!({}),
        "a.csv",
        format!("{header}\n{}\n", row.join(",")),
        &expect![[r#"
        braze_id:35 {"user":{"braze_id":"35"},"attributes":{"windows_ad_ids":"0","user_aliases":"1","in_app_purchase_total":"2","time_zone":"3","session_count":"4","roku_ad_ids":"5","random_bucket":"6","unsubscribed_from_push_at":"7","opted_into_push_at":"8","phone_number":"9","number_of_windows_ad_ids":"10","number_of_roku_ad_ids":"11","number_of_push_tokens":"12","number_of_IDFVs":"13","number_of_IDFAs":"14","number_of_google_ad_ids":"15","last_session":"16","last_name":"17","last_app_version_used":"18","language":"19","IDFVs":"20","IDFAs":"21","city":"22","google_ad_ids":"23","gender":"24","first_session":"25","first_name":"26","user_id":"27","unsubscribed_from_emails_at":"28","email":"29","date_of_birth":"30","devices":"31","created_from":"32","created_at":"33","country":"34","braze_id":"35"}}
        resume 1 csv 2 603 504
        windows_ad_ids,user_aliases,in_app_purchase_total,timezone,session_count,roku_ad_ids,random_bucket,unsubscribed_from_push_at,opted_into_push_at,phone_number,number_of_windows_ad_ids,number_of_roku_ad_ids,number_of_push_tokens,number_of_IDFVs,number_of_IDFAs,number_of_google_ad_ids,last_session,last_name,last_app_version_used,language,IDFVs,IDFAs,city,google_ad_ids,gender,first_session,first_name,user_id,unsubscribed_from_emails_at,email,date_of_birth,devices,created_from,created_at,country,Appboy ID
    "#]],
    );
}

#[test]
fn e_mail_addresses() {
    let csv = "user_id,first_name,last_name,email,unsubscribed_from_emails_at,opted_in_to_emails_at,user_aliases\n\
        u-1,Ann,,a@example.com,,2026-01-01,\n,,,b@example.com,,,\n";
    check(
        json!({}),
        "emails.csv",
        csv,
        &expect![[r#"
        external_id:u-1 {"user":{"external_id":"u-1"},"attributes":{"user_id":"u-1","first_name":"Ann","email":"a@example.com","opted_in_to_emails_at":"2026-01-01"}}
        email:b@example.com {"user":{"email":"b@example.com"},"attributes":{"email":"b@example.com"}}
        resume 1 csv 3 154 97
        user_id,first_name,last_name,email,unsubscribed_from_emails_at,opted_in_to_emails_at,user_aliases
    "#]],
    );
    check(
        json!({ "identifier": { "external_id": "user_id" } }),
        "emails.csv",
        csv,
        &expect![[r#"
        external_id:u-1 {"user":{"external_id":"u-1"},"attributes":{"user_id":"u-1","first_name":"Ann","email":"a@example.com","opted_in_to_emails_at":"2026-01-01"}}
        skipped at row 3, byte 134: the person has no `user_id`: 
        resume 1 csv 3 154 97
        user_id,first_name,last_name,email,unsubscribed_from_emails_at,opted_in_to_emails_at,user_aliases
    "#]],
    );
    let alias = json!({ "identifier": { "alias": { "label": "a\"b", "field": "email" } } });
    check(
        alias,
        "emails.csv",
        csv,
        &expect![[r#"
        alias:a%22b:a%40example.com {"user":{"alias":{"name":"a@example.com","label":"a\"b"}},"attributes":{"user_id":"u-1","first_name":"Ann","email":"a@example.com","opted_in_to_emails_at":"2026-01-01"}}
        alias:a%22b:b%40example.com {"user":{"alias":{"name":"b@example.com","label":"a\"b"}},"attributes":{"email":"b@example.com"}}
        resume 1 csv 3 154 97
        user_id,first_name,last_name,email,unsubscribed_from_emails_at,opted_in_to_emails_at,user_aliases
    "#]],
    );
}

#[test]
fn names_and_empty_cells_by_choice() {
    let csv = "Appboy ID,timezone,city,\nb-1,Asia/Seoul,,x\n";
    let rename = json!({ "rename": { "timezone": "timezone", "city": "home" }, "empty_cells": "unset" });
    check(
        rename,
        "a.csv",
        csv,
        &expect![[r#"
        braze_id:b-1 {"user":{"braze_id":"b-1"},"attributes":{"braze_id":"b-1","timezone":"Asia/Seoul","home":null,"column_4":"x"}}
        resume 1 csv 2 43 24
        Appboy ID,timezone,city,
    "#]],
    );
    let id = json!({ "rename": { "Appboy ID": "id" }, "identifier": { "external_id": "id" } });
    check(
        id,
        "a.csv",
        csv,
        &expect![[r#"
        external_id:b-1 {"user":{"external_id":"b-1"},"attributes":{"id":"b-1","time_zone":"Asia/Seoul","column_4":"x"}}
        resume 1 csv 2 43 24
        Appboy ID,timezone,city,
    "#]],
    );
}

#[test]
fn two_columns_of_one_name() {
    let csv = "Appboy ID,city,braze_id,city\nb-1,Basel,c-1,Bern\n";
    for same in ["refuse", "first", "last"] {
        let expected = match same {
            "refuse" => expect![[r#"
                set aside: two of its columns are called `braze_id`: set `same_names` to say which of them counts
            "#]],
            "first" => expect![[r#"
                braze_id:b-1 {"user":{"braze_id":"b-1"},"attributes":{"braze_id":"b-1","city":"Basel"}}
                resume 1 csv 2 48 28
                Appboy ID,city,braze_id,city
            "#]],
            _ => expect![[r#"
                braze_id:c-1 {"user":{"braze_id":"c-1"},"attributes":{"braze_id":"c-1","city":"Bern"}}
                resume 1 csv 2 48 28
                Appboy ID,city,braze_id,city
            "#]],
        };
        check(json!({ "same_names": same }), "a.csv", csv, &expected);
    }
    for same in ["first", "last"] {
        let shown = Table::<BrazeIngest>::new(settings(json!({ "same_names": same })));
        let shown = shown.decode(&entry("a.json"), None, &[&lines()]).shown();
        let email = if same == "first" { r#""email":"a@x""# } else { r#""email":"b@x""# };
        assert!(shown.contains(&format!(r#"{{"braze_id":"b-4",{email}}}"#)), "{shown}");
    }
}

#[test]
fn users_of_the_api() {
    check(
        json!({}),
        "users.jsonl",
        lines(),
        &expect![[r#"
            braze_id:b-1 {"user":{"braze_id":"b-1"},"attributes":{"braze_id":"b-1","user_id":"u-1","date_of_birth":"1982-01-01","city":"Zürich","phone_number":"+1","plan":"gold","n":1.50,"+x":null,"custom_events":[{"name":"opened","count":2}]}}
            braze_id:b-2 {"user":{"braze_id":"b-2"},"attributes":{"braze_id":"b-2"}}
            external_id:u-3 {"user":{"external_id":"u-3"},"attributes":{"user_id":"u-3","email":"a@x"}}
            braze_id:b-5 {"user":{"braze_id":"b-5"},"attributes":{"braze_id":"b-5","custom_attributes":[1]}}
            unread at row 5, byte 276: expected ident at line 1 column 2: not json
            unread at row 6, byte 285: invalid type: sequence, expected a JSON object at line 1 column 0: [1]
            unread at row 7, byte 289: it is not UTF-8 from byte 13 of the row: {\"braze_id\":\"\xff\"}
            skipped at row 8, byte 306: the person has no `braze_id`, no `user_id`, no `email`: 
            unread at row 9, byte 322: it has two values for `email`: set `same_names` to say which of them counts: {"braze_id":"b-4","email":"a@x","custom_attributes":{"email":"b@x"}}
            resume 1 lines 10 433 0

        "#]],
    );
}

#[test]
fn what_a_file_is() {
    check(
        json!({}),
        "a.txt",
        "{\"braze_id\":\"b\"}",
        &expect![[r#"
        braze_id:b {"user":{"braze_id":"b"},"attributes":{"braze_id":"b"}}
        resume 1 lines 1 16 0

    "#]],
    );
    check(
        json!({}),
        "a.txt",
        "braze_id\nb\n",
        &expect![[r#"
        braze_id:b {"user":{"braze_id":"b"},"attributes":{"braze_id":"b"}}
        resume 1 csv 2 11 8
        braze_id
    "#]],
    );
    check(
        json!({ "format": "json_lines" }),
        "a.csv",
        "{\"braze_id\":\"b\"}",
        &expect![[r#"
        braze_id:b {"user":{"braze_id":"b"},"attributes":{"braze_id":"b"}}
        resume 1 lines 1 16 0

    "#]],
    );
    check(
        json!({}),
        "a.json",
        "[{\"braze_id\":\"b\"}]",
        &expect![[r#"
        set aside: it is a JSON array; what is read is JSON lines, an object a line
    "#]],
    );
    check(
        json!({}),
        "a.csv",
        "\n\r\n",
        &expect![[r#"
        set aside: it is empty; Braze writes no empty files, so it was probably cut
    "#]],
    );
    check(
        json!({}),
        "a.csv",
        "b-1,Ann\nb-2,Bob\n",
        &expect![[r#"
        set aside: its first row names no column `braze_id`, `user_id`, `email`: a CSV needs a header row, and this one has 2 columns; `identifier` may name another
    "#]],
    );
    check(
        json!({}),
        "a.csv",
        b"braze_id,\xff\n",
        &expect![[r#"
        set aside: its first row is not UTF-8
    "#]],
    );
    check(
        json!({}),
        "a.csv",
        "braze_id,a\nb-1,\"x\nb-2,y\n",
        &expect![[r#"
        unread at row 2, byte 11: the file ends within quotes: one is not closed, or the file was cut: braze_id,a
        b-1,"x
        b-2,y
        resume 1 csv 2 24 10
        braze_id,a
    "#]],
    );
}

/// Reads pieces, each by a reading of its own if it goes on where the last one stood.
fn read(settings: &Value, name: &str, pieces: &[&[u8]], anew: bool) -> (Events, Vec<Unread>) {
    let plugin: BrazeIngest = configure(settings.clone());
    let mut reading = plugin.open(&entry(name), None).unwrap();
    let (mut all, mut unread) = (Events::default(), Vec::new());
    for (number, bytes) in pieces.iter().enumerate() {
        let mut decoded = reading.decode(bytes, number + 1 == pieces.len()).unwrap();
        decoded.events.iter().for_each(|(key, body)| all.push_json(key, body));
        unread.append(&mut decoded.unread);
        if anew {
            reading = plugin.open(&entry(name), Some(&decoded.resume)).unwrap();
        }
    }
    (all, unread)
}

#[test]
fn it_reads_the_same_wherever_it_is_cut_and_goes_on() {
    for (name, file) in [("a.csv", csv()), ("a.json", lines()), ("a", csv()), ("a", lines())] {
        let settings = settings(json!({}));
        let whole = read(&settings, name, &[&file], false);
        assert!(whole.0.len() > 2 && whole.1.len() > 3);
        for cut in 0..file.len() {
            let (begin, end) = file.split_at(cut);
            assert_eq!(read(&settings, name, &[begin, end], cut % 2 == 0), whole, "{cut}");
        }
        for size in [1, 7] {
            let pieces: Vec<&[u8]> = file.chunks(size).collect();
            assert_eq!(read(&settings, name, &pieces, false), whole);
            assert_eq!(read(&settings, name, &pieces, true), whole);
        }
    }
}

#[test]
fn what_was_not_read_can_be_read_by_itself() {
    // The dead letter of a row has its header, so mending the row is enough.
    let (_, unread) = read(&settings(json!({})), "a.csv", &[&csv()], false);
    let raw = unread.iter().find(|unread| unread.place.starts_with("row 5,")).unwrap().raw.clone();
    let mended = [&raw[..], b",,\n"].concat();
    let (events, unread) = read(&settings(json!({})), "a.csv", &[&mended], false);
    assert_eq!((events.len(), unread.len()), (1, 0));
}

#[test]
fn a_row_without_an_end_sets_the_file_aside() {
    let plugin: BrazeIngest = configure(settings(json!({})));
    let mut reading = plugin.open(&entry("a.csv"), None).unwrap();
    assert!(reading.decode(b"braze_id,a\n\"b", false).is_ok());
    let said = (0..5).find_map(|_| reading.decode(&vec![b'x'; 1 << 20], false).err());
    assert_eq!(said.as_deref(), Some("row 2 is longer than 4 MiB: is a quote not closed, or are these no rows?"));
}

#[test]
fn where_to_go_on_in_another_form_is_refused() {
    let plugin: BrazeIngest = configure(settings(json!({})));
    let refused = plugin.open(&entry("a.csv"), Some(b"0 csv")).err();
    assert_eq!(refused.as_deref(), Some("where to go on is said in a form of another version"));
}

#[test]
fn mistakes_have_places() {
    let table = [
        json!({ "rename": { "a/b": "" } }),
        json!({ "format": "xml" }),
        json!({ "path": "/", "caller": "none", "stream": "s" }),
        json!({ "identifier": { "email": "a", "phone": "b" } }),
    ];
    let shown: Vec<_> = table.into_iter().map(|more| problems::<BrazeIngest>(settings(more))).collect();
    expect![[r#"
        /rename/a~1b: the new name is empty; `map-fields` drops a field
        /format: unknown variant `xml`, expected one of `auto`, `csv`, `json_lines`, `avro`
        /stream: this belongs to `mode: webhook`; the mode here is `file`
        /path: this belongs to `mode: currents`; the mode here is `file`
        /caller: this belongs to `mode: currents`; the mode here is `file`
        /identifier: name exactly one of external_id, braze_id, email, phone and alias
    "#]]
    .assert_eq(&shown.concat());
}

#[test]
fn any_bytes_read_the_same_wherever_they_are_cut() {
    // SplitMix64, so that a failure comes again.
    let mut state = 7_u64;
    let mut roll = |sides: usize| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((z ^ (z >> 27)) % sides as u64) as usize
    };
    const LETTERS: &[u8] = b"\"\",,,\r\n\n'+-\\{}:[]ab\xc3\xa9\xff\x00 ";
    let settings = settings(json!({ "same_names": "last" }));
    for _ in 0..3000 {
        let begin: &[u8] = if roll(3) == 0 { b"{\"braze_id\":\"b\"}\n" } else { b"braze_id,a\nb-1,\"" };
        let length = roll(60);
        let file: Vec<u8> = begin.iter().copied().chain((0..length).map(|_| LETTERS[roll(LETTERS.len())])).collect();
        let whole = read(&settings, "a", &[&file], false);
        let (one, two) = file.split_at(roll(file.len()));
        assert_eq!(read(&settings, "a", &[one, two], true), whole, "{}", file.escape_ascii());
    }
}

#[test]
fn what_braze_held_when_the_file_was_made_is_marked() {
    let mark = || json!({ "mark_known": true });
    check(
        mark(),
        "a.csv",
        "Appboy ID,city\nb-1,X\nb-2,\n",
        &expect![[r#"
        braze_id:b-1 {"user":{"braze_id":"b-1"},"attributes":{"braze_id":"b-1","city":"X"},"known_as_of":"2026-11-23T09:00:00Z"}
        braze_id:b-2 {"user":{"braze_id":"b-2"},"attributes":{"braze_id":"b-2"},"known_as_of":"2026-11-23T09:00:00Z"}
        resume 1 csv 3 26 14
        Appboy ID,city
    "#]],
    );
    check(
        mark(),
        "a.jsonl",
        "{\"braze_id\":\"b-1\",\"home_city\":\"X\"}\n",
        &expect![[r#"
        braze_id:b-1 {"user":{"braze_id":"b-1"},"attributes":{"braze_id":"b-1","city":"X"},"known_as_of":"2026-11-23T09:00:00Z"}
        resume 1 lines 1 35 0

    "#]],
    );
    expect![[r#"
        /mark_known: this belongs to `mode: webhook` and `mode: file` and `mode: export`; the mode here is `currents`
    "#]]
    .assert_eq(&problems::<BrazeIngest>(json!({ "mode": "currents", "mark_known": true })));
}
