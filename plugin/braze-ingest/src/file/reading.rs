//! Bytes in, whole rows out.

use std::rc::Rc;

use brazeline_kit::csv::{Row, Rows};
use brazeline_kit::decoder::{Form, Token, begin, line};
use brazeline_kit::{Decoded, Decoding, Entry};

use super::File;
use super::avro::{self, Container};
use super::body::Body;
use super::form::by_name;
use super::table::Columns;
use super::users;

/// A longer row is none: it is a quote that is not closed, or a file that has no rows.
const ROW_BYTES: usize = 4 * 1024 * 1024;

/// More than a block of a container and a piece behind it: nothing longer waits for its end.
const CONTAINER_BYTES: usize = 20 * 1024 * 1024;

/// Braze writes no empty files.
const EMPTY: &str = "it is empty; Braze writes no empty files, so it was probably cut";

/// An entry being read.
#[derive(Debug)]
pub struct Reading {
    file: Rc<File>,
    by_name: Option<Form>,
    names: [String; 2],
    rows: Rows,
    columns: Option<Columns>,
    container: Option<Container>,
    at: Token,
    /// An event's body being written.
    body: Body,
}

impl Reading {
    /// Begins to read, or goes on.
    pub fn open(file: Rc<File>, entry: &Entry, resume: Option<&[u8]>) -> Result<Self, String> {
        let at = resume.map_or_else(|| Ok(Token::default()), Token::read)?;
        let by_name = by_name(file.format, [&entry.name, &entry.path]);
        let (rows, names) = (Rows::new(b','), [entry.name.clone(), entry.path.clone()]);
        let body = Body::new(&file, entry);
        let mut reading = Self { file, by_name, names, rows, columns: None, container: None, at, body };
        reading.go_on()?;
        Ok(reading)
    }

    /// Reads the header again that was read before.
    fn go_on(&mut self) -> Result<(), String> {
        if self.at.form == Some(Form::Avro) && !self.at.header.is_empty() {
            self.container = Some(self.container(self.at.header.clone())?);
        } else if let Some(header) = self.rows.of(&self.at.header, true).next() {
            self.columns = Some(Columns::find(&header, &self.file)?);
        }
        Ok(())
    }

    fn container(&self, header: Vec<u8>) -> Result<Container, String> {
        let [name, file] = &self.names;
        Container::open(header, [name, file], self.file.event_type.as_deref())
    }

    /// Says what the file is, once its first byte is there.
    fn begin<'a>(&mut self, bytes: &'a [u8], last: bool) -> Result<Option<(Form, &'a [u8])>, String> {
        if let Some(form) = self.at.form {
            return Ok(Some((form, bytes)));
        }
        let begun = begin(self.by_name, bytes, last, EMPTY)?;
        if let Some((form, text)) = begun {
            self.at.form = Some(form);
            self.at.bytes = (bytes.len() - text.len()) as u64;
        }
        Ok(begun)
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
                Some(columns) => say(columns, &row, &self.file, &self.at, &mut self.body, decoded),
            }
            self.at.rows += 1;
        }
        let read = bytes.len() - piece.rest().len();
        self.at.bytes = before + read as u64;
        Ok(read)
    }

    /// Reads the blocks of these bytes; how many bytes they have.
    fn blocks(&mut self, bytes: &[u8], last: bool, decoded: &mut Decoded) -> Result<usize, String> {
        let mut rest = bytes;
        if self.container.is_none()
            && let Some(length) = avro::header(rest)?
        {
            self.at.header = rest[..length].to_vec();
            self.at.bytes += length as u64;
            self.container = Some(self.container(self.at.header.clone())?);
            rest = &rest[length..];
        }
        if let Some(container) = &self.container {
            while let Some(length) = avro::block(rest)? {
                container.read(&rest[..length], &self.file, &mut self.at, decoded)?;
                rest = &rest[length..];
            }
        }
        if last && (!rest.is_empty() || self.container.is_none()) {
            return Err("it ends within a block: the file was cut".to_owned());
        }
        Ok(bytes.len() - rest.len())
    }

    /// Reads the lines of these bytes; how many bytes they have.
    fn lines(&mut self, bytes: &[u8], last: bool, decoded: &mut Decoded) -> usize {
        let mut rest = bytes;
        while let Some((line, length)) = line(rest, last) {
            match users::read(line, &self.file, &mut self.body.text) {
                Ok(Some(key)) => self.body.finish(&key, &mut decoded.events),
                Ok(None) => {}
                Err(no_event) => decoded.unread.push(no_event.unread(|| line.to_vec(), self.at.place())),
            }
            self.at.rows += 1;
            self.at.bytes += length as u64;
            rest = &rest[length..];
        }
        bytes.len() - rest.len()
    }
}

fn say(columns: &Columns, row: &Row<'_>, file: &File, at: &Token, body: &mut Body, decoded: &mut Decoded) {
    match columns.read(row, file, &mut body.text) {
        Ok(key) => body.finish(&key, &mut decoded.events),
        Err(no_event) => {
            // Without its header a row could not be read again.
            let raw = || [&at.header, &b"\n"[..], row.raw].concat();
            decoded.unread.push(no_event.unread(raw, at.place()));
        }
    }
}

impl Decoding for Reading {
    fn decode(&mut self, bytes: &[u8], last: bool) -> Result<Decoded, String> {
        let mut decoded = Decoded::default();
        let mut pending = std::mem::take(&mut self.at.begun);
        pending.extend_from_slice(bytes);
        let mut rest = pending.as_slice();
        if let Some((form, text)) = self.begin(rest, last)? {
            let read = match form {
                Form::Csv => self.table(text, last, &mut decoded)?,
                Form::Lines => self.lines(text, last, &mut decoded),
                Form::Avro => self.blocks(text, last, &mut decoded)?,
            };
            rest = &text[read..];
        }
        match self.at.form {
            Some(Form::Avro) if rest.len() > CONTAINER_BYTES => {
                return Err("its header or a block of it is longer than 20 MiB".to_owned());
            }
            Some(Form::Csv | Form::Lines) if rest.len() > ROW_BYTES => {
                let row = self.at.rows + 1;
                return Err(format!("row {row} is longer than 4 MiB: is a quote not closed, or are these no rows?"));
            }
            _ => {}
        }
        self.at.begun = rest.to_vec();
        decoded.resume = self.at.write();
        Ok(decoded)
    }
}
