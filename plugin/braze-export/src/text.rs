//! How does a string get from one JSON text into another?
//!
//! As it stood there, where it stood there without escapes: then it needs none in the other one either, and no look.

use std::borrow::Cow;

use brazeline_kit::append::{Appending, append};
use brazeline_kit::json::is_plain;

/// A string that was read from JSON. Borrowed means that it stood there without escapes, so only reading makes one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text<'a>(Cow<'a, str>);

impl<'a> From<Cow<'a, str>> for Text<'a> {
    /// Of what [`json`](brazeline_kit::json) reads.
    fn from(text: Cow<'a, str>) -> Self {
        Self(text)
    }
}

impl Text<'_> {
    /// What it says.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Writes it as a JSON string.
    pub fn write(&self, out: &mut Vec<u8>) {
        match &self.0 {
            Cow::Borrowed(text) => {
                out.push(b'"');
                append(out, text.as_bytes());
                out.push(b'"');
            }
            Cow::Owned(text) => write_string(text, out),
        }
    }
}

/// Writes any text as a JSON string.
pub fn write_string(text: &str, out: &mut Vec<u8>) {
    if is_plain(text) {
        out.push(b'"');
        append(out, text.as_bytes());
        out.push(b'"');
    } else {
        // A `Vec` takes everything, and every `str` has a JSON form.
        let _ = serde_json::to_writer(Appending(out), text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_comes_out_as_it_went_in() {
        for json in [r#""""#, r#""plain""#, r#""안녕 ü""#, r#""a\"b\\c\n""#, "\"\u{7f}\""] {
            let mut out = Vec::new();
            let text = brazeline_kit::json::read(json, |reader| reader.text()).unwrap();
            Text::from(text).write(&mut out);
            assert_eq!(String::from_utf8(out).unwrap(), json);
        }
    }
}
