//! A table with a header row.
//!
//! Bytes are cut anywhere, within quotes and line ends, too. A row is read once its end is there; until then its begin is kept, and read
//! again with what follows.

use std::collections::BTreeMap;
use std::ops::Range;
use std::str::from_utf8;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use serde_json::value::to_raw_value;

use super::File;
use super::cell::{items, value};
use super::row::Row;
use crate::whom::{NoEvent, of_cell};

/// Reads `delimiter`: one character, or `tab`. None if it cannot separate anything.
#[must_use]
pub fn delimiter(text: &str) -> Option<u8> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Some(b'\t'),
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte) => Some(*byte),
        _ => None,
    }
}

/// Finds rows and their cells.
#[derive(Debug)]
pub struct Table {
    reader: Reader,
    cells: Vec<u8>,
    ends: Vec<usize>,
}

/// A row's cells.
#[derive(Debug, Clone, Copy)]
pub struct Cells<'a> {
    bytes: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Cells<'a> {
    /// How many there are.
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
        let begin = column.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        let cell: Range<usize> = begin..*self.ends.get(column)?;
        from_utf8(self.bytes.get(cell)?).ok()
    }
}

impl Table {
    /// With this between cells.
    #[must_use]
    pub fn new(delimiter: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Self { reader, cells: vec![0; 1024], ends: vec![0; 64] }
    }

    /// The first row of these bytes, which do not begin with a line end, and its length with the line end's first byte. None if its end is not
    /// there; the `last` bytes of a file end its last row.
    pub fn row(&mut self, bytes: &[u8], last: bool) -> Option<(Cells<'_>, usize)> {
        // To the reader, nothing at all would be the end of a row with one empty cell.
        if bytes.is_empty() {
            return None;
        }
        self.reader.reset();
        // Only a reader that has read something leaves a byte order mark alone, and here one has gone before the first row.
        self.reader.read_record(b"\n", &mut [0], &mut [0]);
        let (mut read, mut written, mut ended) = (0, 0, 0);
        loop {
            let (result, bytes_read, bytes_written, cells_ended) =
                self.reader.read_record(&bytes[read..], &mut self.cells[written..], &mut self.ends[ended..]);
            read += bytes_read;
            written += bytes_written;
            ended += cells_ended;
            match result {
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                // Called with no bytes again, it takes that for the end.
                ReadRecordResult::InputEmpty if last => {}
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return None,
                ReadRecordResult::Record => {
                    return Some((Cells { bytes: &self.cells[..written], ends: &self.ends[..ended] }, read));
                }
            }
        }
    }
}

/// Where the columns stand that are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    count: usize,
    identifier: usize,
    audiences: Option<usize>,
    fields: Vec<usize>,
}

impl Columns {
    /// Finds them in a header. What a header that is none says is not repeated: it may be a person.
    pub fn find(header: &Cells<'_>, file: &File) -> Result<Self, String> {
        let names: Vec<_> = (0..header.len()).map(|column| header.get(column)).collect();
        let find = |name: &str| {
            let mut places =
                names.iter().enumerate().filter(|(_, known)| **known == Some(name)).map(|(place, _)| place);
            match (places.next(), places.next()) {
                (Some(place), None) => Ok(place),
                (None, _) => Err(format!(
                    "its first row has no column `{name}`: a CSV needs a header row, and this one {} columns",
                    names.len()
                )),
                (Some(_), Some(_)) => Err(format!("its first row has two columns `{name}`")),
            }
        };
        Ok(Self {
            count: names.len(),
            identifier: find(&file.source.field)?,
            audiences: file.column.as_deref().map(find).transpose()?,
            fields: file.fields.iter().map(|field| find(field)).collect::<Result<_, _>>()?,
        })
    }

    /// What a row says.
    pub fn read<'a>(&self, cells: &Cells<'a>, raw: &[u8], file: &'a File) -> Result<Row<'a>, NoEvent> {
        if cells.len() != self.count {
            // Nobody knows which cell is which, so nobody can say whom it is about.
            return Err(NoEvent::unreadable(format!("it has {} fields; the header has {}", cells.len(), self.count)));
        }
        let identifier = cells.get(self.identifier).map(|cell| of_cell(&file.source, cell)).transpose()?;
        if let Err(error) = from_utf8(raw) {
            let key = identifier.map(|identifier| identifier.key());
            let reason = format!("it is not UTF-8 from byte {} of the row", error.valid_up_to());
            return Err(NoEvent::Unreadable { reason, key });
        }
        let identifier = identifier.ok_or_else(|| NoEvent::unreadable("it has no identifier"))?;
        let list = self.audiences.and_then(|column| cells.get(column));
        let audiences = list.map(|cell| items(cell, &file.joiner).collect());
        Ok(Row { identifier, audiences, attributes: self.attributes(cells, file) })
    }

    fn attributes(&self, cells: &Cells<'_>, file: &File) -> Option<Box<serde_json::value::RawValue>> {
        let joiner = |field: &String| file.list_fields.contains(field).then_some(file.joiner.as_str());
        let attribute =
            |(field, column): (&'_ String, &usize)| Some((field.clone(), value(cells.get(*column)?, joiner(field))?));
        let attributes: BTreeMap<_, _> = file.fields.iter().zip(&self.fields).filter_map(attribute).collect();
        if attributes.is_empty() { None } else { to_raw_value(&attributes).ok() }
    }
}
