//! Where does a row end that has no quotes, and where do its cells?
//!
//! Most rows have none. Their cells are what stands between the delimiters as it stands there, so nothing is copied and eight bytes are looked at
//! at once. What a quote means is left to whoever knows all about quotes.

use crate::json::scan::{byte_in, control_in};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A row; where its cells end was added to the list.
    Whole {
        /// How many bytes it has, without its end.
        length: usize,
        /// How many bytes its end has: none where the bytes end.
        end: usize,
        /// Whether all of it can stand in JSON as it is.
        is_plain: bool,
    },
    /// A row whose end is not there.
    Open,
    /// A quote, so perhaps no row, or more than one line of it.
    Quoted,
}

/// Reads a row. The `last` bytes of a file end its last row.
pub(super) fn read(bytes: &[u8], delimiter: u8, last: bool, ends: &mut Vec<usize>) -> Line {
    let (mut at, mut is_plain) = (0, true);
    loop {
        let (mut found, length) = match bytes.get(at..).and_then(|rest| rest.first_chunk()) {
            Some(eight) => (special(u64::from_le_bytes(*eight), delimiter), 8),
            // The last few, with nothing special behind them.
            None => (few(&bytes[at..], delimiter), bytes.len() - at),
        };
        while found != 0 {
            let place = at + found.trailing_zeros() as usize / 8;
            match bytes[place] {
                byte if byte == delimiter => ends.push(place),
                b'"' => return Line::Quoted,
                b'\n' | b'\r' => {
                    ends.push(place);
                    let end = if bytes[place..].starts_with(b"\r\n") { 2 } else { 1 };
                    return Line::Whole { length: place, end, is_plain };
                }
                byte => is_plain &= byte >= b' ' && byte != b'\\',
            }
            found &= found - 1;
        }
        at += length;
        if length < 8 && last {
            ends.push(at);
            return Line::Whole { length: at, end: 0, is_plain };
        }
        if length < 8 {
            return Line::Open;
        }
    }
}

/// The highest bit of each byte that is to be looked at, and perhaps of some above one.
#[inline]
fn special(eight: u64, delimiter: u8) -> u64 {
    control_in(eight) | byte_in(eight, b'"') | byte_in(eight, b'\\') | byte_in(eight, delimiter)
}

fn few(bytes: &[u8], delimiter: u8) -> u64 {
    let mut eight = [b' '; 8];
    eight[..bytes.len()].copy_from_slice(bytes);
    // A delimiter that is a space would be found behind the end, too.
    let within = u64::MAX.checked_shr(64 - 8 * bytes.len() as u32).unwrap_or_default();
    special(u64::from_le_bytes(eight), delimiter) & within
}
