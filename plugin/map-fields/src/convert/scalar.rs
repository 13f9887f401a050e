//! What is written there?

use std::borrow::Cow;

use serde::Deserialize;

/// The most digits that are taken for a whole number in floating point: 2^53 has 16, and more would be invented.
const FLOAT_DIGITS: usize = 15;

/// A value that is no list, no object and not `null`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar<'a> {
    /// Text, without its escapes.
    Text(Cow<'a, str>),
    /// A number as it is written.
    Number(&'a str),
    /// A boolean.
    Boolean(bool),
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Scalar<'a> {
    /// Reads a value, which is JSON. None if it is no scalar.
    #[must_use]
    pub fn of(json: &'a str) -> Option<Self> {
        match json.as_bytes().first()? {
            b'"' => serde_json::from_str(json).ok().map(|Text(text)| Self::Text(text)),
            b'-' | b'0'..=b'9' => Some(Self::Number(json)),
            b't' | b'f' => Some(Self::Boolean(json == "true")),
            _ => None,
        }
    }

    /// The text without white space around it, or the number. None for a boolean.
    #[must_use]
    pub fn written(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.trim()),
            Self::Number(number) => Some(number),
            Self::Boolean(_) => None,
        }
    }
}

/// Whole numbers that went through floating point are written as such: `5551231234.0` and `5.551231234e+09` are `5551231234`. All
/// else stays as it is.
#[must_use]
pub fn whole(text: &str) -> Cow<'_, str> {
    let is_number =
        |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    match text.split_once('.') {
        Some((digits, zeros)) if is_digits(digits) && is_digits(zeros) && zeros.bytes().all(|byte| byte == b'0') => {
            Cow::Borrowed(digits)
        }
        _ if text.contains(['e', 'E']) && is_number(text) => shifted(text).map_or(Cow::Borrowed(text), Cow::Owned),
        _ => Cow::Borrowed(text),
    }
}

fn shifted(text: &str) -> Option<String> {
    let number: f64 = text.parse().ok()?;
    let whole = format!("{number:.0}");
    (number.fract() == 0.0 && whole.len() <= FLOAT_DIGITS).then_some(whole)
}

/// Whether it is digits, and at least one.
#[must_use]
pub fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars() {
        let table = [
            (r#""\u0055S""#, Some(Scalar::Text("US".into()))),
            (r#"" US ""#, Some(Scalar::Text(" US ".into()))),
            ("-1.50", Some(Scalar::Number("-1.50"))),
            ("true", Some(Scalar::Boolean(true))),
            ("false", Some(Scalar::Boolean(false))),
            ("null", None),
            ("[1]", None),
            ("{}", None),
        ];
        for (json, expected) in table {
            assert_eq!(Scalar::of(json), expected, "{json}");
        }
    }

    #[test]
    fn whole_numbers() {
        let table = [
            ("5551231234", "5551231234"),
            ("5551231234.0", "5551231234"),
            ("5551231234.00", "5551231234"),
            ("5.551231234e+09", "5551231234"),
            ("5.551231234E9", "5551231234"),
            ("-1e3", "-1000"),
            ("1e15", "1e15"),
            ("1e400", "1e400"),
            ("1.5", "1.5"),
            ("1.5e0", "1.5e0"),
            ("e", "e"),
            ("1.", "1."),
            ("", ""),
            ("one", "one"),
        ];
        for (text, expected) in table {
            assert_eq!(whole(text), expected, "{text}");
        }
    }
}
