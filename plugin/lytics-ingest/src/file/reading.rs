//! Bytes in, whole rows out.

use std::rc::Rc;

use brazeline_kit::csv::Rows;
use brazeline_kit::decoder::{Form, Token, begin, line};
use brazeline_kit::{Decoded, Decoding, Entry, Scope};

use super::File;
use super::csv::Columns;
use super::lines;
use crate::profile::moment;
use crate::settings::Format;

/// A longer row is none: a profile has at most 1 MB (Lytics, platform limits, read 2026-11-23), which quotes can double.
const ROW_BYTES: usize = 4 * 1024 * 1024;

/// An empty list of an audience would take everybody out of it.
const EMPTY: &str = "it is empty; whether nobody is in the audience or the file was cut cannot be told";

/// An entry being read.
#[derive(Debug)]
pub struct Reading {
    file: Rc<File>,
    scope: Option<Scope>,
    as_of: Option<String>,
    by_name: Option<Form>,
    rows: Rows,
    columns: Option<Columns>,
    at: Token,
}

impl Reading {
    /// Begins to read, or goes on.
    pub fn open(file: Rc<File>, entry: &Entry, resume: Option<&[u8]>) -> Result<Self, String> {
        let at = resume.map_or_else(|| Ok(Token::default()), Token::read)?;
        let by_name = match file.format {
            Format::Auto => Form::of_name(&entry.name).or_else(|| Form::of_name(&entry.path)),
            Format::Csv => Some(Form::Csv),
            Format::JsonLines => Some(Form::Lines),
        };
        let mut rows = Rows::new(file.delimiter);
        let columns = match rows.of(&at.header, true).next() {
            Some(header) => Some(Columns::find(&header, &file)?),
            None => None,
        };
        let (scope, as_of) = (file.scope(entry), moment(entry.modified_at_ms));
        Ok(Self { file, scope, as_of, by_name, rows, columns, at })
    }

    /// Says what the file is, once its first byte is there.
    fn begin<'a>(&mut self, bytes: &'a [u8], last: bool) -> Result<Option<(Form, &'a [u8])>, String> {
        if let Some(form) = self.at.form {
            return Ok(Some((form, bytes)));
        }
        let Some((form, text)) = begin(self.by_name, bytes, last, EMPTY)? else { return Ok(None) };
        self.at.form = Some(form);
        self.at.bytes = (bytes.len() - text.len()) as u64;
        Ok(Some((form, text)))
    }

    /// Reads the rows of these bytes; how many bytes they have.
    fn table(&mut self, bytes: &[u8], last: bool, decoded: &mut Decoded) -> Result<usize, String> {
        let before = self.at.bytes;
        let mut piece = self.rows.of(bytes, last);
        while let Some(row) = piece.next() {
            self.at.bytes = before + row.at as u64;
            match &self.columns {
                None => {
                    self.columns = Some(Columns::find(&row, &self.file)?);
                    self.at.header = row.raw.to_vec();
                }
                Some(columns) => {
                    let no_event = match columns.read(&row, &self.file) {
                        Ok(read) => self.file.say(read, self.as_of.as_deref(), &mut decoded.events)?,
                        Err(no_event) => Some(no_event),
                    };
                    // Without its header a row could not be read again.
                    let raw = || [&self.at.header, &b"\n"[..], row.raw].concat();
                    decoded.unread.extend(no_event.map(|no_event| no_event.unread(raw, self.at.place())));
                }
            }
            self.at.rows += 1;
        }
        let read = bytes.len() - piece.rest().len();
        self.at.bytes = before + read as u64;
        Ok(read)
    }

    /// Reads the lines of these bytes; how many bytes they have.
    fn lines(&mut self, bytes: &[u8], last: bool, decoded: &mut Decoded) -> Result<usize, String> {
        let mut rest = bytes;
        while let Some(length) = self.line(rest, last, decoded)? {
            rest = &rest[length..];
        }
        Ok(bytes.len() - rest.len())
    }

    fn line(&mut self, bytes: &[u8], last: bool, decoded: &mut Decoded) -> Result<Option<usize>, String> {
        let Some((line, length)) = line(bytes, last) else { return Ok(None) };
        let no_event = match lines::read(line, &self.file) {
            Ok(Some(row)) => self.file.say(row, self.as_of.as_deref(), &mut decoded.events)?,
            Ok(None) => None,
            Err(no_event) => Some(no_event),
        };
        decoded.unread.extend(no_event.map(|no_event| no_event.unread(|| line.to_vec(), self.at.place())));
        self.at.rows += 1;
        self.at.bytes += length as u64;
        Ok(Some(length))
    }
}

impl Decoding for Reading {
    fn decode(&mut self, bytes: &[u8], last: bool) -> Result<Decoded, String> {
        let mut decoded = Decoded { scope: self.scope.clone(), ..Decoded::default() };
        let mut pending = std::mem::take(&mut self.at.begun);
        pending.extend_from_slice(bytes);
        let mut rest = pending.as_slice();
        if let Some((form, text)) = self.begin(rest, last)? {
            let read = match form {
                Form::Csv => self.table(text, last, &mut decoded)?,
                Form::Lines => self.lines(text, last, &mut decoded)?,
                Form::Avro => return Err("it is an Avro file; what Lytics exports is CSV or JSON lines".to_owned()),
            };
            rest = &text[read..];
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
