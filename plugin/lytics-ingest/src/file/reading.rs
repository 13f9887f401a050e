//! Bytes in, whole rows out.

use std::rc::Rc;

use brazeline_kit::{Decoded, Decoding, Entry, Scope};

use super::File;
use super::csv::{Columns, Table};
use super::lines;
use super::token::{Form, Token};
use crate::profile::moment;
use crate::settings::Format;
use crate::whom::NoEvent;

/// A longer row is none: a profile has at most 1 MB (Lytics, platform limits, read 2026-11-23), which quotes can double.
const ROW_BYTES: usize = 4 * 1024 * 1024;

/// What may stand in front of a text and is no part of it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// An entry being read.
#[derive(Debug)]
pub struct Reading {
    file: Rc<File>,
    scope: Option<Scope>,
    as_of: Option<String>,
    by_name: Option<Form>,
    table: Table,
    columns: Option<Columns>,
    at: Token,
}

impl Reading {
    /// Begins to read, or goes on.
    pub fn open(file: Rc<File>, entry: &Entry, resume: Option<&[u8]>) -> Result<Self, String> {
        let at = resume.map_or_else(|| Ok(Token::default()), Token::read)?;
        let by_name = match file.format {
            Format::Auto => by_name(&entry.name).or_else(|| by_name(&entry.file)),
            Format::Csv => Some(Form::Csv),
            Format::JsonLines => Some(Form::Lines),
        };
        let mut table = Table::new(file.delimiter);
        let columns = match table.row(&at.header, true) {
            Some((header, _)) => Some(Columns::find(&header, &file)?),
            None => None,
        };
        let (scope, as_of) = (file.scope(entry), moment(entry.modified_at_ms));
        Ok(Self { file, scope, as_of, by_name, table, columns, at })
    }

    /// Says what the file is, once its first byte is there.
    fn begin<'a>(&mut self, bytes: &'a [u8], last: bool) -> Result<Option<(Form, &'a [u8])>, String> {
        if let Some(form) = self.at.form {
            return Ok(Some((form, bytes)));
        }
        if bytes.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(bytes) && !last {
            return Ok(None);
        }
        let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
        let form = match (self.by_name, first) {
            (Some(Form::Lines) | None, Some(b'[')) => {
                return Err("it is a JSON array; what is read is JSON lines, an object a line".to_owned());
            }
            (Some(form), Some(_)) => form,
            (None, Some(b'{')) => Form::Lines,
            (None, Some(_)) => Form::Csv,
            (_, None) if last => {
                return Err(
                    "it is empty; whether nobody is in the audience or the file was cut cannot be told".to_owned()
                );
            }
            (_, None) => return Ok(None),
        };
        self.at.form = Some(form);
        self.at.bytes = (bytes.len() - text.len()) as u64;
        Ok(Some((form, text)))
    }

    /// Reads the first row of these bytes; its length, if its end is there.
    fn row(&mut self, form: Form, bytes: &[u8], last: bool, decoded: &mut Decoded) -> Result<Option<usize>, String> {
        match form {
            Form::Csv => self.csv_row(bytes, last, decoded),
            Form::Lines => self.line(bytes, last, decoded),
        }
    }

    fn csv_row(&mut self, bytes: &[u8], last: bool, decoded: &mut Decoded) -> Result<Option<usize>, String> {
        // The second byte of a line end may come later than the first, and an empty line is no row.
        let blank = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.at.bytes += blank as u64;
        let bytes = &bytes[blank..];
        let Some((cells, length)) = self.table.row(bytes, last) else {
            return Ok((blank > 0).then_some(blank));
        };
        let raw = without_end(&bytes[..length]);
        match &self.columns {
            None => {
                self.columns = Some(Columns::find(&cells, &self.file)?);
                self.at.header = raw.to_vec();
            }
            Some(columns) => {
                let no_event = match columns.read(&cells, raw, &self.file) {
                    Ok(row) => self.file.say(row, self.as_of.as_deref(), &mut decoded.events)?,
                    Err(no_event) => Some(no_event),
                };
                // Without its header a row could not be read again.
                let raw = || [&self.at.header, &b"\n"[..], raw].concat();
                decoded.unread.extend(no_event.map(|no_event| no_event.unread(&raw(), self.place())));
            }
        }
        self.ended(length);
        Ok(Some(blank + length))
    }

    fn line(&mut self, bytes: &[u8], last: bool, decoded: &mut Decoded) -> Result<Option<usize>, String> {
        let Some((line, length)) = lines::line(bytes, last) else { return Ok(None) };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let no_event = match lines::read(line, &self.file) {
            Ok(Some(row)) => self.file.say(row, self.as_of.as_deref(), &mut decoded.events)?,
            Ok(None) => None,
            Err(no_event) => Some(no_event),
        };
        decoded.unread.extend(no_event.map(|no_event: NoEvent| no_event.unread(line, self.place())));
        self.ended(length);
        Ok(Some(length))
    }

    fn place(&self) -> String {
        format!("row {}, byte {}", self.at.rows + 1, self.at.bytes)
    }

    fn ended(&mut self, length: usize) {
        self.at.rows += 1;
        self.at.bytes += length as u64;
    }
}

impl Decoding for Reading {
    fn decode(&mut self, bytes: &[u8], last: bool) -> Result<Decoded, String> {
        let mut decoded = Decoded { scope: self.scope.clone(), ..Decoded::default() };
        let mut pending = std::mem::take(&mut self.at.begun);
        pending.extend_from_slice(bytes);
        let mut rest = pending.as_slice();
        if let Some((form, text)) = self.begin(rest, last)? {
            rest = text;
            while let Some(length) = self.row(form, rest, last, &mut decoded)? {
                rest = &rest[length..];
            }
        }
        if rest.len() > ROW_BYTES {
            let row = self.at.rows + 1;
            return Err(format!("row {row} is longer than 4 MiB: is a quote not closed, or are these no rows?"));
        }
        self.at.begun = rest.to_vec();
        decoded.resume = self.at.write();
        Ok(decoded)
    }
}

/// A row without its line end. White space before it may be empty cells.
fn without_end(row: &[u8]) -> &[u8] {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    row.strip_suffix(b"\r").unwrap_or(row)
}

/// The form that a name says, without what it was packed in.
fn by_name(name: &str) -> Option<Form> {
    const PACKED: [&str; 5] = [".gz", ".gzip", ".zip", ".pgp", ".gpg"];
    let mut name = name.to_ascii_lowercase();
    while let Some(inner) = PACKED.iter().find_map(|packed| name.strip_suffix(packed)) {
        name = inner.to_owned();
    }
    match name.rsplit_once('.')?.1 {
        "csv" | "tsv" => Some(Form::Csv),
        "json" | "jsonl" | "ndjson" => Some(Form::Lines),
        _ => None,
    }
}
