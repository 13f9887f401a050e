//! The body of an event, being written.

use brazeline_kit::Entry;

use super::File;
use crate::moment;

/// Used again for each row.
#[derive(Debug)]
pub struct Body {
    /// The event, an object without its last members.
    pub text: String,
    /// Its last members and its end.
    end: String,
}

impl Body {
    /// For the rows of an entry: what they say is as old as their file.
    #[must_use]
    pub fn new(file: &File, entry: &Entry) -> Self {
        let as_of = file.mark_known.then(|| moment::of_ms(entry.modified_at_ms)).flatten();
        let end = as_of.map_or_else(|| "}".to_owned(), |as_of| format!(r#","known_as_of":"{as_of}"}}"#));
        Self { text: String::new(), end }
    }

    /// All of it.
    pub fn finish(&mut self) -> &str {
        self.text.pop();
        self.text.push_str(&self.end);
        &self.text
    }
}
