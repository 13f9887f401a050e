//! From a message to person updates.

use std::borrow::Cow;

use brazeline_kit::Events;
use brazeline_kit::event::NoEvent;
use brazeline_kit::person::{Audiences, Identifier, PersonUpdate, Source, User};
use jiff::Timestamp;
use serde_json::value::RawValue;

use super::envelope::open;
use super::membership::{Statement, Word, statements};
use super::message::{Happened, message};
use crate::audiences;
use crate::profile::attributes;
use crate::whom::of_profile;

/// What to read of messages.
#[derive(Debug)]
pub struct Reader {
    /// Whom a message is about.
    pub source: Source,
    /// The audiences to pass on; all where there are none.
    pub audiences: Option<audiences::Audiences>,
    /// The fields to pass on.
    pub fields: Vec<String>,
}

impl Reader {
    /// Adds the events of a message; what it says beside them and is left out. `now` is when it arrived.
    pub fn read(&self, text: &RawValue, now: Timestamp, events: &mut Events) -> Result<Vec<NoEvent>, NoEvent> {
        let envelope = open(text).map_err(NoEvent::unreadable)?;
        let identifier = of_profile(&self.source, &envelope.data)?;
        let key = identifier.key();
        let message = message(&envelope).map_err(|reason| NoEvent::about(&key, reason))?;
        let now = envelope.sent_at.unwrap_or(now);

        let mut skipped = Vec::new();
        let mut wanted = 0;
        let mut words = Vec::new();
        for happened in message.happened {
            match self.name(&happened) {
                Ok(slug) => {
                    wanted += 1;
                    words.extend(Word::of(slug, happened.what, happened.at.unwrap_or(now)));
                }
                Err(not_wanted) => skipped.push(not_wanted),
            }
        }
        let statements = statements(words, message.all, self.audiences.as_ref(), now);
        let attributes = attributes(&self.fields, &envelope.data).filter(|_| wanted > 0 || !statements.is_empty());
        if statements.is_empty() && attributes.is_none() && skipped.is_empty() {
            skipped.push(NoEvent::Skipped("it says nothing that is passed on: see `fields`".to_owned()));
        }
        write(&key, identifier, statements, attributes.as_deref(), events)
            .map_err(|reason| NoEvent::about(&key, reason))?;
        Ok(skipped)
    }

    /// What an audience is called downstream, if it is passed on.
    fn name<'a>(&'a self, happened: &Happened<'a>) -> Result<Cow<'a, str>, NoEvent> {
        let Some(audiences) = &self.audiences else { return Ok(happened.slug.clone()) };
        match audiences.find(happened.id.as_deref(), &happened.slug) {
            Some(audience) => Ok(Cow::Borrowed(&audience.slug)),
            None => Err(NoEvent::Skipped(not_wanted(audiences, &happened.slug))),
        }
    }
}

fn not_wanted(audiences: &audiences::Audiences, slug: &str) -> String {
    match audiences.slugs().any(|known| known == slug) {
        true => format!("the audience `{slug}` has another id than the one in `audiences`"),
        false => format!("the audience `{slug}` is not among `audiences`"),
    }
}

/// An event for each statement. The attributes are as new as the last of them; without any they stand alone.
fn write<'a>(
    key: &str,
    identifier: Identifier<'a>,
    mut statements: Vec<Statement<'a>>,
    attributes: Option<&RawValue>,
    events: &mut Events,
) -> Result<(), String> {
    let user = User::from(identifier);
    let last = statements.pop();
    for statement in statements {
        let audiences = Some(said(statement));
        events.push(key, &PersonUpdate { user: user.clone(), audiences, ..PersonUpdate::default() })?;
    }
    if last.is_some() || attributes.is_some() {
        let audiences = last.map(said);
        events.push(key, &PersonUpdate { user, attributes, audiences, ..PersonUpdate::default() })?;
    }
    Ok(())
}

fn said(statement: Statement<'_>) -> Audiences<'_> {
    let as_of = Some(Cow::Owned(statement.as_of.to_string()));
    let members_in = statement.audiences.iter().filter(|(_, is_in)| *is_in).map(|(slug, _)| slug.clone()).collect();
    let of = statement.audiences.into_iter().map(|(slug, _)| slug).collect();
    Audiences { members_in, of, as_of, ..Audiences::default() }
}
