//! Whom is something about, and what becomes of it if that cannot be told?

use brazeline_kit::Unread;
use brazeline_kit::event::Members;
use brazeline_kit::person::{Identifier, KEY_BYTES, Source};

/// Why something is no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoEvent {
    /// The settings leave it out: it is counted.
    Skipped(String),
    /// Nobody can read it: it is kept as a dead letter.
    Unreadable {
        /// What is wrong.
        reason: String,
        /// Whom it is about, where that can be told.
        key: Option<String>,
    },
}

impl NoEvent {
    /// About nobody who can be told.
    pub fn unreadable(reason: impl Into<String>) -> Self {
        Self::Unreadable { reason: reason.into(), key: None }
    }

    /// About this person.
    pub fn about(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Unreadable { reason: reason.into(), key: Some(key.into()) }
    }

    /// With what was read, if it is to be kept.
    #[must_use]
    pub fn unread(self, raw: &[u8], place: String) -> Unread {
        let (raw, skipped, key, reason) = match self {
            Self::Skipped(reason) => (Vec::new(), true, None, reason),
            Self::Unreadable { reason, key } => (raw.to_vec(), false, key, reason),
        };
        Unread { raw, place, key, skipped, reason }
    }
}

/// The person that a profile is about.
pub fn of_profile<'a>(source: &'a Source, profile: &Members<'a>) -> Result<Identifier<'a>, NoEvent> {
    let value = profile.get(&source.field).filter(|value| !matches!(value.get(), "null" | r#""""#));
    let value = value.ok_or_else(|| nobody(source))?;
    let wrong = || unfit(source, "it must be a text or a whole number", None);
    fit(source, source.identifier(value).ok_or_else(wrong)?)
}

/// The person that a cell of a table is about.
pub fn of_cell<'a>(source: &'a Source, cell: &'a str) -> Result<Identifier<'a>, NoEvent> {
    fit(source, source.named(cell).ok_or_else(|| nobody(source))?)
}

fn fit<'a>(source: &Source, identifier: Identifier<'a>) -> Result<Identifier<'a>, NoEvent> {
    match identifier.unfit() {
        None => Ok(identifier),
        Some(rule) => Err(unfit(source, rule, Some(identifier.key()))),
    }
}

fn nobody(source: &Source) -> NoEvent {
    NoEvent::Skipped(format!("the person has no `{}`", source.field))
}

fn unfit(source: &Source, rule: &str, key: Option<String>) -> NoEvent {
    let reason = format!("its `{}` identifies nobody: {rule}", source.field);
    NoEvent::Unreadable { reason, key: key.filter(|key| key.len() <= KEY_BYTES) }
}
