//! The record of an event or a purchase: flat, with `event` for what it was and `timestamp` for when.

use serde_json::value::RawValue;

use super::{Object, fitted, nobody};
use crate::identity::Identity;
use crate::settings::Settings;
use brazeline_kit::event::Members;

/// The field that says when it happened.
pub const TIMESTAMP: &str = "timestamp";

/// The field that says what it was.
const EVENT: &str = "event";

/// `{"user_id":"u-1","event":"opened","timestamp":"2026-11-23T09:00:00Z", ..its properties..}`.
pub fn event(event: &RawValue, identity: &Identity<'_>, settings: &Settings) -> Result<String, String> {
    let members: Members<'_> = brazeline_kit::event::parse(event.get())?;
    let name = required(&members, "name", "an event")?;
    let time = required(&members, "time", "an event")?;
    let taken = ["name", "time", "properties"];
    Flat::begin(event, identity, settings)?.tell(name, time)?.members(&members, &taken)?.properties(&members)
}

/// The same with `purchase` for what it was, and the purchase's own members.
pub fn purchase(purchase: &RawValue, identity: &Identity<'_>, settings: &Settings) -> Result<String, String> {
    let members: Members<'_> = brazeline_kit::event::parse(purchase.get())?;
    required(&members, "product_id", "a purchase")?;
    let time = required(&members, "time", "a purchase")?;
    let taken = ["time", "properties"];
    Flat::begin(purchase, identity, settings)?
        .tell(r#""purchase""#, time)?
        .members(&members, &taken)?
        .properties(&members)
}

fn required<'a>(members: &Members<'a>, name: &str, what: &str) -> Result<&'a str, String> {
    let value = members.get(name).map(RawValue::get).filter(|value| !matches!(*value, "null" | r#""""#));
    value.ok_or_else(|| format!("{what} of it has no `{name}`"))
}

/// A record in which each name is there once.
struct Flat<'a> {
    object: Object,
    names: Vec<(String, String)>,
    settings: &'a Settings,
}

impl<'a> Flat<'a> {
    fn begin(event: &RawValue, identity: &Identity<'_>, settings: &'a Settings) -> Result<Self, String> {
        if identity.is_empty() {
            return Err(nobody());
        }
        let object = Object::with_capacity(event.get().len() + 128);
        let mut flat = Self { object, names: Vec::new(), settings };
        identity.iter().try_for_each(|(field, value)| flat.add(field, value))?;
        Ok(flat)
    }

    fn tell(mut self, event: &str, time: &str) -> Result<Self, String> {
        self.add(EVENT, event)?;
        self.add(TIMESTAMP, time)?;
        Ok(self)
    }

    fn members(mut self, members: &Members<'_>, taken: &[&str]) -> Result<Self, String> {
        for (name, value) in members.0.iter().filter(|(name, _)| !taken.contains(&name.as_ref())) {
            self.add(name, value.get())?;
        }
        Ok(self)
    }

    fn properties(self, members: &Members<'_>) -> Result<String, String> {
        let properties = members.get("properties").filter(|properties| properties.get() != "null");
        let Some(properties) = properties else { return Ok(self.object.end()) };
        let wrong = |_| "the `properties` of an event of it are no object".to_owned();
        let properties: Members<'_> = serde_json::from_str(properties.get()).map_err(wrong)?;
        Ok(self.members(&properties, &[])?.object.end())
    }

    /// The same value twice is said once; two values under one name cannot both be said.
    fn add(&mut self, name: &str, value: &str) -> Result<(), String> {
        match self.names.iter().find(|(known, _)| known == name) {
            Some((_, known)) if known == value => return Ok(()),
            Some(_) => return Err(format!("an event of it has two values for `{name}`: rename the property")),
            None => {}
        }
        if let Some(fitted) = fitted(name, value, self.settings)? {
            self.names.push((name.to_owned(), value.to_owned()));
            self.object.member(name, &fitted);
        }
        Ok(())
    }
}
