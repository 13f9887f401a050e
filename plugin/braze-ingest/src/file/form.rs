//! What is a file?
//!
//! Its name says it, or its first byte.

use super::avro::MAGIC;
use crate::settings::Format;

/// What may stand in front of a text and is no part of it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a file was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A table with a header row.
    Csv,
    /// A JSON object a line.
    Lines,
    /// A container of records.
    Avro,
}

/// The form that the settings or one of the names say.
#[must_use]
pub fn by_name(format: Format, names: [&str; 2]) -> Option<Form> {
    match format {
        Format::Auto => names.into_iter().find_map(ending),
        Format::Csv => Some(Form::Csv),
        Format::JsonLines => Some(Form::Lines),
        Format::Avro => Some(Form::Avro),
    }
}

/// The form that a name's ending says, without what the file was packed in.
fn ending(name: &str) -> Option<Form> {
    const PACKED: [&str; 5] = [".gz", ".gzip", ".zip", ".pgp", ".gpg"];
    let mut name = name.to_ascii_lowercase();
    while let Some(inner) = PACKED.iter().find_map(|packed| name.strip_suffix(packed)) {
        name = inner.to_owned();
    }
    match name.rsplit_once('.')?.1 {
        "csv" => Some(Form::Csv),
        "json" | "jsonl" | "ndjson" => Some(Form::Lines),
        "avro" => Some(Form::Avro),
        _ => None,
    }
}

/// The form and the text behind a byte order mark, once the first byte is there. An error is about the whole file.
pub fn begin(by_name: Option<Form>, bytes: &[u8], last: bool) -> Result<Option<(Form, &[u8])>, String> {
    if bytes.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(bytes) && !last {
        return Ok(None);
    }
    if by_name == Some(Form::Avro) || (by_name.is_none() && bytes.starts_with(MAGIC)) {
        return Ok(Some((Form::Avro, bytes)));
    }
    if by_name.is_none() && bytes.len() < MAGIC.len() && MAGIC.starts_with(bytes) && !last {
        return Ok(None);
    }
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    match (by_name, first) {
        (Some(Form::Lines) | None, Some(b'[')) => {
            Err("it is a JSON array; what is read is JSON lines, an object a line".to_owned())
        }
        (Some(form), Some(_)) => Ok(Some((form, text))),
        (None, Some(b'{')) => Ok(Some((Form::Lines, text))),
        (None, Some(_)) => Ok(Some((Form::Csv, text))),
        (_, None) if last => Err("it is empty; Braze writes no empty files, so it was probably cut".to_owned()),
        (_, None) => Ok(None),
    }
}
