//! The record of an event or a purchase: flat, with `event` for what it was and `timestamp` for when.

use brazeline_kit::append::append;
use brazeline_kit::json::{self, Json, Members, written_name};

use super::{fitted, nobody};
use crate::identity::Identity;
use crate::settings::Settings;

/// The field that says when it happened.
pub const TIMESTAMP: &str = "timestamp";

/// The field that says what it was.
const EVENT: &str = "event";

/// `{"user_id":"u-1","event":"opened","timestamp":"2026-11-23T09:00:00Z", ..its properties..}`.
pub fn event(event: &str, identity: &Identity<'_>, settings: &Settings) -> Result<Vec<u8>, String> {
    let members = json::read(event, Members::read)?;
    let name = required(&members, "name", "an event")?;
    let time = required(&members, "time", "an event")?;
    let taken = ["name", "time", "properties"];
    Flat::begin(event, identity, settings)?.tell(name, time)?.members(&members, &taken)?.properties(&members)
}

/// The same with `purchase` for what it was, and the purchase's own members.
pub fn purchase(purchase: &str, identity: &Identity<'_>, settings: &Settings) -> Result<Vec<u8>, String> {
    let members = json::read(purchase, Members::read)?;
    required(&members, "product_id", "a purchase")?;
    let time = required(&members, "time", "a purchase")?;
    let taken = ["time", "properties"];
    Flat::begin(purchase, identity, settings)?
        .tell(r#""purchase""#, time)?
        .members(&members, &taken)?
        .properties(&members)
}

fn required<'a>(members: &Members<'a>, name: &str, what: &str) -> Result<&'a str, String> {
    let value = members.get(name).map(Json::get).filter(|value| !matches!(*value, "null" | r#""""#));
    value.ok_or_else(|| format!("{what} of it has no `{name}`"))
}

/// A record in which each name is there once.
struct Flat<'a> {
    json: Vec<u8>,
    names: Vec<(String, String)>,
    settings: &'a Settings,
}

impl<'a> Flat<'a> {
    fn begin(event: &str, identity: &Identity<'_>, settings: &'a Settings) -> Result<Self, String> {
        if identity.is_empty() {
            return Err(nobody());
        }
        let mut flat = Self { json: Vec::with_capacity(event.len() + 128), names: Vec::new(), settings };
        flat.json.push(b'{');
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

    fn properties(self, members: &Members<'_>) -> Result<Vec<u8>, String> {
        let properties = members.get("properties").filter(|properties| properties.get() != "null");
        let Some(properties) = properties else { return Ok(self.end()) };
        let wrong = |_| "the `properties` of an event of it are no object".to_owned();
        let properties = json::read(properties.get(), Members::read).map_err(wrong)?;
        Ok(self.members(&properties, &[])?.end())
    }

    /// The same value twice is said once; two values under one name cannot both be said.
    fn add(&mut self, name: &str, value: &str) -> Result<(), String> {
        match self.names.iter().find(|(known, _)| known == name) {
            Some((_, known)) if known == value => return Ok(()),
            Some(_) => return Err(format!("an event of it has two values for `{name}`: rename the property")),
            None => {}
        }
        if let Some(fitted) = fitted(name, value, self.settings)? {
            if !self.names.is_empty() {
                self.json.push(b',');
            }
            self.names.push((name.to_owned(), value.to_owned()));
            append(&mut self.json, written_name(name).as_bytes());
            append(&mut self.json, fitted.as_bytes());
        }
        Ok(())
    }

    fn end(mut self) -> Vec<u8> {
        self.json.push(b'}');
        self.json
    }
}
