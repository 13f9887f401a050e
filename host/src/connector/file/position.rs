//! Where does reading a file go on, and is it still the same file?
//!
//! A position names a place by what lies before it, not by the file's name or inode: a copy that was put in its place is read
//! on, another file of the same name is read from its start.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How much of a file's beginning, and of what lies right before a position, is compared.
const COMPARED: u64 = 1024;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The number of the next event.
    pub event: u64,
    /// So many lines lie before it.
    pub line: u64,
    /// So many bytes lie before it.
    pub byte: u64,
    /// So many of the first bytes are compared.
    head: u64,
    /// What the compared bytes were, as a digest.
    digest: String,
    /// By what lines are told from events. By something else, other lines are events, and their numbers mean nothing.
    #[serde(default)]
    pub by: String,
}

impl Position {
    /// The place behind so many bytes of a file. The file is left at that place.
    pub fn at(file: &mut File, event: u64, line: u64, byte: u64) -> io::Result<Self> {
        let head = file.metadata()?.len().min(COMPARED);
        Ok(Self { event, line, byte, head, digest: digest(file, head, byte)?, by: String::new() })
    }

    /// The same place, with events numbered from there and told so.
    #[must_use]
    pub fn by(self, event: u64, by: &str) -> Self {
        Self { event, by: by.to_owned(), ..self }
    }

    /// Reads what [`encode`](Self::encode) wrote.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// For the store.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Whether what lies before this place is what did. The file is left at that place.
    pub fn is_in(&self, file: &mut File) -> io::Result<bool> {
        Ok(file.metadata()?.len() >= self.byte.max(self.head) && digest(file, self.head, self.byte)? == self.digest)
    }
}

fn digest(file: &mut File, head: u64, byte: u64) -> io::Result<String> {
    let mut digest = Sha256::new();
    let tail = byte.saturating_sub(COMPARED);
    for (from, to) in [(0, head), (tail, byte)] {
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(to - from).read_to_end(&mut bytes)?;
        digest.update(&bytes);
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file(text: &str) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    #[test]
    fn another_file_is_noticed() {
        let long = "x".repeat(5000);
        let old = format!("head {long}middle {long}tail\nrest");
        let byte = (old.len() - 4) as u64;
        let position = Position::at(&mut file(&old), 3, 1, byte).unwrap();
        let table = [
            (old.clone(), true),
            (format!("{old} and more"), true),
            (old[..old.len() - 4].to_owned(), true),
            (old[..old.len() - 5].to_owned(), false),
            (old.replace("head", "Head"), false),
            (old.replace("tail", "Tail"), false),
            (String::new(), false),
        ];
        for (text, expected) in table {
            let mut new = file(&text);
            assert_eq!(position.is_in(&mut new).unwrap(), expected, "{} bytes", text.len());
            assert!(!expected || new.stream_position().unwrap() == byte);
        }
        // At the very start, the beginning still tells.
        let start = Position::at(&mut file("one"), 0, 0, 0).unwrap();
        assert!(start.is_in(&mut file("one and more")).unwrap() && !start.is_in(&mut file("two")).unwrap());
        assert_eq!(Position::decode(&start.encode()), Some(start));
        assert_eq!(Position::decode(b"nonsense"), None);
    }
}
