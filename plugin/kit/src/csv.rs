//! Rows of a CSV whose bytes come cut anywhere, within quotes and line ends, too.
//!
//! A row is given once its end is there. Who reads keeps what is left over, and gives it again with what follows.
//!
//! ```
//! use brazeline_kit::csv::Rows;
//!
//! let mut rows = Rows::new(b',');
//! let mut piece = rows.of(b"u-1,\"a, b\"\r\nu-2,", false);
//! let row = piece.next().unwrap();
//! assert_eq!((row.get(0), row.get(1), row.raw), (Some("u-1"), Some("a, b"), &b"u-1,\"a, b\""[..]));
//! assert!(piece.next().is_none());
//! assert_eq!(piece.rest(), b"u-2,");
//! ```

mod line;
#[cfg(test)]
mod tests;

use std::str::from_utf8;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::json::scan::plain_end;
use line::Line;

/// Finds rows and their cells.
#[derive(Debug)]
pub struct Rows {
    delimiter: u8,
    /// Where the cells of a row without quotes end.
    line: Vec<usize>,
    /// For a row with quotes.
    reader: Reader,
    cells: Vec<u8>,
    ends: Vec<usize>,
}

/// Bytes of a table, which begin where a row does.
#[derive(Debug)]
pub struct Piece<'r> {
    rows: &'r mut Rows,
    bytes: &'r [u8],
    last: bool,
    at: usize,
}

/// A row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// As it stands in the file, without its line end.
    pub raw: &'a [u8],
    /// Where it begins in the piece.
    pub at: usize,
    /// The file ends within quotes: one was not closed, or the file was cut.
    pub is_cut: bool,
    /// Whether all cells can stand in JSON as they are.
    pub is_plain: bool,
    cells: &'a [u8],
    /// The cells, if they are UTF-8.
    text: Option<&'a str>,
    ends: &'a [usize],
    /// So many bytes stand between two cells.
    between: usize,
}

impl Rows {
    /// With this between cells.
    #[must_use]
    pub fn new(delimiter: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Self { delimiter, line: Vec::with_capacity(64), reader, cells: vec![0; 4096], ends: vec![0; 64] }
    }

    /// Begins to read these bytes. The `last` ones of a file end its last row.
    pub fn of<'r>(&'r mut self, bytes: &'r [u8], last: bool) -> Piece<'r> {
        self.reader.reset();
        // Only a reader that has read something leaves a byte order mark alone: within a file it is a letter as any other.
        self.reader.read_record(b"\n", &mut [0], &mut [0]);
        Piece { rows: self, bytes, last, at: 0 }
    }
}

impl<'r> Piece<'r> {
    /// The next row; none if its end is not there. A line without anything in it is none.
    #[expect(clippy::should_implement_trait, reason = "a row borrows from this, which an iterator's items cannot")]
    pub fn next(&mut self) -> Option<Row<'_>> {
        let (at, bytes) = self.begin()?;
        self.rows.line.clear();
        match line::read(bytes, self.rows.delimiter, self.last, &mut self.rows.line) {
            Line::Whole { length, end, is_plain } => {
                self.at += length + end;
                let (raw, ends) = (&bytes[..length], self.rows.line.as_slice());
                Some(Row { raw, at, is_cut: false, is_plain, cells: raw, text: from_utf8(raw).ok(), ends, between: 1 })
            }
            Line::Open => None,
            Line::Quoted => self.quoted(at, bytes),
        }
    }

    /// Where the next row begins, and what there is from there on; none if that is nothing, which would be a row with one empty cell.
    fn begin(&mut self) -> Option<(usize, &'r [u8])> {
        self.at += self.bytes[self.at..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let bytes = &self.bytes[self.at..];
        (!bytes.is_empty()).then_some((self.at, bytes))
    }

    /// A row with quotes in it.
    fn quoted<'p>(&'p mut self, at: usize, bytes: &'p [u8]) -> Option<Row<'p>> {
        let Found { length, written, ended, by_end } = self.rows.read(bytes, self.last)?;
        self.at += length;
        let raw = without_end(&bytes[..length]);
        let is_cut = by_end && raw.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
        let (cells, ends) = (&self.rows.cells[..written], &self.rows.ends[..ended]);
        let is_plain = plain_end(cells, 0) == cells.len();
        Some(Row { raw, at, is_cut, is_plain, cells, text: from_utf8(cells).ok(), ends, between: 0 })
    }

    /// What is left over: the begin of a row whose end is not there.
    #[must_use]
    pub fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }
}

/// A row that was read into the buffers.
struct Found {
    length: usize,
    written: usize,
    ended: usize,
    /// It ended because the file did.
    by_end: bool,
}

impl Rows {
    fn read(&mut self, bytes: &[u8], last: bool) -> Option<Found> {
        let mut found = Found { length: 0, written: 0, ended: 0, by_end: false };
        loop {
            let (result, read, written, ended) = self.reader.read_record(
                &bytes[found.length..],
                &mut self.cells[found.written..],
                &mut self.ends[found.ended..],
            );
            found.length += read;
            found.written += written;
            found.ended += ended;
            match result {
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                // Called with no bytes again, it takes that for the end.
                ReadRecordResult::InputEmpty if last => found.by_end = true,
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return None,
                ReadRecordResult::Record => return Some(found),
            }
        }
    }
}

impl<'a> Row<'a> {
    /// How many cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// A cell; none if it is not there or no UTF-8.
    #[must_use]
    pub fn get(&self, column: usize) -> Option<&'a str> {
        let begin = column.checked_sub(1).map_or(Some(0), |before| Some(*self.ends.get(before)? + self.between))?;
        self.cell(begin, *self.ends.get(column)?)
    }

    /// All cells, in order.
    pub fn cells(&self) -> impl Iterator<Item = Option<&'a str>> {
        let (row, mut begin) = (*self, 0);
        row.ends.iter().map(move |end| {
            let cell = row.cell(begin, *end);
            begin = end + row.between;
            cell
        })
    }

    #[inline]
    fn cell(&self, begin: usize, end: usize) -> Option<&'a str> {
        match self.text {
            Some(text) => text.get(begin..end),
            None => from_utf8(self.cells.get(begin..end)?).ok(),
        }
    }

    /// From which byte of the row on it is no UTF-8, if it is none.
    #[must_use]
    pub fn no_utf8_from(&self) -> Option<usize> {
        match self.text {
            // Letters whose bytes lie in two cells are none.
            Some(text) if self.ends.iter().all(|end| text.is_char_boundary(*end)) => None,
            _ => Some(from_utf8(self.raw).err().map_or(0, |error| error.valid_up_to())),
        }
    }
}

/// A row without its line end. White space before it may be empty cells.
fn without_end(row: &[u8]) -> &[u8] {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    row.strip_suffix(b"\r").unwrap_or(row)
}
