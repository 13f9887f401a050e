//! Where a decoding stands: so many rows, so many bytes, and the begin of a line whose end has not come yet.
//!
//! As bytes: both numbers in eight bytes each, little end first, then the begin.

/// A place between two pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Token {
    /// Lines that ended.
    pub rows: u64,
    /// Bytes of these lines.
    pub bytes: u64,
    /// The begin of the next.
    pub begun: Vec<u8>,
}

impl Token {
    pub fn write(&self) -> Vec<u8> {
        [&self.rows.to_le_bytes()[..], &self.bytes.to_le_bytes(), &self.begun].concat()
    }

    pub fn read(token: &[u8]) -> Result<Self, String> {
        let (rows, rest) = token.split_first_chunk().ok_or("the resume token is too short")?;
        let (bytes, begun) = rest.split_first_chunk().ok_or("the resume token is too short")?;
        Ok(Self { rows: u64::from_le_bytes(*rows), bytes: u64::from_le_bytes(*bytes), begun: begun.to_vec() })
    }
}
