//! Where does the reading of a file stand between two pieces?
//!
//! So many rows and bytes were read; the header, if there is one; and the begin of a row (or a block) whose end has not come yet. As bytes: a line of
//! text with a version, the form and the numbers, then header and begin as they stand in the file.

use super::Form;

/// The form of the bytes.
const VERSION: &str = "1";

/// A place between two pieces of a file: what a decoding can say `resume` with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Token {
    /// What the file is; none before its first byte.
    pub form: Option<Form>,
    /// Rows that ended. A header is one.
    pub rows: u64,
    /// Bytes of these.
    pub bytes: u64,
    /// The header.
    pub header: Vec<u8>,
    /// The begin of the next row.
    pub begun: Vec<u8>,
}

impl Token {
    /// Where the next row is, for people.
    #[must_use]
    pub fn place(&self) -> String {
        format!("row {}, byte {}", self.rows + 1, self.bytes)
    }

    /// As bytes.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let form = self.form.map_or("unknown", Form::word);
        let line = format!("{VERSION} {form} {} {} {}\n", self.rows, self.bytes, self.header.len());
        [line.as_bytes(), &self.header, &self.begun].concat()
    }

    /// From bytes.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        Self::parse(bytes).ok_or_else(|| "where to go on is said in a form of another version".to_owned())
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let mut words = std::str::from_utf8(&bytes[..end]).ok()?.split(' ');
        let version = words.next().filter(|version| *version == VERSION);
        let form = match (version?, words.next()?) {
            (_, "unknown") => None,
            (_, word) => Some(Form::ALL.into_iter().find(|form| form.word() == word)?),
        };
        let mut number = || words.next()?.parse::<u64>().ok();
        let (rows, read, header) = (number()?, number()?, usize::try_from(number()?).ok()?);
        let (header, begun) = bytes[end + 1..].split_at_checked(header)?;
        Some(Self { form, rows, bytes: read, header: header.to_vec(), begun: begun.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_read_back() {
        for form in [None, Some(Form::Csv), Some(Form::Lines), Some(Form::Avro)] {
            let token = Token { form, rows: 7, bytes: 900, header: b"a,b\nc".to_vec(), begun: b"\xff\n1".to_vec() };
            assert_eq!(Token::read(&token.write()), Ok(token));
        }
        for other in ["", "1 csv 1 2 3", "2 csv 1 2 0\n", "1 xml 1 2 0\n", "1 csv 1 2 9\nshort", "1 csv -1 2 0\n"] {
            assert!(Token::read(other.as_bytes()).is_err(), "{other}");
        }
    }
}
