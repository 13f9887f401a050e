//! In which audiences is the person, as of when?
//!
//! What happened at one time is one statement, and statements come in the order of time, so that the last word about an audience
//! is the last one downstream, too. A message that carries the full membership makes one statement only: all of it, with what
//! happened laid over it, as of the last of that.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::trigger::{Trigger, What};

/// *Of* these audiences the person is *in* those, as of then.
#[derive(Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    /// Each audience, and whether the person is in it.
    pub audiences: Vec<(Cow<'a, str>, bool)>,
    /// As of then.
    pub as_of: Timestamp,
}

impl<'a> Statement<'a> {
    fn new(as_of: Timestamp) -> Self {
        Self { audiences: Vec::new(), as_of }
    }

    /// A later word on the same audience replaces the earlier.
    fn say(&mut self, slug: Cow<'a, str>, is_in: bool) {
        match self.audiences.iter_mut().find(|(known, _)| *known == slug) {
            Some((_, known)) => *known = is_in,
            None => self.audiences.push((slug, is_in)),
        }
    }
}

/// What a trigger states, oldest first. `audiences` are those that full membership speaks for, where the settings name them; what
/// happened to others is not in `trigger` any more. What has no time is as of `now`.
#[must_use]
pub fn statements<'a>(trigger: Trigger<'a>, audiences: Option<&'a [String]>, now: Timestamp) -> Vec<Statement<'a>> {
    let mut changes: Vec<(Timestamp, Cow<'a, str>, bool)> = trigger
        .happened
        .into_iter()
        .filter(|happened| happened.what != What::Change)
        .map(|happened| (happened.at.unwrap_or(now), happened.slug, happened.what == What::Enter))
        .collect();
    changes.sort_by_key(|(at, ..)| *at);
    match trigger.all {
        Some(all) => full(all, audiences, changes, now),
        None => by_time(changes),
    }
}

fn full<'a>(
    all: Vec<Cow<'a, str>>,
    audiences: Option<&'a [String]>,
    changes: Vec<(Timestamp, Cow<'a, str>, bool)>,
    now: Timestamp,
) -> Vec<Statement<'a>> {
    let mut statement = Statement::new(changes.last().map_or(now, |(at, ..)| *at));
    match audiences {
        Some(audiences) => audiences.iter().for_each(|slug| statement.say(slug.into(), all.contains(&slug.into()))),
        None => all.into_iter().for_each(|slug| statement.say(slug, true)),
    }
    changes.into_iter().for_each(|(_, slug, is_in)| statement.say(slug, is_in));
    if statement.audiences.is_empty() { Vec::new() } else { vec![statement] }
}

fn by_time(changes: Vec<(Timestamp, Cow<'_, str>, bool)>) -> Vec<Statement<'_>> {
    let mut statements: Vec<Statement<'_>> = Vec::new();
    for (at, slug, is_in) in changes {
        match statements.last_mut().filter(|last| last.as_of == at) {
            Some(last) => last.say(slug, is_in),
            None => {
                let mut statement = Statement::new(at);
                statement.say(slug, is_in);
                statements.push(statement);
            }
        }
    }
    statements
}
