//! What does a profile of a page say?

use std::borrow::Cow;

use brazeline_kit::event::{Members, NoEvent};
use brazeline_kit::person::{self, PersonUpdate, Source, User};
use brazeline_kit::{Events, Unread};
use serde_json::value::RawValue;

use super::MEMBERSHIP;
use crate::audiences::{Audience, Audiences};
use crate::profile::{attributes, moment, names, read};
use crate::whom::of_profile;

/// Names of audiences, as they are written downstream.
type Names<'s> = Vec<Cow<'s, str>>;

/// What to read of profiles.
#[derive(Debug)]
pub struct Rows<'s> {
    /// Whom a profile is about.
    pub source: &'s Source,
    /// The audiences of the settings.
    pub audiences: &'s Audiences,
    /// The fields to pass on.
    pub fields: &'s [String],
    /// The audience that is scanned alone: everybody here is in it.
    pub scanned: Option<&'s Audience>,
    /// As of when.
    pub as_of_ms: u64,
}

impl<'s> Rows<'s> {
    /// The events of a page, and what is none.
    #[must_use]
    pub fn read(&self, people: &[&RawValue], place: &str) -> (Events, Vec<Unread>) {
        let (mut events, mut unread) = (Events::default(), Vec::new());
        let as_of = moment(self.as_of_ms);
        for (row, profile) in people.iter().enumerate() {
            if let Err(no_event) = self.row(profile, as_of.as_deref(), &mut events) {
                unread.push(no_event.unread(|| profile.get().into(), format!("{place}, row {}", row + 1)));
            }
        }
        (events, unread)
    }

    fn row(&self, profile: &RawValue, as_of: Option<&str>, events: &mut Events) -> Result<(), NoEvent> {
        let profile: Members<'_> = read(profile).ok_or_else(|| NoEvent::unreadable("it is no JSON object"))?;
        let identifier = of_profile(self.source, &profile)?;
        let key = identifier.key();
        let wrong = |reason: String| NoEvent::about(&key, reason);
        let (members_in, of) = self.memberships(&profile).map_err(|reason| wrong(reason.to_owned()))?;
        let as_of = as_of.map(Cow::Borrowed);
        let audiences = Some(person::Audiences { members_in, of, as_of, ..person::Audiences::default() });
        let attributes = attributes(self.fields, &profile);
        let (user, attributes) = (User::from(identifier), attributes.as_deref());
        let update = PersonUpdate { user, attributes, audiences, ..PersonUpdate::default() };
        events.push(&key, &update).map_err(wrong)
    }

    /// In which audiences the person is, and of which.
    fn memberships(&self, profile: &Members<'_>) -> Result<(Names<'s>, Names<'s>), &'static str> {
        let list = MEMBERSHIP.into_iter().find_map(|field| profile.get(field).filter(|list| list.get() != "null"));
        let named = match list {
            Some(list) => Some(names(list).ok_or("its `segments` is no list of names")?),
            None => None,
        };
        let is_in = |audience: &Audience| {
            if self.scanned == Some(audience) { Some(true) } else { audience.is_among(named.as_deref()?) }
        };
        let word = |audience: &'s Audience| Some((Cow::Borrowed(audience.slug.as_str()), is_in(audience)?));
        let words: Vec<_> = self.audiences.0.iter().filter_map(word).collect();
        let members_in: Vec<_> = words.iter().filter(|(_, is_in)| *is_in).map(|(slug, _)| slug.clone()).collect();
        if words.is_empty() {
            return Err("it has no `segments`, which say in which of the audiences the person is");
        }
        // It would say that the person left them all, though Lytics found them in one.
        if members_in.is_empty() {
            return Err("its `segments` name none of the audiences that were asked for");
        }
        Ok((members_in, words.into_iter().map(|(slug, _)| slug).collect()))
    }
}
