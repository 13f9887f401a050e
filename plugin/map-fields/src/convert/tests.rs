use expect_test::expect;
use serde_json::value::RawValue;

use super::Convert;
use crate::settings::Conversion;

/// What a kind makes of each value, a line each.
fn shown(kind: &str, values: &[&str]) -> String {
    let conversion: Conversion = serde_json::from_str(kind).unwrap();
    let convert = Convert::new(&conversion.0).unwrap();
    let line = |json: &&str| format!("{json} -> {}\n", convert.convert(json).as_deref().unwrap_or("none"));
    values.iter().map(line).collect()
}

#[test]
fn numbers() {
    expect![[r#"
        "12.50" -> 12.50
        " 7 " -> 7
        1.50 -> 1.50
        "12345678901234567890" -> 12345678901234567890
        "007" -> 7
        "+5" -> 5
        "-.5" -> -0.5
        "5." -> 5
        "1e3" -> 1e3
        "1e999" -> none
        "NaN" -> none
        "inf" -> none
        "1,5" -> none
        "" -> none
        true -> none
        [1] -> none
    "#]]
    .assert_eq(&shown(
        r#""number""#,
        &[
            r#""12.50""#,
            r#"" 7 ""#,
            "1.50",
            r#""12345678901234567890""#,
            r#""007""#,
            r#""+5""#,
            r#""-.5""#,
            r#""5.""#,
            r#""1e3""#,
            r#""1e999""#,
            r#""NaN""#,
            r#""inf""#,
            r#""1,5""#,
            r#""""#,
            "true",
            "[1]",
        ],
    ));
}

#[test]
fn text() {
    expect![[r#"
        12.50 -> "12.50"
        true -> "true"
        " a " -> " a "
        "\u00fc" -> "ü"
        [1] -> none
        {} -> none
    "#]]
    .assert_eq(&shown(r#""string""#, &["12.50", "true", r#"" a ""#, r#""\u00fc""#, "[1]", "{}"]));
    expect![[r#"
        " Ann@Example.COM " -> "ann@example.com"
        "ÄÖ" -> "äö"
        1.50 -> 1.50
        true -> true
        ["A"] -> none
    "#]]
    .assert_eq(&shown(r#""lower""#, &[r#"" Ann@Example.COM ""#, r#""ÄÖ""#, "1.50", "true", r#"["A"]"#]));
    expect![[r#"
        " Ann " -> "Ann"
        "\t\n" -> ""
        1.50 -> 1.50
        {} -> none
    "#]]
    .assert_eq(&shown(r#"{"trim":{}}"#, &[r#"" Ann ""#, r#""\t\n""#, "1.50", "{}"]));
}

#[test]
fn booleans() {
    expect![[r#"
        "yes" -> true
        "No" -> false
        "TRUE" -> true
        1 -> true
        "0" -> false
        false -> false
        "on" -> true
        2 -> none
        "maybe" -> none
        "" -> none
        [] -> none
    "#]]
    .assert_eq(&shown(
        r#""boolean""#,
        &[r#""yes""#, r#""No""#, r#""TRUE""#, "1", r#""0""#, "false", r#""on""#, "2", r#""maybe""#, r#""""#, "[]"],
    ));
}

#[test]
fn lists() {
    expect![[r#"
        "a, b,,c" -> ["a","b","c"]
        "" -> []
        ["a", 1] -> ["a", 1]
        1.50 -> [1.50]
        true -> [true]
        {} -> none
    "#]]
    .assert_eq(&shown(r#""list""#, &[r#""a, b,,c""#, r#""""#, r#"["a", 1]"#, "1.50", "true", "{}"]));
    expect![[r#"
        "a & b&c & \"d\"" -> ["a","b&c","\"d\""]
    "#]]
    .assert_eq(&shown(r#"{"list":{"separator":" & "}}"#, &[r#""a & b&c & \"d\"""#]));
}

/// What came in as a number, or with white space around it, is converted as well.
#[test]
fn numbers_of_other_kinds() {
    expect![[r#"
        5551231234 -> "+15551231234"
        5.551231234e+09 -> "+15551231234"
        true -> none
    "#]]
    .assert_eq(&shown(r#"{"phone":{"region":"US"}}"#, &["5551231234", "5.551231234e+09", "true"]));
    expect![[r#"
        19820101 -> "1982-01-01"
        378691200 -> "1982-01-01"
        " 1982-01-01 " -> "1982-01-01"
        [] -> none
    "#]]
    .assert_eq(&shown(r#""date""#, &["19820101", "378691200", r#"" 1982-01-01 ""#, "[]"]));
    expect![[r#"
        840 -> "US"
        " US " -> "US"
        "\u0055S" -> "US"
    "#]]
    .assert_eq(&shown(r#""country""#, &["840", r#"" US ""#, r#""\u0055S""#]));
}

/// None of them panics, whatever the kind.
#[test]
fn odd_values() {
    let mut odd: Vec<String> = [
        "\u{0}", "\u{2212}", "+", "-", ".", "%", "(", ")", ",", " of ", "&", "ß", "İ", "台灣", "🙂", "e", "1e5", "00",
        "T", ":",
    ]
    .into_iter()
    .flat_map(|text| [text.to_owned(), text.repeat(300), format!("+{text}"), format!("1{text}1"), format!("GMT{text}")])
    .map(|text| super::quoted(&text))
    .collect();
    odd.extend(["-0", "1e308", "-1e308", "0.0000001", "[]", "{}", "true"].map(ToOwned::to_owned));
    let kinds = [
        r#""country""#,
        r#""language""#,
        r#""gender""#,
        r#""date""#,
        r#"{"date":{"to":"timestamp","from":["seconds","milliseconds","%d/%m/%Y"]}}"#,
        r#""time_zone""#,
        r#""phone""#,
        r#"{"phone":{"region":"US"}}"#,
        r#"{"phone":{"international":true}}"#,
        r#""number""#,
        r#""string""#,
        r#""boolean""#,
        r#""lower""#,
        r#""trim""#,
        r#""list""#,
    ];
    for kind in kinds {
        let lines = shown(kind, &odd.iter().map(String::as_str).collect::<Vec<_>>());
        for line in lines.lines() {
            let (_, json) = line.rsplit_once(" -> ").unwrap();
            assert!(json == "none" || serde_json::from_str::<&RawValue>(json).is_ok(), "{kind} {line}");
        }
    }
}
