//! Why is something that a source read no event?

use crate::Unread;
use crate::person::{Identifier, KEY_BYTES, Source};

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

    /// None of these fields is there.
    #[must_use]
    pub fn nobody(sources: &[Source]) -> Self {
        let fields: Vec<_> = sources.iter().map(|source| format!("`{}`", source.field)).collect();
        Self::Skipped(format!("the person has no {}", fields.join(", no ")))
    }

    /// What the field holds is nobody's: the rule that it breaks.
    #[must_use]
    pub fn unfit(source: &Source, rule: &str, key: Option<String>) -> Self {
        let reason = format!("its `{}` identifies nobody: {rule}", source.field);
        Self::Unreadable { reason, key: key.filter(|key| key.len() <= KEY_BYTES) }
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

impl Source {
    /// The identifier, if somebody can be found by it.
    pub fn fit<'a>(&self, identifier: Identifier<'a>) -> Result<Identifier<'a>, NoEvent> {
        match identifier.unfit() {
            None => Ok(identifier),
            Some(rule) => Err(NoEvent::unfit(self, rule, Some(identifier.key()))),
        }
    }
}
