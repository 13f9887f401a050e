//! Sources that read files.

mod form;
mod token;

pub use form::{AVRO, Form, begin, line};
pub use token::Token;

use crate::{Events, Plugin, Scope, Unread};

/// Reads files. The host lists, fetches, decrypts and unpacks them.
pub trait Decoder: Plugin {
    /// A file being read.
    type Decoding: Decoding;

    /// Begins to read an entry, or goes on where an earlier decoding said `resume`.
    fn open(&self, entry: &Entry, resume: Option<&[u8]>) -> Result<Self::Decoding, String>;
}

/// A file being read: the one thing that remembers between calls.
pub trait Decoding: 'static {
    /// Reads the next bytes, cut anywhere. An error sets the entry aside with that reason.
    fn decode(&mut self, bytes: &[u8], last: bool) -> Result<Decoded, String>;
}

/// One file, or one member of an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// Where the file lies below the source's folder, with `/`.
    pub path: String,
    /// The member's name within it; the file's own, without its folders, if it is no archive.
    pub name: String,
    /// Which member this is, from 0.
    pub index: u32,
    /// How many there are.
    pub entries: u32,
    /// When the file was modified, in milliseconds since 1970.
    pub modified_at_ms: u64,
}

/// What was in the bytes so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The events.
    pub events: Events,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// With this, `open` reads on at the byte behind what was given so far.
    pub resume: Vec<u8>,
    /// If the file is a full list of somebody: whose.
    pub scope: Option<Scope>,
}
