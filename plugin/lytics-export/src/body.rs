//! What does a request's body look like?
//!
//! A JSON array for the upload API; lines of JSON, or a table, for the bulk API.

mod table;

use crate::settings::Format;
use table::Table;

/// A body being written.
#[derive(Debug)]
pub enum Body {
    /// `[{..},{..}]`.
    Array(Vec<u8>),
    /// An object a line.
    Lines(Vec<u8>),
    /// A row each.
    Table(Table),
}

impl Body {
    /// An empty one. Without a format it is an array.
    #[must_use]
    pub fn new(format: Option<Format>) -> Self {
        match format {
            None => Self::Array(Vec::new()),
            Some(Format::JsonLines) => Self::Lines(Vec::new()),
            Some(Format::Csv) => Self::Table(Table::default()),
        }
    }

    /// How many bytes it has at most.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Array(json) | Self::Lines(json) => json.len(),
            Self::Table(table) => table.bytes(),
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a record.
    pub fn add(&mut self, record: &[u8]) {
        match self {
            Self::Array(json) => {
                json.push(if json.is_empty() { b'[' } else { b',' });
                json.extend_from_slice(record);
            }
            Self::Lines(json) => {
                let from = json.len();
                json.extend_from_slice(record);
                // In JSON, a line break can only stand between tokens, where a space does as well.
                json[from..].iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
                json.push(b'\n');
            }
            Self::Table(table) => table.add(record),
        }
    }

    /// Its bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        match self {
            Self::Array(mut json) => {
                json.push(b']');
                json
            }
            Self::Lines(json) => json,
            Self::Table(table) => table.finish(),
        }
    }
}
