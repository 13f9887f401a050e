use expect_test::expect;
use proptest::prelude::*;
use serde_json::value::RawValue;

use super::{Fault, Members, Reader, read};

fn value(text: &str) -> Result<&str, String> {
    read(text, |reader| reader.value().map(super::Json::get))
}

/// Whether both take it, and for the same.
fn agrees_with_serde(text: &str) {
    let expected = serde_json::from_str::<&RawValue>(text);
    assert_eq!(value(text).ok(), expected.ok().map(RawValue::get), "{text:?}");
    let members = read(text, Members::read).ok();
    let shown = |members: Members<'_>| {
        members.0.iter().map(|(name, value)| (name.to_string(), value.get().to_owned())).collect::<Vec<_>>()
    };
    let expected = serde_json::from_str::<crate::event::Members<'_>>(text).ok().map(|members| {
        members.0.iter().map(|(name, value)| (name.to_string(), value.get().to_owned())).collect::<Vec<_>>()
    });
    assert_eq!(members.map(shown), expected, "{text:?}");
}

/// Of which text that is nearly JSON is made.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\"a\"",
    "\"a\":",
    "\"\\u00e4\"",
    "\\",
    "\\u12",
    "\\\"",
    "0",
    "01",
    "-",
    "1.5",
    "1e9",
    "1e",
    ".",
    "true",
    "fals",
    "null",
    " ",
    "\n",
    "\t",
    "\u{1}",
    "é",
    "abcdefgh",
    "\"abcdefghijklm\\n\":",
    "\"12345678\"",
];

fn nearly() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES), 0..12).prop_map(|pieces| pieces.concat())
}

/// JSON of any shape.
fn json() -> impl Strategy<Value = String> {
    let text = || ".{0,20}".prop_map(|text| serde_json::Value::from(text).to_string());
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<f64>().prop_map(|number| serde_json::Value::from(number).to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        text(),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|list| format!("[{}]", list.join(" , "))),
            proptest::collection::vec((text(), inner), 0..4).prop_map(|members| {
                let member = |(name, value): (String, String)| format!("{name} :{value}");
                format!("{{{}}}", members.into_iter().map(member).collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn it_takes_what_serde_takes(text in nearly()) {
        agrees_with_serde(&text);
    }

    #[test]
    fn whatever_is_json_is_read(text in json(), cut in any::<proptest::sample::Index>()) {
        prop_assert_eq!(value(&text), Ok(text.as_str()));
        agrees_with_serde(&text);
        let cut = cut.index(text.len() + 1);
        if let Some(begun) = text.get(..cut) {
            agrees_with_serde(begun);
        }
    }
}

#[test]
fn every_length_of_text_ends_where_it_ends() {
    for length in 0..40 {
        for special in ["\"", "\\n", "\\u00e9", "\u{1f}", "\u{20}", "\u{7f}", "é", "\u{80}"] {
            agrees_with_serde(&format!("\"{}{special}{}\"", "x".repeat(length), "y".repeat(length % 11)));
        }
    }
}

#[test]
fn nothing_is_too_deep() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(value(&deep), Ok(deep.as_str()));
}

#[test]
fn a_reason_has_a_place_and_no_data() {
    fn person(reader: &mut Reader<'_>) -> Result<(), Fault> {
        reader.members("a person", |reader, name| match &*name {
            "name" | "a/b~c" | "with \"quotes\"" => reader.text().map(drop),
            "is" => reader.boolean().map(drop),
            "list" => reader.elements("a list of names", |reader| reader.text().map(drop)),
            _ => reader.value().map(drop),
        })
    }
    let cases = [
        r#"{"name":"secret","is":true,"list":["secret"],"other":{"secret":[1]}}"#,
        r#"{"name":1}"#,
        r#"{"name" : {"secret":1}}"#,
        r#"{"a/b~c":null}"#,
        r#"{"with \"quotes\"":null}"#,
        r#"{"is":"secret"}"#,
        r#"{"list":"secret"}"#,
        r#"{"list":["secret",-5]}"#,
        r#"["secret"]"#,
        r#"{"name":tru}"#,
        r#"{"name":secret}"#,
        r#"{"name":"secret"#,
        r#"{"name":"\ud800"}"#,
        r#"{"name":"secret"} secret"#,
        r#"{"name":"secret",}"#,
        "",
    ];
    let shown = |text: &&str| {
        let said = read(text, person).err().unwrap_or_else(|| "ok".to_owned());
        assert!(!said.contains("secret"), "{said}");
        format!("{text}\n  {said}\n")
    };
    expect![[r#"
        {"name":"secret","is":true,"list":["secret"],"other":{"secret":[1]}}
          ok
        {"name":1}
          /name: it is a number, expected a string
        {"name" : {"secret":1}}
          /name: it is an object, expected a string
        {"a/b~c":null}
          /a~1b~0c: it is null, expected a string
        {"with \"quotes\"":null}
          /with \"quotes\": it is null, expected a string
        {"is":"secret"}
          /is: it is a string, expected a boolean
        {"list":"secret"}
          /list: it is a string, expected a list of names
        {"list":["secret",-5]}
          /list/1: it is a number, expected a string
        ["secret"]
          it is a list, expected a person
        {"name":tru}
          expected ident at line 1 column 12
        {"name":secret}
          expected value at line 1 column 9
        {"name":"secret
          EOF while parsing a string at line 1 column 15
        {"name":"\ud800"}
          it is no JSON
        {"name":"secret"} secret
          trailing characters at line 1 column 19
        {"name":"secret",}
          key must be a string at line 1 column 18

          EOF while parsing a value at line 1 column 0
    "#]]
    .assert_eq(&cases.iter().map(shown).collect::<String>());
}
