//! Appending a name or a value to what is being written.
//!
//! In WebAssembly a copy whose length is known only when it happens leaves the component and comes back, which takes longer than copying
//! a few bytes. Copies of 4, 8, 16 and 32 bytes are instructions, and two of them that overlap make any length between.

use std::io::{self, Write};

/// Appends text, most of which is short.
#[inline]
pub fn append(out: &mut Vec<u8>, text: &[u8]) {
    // What stands between names and values, whose length is known when this is compiled.
    match text {
        [byte] => out.push(*byte),
        text => append_some(out, text),
    }
}

fn append_some(out: &mut Vec<u8>, text: &[u8]) {
    match text.len() {
        0..4 => text.iter().for_each(|byte| out.push(*byte)),
        4..=8 => overlapping::<4>(out, text),
        9..=16 => overlapping::<8>(out, text),
        17..=32 => overlapping::<16>(out, text),
        33..=64 => overlapping::<32>(out, text),
        _ => out.extend_from_slice(text),
    }
}

/// Appends text of `N` to twice `N` bytes.
fn overlapping<const N: usize>(out: &mut Vec<u8>, text: &[u8]) {
    match (text.first_chunk::<N>(), text.last_chunk::<N>()) {
        (Some(first), Some(last)) if text.len() <= 2 * N => {
            out.extend_from_slice(first);
            out.truncate(out.len() - (2 * N - text.len()));
            out.extend_from_slice(last);
        }
        _ => out.extend_from_slice(text),
    }
}

/// Lets a serializer append.
#[derive(Debug)]
pub struct Appending<'o>(pub &'o mut Vec<u8>);

impl Write for Appending<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        append(self.0, text);
        Ok(text.len())
    }

    #[inline]
    fn write_all(&mut self, text: &[u8]) -> io::Result<()> {
        append(self.0, text);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::append;

    #[test]
    fn every_length_is_appended_whole() {
        let text: Vec<u8> = (0..100).collect();
        for length in 0..=text.len() {
            let mut out = b"before".to_vec();
            append(&mut out, &text[..length]);
            assert_eq!(out, [b"before", &text[..length]].concat(), "{length}");
        }
    }
}
