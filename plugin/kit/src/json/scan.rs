//! Where does a value end?
//!
//! It is looked at byte by byte, but for what stands within quotes: of that, eight bytes at once.

use super::Fault;

/// A place in a text.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes were read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes to a place where a value or a colon ends, or one begins.
    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Whether nothing but white space is left.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// The first byte that is no white space.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\t' | b'\r') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    /// Reads the first byte that is no white space.
    #[inline]
    pub(super) fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Reads this byte, if it comes.
    #[inline]
    pub(super) fn takes(&mut self, byte: u8) -> bool {
        let comes = self.peek() == Some(byte);
        self.at += usize::from(comes);
        comes
    }

    /// Reads a value.
    #[inline]
    pub(super) fn value(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b'{' | b'[') => self.nested(),
            _ => self.scalar(),
        }
    }

    /// Reads a string, at whose quote it stands. Whether it has escapes.
    #[inline]
    pub(super) fn string(&mut self) -> Result<bool, Fault> {
        let mut has_escapes = false;
        self.at += 1;
        loop {
            self.at = plain_end(self.bytes, self.at);
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(has_escapes);
                }
                Some(b'\\') => self.escape()?,
                _ => return Err(Fault::Syntax),
            }
            has_escapes = true;
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let length = match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') => {
                let digits = self.bytes.get(self.at + 2..self.at + 6).ok_or(Fault::Syntax)?;
                digits.iter().all(u8::is_ascii_hexdigit).then_some(6).ok_or(Fault::Syntax)?
            }
            _ => return Err(Fault::Syntax),
        };
        self.at += length;
        Ok(())
    }

    /// Reads an object or a list, however deep.
    fn nested(&mut self) -> Result<(), Fault> {
        // Whether each that is open is an object.
        let mut open: Vec<bool> = Vec::new();
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.at += 1;
                    if !self.takes(b'}') {
                        self.name()?;
                        open.push(true);
                        continue;
                    }
                }
                Some(b'[') => {
                    self.at += 1;
                    if !self.takes(b']') {
                        open.push(false);
                        continue;
                    }
                }
                Some(b'"') => drop(self.string()?),
                _ => self.scalar()?,
            }
            loop {
                let Some(is_object) = open.last().copied() else { return Ok(()) };
                match self.next() {
                    Some(b',') if is_object => break self.name()?,
                    Some(b',') => break,
                    Some(b'}') if is_object => drop(open.pop()),
                    Some(b']') if !is_object => drop(open.pop()),
                    _ => return Err(Fault::Syntax),
                }
            }
        }
    }

    fn name(&mut self) -> Result<(), Fault> {
        if self.peek() != Some(b'"') {
            return Err(Fault::Syntax);
        }
        self.string()?;
        if self.takes(b':') { Ok(()) } else { Err(Fault::Syntax) }
    }

    fn scalar(&mut self) -> Result<(), Fault> {
        match self.bytes.get(self.at) {
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(Fault::Syntax),
        }
    }

    fn word(&mut self, word: &[u8]) -> Result<(), Fault> {
        if !self.bytes[self.at..].starts_with(word) {
            return Err(Fault::Syntax);
        }
        self.at += word.len();
        Ok(())
    }

    fn number(&mut self) -> Result<(), Fault> {
        self.at += usize::from(self.bytes.get(self.at) == Some(&b'-'));
        match self.bytes.get(self.at) {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            self.at += usize::from(matches!(self.bytes.get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        // `01` ends behind the 0, and a digit cannot follow a value.
        match self.bytes.get(self.at) {
            Some(b'0'..=b'9') => Err(Fault::Syntax),
            _ => Ok(()),
        }
    }

    /// Reads digits, at least one.
    fn digits(&mut self) -> Result<(), Fault> {
        let count = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        if count > 0 { Ok(()) } else { Err(Fault::Syntax) }
    }
}

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

/// The highest bit of each byte that is this one; above such a byte perhaps of others, for borrows go upwards only, so the lowest is right.
#[inline]
pub(crate) fn byte_in(eight: u64, byte: u8) -> u64 {
    let zero_where_it_is = eight ^ (ONES * u64::from(byte));
    zero_where_it_is.wrapping_sub(ONES) & !zero_where_it_is & HIGH
}

/// The same for each control character.
#[inline]
pub(crate) fn control_in(eight: u64) -> u64 {
    eight.wrapping_sub(ONES * 0x20) & !eight & HIGH
}

/// Where the first quote, backslash or control character at or behind `at` stands, or the end.
#[inline]
pub(crate) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let eight = u64::from_le_bytes(*eight);
        let found = control_in(eight) | byte_in(eight, b'"') | byte_in(eight, b'\\');
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    bytes[at.min(bytes.len())..].iter().position(is_special).map_or(bytes.len(), |found| at + found)
}
