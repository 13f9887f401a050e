//! Bytes in, whole rows out.

use std::rc::Rc;

use brazeline_kit::csv::Rows;
use brazeline_kit::{Decoded, Decoding, Entry, Scope};

use super::File;
use super::csv::Columns;
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
    rows: Rows,
    columns: Option<Columns>,
    at: Token,
}

impl Reading {
    /// Begins to read, or goes on.
    pub fn open(file: Rc<File>, entry: &Entry, resume: Option<&[u8]>) -> Result<Self, String> {
        let at = resume.map_or_else(|| Ok(Token::default()), Token::read)?;
        let by_name = match file.format {
            Format::Auto => by_name(&entry.name).or_else(|| by_name(&entry.path)),
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
                    decoded.unread.extend(no_event.map(|no_event| no_event.unread(&raw(), place(&self.at))));
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
        let Some((line, length)) = lines::line(bytes, last) else { return Ok(None) };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let no_event = match lines::read(line, &self.file) {
            Ok(Some(row)) => self.file.say(row, self.as_of.as_deref(), &mut decoded.events)?,
            Ok(None) => None,
            Err(no_event) => Some(no_event),
        };
        decoded.unread.extend(no_event.map(|no_event: NoEvent| no_event.unread(line, place(&self.at))));
        self.at.rows += 1;
        self.at.bytes += length as u64;
        Ok(Some(length))
    }
}

/// Where the next row is, for people.
fn place(at: &Token) -> String {
    format!("row {}, byte {}", at.rows + 1, at.bytes)
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
