//! The files that Lytics exports: who is in an audience, a person a row.
//!
//! A row says what its file and its columns say: that the person is in the file's audience, which of the `audiences` they are in, or only
//! fields. A file that lists everybody of an audience speaks for it, as of when the file was last changed: a run of Lytics writes whoever
//! is in it, and who left is only missing.

pub mod cell;
pub mod csv;
pub mod lines;

pub mod reading;
pub mod row;

use brazeline_kit::person::Source;
use brazeline_kit::{Entry, Scope};

use crate::audiences::Audiences;
use crate::settings::{Format, Settings};

pub use csv::delimiter;
pub use reading::Reading;

/// What to read of files.
#[derive(Debug)]
pub struct File {
    /// Whom a row is about.
    pub source: Source,
    /// The fields to pass on.
    pub fields: Vec<String>,
    /// Those of them that are lists.
    pub list_fields: Vec<String>,
    /// What separates the items of a list in a cell.
    pub joiner: String,
    /// What separates the cells of a CSV.
    pub delimiter: u8,
    /// What files are.
    pub format: Format,
    /// The audience of which a file lists everybody.
    pub audience: Option<String>,
    /// The field with all audiences of a person.
    pub column: Option<String>,
    /// The audiences that are read of it.
    pub audiences: Audiences,
    /// A file lists everybody of all of them.
    pub complete: bool,
}

impl File {
    /// For settings without problems.
    #[must_use]
    pub fn new(source: Source, settings: Settings) -> Self {
        Self {
            source,
            audiences: settings.chosen().unwrap_or_default(),
            fields: settings.fields,
            list_fields: settings.list_fields.unwrap_or_default(),
            joiner: settings.joiner.unwrap_or_else(|| "&".to_owned()),
            delimiter: settings.delimiter.as_deref().and_then(delimiter).unwrap_or(b','),
            format: settings.format.unwrap_or_default(),
            audience: settings.audience,
            column: settings.audiences_column,
            complete: settings.complete.unwrap_or_default(),
        }
    }

    /// For whom an entry speaks.
    #[must_use]
    pub fn scope(&self, entry: &Entry) -> Option<Scope> {
        let audiences = match &self.audience {
            Some(audience) => vec![audience.clone()],
            None if self.complete => self.audiences.slugs().map(ToOwned::to_owned).collect(),
            None => return None,
        };
        Some(Scope { audiences, as_of_ms: entry.modified_at_ms, total: None })
    }
}

#[cfg(test)]
mod tests;
