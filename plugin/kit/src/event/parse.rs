//! Reading JSON, and saying what is wrong with it without repeating it.
//!
//! A reason ends in logs and dead-letter lists, where nobody expects personal data. serde quotes what it could not take; here only the
//! kind of it is left.

use serde::Deserialize;

use crate::plugin::pointer;

/// Reads JSON. An error says where and what, never the data itself.
///
/// The place is found by reading once more, so that what is well-formed pays nothing for it.
pub fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| reason::<T>(text, &error))
}

/// Reads a member's value. An error says the place in the whole: lines and columns were counted from the value's own begin.
pub fn parse_member<'a, T: Deserialize<'a>>(name: &str, value: &'a str) -> Result<T, String> {
    parse(value).map_err(|error| {
        let what = error.rsplit_once(" at line ").map_or(error.as_str(), |(what, _)| what);
        match what.starts_with('/') {
            true => format!("/{name}{what}"),
            false => format!("/{name}: {what}"),
        }
    })
}

fn reason<'a, T: Deserialize<'a>>(text: &'a str, error: &serde_json::Error) -> String {
    let mut again = serde_json::Deserializer::from_str(text);
    let place = serde_path_to_error::deserialize::<_, T>(&mut again).err().map(|error| pointer(error.path()));
    let what = discreet(&error.to_string());
    match place.filter(|place| !place.is_empty()) {
        Some(place) => format!("{place}: {what}"),
        None => what,
    }
}

/// A message of serde without what it quotes: `invalid type: string "Ann", expected u8 ..` becomes `invalid type: string, expected u8 ..`.
/// What stands behind the last `, expected ` is the program's own.
fn discreet(message: &str) -> String {
    let quotes =
        ["invalid type", "invalid value", "unknown field", "unknown variant"].map(|kind| message.starts_with(kind));
    let Some((found, expected)) = message.rsplit_once(", expected ").filter(|_| quotes.contains(&true)) else {
        return message.to_owned();
    };
    let kind = found.split(['"', '`', '\'']).next().unwrap_or_default().trim_end();
    format!("{kind}, expected {expected}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Write;

    use expect_test::expect;
    use serde::Deserialize;

    use super::parse;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "snake_case")]
    #[expect(dead_code, reason = "only read")]
    enum Plan {
        Free,
        Paid { seats: u8 },
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Person {
        name: String,
        #[serde(default)]
        age: u8,
        #[serde(default)]
        plans: Vec<Plan>,
        #[serde(default)]
        scores: BTreeMap<String, f64>,
    }

    #[test]
    fn a_reason_has_a_place_and_no_data() {
        let cases = [
            r#"{"name":"Ann"}"#,
            r#"{"name":"Ann","age":"secret, expected secret"}"#,
            r#"{"name":"Ann","age":300}"#,
            r#"{"name":"Ann","age":-1.5}"#,
            r#"{"name":["secret"]}"#,
            r#"{"name":true}"#,
            r#"{"name":null}"#,
            r#"{"age":1}"#,
            r#"{"name":"Ann","plans":[{"paid":{"seats":1}},"secret"]}"#,
            r#"{"name":"Ann","plans":[{"paid":{"seats":"secret"}}]}"#,
            r#"{"name":"Ann","scores":{"a":1,"b":"secret"}}"#,
            r#"{"name":"Ann","scores":{"a":"it's `secret`"}}"#,
            r#"{"name":"Ann"} secret"#,
            r#"{"name":"secret"#,
            r#"{name:"secret"}"#,
            r#""secret""#,
            "",
        ];
        let mut text = String::new();
        for json in cases {
            let reason = parse::<Person>(json).err().unwrap_or_else(|| "ok".to_owned());
            assert!(!reason.contains("secret"), "{reason}");
            writeln!(text, "{json}\n  {reason}").unwrap();
        }
        expect![[r#"
            {"name":"Ann"}
              ok
            {"name":"Ann","age":"secret, expected secret"}
              /age: invalid type: string, expected u8 at line 1 column 45
            {"name":"Ann","age":300}
              /age: invalid value: integer, expected u8 at line 1 column 23
            {"name":"Ann","age":-1.5}
              /age: invalid type: floating point, expected u8 at line 1 column 24
            {"name":["secret"]}
              /name: invalid type: sequence, expected a string at line 1 column 8
            {"name":true}
              /name: invalid type: boolean, expected a string at line 1 column 12
            {"name":null}
              /name: invalid type: null, expected a string at line 1 column 12
            {"age":1}
              missing field `name` at line 1 column 9
            {"name":"Ann","plans":[{"paid":{"seats":1}},"secret"]}
              /plans/1: unknown variant, expected `free` or `paid` at line 1 column 52
            {"name":"Ann","plans":[{"paid":{"seats":"secret"}}]}
              /plans/0/paid/seats: invalid type: string, expected u8 at line 1 column 48
            {"name":"Ann","scores":{"a":1,"b":"secret"}}
              /scores/b: invalid type: string, expected f64 at line 1 column 42
            {"name":"Ann","scores":{"a":"it's `secret`"}}
              /scores/a: invalid type: string, expected f64 at line 1 column 43
            {"name":"Ann"} secret
              trailing characters at line 1 column 16
            {"name":"secret
              /name: EOF while parsing a string at line 1 column 15
            {name:"secret"}
              key must be a string at line 1 column 2
            "secret"
              invalid type: string, expected struct Person at line 1 column 8

              EOF while parsing a value at line 1 column 0
        "#]]
        .assert_eq(&text);
    }
}
