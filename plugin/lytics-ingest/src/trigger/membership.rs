//! In which audiences is the person, as of when?
//!
//! What happened is as of its own time. The full membership, where a message carries it, is as of the message, and speaks of what did not
//! happen in it: a happening is the more exact word. What has one time is one statement, and statements come in the order of time, so
//! that the last word about an audience is the last one downstream, too.

use std::borrow::Cow;

use jiff::Timestamp;

use super::message::What;
use crate::audiences::Audiences;

/// *Of* these audiences the person is *in* those, as of then.
#[derive(Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    /// Each audience, and whether the person is in it.
    pub audiences: Vec<(Cow<'a, str>, bool)>,
    /// As of then.
    pub as_of: Timestamp,
}

impl<'a> Statement<'a> {
    /// A later word on the same audience replaces the earlier.
    fn say(&mut self, slug: Cow<'a, str>, is_in: bool) {
        match self.audiences.iter_mut().find(|(known, _)| *known == slug) {
            Some((_, known)) => *known = is_in,
            None => self.audiences.push((slug, is_in)),
        }
    }
}

/// One word on one audience, by the name that is written downstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word<'a> {
    /// The audience.
    pub slug: Cow<'a, str>,
    /// Whether the person is in it.
    pub is_in: bool,
    /// As of then.
    pub at: Timestamp,
}

impl<'a> Word<'a> {
    /// What a happening says. A change says nothing about memberships.
    #[must_use]
    pub fn of(slug: Cow<'a, str>, what: What, at: Timestamp) -> Option<Self> {
        (what != What::Change).then_some(Self { slug, is_in: what == What::Enter, at })
    }
}

/// What words say, oldest first. `all` is the full membership as of `now`; it speaks for `audiences`, and without them for what it names.
#[must_use]
pub fn statements<'a>(
    mut words: Vec<Word<'a>>,
    all: Option<Vec<Cow<'a, str>>>,
    audiences: Option<&'a Audiences>,
    now: Timestamp,
) -> Vec<Statement<'a>> {
    let full = all.map_or_else(Vec::new, |all| full(all, audiences));
    let unsaid = full.into_iter().filter(|(slug, _)| words.iter().all(|word| word.slug != *slug));
    let unsaid: Vec<_> = unsaid.map(|(slug, is_in)| Word { slug, is_in, at: now }).collect();
    words.extend(unsaid);
    words.sort_by_key(|word| word.at);
    by_time(words)
}

fn full<'a>(all: Vec<Cow<'a, str>>, audiences: Option<&'a Audiences>) -> Vec<(Cow<'a, str>, bool)> {
    let Some(audiences) = audiences else { return all.into_iter().map(|slug| (slug, true)).collect() };
    let word = |audience: &'a crate::audiences::Audience| {
        Some((Cow::Borrowed(audience.slug.as_str()), audience.is_among(&all)?))
    };
    audiences.0.iter().filter_map(word).collect()
}

fn by_time(words: Vec<Word<'_>>) -> Vec<Statement<'_>> {
    let mut statements: Vec<Statement<'_>> = Vec::new();
    for Word { slug, is_in, at } in words {
        match statements.last_mut().filter(|last| last.as_of == at) {
            Some(last) => last.say(slug, is_in),
            None => statements.push(Statement { audiences: vec![(slug, is_in)], as_of: at }),
        }
    }
    statements
}
