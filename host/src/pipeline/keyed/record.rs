//! How does what is kept about a person lie in the store?
//!
//! A format byte, then numbers of 7 bits a byte, the lowest first: the component's state version, the person's number, how many tags
//! and which; then the component's own bytes to the end. What is not like that counts as nothing that anybody can read, never as an error: the
//! person is told everything again.

use super::tags::TagId;

/// The format. Another one is read by a release that knows it.
const FORMAT: u8 = 1;

/// What is kept about one person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// The state version by which the component wrote its bytes.
    pub version: u32,
    /// The person's number: dense, so that a set of persons is a small bitmap.
    pub number: u32,
    /// The audiences that the person is in, in the component's order.
    pub tags: Vec<TagId>,
    /// The component's own.
    pub bytes: Vec<u8>,
}

impl Record {
    /// As it is stored.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes.len() + 12 + 2 * self.tags.len());
        out.push(FORMAT);
        put(&mut out, self.version);
        put(&mut out, self.number);
        put(&mut out, u32::try_from(self.tags.len()).unwrap_or(u32::MAX));
        self.tags.iter().for_each(|tag| put(&mut out, u32::from(*tag)));
        out.extend_from_slice(&self.bytes);
        out
    }

    /// What was stored, if this release can read it.
    #[must_use]
    pub fn decode(stored: &[u8]) -> Option<Self> {
        let (format, mut rest) = stored.split_first()?;
        if *format != FORMAT {
            return None;
        }
        let (version, number, count) = (take(&mut rest)?, take(&mut rest)?, take(&mut rest)?);
        let tag = |_| take(&mut rest)?.try_into().ok();
        let tags = (0..count).map(tag).collect::<Option<_>>()?;
        Some(Self { version, number, tags, bytes: rest.to_vec() })
    }
}

/// Writes a number of 7 bits a byte.
pub(super) fn put(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads one.
pub(super) fn take(rest: &mut &[u8]) -> Option<u32> {
    let mut number = 0_u32;
    for shift in (0..32).step_by(7) {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        number |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Kept as it was first written: a later release has to read it.
    const STORED: &[u8] = b"\x01\x01\xac\x02\x02\x00\x81\x02state";

    #[test]
    fn what_an_earlier_release_wrote_is_read() {
        let record = Record { version: 1, number: 300, tags: vec![0, 257], bytes: b"state".to_vec() };
        assert_eq!(Record::decode(STORED), Some(record.clone()));
        assert_eq!(record.encode(), STORED);
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(version: u32, number: u32, tags: Vec<u16>, bytes: Vec<u8>) {
            let record = Record { version, number, tags, bytes };
            prop_assert_eq!(Record::decode(&record.encode()), Some(record));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _any_answer = Record::decode(&bytes);
        }
    }
}
