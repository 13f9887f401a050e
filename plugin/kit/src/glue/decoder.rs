//! `decoder`. A decoding is a resource: the host holds it, and drops it when the entry is read.

use std::cell::RefCell;

use super::batch::each;
use super::{Glue, with};
use crate::bindings::decoder as wit;
use crate::{Decoded, Decoder, Decoding, Entry};

impl<T: Decoder> wit::Guest for Glue<T> {
    type Decoding = Open<T::Decoding>;

    fn open(entry: wit::Entry, resume: Option<Vec<u8>>) -> Result<wit::Decoding, String> {
        let decoding = with(|plugin: &T| plugin.open(&entry.into(), resume.as_deref()))?;
        Ok(wit::Decoding::new(Open(RefCell::new(decoding))))
    }
}

/// A file being read. The boundary shares it, and never calls it twice at once.
#[derive(Debug)]
pub struct Open<D>(RefCell<D>);

impl<D: Decoding> wit::GuestDecoding for Open<D> {
    fn decode(&self, bytes: Vec<u8>, last: bool) -> Result<wit::Decoded, String> {
        self.0.borrow_mut().decode(&bytes, last).map(Into::into)
    }
}

impl From<wit::Entry> for Entry {
    fn from(entry: wit::Entry) -> Self {
        Self {
            path: entry.path,
            name: entry.name,
            index: entry.index,
            entries: entry.entries,
            modified_at_ms: entry.modified_at_ms,
        }
    }
}

impl From<Decoded> for wit::Decoded {
    fn from(decoded: Decoded) -> Self {
        Self {
            events: decoded.events.into(),
            unread: each(decoded.unread),
            resume: decoded.resume,
            scope: decoded.scope.map(Into::into),
        }
    }
}
