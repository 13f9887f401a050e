//! What does a page mean for the events, the position and the next ask?
//!
//! A policy: it is given what the component read, and answers what to store and how to go on. It sends nothing and waits for nothing.

use super::position::Position;
use crate::component::types::{Batch, Onward, Paged, Scope, Unread};
use crate::connector::Reading;

/// Where a source that asks for pages stands.
#[derive(Debug)]
pub struct Course {
    position: Position,
    /// The number of the next event.
    event: u64,
    /// Whether pages are given on as parts of snapshots. Otherwise it is no matter at whom they look.
    parts: bool,
}

/// How to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Ask on.
    Ask,
    /// The run is over.
    Rest,
    /// The same again, not before so many milliseconds.
    Again(u64),
    /// From the beginning, for this reason.
    Anew(String),
    /// Nothing comes before a person acts, for this reason.
    Stop(String),
}

impl Course {
    /// Goes on at a stored position. A snapshot that was open is begun again: nobody knows who was seen in the part that was read. `event`
    /// is the number of the next event.
    #[must_use]
    pub fn new(stored: Option<Position>, event: u64, parts: bool) -> Self {
        let mut position = stored.unwrap_or_default();
        if position.snapshots.is_open() {
            position.at = position.begin.take();
            position.snapshots.abandon();
        }
        Self { position, event, parts }
    }

    /// For which position the next ask is.
    #[must_use]
    pub fn at(&self) -> Option<Vec<u8>> {
        self.position.at.clone()
    }

    /// Takes what the component read: what is to be stored, in order, and how to go on then.
    pub fn take(&mut self, paged: Paged, now_ms: u64) -> (Vec<Reading>, Next) {
        let Paged { events, unread, onward, scope, .. } = paged;
        let scope = scope.filter(|_| self.parts);
        match onward {
            Onward::More(next) => (self.page((events, unread), scope, next, false, now_ms), Next::Ask),
            Onward::End(next) => (self.page((events, unread), scope, next, true, now_ms), Next::Rest),
            Onward::Retry(ms) => (Vec::new(), Next::Again(ms)),
            Onward::Stop(reason) => (Vec::new(), Next::Stop(reason)),
            Onward::Restart(reason) => {
                self.anew();
                (Vec::new(), Next::Anew(reason))
            }
        }
    }

    /// Goes to the beginning.
    pub fn anew(&mut self) {
        self.position.at = None;
        self.position.snapshots.abandon();
    }

    /// Gives the run up: what is to be stored, so that the next one is asked for from the beginning.
    pub fn give_up(&mut self) -> Reading {
        self.anew();
        self.position.over = true;
        Reading { first: self.event, position: self.position.encode(), ..Reading::default() }
    }

    fn page(
        &mut self,
        (events, unread): (Batch, Vec<Unread>),
        scope: Option<Scope>,
        next: Vec<u8>,
        ends: bool,
        now_ms: u64,
    ) -> Vec<Reading> {
        let mut readings = Vec::new();
        // A look at others begins: the one before is complete.
        if scope.as_ref().is_some_and(|scope| self.position.snapshots.is_of_others(scope)) {
            readings.extend(self.close());
        }
        if scope.is_some() && !self.position.snapshots.is_open() {
            self.position.begin.clone_from(&self.position.at);
        }
        let part = scope.map(|scope| self.position.snapshots.part(scope, now_ms));
        self.position.at = Some(next);
        self.position.over = ends;
        let first = self.event;
        self.event += events.len() as u64;
        readings.push(Reading { events, unread, first, position: self.position.encode(), part });
        if ends {
            readings.extend(self.close());
        }
        readings
    }

    /// The end of the open snapshot. Until it is stored, a restart begins the snapshot again.
    fn close(&mut self) -> Option<Reading> {
        let part = self.position.snapshots.close()?;
        let first = self.event;
        self.event += 1;
        Some(Reading { first, position: self.position.encode(), part: Some(part), ..Reading::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn paged(keys: &[&str], onward: Onward, scope: Option<&[&str]>) -> Paged {
        let mut events = Batch::new();
        keys.iter().for_each(|key| events.push(key, b"{}"));
        let scope = scope.map(|audiences| Scope {
            audiences: audiences.iter().map(|&name| name.to_owned()).collect(),
            as_of_ms: 7,
            total: None,
        });
        Paged { events, unread: Vec::new(), onward, scope, budgets: Vec::new() }
    }

    fn more(next: &str) -> Onward {
        Onward::More(next.into())
    }

    fn end(next: &str) -> Onward {
        Onward::End(next.into())
    }

    fn text(bytes: Option<Vec<u8>>) -> String {
        bytes.map_or("the beginning".to_owned(), |bytes| String::from_utf8(bytes).unwrap())
    }

    /// Takes one page after the other, at 100 ms, 200 ms and so on; shows what is stored of each and where a new process would go on.
    fn check(parts: bool, pages: Vec<Paged>, expected: Expect) {
        let mut course = Course::new(None, 50, parts);
        let mut shown = String::new();
        for (number, page) in (1..).zip(pages) {
            let asked = text(course.at());
            let (readings, next) = course.take(page, number * 100);
            for reading in readings {
                let keys: Vec<&str> = (0..reading.events.len()).map(|index| reading.events.key(index)).collect();
                let part = reading.part.map(|part| {
                    let closes = if part.closes { ", closes" } else { "" };
                    format!(" of snapshot {} of {}{closes}", part.number, part.scope.audiences.join(" "))
                });
                let stored = Course::new(Position::decode(&reading.position), 0, parts);
                let (first, part) = (reading.first, part.unwrap_or_default());
                shown += &format!("{asked}: {first} {keys:?}{part}; restarts at {}\n", text(stored.at()));
            }
            shown += &format!("  {next:?}\n");
        }
        expected.assert_eq(&shown);
    }

    #[test]
    fn without_snapshots_a_restart_goes_on() {
        let vip = Some(&["vip"][..]);
        check(
            false,
            vec![
                paged(&["a", "b"], more("2"), vip),
                paged(&[], Onward::Retry(30), vip),
                paged(&[], more("3"), None),
                paged(&["c"], end("4"), vip),
                paged(&[], Onward::Restart("lost".into()), None),
                paged(&["a"], Onward::Stop("no".into()), None),
            ],
            expect![[r#"
                the beginning: 50 ["a", "b"]; restarts at 2
                  Ask
                  Again(30)
                2: 52 []; restarts at 3
                  Ask
                3: 52 ["c"]; restarts at 4
                  Rest
                  Anew("lost")
                  Stop("no")
            "#]],
        );
    }

    #[test]
    fn a_snapshot_is_begun_again_until_its_end_is_stored() {
        let vip = Some(&["vip"][..]);
        check(
            true,
            vec![
                paged(&["a"], more("2"), vip),
                paged(&["b"], end("3"), vip),
                paged(&["a"], more("4"), vip),
                paged(&[], Onward::Restart("lost".into()), None),
                paged(&["a"], more("5"), vip),
                paged(&["b"], end("6"), None),
            ],
            expect![[r#"
                the beginning: 50 ["a"] of snapshot 100 of vip; restarts at the beginning
                  Ask
                2: 51 ["b"] of snapshot 100 of vip; restarts at the beginning
                2: 52 [] of snapshot 100 of vip, closes; restarts at 3
                  Rest
                3: 53 ["a"] of snapshot 300 of vip; restarts at 3
                  Ask
                  Anew("lost")
                the beginning: 54 ["a"] of snapshot 500 of vip; restarts at the beginning
                  Ask
                5: 55 ["b"]; restarts at the beginning
                5: 56 [] of snapshot 500 of vip, closes; restarts at 6
                  Rest
            "#]],
        );
    }

    #[test]
    fn a_look_at_others_ends_the_one_before() {
        check(
            true,
            vec![
                paged(&["a"], more("2"), None),
                paged(&["b"], more("3"), Some(&["vip", "new"])),
                paged(&["c"], more("4"), Some(&["new", "vip"])),
                paged(&["d"], more("5"), Some(&["old"])),
                paged(&[], end("6"), Some(&["old"])),
            ],
            expect![[r#"
                the beginning: 50 ["a"]; restarts at 2
                  Ask
                2: 51 ["b"] of snapshot 200 of new vip; restarts at 2
                  Ask
                3: 52 ["c"] of snapshot 200 of new vip; restarts at 2
                  Ask
                4: 53 [] of snapshot 200 of new vip, closes; restarts at 4
                4: 54 ["d"] of snapshot 400 of old; restarts at 4
                  Ask
                5: 55 [] of snapshot 400 of old; restarts at 4
                5: 55 [] of snapshot 400 of old, closes; restarts at 6
                  Rest
            "#]],
        );
    }
}
