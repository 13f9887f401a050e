//! Under which bytes does each fact stand?
//!
//! Ids are followed by a NUL, which no id may hold, so that no id's records can be taken for those of a longer one. Numbers are
//! big-endian, so that they sort.

use crate::store::{Counter, Result, Shelf, StoreError};

/// The longest id that is stored, in bytes.
const MAX_ID_BYTES: usize = 255;

/// The epoch of the newest owner.
pub const EPOCH: &[u8] = b"e";
/// The number of the next dead letter, where a higher one was given before.
pub const NEXT_LETTER: &[u8] = b"l";
/// What the records of all segments begin with.
pub const SEGMENTS: &[u8] = b"s";
/// What the records of all cursors begin with.
pub const CURSORS: &[u8] = b"c";
/// What the records of all sums begin with.
pub const SUMS: &[u8] = b"t";
/// What the numbered dead letters begin with.
pub const LETTERS: &[u8] = b"n";

/// A node's id, if it can be stored.
pub fn id(id: &str) -> Result<&str> {
    match id.len() > MAX_ID_BYTES || id.contains('\0') {
        true => Err(StoreError::Name { limit: MAX_ID_BYTES }),
        false => Ok(id),
    }
}

/// Where a source stands.
pub fn position(source: &str) -> Vec<u8> {
    [b"p", source.as_bytes()].concat()
}

/// How far a sink has got.
pub fn cursor(source: &str, sink: &str) -> Vec<u8> {
    [CURSORS, source.as_bytes(), b"\0", sink.as_bytes()].concat()
}

/// The source and the sink in the key of a cursor.
pub fn read_cursor(key: &[u8]) -> Option<(String, String)> {
    let (source, sink) = std::str::from_utf8(key.strip_prefix(CURSORS)?).ok()?.split_once('\0')?;
    Some((source.to_owned(), sink.to_owned()))
}

/// A sum.
pub fn sum(source: &str, sink: &str, counter: Counter) -> Vec<u8> {
    [SUMS, source.as_bytes(), b"\0", sink.as_bytes(), b"\0", &[counter as u8]].concat()
}

/// The source, the sink and the counter in the key of a sum; `None` also for a counter that this release does not know.
pub fn read_sum(key: &[u8]) -> Option<(String, String, Counter)> {
    let (counter, nodes) = key.strip_prefix(SUMS)?.split_last()?;
    let (source, sink) = std::str::from_utf8(nodes.strip_suffix(b"\0")?).ok()?.split_once('\0')?;
    Some((source.to_owned(), sink.to_owned(), Counter::of(*counter)?))
}

/// What is known of a segment of a log.
pub fn segment(log: &str, number: u64) -> Vec<u8> {
    [SEGMENTS, log.as_bytes(), b"\0", &number.to_be_bytes()].concat()
}

/// The log and the number in the key of a segment's record.
pub fn read_segment(key: &[u8]) -> Option<(String, u64)> {
    let (log, number) = key.strip_prefix(SEGMENTS)?.split_last_chunk()?;
    let log = std::str::from_utf8(log.strip_suffix(b"\0")?).ok()?;
    Some((log.to_owned(), u64::from_be_bytes(*number)))
}

/// What a keyed transform keeps under a key of one of its shelves.
pub fn state(node: &str, shelf: Shelf, key: &[u8]) -> Vec<u8> {
    let shelf = match shelf {
        Shelf::State => b's',
        Shelf::Number => b'n',
        Shelf::Note => b'o',
    };
    [node.as_bytes(), b"\0", &[shelf], key].concat()
}

/// A dead letter.
pub fn letter(number: u64) -> Vec<u8> {
    [LETTERS, &number.to_be_bytes()].concat()
}

/// How often a dead letter was met, and when last.
pub fn count(number: u64) -> Vec<u8> {
    [b"c".as_slice(), &number.to_be_bytes()].concat()
}

/// The number of the dead letter that is equal to one with this digest.
pub fn digest(digest: &[u8; 32]) -> Vec<u8> {
    [b"d".as_slice(), digest].concat()
}

/// Eight bytes as a number, as it is stored.
pub fn number(bytes: &[u8]) -> Option<u64> {
    bytes.try_into().ok().map(u64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::{cursor, id, read_cursor, read_segment, read_sum, segment, sum};
    use crate::store::Counter;

    #[test]
    fn cursors_and_sums_are_read_back() {
        for (source, sink) in [("people", "a"), ("people", ""), ("", "b c")] {
            let names = (source.to_owned(), sink.to_owned());
            assert_eq!(read_cursor(&cursor(source, sink)), Some(names.clone()));
            for counter in Counter::ALL {
                assert_eq!(read_sum(&sum(source, sink, counter)), Some((names.0.clone(), names.1.clone(), counter)));
            }
        }
        assert_eq!(read_sum(b"tpeople\0a\0\xff"), None);
    }

    #[test]
    fn a_segment_is_read_back() {
        for (log, number) in [("people", 0), ("a b", u64::MAX), ("", 7)] {
            assert_eq!(read_segment(&segment(log, number)), Some((log.to_owned(), number)));
        }
        assert_eq!(read_segment(b"spe"), None);
    }

    #[test]
    fn ids_that_could_be_mistaken_are_refused() {
        assert!(id("people").is_ok() && id(&"x".repeat(255)).is_ok());
        assert!(id("a\0b").is_err() && id(&"x".repeat(256)).is_err());
    }
}
