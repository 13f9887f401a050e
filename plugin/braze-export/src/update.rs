//! What does an event say about a person?
//!
//! Only what Braze can be told is read; whatever else a person update holds is not looked at.

use brazeline_kit::Event;
use brazeline_kit::event::parse;
use brazeline_kit::person::{Audiences, User};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::fields::Fields;
use crate::time::is_iso;

/// The members of a person update that Braze can be told.
#[derive(Debug, Default, Deserialize)]
pub struct Update<'a> {
    #[serde(borrow, default)]
    user: Option<&'a RawValue>,
    /// Profile attributes.
    #[serde(borrow, default)]
    pub attributes: Option<Fields<'a>>,
    /// Memberships.
    #[serde(borrow, default)]
    pub audiences: Option<Audiences<'a>>,
    /// What the person did.
    #[serde(borrow, default)]
    pub events: Option<Vec<&'a RawValue>>,
    /// What the person bought.
    #[serde(borrow, default)]
    pub purchases: Option<Vec<&'a RawValue>>,
    /// Braze said it itself: nothing of it is sent.
    #[serde(borrow, default)]
    known_as_of: Option<&'a RawValue>,
    /// Only said again: no transition happened.
    #[serde(default)]
    pub restated: bool,
}

impl<'a> Update<'a> {
    /// Reads an event's body. An error says where and what, never the data itself.
    pub fn read(event: &Event<'a>) -> Result<Self, String> {
        let update: Self = event.parse()?;
        if update.says_nothing() && update.user()?.is_none() {
            return Err(
                "the body is no person update: it has none of `attributes`, `audiences`, `events` and `purchases`; \
                        `map-fields` makes one of other JSON"
                    .to_owned(),
            );
        }
        Ok(update)
    }

    /// Whom it is about, where the body says so.
    pub fn user(&self) -> Result<Option<User<'a>>, String> {
        self.user.map(|user| parse(user.get()).map_err(|error| format!("/user: {error}"))).transpose()
    }

    /// Whether Braze holds it already, by its own word.
    pub fn is_known(&self) -> Result<bool, String> {
        let Some(as_of) = self.known_as_of.map(RawValue::get).filter(|as_of| *as_of != "null") else {
            return Ok(false);
        };
        let time = as_of.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        match time.is_some_and(is_iso) {
            true => Ok(true),
            false => Err("/known_as_of: it is no RFC 3339 time".to_owned()),
        }
    }

    fn says_nothing(&self) -> bool {
        self.attributes.is_none() && self.audiences.is_none() && self.events.is_none() && self.purchases.is_none()
    }
}
