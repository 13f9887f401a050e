//! How is a dead letter stored, and when are two equal?
//!
//! The letter itself is written once. What changes with every equal one stands beside it in sixteen bytes, so a thousand equal
//! rejections do not write a body a thousand times.

use crate::store::{DeadLetter, Result, StoreError, StoredLetter};
use sha2::{Digest, Sha256};

/// How often an equal letter was met, and when last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// All of them.
    pub count: u64,
    /// Milliseconds since 1970.
    pub last_at_ms: u64,
}

const COUNT: StoreError = StoreError::Unreadable { what: "the count of a dead letter" };
const LETTER: StoreError = StoreError::Unreadable { what: "a dead letter" };

impl Count {
    /// The count after one more letter.
    pub fn with(self, letter: &DeadLetter) -> Self {
        let count = self.count.saturating_add(letter.count.max(1));
        Self { count, last_at_ms: self.last_at_ms.max(letter.at_ms) }
    }

    /// What stands in the store.
    pub fn encode(self) -> Vec<u8> {
        [self.count.to_be_bytes(), self.last_at_ms.to_be_bytes()].concat()
    }

    /// What [`Self::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let (count, last) = bytes.split_first_chunk().ok_or(COUNT)?;
        let last = last.try_into().map_err(|_| COUNT)?;
        Ok(Self { count: u64::from_be_bytes(*count), last_at_ms: u64::from_be_bytes(last) })
    }
}

/// Equal for letters that are stored once: same node, reason, key and body.
pub fn digest(letter: &DeadLetter) -> [u8; 32] {
    let mut hash = Sha256::new();
    let key = letter.key.as_deref().map(str::as_bytes);
    for part in [letter.node.as_bytes(), letter.reason.as_bytes(), key.unwrap_or_default(), &letter.body] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update([u8::from(key.is_some())]);
    hash.finalize().into()
}

/// The letter as it is stored: the length of what describes it, the description in JSON, the body as it is.
pub fn encode(letter: &DeadLetter) -> Result<Vec<u8>> {
    let about = serde_json::to_vec(letter).map_err(|_| LETTER)?;
    Ok([&(about.len() as u64).to_be_bytes(), about.as_slice(), &letter.body].concat())
}

/// What [`encode`] wrote, with its count.
pub fn decode(number: u64, bytes: &[u8], count: Count) -> Result<StoredLetter> {
    let (length, rest) = bytes.split_first_chunk().ok_or(LETTER)?;
    let length = usize::try_from(u64::from_be_bytes(*length)).map_err(|_| LETTER)?;
    let (about, body) = rest.split_at_checked(length).ok_or(LETTER)?;
    let about: DeadLetter = serde_json::from_slice(about).map_err(|_| LETTER)?;
    let letter = DeadLetter { body: body.to_vec(), count: count.count, ..about };
    Ok(StoredLetter { number, letter, last_at_ms: count.last_at_ms })
}

#[cfg(test)]
mod tests {
    use super::{Count, decode, digest, encode};
    use crate::store::DeadLetter;

    fn letter(node: &str, reason: &str, key: Option<&str>, body: &[u8]) -> DeadLetter {
        let key = key.map(str::to_owned);
        DeadLetter { node: node.into(), reason: reason.into(), key, body: body.to_vec(), ..DeadLetter::default() }
    }

    #[test]
    fn a_letter_is_read_back() {
        let given =
            DeadLetter { source: "people".into(), place: "event 7".into(), ..letter("sink", "no", None, b"\0\xff") };
        let stored = decode(4, &encode(&given).unwrap(), Count { count: 3, last_at_ms: 9 }).unwrap();
        assert_eq!((stored.number, stored.last_at_ms, stored.letter), (4, 9, DeadLetter { count: 3, ..given }));
    }

    #[test]
    fn what_differs_is_another_letter() {
        let same = letter("a", "b", Some("c"), b"d");
        let later = DeadLetter { at_ms: 9, place: "event 9".into(), ..same.clone() };
        assert_eq!(digest(&same), digest(&later));
        let others = [
            letter("ab", "", Some("c"), b"d"),
            letter("a", "b", Some(""), b"cd"),
            letter("a", "b", None, b"cd"),
            letter("a", "b", Some("c"), b""),
        ];
        for (index, other) in others.iter().enumerate() {
            assert_ne!(digest(&same), digest(other), "{other:?}");
            assert!(others[..index].iter().all(|before| digest(before) != digest(other)), "{other:?}");
        }
    }
}
