use expect_test::expect;
use proptest::prelude::*;

use super::*;

/// Of which tables are made.
const PIECES: &[&[u8]] = &[
    b";",
    b"\n",
    b"\r",
    b"\r\n",
    b"\"",
    b"\"\"",
    b"a",
    b" ",
    b"1234567",
    b"12345678",
    b"abcdefghi",
    b"\\",
    b"\t",
    b"\x01",
    b"\x00",
    b":",
    b"<",
    b"\xc3\xa9",
    b"\xc3",
    b"\xff",
    b"\xef\xbb\xbf",
];

/// All that confuses: marks, all line ends, quotes, breaks and commas within them, bytes that are no letters.
const TABLE: &[u8] = b"a,b\r\n\r\n\"x,\r\n\"\"y\"\"\",\n\xef\xbb\xbfc,\xc3\n\xff,d\n\xc3,\xa9\n5\" pipe,z\r1,2";

fn read(pieces: &[&[u8]]) -> String {
    let (mut rows, mut pending, mut shown, mut before) = (Rows::new(b','), Vec::new(), String::new(), 0);
    for (number, bytes) in pieces.iter().enumerate() {
        pending.extend_from_slice(bytes);
        let mut piece = rows.of(&pending, number + 1 == pieces.len());
        while let Some(row) = piece.next() {
            let cells: Vec<_> = (0..row.len()).map(|column| row.get(column)).collect();
            let (at, raw, no_utf8) = (before + row.at, row.raw.escape_ascii(), row.no_utf8_from());
            shown += &format!("{at} {raw} -> {cells:?} {no_utf8:?} {} {}\n", row.is_plain, row.is_cut);
        }
        let rest = piece.rest().to_vec();
        before += pending.len() - rest.len();
        pending = rest;
    }
    shown
}

#[test]
fn a_table_reads_the_same_wherever_it_is_cut() {
    let whole = read(&[TABLE]);
    expect![[r#"
        0 a,b -> [Some("a"), Some("b")] None true false
        7 \"x,\r\n\"\"y\"\"\", -> [Some("x,\r\n\"y\""), Some("")] None false false
        20 \xef\xbb\xbfc,\xc3 -> [Some("\u{feff}c"), None] Some(5) true false
        27 \xff,d -> [None, Some("d")] Some(0) true false
        31 \xc3,\xa9 -> [None, None] Some(0) true false
        35 5\" pipe,z -> [Some("5\" pipe"), Some("z")] None false false
        45 1,2 -> [Some("1"), Some("2")] None true false
    "#]]
    .assert_eq(&whole);
    for cut in 0..TABLE.len() {
        assert_eq!(read(&[&TABLE[..cut], &TABLE[cut..]]), whole, "{cut}");
    }
    let bytes: Vec<&[u8]> = TABLE.chunks(1).collect();
    assert_eq!(read(&bytes), whole);
}

/// All rows of a text, and what is left of it, with a piece at a time read to its end.
fn rows(text: &[u8], by_csv_core: bool) -> Vec<String> {
    let (mut rows, mut shown) = (Rows::new(b';'), Vec::new());
    for last in [false, true] {
        let mut piece = rows.of(text, last);
        loop {
            let row = match by_csv_core {
                true => match piece.begin() {
                    Some((at, bytes)) => piece.quoted(at, bytes),
                    None => None,
                },
                false => piece.next(),
            };
            let Some(row) = row else { break };
            let cells: Vec<_> = (0..=row.len()).map(|column| row.get(column)).collect();
            let (raw, is_plain) = (row.raw.escape_ascii(), row.is_plain);
            shown.push(format!("{} {raw} {cells:?} {is_plain} {} {:?}", row.at, row.is_cut, row.no_utf8_from()));
        }
        let rest = piece.rest().trim_ascii_start().escape_ascii();
        shown.push(rest.to_string());
    }
    shown
}

proptest! {
    #[test]
    fn a_row_without_quotes_is_read_as_csv_core_reads_it(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        let text: Vec<u8> = pieces.concat();
        prop_assert_eq!(rows(&text, false), rows(&text, true), "{}", text.escape_ascii());
    }
}

#[test]
fn a_quote_that_is_not_closed_is_told() {
    expect![[r#"
        0 a,\"b\n1,2 -> [Some("a"), Some("b\n1,2\n")] None false true
    "#]]
    .assert_eq(&read(&[b"a,\"b\n1,2\n"]));
}
