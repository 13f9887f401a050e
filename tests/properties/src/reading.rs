//! A file is read the same wherever it is cut, and wherever reading goes on.

use brazeline_kit::{Decoder, Decoding, Entry, Unread};

use crate::event;

/// All that is in a file, or why all of it is set aside.
pub type Outcome = Result<Content, String>;

/// What is in a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Key and body.
    pub events: Vec<(String, String)>,
    /// What could not be read, and what is left out.
    pub unread: Vec<Unread>,
}

impl Content {
    /// What has become of so many rows.
    pub fn rows(&self) -> usize {
        self.events.len() + self.unread.len()
    }
}

/// Reads a file. Panics unless it is read the same in pieces, by one reading or by one for each piece, and all events are some.
pub fn same<T: Decoder>(plugin: &T, name: &str, file: &[u8]) -> Outcome {
    let whole = read(plugin, name, &[file], false);
    let cut = cut(file);
    let (begin, end) = file.split_at(cut);
    // Not so small that a fuzzer does nothing else; to begin anew costs most.
    let [small, few] = [(1 + cut % 24).max(file.len() / 16), (file.len() / 3).max(1)].map(|bytes| file.chunks(bytes));
    let (small, few): (Vec<&[u8]>, Vec<&[u8]>) = (small.collect(), few.collect());
    for (pieces, anew) in [(&[begin, end][..], false), (&[begin, end], true), (&small, false), (&few, true)] {
        // Nothing at all is one piece.
        if let Some(first) = pieces.first() {
            let cut = read(plugin, name, pieces, anew);
            assert_eq!(cut, whole, "in {} pieces, the first of {} bytes; anew: {anew}", pieces.len(), first.len());
        }
    }
    for (key, body) in whole.iter().flat_map(|content| &content.events) {
        event::members(key, body);
    }
    whole
}

/// Reads pieces, each by a reading of its own if it goes on where the last one stood.
fn read<T: Decoder>(plugin: &T, name: &str, pieces: &[&[u8]], anew: bool) -> Outcome {
    let entry = Entry { path: name.to_owned(), name: name.to_owned(), entries: 1, ..Entry::default() };
    let mut reading = plugin.open(&entry, None)?;
    let mut content = Content::default();
    for (number, bytes) in pieces.iter().enumerate() {
        let last = number + 1 == pieces.len();
        let decoded = reading.decode(bytes, last)?;
        content.events.extend(decoded.events.iter().map(|(key, body)| (key.to_owned(), body.to_owned())));
        content.unread.extend(decoded.unread);
        if anew && !last {
            reading = plugin.open(&entry, Some(&decoded.resume))?;
        }
    }
    Ok(content)
}

/// A place in the input: another one for other bytes, and the same for the same.
pub fn cut(input: &[u8]) -> usize {
    // FNV-1a.
    let hash = input
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    (hash % (input.len() as u64 + 1)) as usize
}
