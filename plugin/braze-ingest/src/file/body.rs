//! The body of an event, being written.

use brazeline_kit::append::append;
use brazeline_kit::{Entry, Events};

use super::File;
use crate::moment;

/// Used again for each row.
#[derive(Debug)]
pub struct Body {
    /// The event, an object.
    pub text: Vec<u8>,
    /// Its last members and its end.
    end: String,
}

impl Body {
    /// For the rows of an entry: what they say is as old as their file.
    #[must_use]
    pub fn new(file: &File, entry: &Entry) -> Self {
        let as_of = file.mark_known.then(|| moment::of_ms(entry.modified_at_ms)).flatten();
        let end = as_of.map_or_else(|| "}".to_owned(), |as_of| format!(r#","known_as_of":"{as_of}"}}"#));
        Self { text: Vec::new(), end }
    }

    /// Adds it to the others, with its last members.
    pub fn finish(&mut self, key: &str, events: &mut Events) {
        self.text.pop();
        append(&mut self.text, self.end.as_bytes());
        events.push_written(key, &self.text);
    }
}
