//! From a message to person updates.

use std::borrow::Cow;
use std::collections::BTreeMap;

use brazeline_kit::person::{Audiences, Identifier, PersonUpdate, User};
use brazeline_kit::{Events, Unread};
use jiff::Timestamp;
use serde_json::value::{RawValue, to_raw_value};

use crate::envelope::open;
use crate::membership::{Statement, statements};
use crate::trigger::{Happened, trigger};
use brazeline_kit::event::Members;
use brazeline_kit::person::Source;

/// The most bytes of a key.
const KEY_BYTES: usize = 1024;

/// What to read of messages.
#[derive(Debug)]
pub struct Reader {
    /// Whom a message is about.
    pub source: Source,
    /// The audiences to pass on; all where there are none.
    pub audiences: Option<Vec<String>>,
    /// The fields to pass on.
    pub fields: Vec<String>,
}

/// Why a message, or a part of it, is no event.
#[derive(Debug)]
pub enum NoEvent {
    /// The settings leave it out: it is counted.
    Skipped(String),
    /// Nobody can read it: it is kept as a dead letter.
    Unreadable(String),
}

impl NoEvent {
    /// With the message itself, if it is to be kept.
    #[must_use]
    pub fn unread(self, message: &RawValue, place: String) -> Unread {
        let (raw, skipped, reason) = match self {
            Self::Skipped(reason) => (Vec::new(), true, reason),
            Self::Unreadable(reason) => (message.get().as_bytes().to_vec(), false, reason),
        };
        Unread { raw, place, key: None, skipped, reason }
    }
}

impl Reader {
    /// Adds the events of a message; what it says beside them and is left out. `now` is when it arrived.
    pub fn read(&self, message: &RawValue, now: Timestamp, events: &mut Events) -> Result<Vec<NoEvent>, NoEvent> {
        let envelope = open(message).map_err(NoEvent::Unreadable)?;
        let identifier = self.identifier(&envelope.data)?;
        let mut trigger = trigger(&envelope).map_err(NoEvent::Unreadable)?;
        let (happened, left_out) = trigger.happened.into_iter().partition(|happened| self.is_wanted(happened));
        trigger.happened = happened;
        let mut skipped: Vec<NoEvent> = left_out.iter().map(not_wanted).collect();

        let changed = !trigger.happened.is_empty();
        let statements = statements(trigger, self.audiences.as_deref(), envelope.sent_at.unwrap_or(now));
        let attributes = self.attributes(&envelope.data).filter(|_| changed || !statements.is_empty());
        if statements.is_empty() && attributes.is_none() && skipped.is_empty() {
            skipped.push(NoEvent::Skipped("it says nothing that is passed on: see `fields`".to_owned()));
        }
        write(identifier, statements, attributes.as_deref(), events).map_err(NoEvent::Unreadable)?;
        Ok(skipped)
    }

    fn identifier<'a>(&'a self, data: &Members<'a>) -> Result<Identifier<'a>, NoEvent> {
        let field = &self.source.field;
        let value = data.get(field).filter(|value| !matches!(value.get(), "null" | r#""""#));
        let value = value.ok_or_else(|| NoEvent::Skipped(format!("the person has no `{field}`")))?;
        let identifier = self.source.identifier(value).filter(|found| found.key().len() <= KEY_BYTES);
        identifier.ok_or_else(|| {
            let rule = format!("it must be a text or a whole number that makes a key of at most {KEY_BYTES} bytes");
            NoEvent::Unreadable(format!("its `{field}` identifies nobody: {rule}"))
        })
    }

    fn is_wanted(&self, happened: &Happened<'_>) -> bool {
        self.audiences.as_ref().is_none_or(|audiences| audiences.iter().any(|slug| *slug == happened.slug))
    }

    fn attributes(&self, data: &Members<'_>) -> Option<Box<RawValue>> {
        let fields = self.fields.iter().filter_map(|field| Some((field, data.get(field)?)));
        let attributes: BTreeMap<_, _> = fields.collect();
        if attributes.is_empty() { None } else { to_raw_value(&attributes).ok() }
    }
}

fn not_wanted(happened: &Happened<'_>) -> NoEvent {
    NoEvent::Skipped(format!("the audience `{}` is not among `audiences`", happened.slug))
}

/// An event for each statement. The attributes are as new as the last of them; without any they stand alone.
fn write<'a>(
    identifier: Identifier<'a>,
    mut statements: Vec<Statement<'a>>,
    attributes: Option<&RawValue>,
    events: &mut Events,
) -> Result<(), String> {
    let (key, user) = (identifier.key(), User::from(identifier));
    let last = statements.pop();
    for statement in statements {
        let audiences = Some(audiences(statement));
        events.push(&key, &PersonUpdate { user: user.clone(), audiences, ..PersonUpdate::default() })?;
    }
    if last.is_some() || attributes.is_some() {
        let audiences = last.map(audiences);
        events.push(&key, &PersonUpdate { user, attributes, audiences, ..PersonUpdate::default() })?;
    }
    Ok(())
}

fn audiences(statement: Statement<'_>) -> Audiences<'_> {
    let as_of = Some(Cow::Owned(statement.as_of.to_string()));
    let members_in = statement.audiences.iter().filter(|(_, is_in)| *is_in).map(|(slug, _)| slug.clone()).collect();
    let of = statement.audiences.into_iter().map(|(slug, _)| slug).collect();
    Audiences { members_in, of, as_of, ..Audiences::default() }
}
