//! Whom is a row or an event about, and what becomes of it if that cannot be told?

use brazeline_kit::person::{Identifier, IdentifierField, KEY_BYTES, Source};
use brazeline_kit::{Problem, Unread};

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

    /// With what was read, if it is to be kept.
    #[must_use]
    pub fn unread(self, raw: impl FnOnce() -> Vec<u8>, place: String) -> Unread {
        let (raw, skipped, key, reason) = match self {
            Self::Skipped(reason) => (Vec::new(), true, None, reason),
            Self::Unreadable { reason, key } => (raw(), false, key, reason),
        };
        Unread { raw, place, key, skipped, reason }
    }
}

/// Braze's own id in this field.
pub fn braze_id(field: &str) -> Result<Source, Problem> {
    Source::new(IdentifierField { braze_id: Some(field.to_owned()), ..IdentifierField::default() })
}

/// The identifier, if somebody can be found by it.
pub fn fit<'a>(source: &Source, identifier: Identifier<'a>) -> Result<Identifier<'a>, NoEvent> {
    match identifier.unfit() {
        None => Ok(identifier),
        Some(rule) => {
            let reason = format!("its `{}` identifies nobody: {rule}", source.field);
            Err(NoEvent::Unreadable { reason, key: Some(identifier.key()).filter(|key| key.len() <= KEY_BYTES) })
        }
    }
}

/// Nobody is named.
#[must_use]
pub fn nobody(sources: &[Source]) -> NoEvent {
    let fields: Vec<_> = sources.iter().map(|source| format!("`{}`", source.field)).collect();
    NoEvent::Skipped(format!("the person has no {}", fields.join(", no ")))
}
