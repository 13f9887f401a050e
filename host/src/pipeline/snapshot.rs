//! Which snapshot does a page or a piece of a file belong to, and when is one complete?
//!
//! A component says at whom it looks; the host numbers the looks. It counts and compares, and gives nothing on itself.

use serde::{Deserialize, Serialize};

use crate::component::types::Scope;
use crate::connector::Part;

/// The snapshots of one source, one after another.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshots {
    /// The largest number that was given.
    last: u64,
    open: Option<Open>,
}

/// One that is not complete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Open {
    number: u64,
    audiences: Vec<String>,
    as_of_ms: u64,
    total: Option<u64>,
}

impl Snapshots {
    /// Whether one is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether one is open that looks at others: what comes with this scope begins the next.
    #[must_use]
    pub fn is_of_others(&self, scope: &Scope) -> bool {
        self.open.as_ref().is_some_and(|open| open.audiences != sorted(&scope.audiences))
    }

    /// The part that comes with this scope: of the open snapshot, or of one that begins now. Its numbers are times, so that they rise
    /// also if what was stored is lost. The first page's time holds for all: what changed after it may not have been seen.
    pub fn part(&mut self, scope: Scope, now_ms: u64) -> Part {
        let last = &mut self.last;
        let open = self.open.get_or_insert_with(|| {
            *last = now_ms.max(*last + 1);
            Open { number: *last, audiences: sorted(&scope.audiences), as_of_ms: scope.as_of_ms, total: None }
        });
        open.total = scope.total.or(open.total);
        open.part(false)
    }

    /// Ends the open snapshot, if there is one.
    pub fn close(&mut self) -> Option<Part> {
        self.open.take().map(|open| open.part(true))
    }

    /// Gives it up: nothing is said about those who were not seen.
    pub fn abandon(&mut self) {
        self.open = None;
    }
}

impl Open {
    fn part(&self, closes: bool) -> Part {
        let scope = Scope { audiences: self.audiences.clone(), as_of_ms: self.as_of_ms, total: self.total };
        Part { number: self.number, scope, closes }
    }
}

fn sorted(audiences: &[String]) -> Vec<String> {
    let mut sorted = audiences.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(audiences: &[&str], as_of_ms: u64, total: Option<u64>) -> Scope {
        Scope { audiences: audiences.iter().map(|&name| name.to_owned()).collect(), as_of_ms, total }
    }

    #[test]
    fn numbers_rise_and_the_first_time_holds() {
        let mut snapshots = Snapshots::default();
        let mut shown = String::new();
        let mut say = |what: &str, part: Option<Part>| {
            let part = part.map(|Part { number, scope, closes }| {
                format!("{number} {:?} as of {}, {:?}, closes {closes}", scope.audiences, scope.as_of_ms, scope.total)
            });
            shown += &format!("{what}: {}\n", part.unwrap_or_default());
        };
        say("first", Some(snapshots.part(scope(&["b", "a"], 10, Some(7)), 100)));
        assert!(
            !snapshots.is_of_others(&scope(&["a", "b"], 0, None)) && snapshots.is_of_others(&scope(&["a"], 0, None))
        );
        let stored = serde_json::to_string(&snapshots).unwrap();
        let mut snapshots: Snapshots = serde_json::from_str(&stored).unwrap();
        say("second", Some(snapshots.part(scope(&["a", "b"], 20, None), 110)));
        say("end", snapshots.close());
        say("nothing", snapshots.close());
        say("the clock went back", Some(snapshots.part(scope(&["a"], 30, None), 90)));
        snapshots.abandon();
        say("anew", Some(snapshots.part(scope(&["a"], 40, None), 200)));
        expect_test::expect![[r#"
            first: 100 ["a", "b"] as of 10, Some(7), closes false
            second: 100 ["a", "b"] as of 10, Some(7), closes false
            end: 100 ["a", "b"] as of 10, Some(7), closes true
            nothing: 
            the clock went back: 101 ["a"] as of 30, None, closes false
            anew: 200 ["a"] as of 40, None, closes false
        "#]]
        .assert_eq(&shown);
    }
}
