//! What does a profile say about memberships?

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::envelope::{Envelope, time};
use crate::profile::{names, read, text};

/// What a message says about one person's memberships.
#[derive(Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// What happened, in the order of the message.
    pub happened: Vec<Happened<'a>>,
    /// All audiences that the person is in, where the message says so.
    pub all: Option<Vec<Cow<'a, str>>>,
}

/// One thing that happened.
#[derive(Debug, PartialEq, Eq)]
pub struct Happened<'a> {
    /// The audience's id.
    pub id: Option<Cow<'a, str>>,
    /// The audience's slug.
    pub slug: Cow<'a, str>,
    /// What.
    pub what: What,
    /// When; where that is not said, when the message was sent.
    pub at: Option<Timestamp>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// The person entered the audience.
    Enter,
    /// The person left it.
    Exit,
    /// A watched field of a member changed.
    Change,
}

/// Reads a profile's `segment_events` and `segments_all`.
pub fn message<'a>(envelope: &Envelope<'a>) -> Result<Message<'a>, String> {
    let events = envelope.data.get("segment_events").ok_or("its `data` has no `segment_events`: it is no trigger")?;
    let events: Vec<SegmentEvent<'a>> = read(events).ok_or(
        "its `segment_events` cannot be read: each needs a `slug`, and an `event` that is `enter`, `exit` or `change`",
    )?;
    let all = match envelope.data.get("segments_all").filter(|all| all.get() != "null") {
        Some(all) => Some(names(all).ok_or("its `segments_all` is no list of names")?),
        None => None,
    };
    Ok(Message { happened: events.into_iter().map(|event| event.happened(envelope.sent_at)).collect(), all })
}

#[derive(Deserialize)]
struct SegmentEvent<'a> {
    event: What,
    #[serde(borrow)]
    slug: Cow<'a, str>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    enter: Option<&'a RawValue>,
    #[serde(borrow, default)]
    exit: Option<&'a RawValue>,
}

impl<'a> SegmentEvent<'a> {
    fn happened(self, sent_at: Option<Timestamp>) -> Happened<'a> {
        let at = match self.event {
            What::Enter => self.enter,
            What::Exit => self.exit,
            What::Change => None,
        };
        let id = self.id.and_then(text).filter(|id| !id.is_empty());
        Happened { id, slug: self.slug, what: self.event, at: at.and_then(time).or(sent_at) }
    }
}
