//! How did asking end?

/// How asking ended.
#[derive(Debug)]
pub enum Over {
    /// As it should, or because a stop was asked for.
    Done,
    /// Nothing comes before a person acts, for this reason.
    Stopped(String),
    /// This run came to nothing, for this reason, and is given up. The next one asks anew.
    Failed(String),
}

impl Over {
    /// Why it did not end as it should, if it did not.
    #[must_use]
    pub fn reason(self) -> Option<String> {
        match self {
            Self::Done => None,
            Self::Stopped(reason) | Self::Failed(reason) => Some(reason),
        }
    }
}
