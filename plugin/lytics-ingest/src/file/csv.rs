//! A table with a header row.

use std::collections::BTreeMap;

use brazeline_kit::csv;
use brazeline_kit::event::NoEvent;
use serde_json::value::to_raw_value;

use super::File;
use super::cell::{items, value};
use super::row::Row;
use crate::whom::of_cell;

/// Reads `delimiter`: one character, or `tab`. None if it cannot separate anything.
#[must_use]
pub fn delimiter(text: &str) -> Option<u8> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Some(b'\t'),
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte) => Some(*byte),
        _ => None,
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
    pub fn find(header: &csv::Row<'_>, file: &File) -> Result<Self, String> {
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
    pub fn read<'a>(&self, cells: &csv::Row<'a>, file: &'a File) -> Result<Row<'a>, NoEvent> {
        if cells.is_cut {
            return Err(NoEvent::unreadable("the file ends within quotes: one is not closed, or the file was cut"));
        }
        if cells.len() != self.count {
            // Nobody knows which cell is which, so nobody can say whom it is about.
            return Err(NoEvent::unreadable(format!("it has {} fields; the header has {}", cells.len(), self.count)));
        }
        let identifier = cells.get(self.identifier).map(|cell| of_cell(&file.source, cell)).transpose()?;
        if let Some(byte) = cells.no_utf8_from() {
            let key = identifier.map(|identifier| identifier.key());
            let reason = format!("it is not UTF-8 from byte {byte} of the row");
            return Err(NoEvent::Unreadable { reason, key });
        }
        let identifier = identifier.ok_or_else(|| NoEvent::unreadable("it has no identifier"))?;
        let list = self.audiences.and_then(|column| cells.get(column));
        let audiences = list.map(|cell| items(cell, &file.joiner).collect());
        Ok(Row { identifier, audiences, attributes: self.attributes(cells, file) })
    }

    fn attributes(&self, cells: &csv::Row<'_>, file: &File) -> Option<Box<serde_json::value::RawValue>> {
        let joiner = |field: &String| file.list_fields.contains(field).then_some(file.joiner.as_str());
        let attribute =
            |(field, column): (&'_ String, &usize)| Some((field.clone(), value(cells.get(*column)?, joiner(field))?));
        let attributes: BTreeMap<_, _> = file.fields.iter().zip(&self.fields).filter_map(attribute).collect();
        if attributes.is_empty() { None } else { to_raw_value(&attributes).ok() }
    }
}
