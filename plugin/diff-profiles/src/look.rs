//! With what eyes is a call's input to be read: is it a full look at some audiences, and the first one?

use brazeline_kit::Snapshot;

use crate::time::LATEST_MS;

/// What a call speaks for.
#[derive(Debug, Default)]
pub struct Look<'c> {
    /// It is a part of a full look; otherwise all of it is news.
    pub is_full: bool,
    /// Nobody looked: an operator wants its audiences taken off.
    pub is_restated: bool,
    /// As of when the full look is.
    pub as_of_ms: u64,
    /// The audiences that it speaks for, in order.
    pub scope: Vec<&'c str>,
    /// Those that were never looked at completely before, in order.
    first: Vec<&'c str>,
}

impl<'c> Look<'c> {
    /// Of a call with this snapshot.
    #[must_use]
    pub fn new(snapshot: Option<&'c Snapshot>) -> Self {
        let Some(Snapshot { scope, baseline, restated }) = snapshot else { return Self::default() };
        Self {
            is_full: true,
            is_restated: *restated,
            as_of_ms: scope.as_of_ms.min(LATEST_MS),
            scope: in_order(&scope.audiences),
            first: in_order(baseline),
        }
    }

    /// Whether it is the first look at anything.
    #[must_use]
    pub fn is_first(&self) -> bool {
        !self.first.is_empty()
    }

    /// Whether it is the first look at an audience.
    #[must_use]
    pub fn is_first_at(&self, audience: &str) -> bool {
        self.first.binary_search(&audience).is_ok()
    }
}

fn in_order(names: &[String]) -> Vec<&str> {
    let mut names: Vec<_> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names
}
