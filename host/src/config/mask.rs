//! Takes secrets out of what others say.
//!
//! A server may echo what it was sent: in an error text, in a link, within JSON. So a secret is found byte by byte in whatever mixture
//! of its own characters, percent-encoding (`%41`, and `+` for a space) and JSON's escapes (`\"`, `\u0041`) it comes back.

use std::fmt::{self, Debug, Formatter};

use super::secret::Secret;

/// What stands in a secret's place.
const INSTEAD: &[u8] = b"***";

/// Knows all secrets of a pipeline.
#[derive(Clone, Default)]
pub struct Mask(Vec<Secret>);

impl Mask {
    /// Masks these. Empty ones are left out: they are everywhere.
    #[must_use]
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        Self(secrets.into_iter().filter(|secret| !secret.expose().is_empty()).collect())
    }

    /// One more, made of a secret: `user:password` in Base64, say.
    #[must_use]
    pub fn and(mut self, secret: Secret) -> Self {
        self.0.extend(Some(secret).filter(|secret| !secret.expose().is_empty()));
        self
    }

    /// Masks in place, and says whether there was anything to mask.
    pub fn apply(&self, bytes: &mut Vec<u8>) -> bool {
        let Some(first) = (0..bytes.len()).find(|at| self.longest(&bytes[*at..]).is_some()) else { return false };
        let mut masked = bytes[..first].to_vec();
        let mut rest = &bytes[first..];
        while let Some((byte, after)) = rest.split_first() {
            match self.longest(rest) {
                Some(length) => {
                    masked.extend_from_slice(INSTEAD);
                    rest = &rest[length..];
                }
                None => {
                    masked.push(*byte);
                    rest = after;
                }
            }
        }
        *bytes = masked;
        true
    }

    /// The same for text.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        self.apply(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// How many bytes the longest secret takes with which these begin.
    fn longest(&self, bytes: &[u8]) -> Option<usize> {
        self.0.iter().filter_map(|secret| begins(bytes, secret.expose().as_bytes())).max()
    }
}

impl Debug for Mask {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Mask({} secrets)", self.0.len())
    }
}

/// How many bytes the secret takes, if these begin with it in any spelling. The longest counts: half of an escape, left behind, would
/// break what is around it.
fn begins(bytes: &[u8], secret: &[u8]) -> Option<usize> {
    let as_it_is = bytes.starts_with(secret).then_some(secret.len());
    as_it_is.max(escaped_throughout(bytes, secret))
}

fn escaped_throughout(bytes: &[u8], secret: &[u8]) -> Option<usize> {
    let (mut rest, mut wanted) = (bytes, secret);
    while !wanted.is_empty() {
        let (taken, told) = spelled(rest, wanted)?;
        rest = &rest[taken..];
        wanted = &wanted[told..];
    }
    Some(bytes.len() - rest.len())
}

/// How many bytes are taken, and how many of the secret they tell.
fn spelled(bytes: &[u8], wanted: &[u8]) -> Option<(usize, usize)> {
    escaped(bytes, wanted).or_else(|| {
        let (byte, want) = (bytes.first()?, wanted.first()?);
        (byte == want).then_some((1, 1))
    })
}

fn escaped(bytes: &[u8], wanted: &[u8]) -> Option<(usize, usize)> {
    let want = *wanted.first()?;
    match bytes {
        [b'+', ..] if want == b' ' => Some((1, 1)),
        [b'%', high, low, ..] => (hex(&[*high, *low])? == u32::from(want)).then_some((3, 1)),
        [b'\\', b'u', rest @ ..] => unicode(rest, wanted),
        [b'\\', byte, ..] if *byte == want && matches!(byte, b'"' | b'\\' | b'/') => Some((2, 1)),
        _ => None,
    }
}

/// After `\u`: four digits, or two times four for a character beyond the first plane.
fn unicode(digits: &[u8], wanted: &[u8]) -> Option<(usize, usize)> {
    let first = hex(digits.get(..4)?)?;
    let (code, taken) = match digits.get(4..10) {
        Some([b'\\', b'u', second @ ..]) if (0xD800..0xDC00).contains(&first) => {
            (0x10000 + ((first - 0xD800) << 10) + hex(second)?.checked_sub(0xDC00)?, 12)
        }
        _ => (first, 6),
    };
    let mut buffer = [0; 4];
    let character = char::from_u32(code)?.encode_utf8(&mut buffer);
    wanted.starts_with(character.as_bytes()).then_some((taken, character.len()))
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, digit| Some(value * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask() -> Mask {
        Mask::new(["s3cr%t/\"k\\ü😀 x", "abc", "abcdef", ""].map(Secret::new))
    }

    #[test]
    fn in_every_spelling() {
        let table = [
            ("nothing here", "nothing here"),
            ("s3cr%t/\"k\\ü😀 x", "***"),
            ("key=s3cr%25t%2F%22k%5C%C3%BC%F0%9F%98%80%20x&a=1", "key=***&a=1"),
            ("key=s3cr%25t%2f%22k%5c%c3%bc%f0%9f%98%80+x", "key=***"),
            ("key=%73%33%63%72%25%74%2F%22%6B%5C%C3%BC%F0%9F%98%80%20%78", "key=***"),
            (r#"{"e":"no s3cr%t/\"k\\ü😀 x"}"#, r#"{"e":"no ***"}"#),
            (r#"{"e":"no s3cr%t\/\"k\\\u00fc\ud83d\ude00 x"}"#, r#"{"e":"no ***"}"#),
            (r"\u0061bc", "***"),
            ("abcdefabc", "******"),
            ("ababc", "ab***"),
            ("ab%", "ab%"),
            ("ab%6", "ab%6"),
            (r"ab\u006", r"ab\u006"),
            (r"ab\ud83d\u0000", r"ab\ud83d\u0000"),
        ];
        for (said, masked) in table {
            assert_eq!(mask().text(said), masked);
        }
    }

    #[test]
    fn it_says_whether_there_was_anything() {
        let (mut with, mut without) = (b"\xff abc".to_vec(), b"\xff ab".to_vec());
        assert!(mask().apply(&mut with));
        assert!(!mask().apply(&mut without));
        assert_eq!((with, without), (b"\xff ***".to_vec(), b"\xff ab".to_vec()));
    }

    #[test]
    fn it_is_not_printed() {
        assert_eq!(format!("{:?} {:?}", mask(), Secret::new("abc")), "Mask(3 secrets) Secret(***)");
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_is_said_makes_it_fail(said in ".*", secret in ".{1,8}") {
            let _masked = Mask::new([Secret::new(secret)]).text(&said);
        }

        #[test]
        fn what_json_or_a_url_makes_of_a_secret_is_found(secret in "[^*\\pC]{3,20}") {
            let mask = Mask::new([Secret::new(secret.clone())]);
            let json = serde_json::to_string(&secret).unwrap();
            let url = percent_encoding::utf8_percent_encode(&secret, percent_encoding::NON_ALPHANUMERIC).to_string();
            proptest::prop_assert_eq!(mask.text(&url), "***");
            proptest::prop_assert_eq!(mask.text(&json), "\"***\"");
        }
    }
}
