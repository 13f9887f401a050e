//! Cutting bytes into lines, with a cap.

use std::io::{self, BufRead, Read};

/// A line, as it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number, from 1.
    pub number: u64,
    /// Where it begins.
    pub byte: u64,
    /// What it says, without its end; if it is too long, its beginning.
    pub text: &'a [u8],
    /// Whether there was more of it.
    pub is_too_long: bool,
}

/// The lines of a reader.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    longest: usize,
    lines: u64,
    bytes: u64,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// Reads on behind so many lines and bytes, at which the reader stands. A line of more than `longest` bytes is cut.
    pub fn new(reader: R, lines: u64, bytes: u64, longest: usize) -> Self {
        Self { reader, longest, lines, bytes, line: Vec::new() }
    }

    /// How many lines were read.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// How many bytes were read.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What is read from.
    pub fn reader(&self) -> &R {
        &self.reader
    }

    /// The next line. The last one needs no end.
    pub fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        let byte = self.bytes;
        self.line.clear();
        // One more for the end of a line that just fits.
        let cap = self.longest as u64 + 1;
        let read = (&mut self.reader).take(cap).read_until(b'\n', &mut self.line)?;
        if read == 0 {
            return Ok(None);
        }
        let is_too_long = read as u64 == cap && !self.line.ends_with(b"\n");
        let skipped = if is_too_long { self.reader.skip_until(b'\n')? } else { 0 };
        self.bytes += (read + skipped) as u64;
        self.lines += 1;
        // U+FEFF, which some programs write first.
        let marked = if byte == 0 && self.line.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Ok(Some(Line { number: self.lines, byte, text: self.line[marked..].trim_ascii(), is_too_long }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut lines = Lines::new(text.as_bytes(), 0, 0, 5);
        let mut shown = String::new();
        while let Some(line) = lines.next().unwrap() {
            let more = if line.is_too_long { "..." } else { "" };
            shown += &format!("{}@{} {}{more}; ", line.number, line.byte, String::from_utf8_lossy(line.text));
        }
        shown + &format!("{} lines, {} bytes", lines.lines(), lines.bytes())
    }

    #[test]
    fn lines_are_cut_and_counted() {
        let table = [
            ("", "0 lines, 0 bytes"),
            ("a\nb\n", "1@0 a; 2@2 b; 2 lines, 4 bytes"),
            ("a\r\n\n  \nb", "1@0 a; 2@3 ; 3@4 ; 4@7 b; 4 lines, 8 bytes"),
            ("12345\n1", "1@0 12345; 2@6 1; 2 lines, 7 bytes"),
            ("123456\n1\n", "1@0 123456...; 2@7 1; 2 lines, 9 bytes"),
            ("123456789", "1@0 123456...; 1 lines, 9 bytes"),
            ("\u{feff}a\n\u{feff}\n", "1@0 a; 2@5 \u{feff}; 2 lines, 9 bytes"),
        ];
        for (text, expected) in table {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }
}
