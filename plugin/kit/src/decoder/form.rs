//! What is a file?
//!
//! Its name says it, or its first byte.

/// What a container of Avro begins with.
pub const AVRO: &[u8] = b"Obj\x01";

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

impl Form {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Lines, Self::Avro];

    /// The form that a name's ending says, without what the file was packed in.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        const PACKED: [&str; 5] = [".gz", ".gzip", ".zip", ".pgp", ".gpg"];
        let mut name = name.to_ascii_lowercase();
        while let Some(inner) = PACKED.iter().find_map(|packed| name.strip_suffix(packed)) {
            name = inner.to_owned();
        }
        match name.rsplit_once('.')?.1 {
            "csv" | "tsv" => Some(Self::Csv),
            "json" | "jsonl" | "ndjson" => Some(Self::Lines),
            "avro" => Some(Self::Avro),
            _ => None,
        }
    }

    /// In a word.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Lines => "lines",
            Self::Avro => "avro",
        }
    }
}

/// The form and the text behind a byte order mark, once the first byte is there. An error is about the whole file; of an empty one it is `empty`.
pub fn begin<'a>(
    by_name: Option<Form>,
    bytes: &'a [u8],
    last: bool,
    empty: &str,
) -> Result<Option<(Form, &'a [u8])>, String> {
    if bytes.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(bytes) && !last {
        return Ok(None);
    }
    if by_name == Some(Form::Avro) || (by_name.is_none() && bytes.starts_with(AVRO)) {
        return Ok(Some((Form::Avro, bytes)));
    }
    if by_name.is_none() && bytes.len() < AVRO.len() && AVRO.starts_with(bytes) && !last {
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
        (_, None) if last => Err(empty.to_owned()),
        (_, None) => Ok(None),
    }
}

/// The first line of these bytes, without its end, and its length with it. None if its end is not there.
#[must_use]
pub fn line(bytes: &[u8], last: bool) -> Option<(&[u8], usize)> {
    let (line, length) = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], end + 1),
        None if last && !bytes.is_empty() => (bytes, bytes.len()),
        None => return None,
    };
    Some((line.strip_suffix(b"\r").unwrap_or(line), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_a_file_is() {
        let table = [
            ("a.csv", Some(Form::Csv)),
            ("A.TSV.GZ", Some(Form::Csv)),
            ("a.json.zip.pgp", Some(Form::Lines)),
            ("a.ndjson", Some(Form::Lines)),
            ("a.avro", Some(Form::Avro)),
            ("csv", None),
            ("a.txt", None),
            ("", None),
        ];
        for (name, form) in table {
            assert_eq!(Form::of_name(name), form, "{name}");
        }
    }

    #[test]
    fn the_first_byte_says_it_where_the_name_does_not() {
        let begun = |by_name, bytes, last| begin(by_name, bytes, last, "empty");
        type Begun<'a> = Result<Option<(Form, &'a [u8])>, &'a str>;
        let table: [(Option<Form>, &[u8], bool, Begun<'_>); 9] = [
            (None, b" {}", false, Ok(Some((Form::Lines, b" {}")))),
            (None, b"a,b", false, Ok(Some((Form::Csv, b"a,b")))),
            (None, b"\xef\xbb\xbfa", false, Ok(Some((Form::Csv, b"a")))),
            (None, b"\xef\xbb", false, Ok(None)),
            (None, b"Obj", false, Ok(None)),
            (None, b"Obj", true, Ok(Some((Form::Csv, b"Obj")))),
            (None, b"Obj\x01", false, Ok(Some((Form::Avro, b"Obj\x01")))),
            (Some(Form::Csv), b"[", false, Ok(Some((Form::Csv, b"[")))),
            (None, b" ", true, Err("empty")),
        ];
        for (by_name, bytes, last, expected) in table {
            assert_eq!(
                begun(by_name, bytes, last).as_ref().map_err(String::as_str),
                expected.as_ref().map_err(|e| *e),
                "{bytes:?}"
            );
        }
        assert!(begun(None, b" [", false).is_err(), "an array is no lines");
    }
}
