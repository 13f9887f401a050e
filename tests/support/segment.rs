//! A segment's export of any size. It has rows that nobody can read; which, is known.

use std::collections::BTreeSet;
use std::io::{Cursor, Seek, Write};

use serde_json::{Map, Value};
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};

use crate::people::{SEGMENT, write_row};

/// One row in so many has too few cells, and one is no UTF-8.
const SHORT: usize = 997;
const NO_UTF8: usize = 991;

/// So many rows, as Braze packs them: a CSV for every few thousand.
#[derive(Debug, Clone, Copy)]
pub struct Segment {
    pub rows: usize,
    pub files: usize,
}

/// How an archive is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packed {
    /// By who can go back and write sizes where they belong.
    Seekable,
    /// By who cannot: sizes and checksums follow their data.
    Streamed,
    /// With sizes and places of 64 bits.
    Zip64,
}

impl Segment {
    /// The archive.
    pub fn zip(&self, packed: Packed) -> Vec<u8> {
        let (options, memory) = (SimpleFileOptions::default().compression_level(Some(1)), Cursor::new(Vec::new()));
        let bytes = match packed {
            Packed::Seekable => self.fill(ZipWriter::new(memory), options).finish().unwrap().into_inner(),
            Packed::Streamed => {
                let written: StreamWriter<_> = self.fill(ZipWriter::new_stream(memory), options).finish().unwrap();
                written.into_inner().into_inner()
            }
            Packed::Zip64 => {
                let mut writer = ZipWriter::new(memory);
                writer.set_raw_zip64_extensible_data_sector(Box::new([]));
                self.fill(writer, options.large_file(true)).finish().unwrap().into_inner()
            }
        };
        let has = |signature: &[u8]| bytes.windows(4).any(|window| window == signature);
        // A data descriptor, and the end of a central directory of 64 bits.
        assert_eq!((has(b"PK\x07\x08"), has(b"PK\x06\x06")), (packed == Packed::Streamed, packed == Packed::Zip64));
        bytes
    }

    fn fill<W: Write + Seek>(&self, mut writer: ZipWriter<W>, options: SimpleFileOptions) -> ZipWriter<W> {
        for file in 0..self.files {
            writer.start_file(format!("users-{file}.csv"), options).unwrap();
            let mut csv = SEGMENT.to_vec();
            (file * self.per_file()..self.rows.min((file + 1) * self.per_file())).for_each(|row| write(&mut csv, row));
            writer.write_all(&csv).unwrap();
        }
        writer
    }

    fn per_file(&self) -> usize {
        self.rows.div_ceil(self.files)
    }

    /// Where the rows stand that cannot be read.
    pub fn bad_places(&self, archive: &str) -> BTreeSet<String> {
        let place = |row: usize| {
            // The header is row 1.
            format!("{archive}/users-{}.csv: row {}", row / self.per_file(), row % self.per_file() + 2)
        };
        (0..self.rows).filter(|row| !is_good(*row)).map(place).collect()
    }

    /// How many can.
    pub fn good(&self) -> usize {
        (0..self.rows).filter(|row| is_good(*row)).count()
    }

    /// Panics unless these are all rows that can be read, each as the stream gets it. Says how many came again.
    pub fn compare<'a>(&self, records: impl Iterator<Item = &'a Map<String, Value>>) -> usize {
        let mut times = vec![0_usize; self.rows];
        for record in records {
            let id = record["user_id"].as_str().and_then(|id| id.strip_prefix("u-"));
            let row: usize = id.and_then(|id| id.parse().ok()).unwrap_or_else(|| panic!("nobody's: {record:?}"));
            if times[row] == 0 {
                assert_eq!(*record, said(row), "row {row}");
            }
            times[row] += 1;
        }
        let wrong: Vec<usize> = (0..self.rows).filter(|row| (times[*row] > 0) != is_good(*row)).collect();
        assert!(
            wrong.is_empty(),
            "{} rows are lost or should not be there: {:?}",
            wrong.len(),
            &wrong[..wrong.len().min(9)]
        );
        times.iter().map(|times| times.saturating_sub(1)).sum()
    }
}

fn is_good(row: usize) -> bool {
    row % SHORT != 5 && row % NO_UTF8 != 7
}

fn write(csv: &mut Vec<u8>, row: usize) {
    if row % SHORT == 5 {
        return writeln!(csv, "b-{row},CH").unwrap();
    }
    write_row(csv, row as u64).unwrap();
    if row % NO_UTF8 == 7 {
        csv.insert(csv.len() - 1, 0xff);
    }
}

/// What the stream gets of a row: under the names that it maps, without the apostrophe, and without empty cells.
fn said(row: usize) -> Map<String, Value> {
    let mut csv = SEGMENT.to_vec();
    write(&mut csv, row);
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let names = reader.headers().unwrap().clone();
    let cells = reader.records().next().unwrap().unwrap();
    let name = |name: &str| match name {
        "Appboy ID" => "braze_id".to_owned(),
        "timezone" => "time_zone".to_owned(),
        other => other.to_owned(),
    };
    let cell = |cell: &str| Value::from(cell.strip_prefix("'+").map_or(cell.to_owned(), |phone| format!("+{phone}")));
    let filled = names.iter().zip(&cells).filter(|(_, text)| !text.is_empty());
    filled.map(|(column, text)| (name(column), cell(text))).collect()
}
