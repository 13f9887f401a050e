//! What does one object of a request ask for?
//!
//! A [`Change`] is about one person and is checked; nothing that can still be refused is left in it.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::attribute::{self, Edit, Reading};
use super::event::Event;
use super::purchase::Purchase;
use super::refusal::Refusal;
use super::who::Who;

/// A change of one person.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Who it is.
    pub who: Who,
    /// Whether nobody is created for it.
    pub update_only: bool,
    /// What changes.
    pub what: What,
}

/// What changes.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Attributes, by key, and what was dropped of them without a word.
    Attributes(Vec<(String, Edit)>, Vec<&'static str>),
    /// An event.
    Event(Event),
    /// A purchase.
    Purchase(Purchase),
}

/// Which array an object stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `attributes`.
    Attributes,
    /// `events`.
    Events,
    /// `purchases`.
    Purchases,
}

impl Kind {
    /// The array's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Attributes => "attributes",
            Self::Events => "events",
            Self::Purchases => "purchases",
        }
    }
}

impl Change {
    /// Reads one object.
    pub fn read(kind: Kind, mut object: Map<String, Value>, now: Timestamp) -> Result<Self, Refusal> {
        let who = Who::take(&mut object)?;
        let said = object.remove("_update_existing_only").as_ref().and_then(Value::as_bool);
        let update_only = said.unwrap_or(who.is_update_only());
        let what = match kind {
            Kind::Attributes => attributes(object)?,
            Kind::Events => What::Event(Event::read(object, now)?),
            Kind::Purchases => What::Purchase(Purchase::read(object, now)?),
        };
        Ok(Self { who, update_only, what })
    }
}

fn attributes(mut object: Map<String, Value>) -> Result<What, Refusal> {
    let merge = object.remove("_merge_objects").as_ref().and_then(Value::as_bool).unwrap_or(false);
    let mut edits = Vec::with_capacity(object.len());
    let mut dropped = Vec::new();
    for (key, value) in object {
        match attribute::read(&key, value, merge)? {
            Reading::Edit(edit) => edits.push((key, edit)),
            Reading::Dropped(reason) => dropped.push(reason),
        }
    }
    Ok(What::Attributes(edits, dropped))
}
