//! Attributes in a few bytes: XXH3, 64 bits, which never changes. State holds these hashes, so neither may they.

use std::borrow::Cow;

use serde_json::Value;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// The attribute whose letters' case says nothing: systems write it as they like.
const EMAIL: &str = "email";

/// What stands for an attribute's name and its value, as the JSON text it came in. The name's whole hash goes into that of the value:
/// attributes whose names share their short hash, the low half, are told too often, but never taken for unchanged.
#[must_use]
pub fn attribute(name: &str, value: &str) -> (u32, u64) {
    let name = xxh3_64(name.as_bytes());
    (name as u32, xxh3_64_with_seed(value.as_bytes(), name))
}

/// What stands for what a value says, however a system on the way writes it: `5` as `"5"` or `5.0`, an e-mail address in small letters,
/// nothing as an empty text.
#[must_use]
pub fn plain(name: &str, value: &str) -> u64 {
    let said = match serde_json::from_str(value) {
        Ok(Value::String(text)) => text_said(name, &text),
        Ok(Value::Null) => String::new(),
        Ok(Value::Number(_)) => number(value).into_owned(),
        Ok(value) => value.to_string(),
        Err(_) => value.to_owned(),
    };
    xxh3_64_with_seed(said.as_bytes(), xxh3_64(name.as_bytes()))
}

fn text_said(name: &str, text: &str) -> String {
    let text = text.trim();
    match serde_json::from_str(text) {
        Ok(Value::Number(_)) => number(text).into_owned(),
        _ if name == EMAIL => text.to_lowercase(),
        _ => text.to_owned(),
    }
}

/// A whole number as it is, for it may have more digits than an `f64`; any other in its shortest form.
fn number(text: &str) -> Cow<'_, str> {
    match text.parse::<f64>() {
        Ok(value) if text.contains(['.', 'e', 'E']) => Cow::Owned(value.to_string()),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hashes_never_change() {
        assert_eq!(attribute("plan", r#""gold""#), (0xc52a_313c, 0x0579_e067_dce0_09a0));
        assert_eq!(attribute("note", &"x".repeat(1000)), (0x4d6a_048e, 0xfda5_dfb3_47da_baca));
        assert_eq!(plain("plan", r#""gold""#), 0x364b_5624_344c_88b2);
    }

    #[test]
    fn the_same_is_said_in_several_ways() {
        let same = [
            ("n", "5", r#""5""#),
            ("n", "5", "5.0"),
            ("n", "1500", r#"" 1.5e3 ""#),
            ("n", "true", r#""true""#),
            ("n", "null", r#""""#),
            ("n", r#""\u0061""#, r#""a ""#),
            ("n", "12345678901234567890123", r#""12345678901234567890123""#),
            ("n", r#"[1, "a"]"#, r#"[1,"a"]"#),
            ("n", r#"{"b":1,"a":2}"#, r#"{ "a": 2, "b": 1 }"#),
            ("email", r#""Ann@X.org""#, r#""ann@x.org""#),
        ];
        for (name, one, other) in same {
            assert_eq!(plain(name, one), plain(name, other), "{one} {other}");
        }
        let different = [
            ("n", "5", "6"),
            ("n", r#""Ann""#, r#""ann""#),
            ("n", r#""007""#, "7"),
            ("n", "12345678901234567890123", "12345678901234567890124"),
            ("n", r#"["a","b"]"#, r#"["b","a"]"#),
            ("n", "false", "null"),
        ];
        for (name, one, other) in different {
            assert_ne!(plain(name, one), plain(name, other), "{one} {other}");
        }
        assert_ne!(plain("a", "1"), plain("b", "1"));
    }
}
