//! What does an event say, and of whom?

use std::borrow::Cow;

use brazeline_kit::Events;
use brazeline_kit::event::{Members, NoEvent, parse};
use brazeline_kit::person::{PersonUpdate, Source, User};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::moment::moment;
use crate::settings::Selection;

/// The member of `user` with Braze's own id.
const BRAZE_ID: &str = "user_id";

/// The member of `user` with the company's id.
const EXTERNAL_ID: &str = "external_user_id";

/// An event as Braze tells it.
#[derive(Debug, Default)]
pub struct Event<'a> {
    /// What happened: `users.messages.email.Open`.
    pub event_type: Cow<'a, str>,
    /// By which it is told from any other.
    pub id: Option<Cow<'a, str>>,
    /// When, as it came.
    pub time: Option<&'a RawValue>,
    /// Whom it is about.
    pub user: Members<'a>,
    /// All else.
    pub properties: Members<'a>,
    /// Members that this version does not know.
    pub other: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Event<'a> {
    /// Reads the JSON that Braze posts. An error says what is wrong, without data.
    pub fn read(json: &'a str) -> Result<Self, NoEvent> {
        let members: Members<'a> = parse(json).map_err(NoEvent::unreadable)?;
        let mut event = Self::default();
        for (name, value) in members.0 {
            match name.as_ref() {
                "event_type" => event.event_type = text(value).unwrap_or_default(),
                "id" => event.id = text(value),
                "time" => event.time = Some(value),
                "user" => event.user = object(value, "user")?,
                "properties" => event.properties = object(value, "properties")?,
                _ => event.other.push((name, value)),
            }
        }
        Ok(event)
    }

    /// Adds it to the events, if it is one that is taken.
    pub fn say(&self, source: &Source, types: &Selection, events: &mut Events) -> Result<(), NoEvent> {
        if self.event_type.is_empty() {
            return Err(NoEvent::unreadable("it has no `event_type`"));
        }
        if !types.takes(&self.event_type) {
            return Err(NoEvent::Skipped("`event_types` leaves its type out".to_owned()));
        }
        let value = self.user.get(&source.field).or_else(|| self.properties.get(&source.field));
        let identifier = value.and_then(|value| source.identifier(value.get()));
        let identifier = source.fit(identifier.ok_or_else(|| NoEvent::nobody(std::slice::from_ref(source)))?)?;
        let time = self.time.and_then(moment);
        let time = time.ok_or_else(|| NoEvent::unreadable("its `time` is no number of seconds since 1970"))?;
        let key = identifier.key();
        let mut user = User::from(identifier);
        user.braze_id = user.braze_id.or_else(|| self.named(BRAZE_ID));
        user.external_id = user.external_id.or_else(|| self.named(EXTERNAL_ID));
        let written =
            RawValue::from_string(self.written(&time)).map_err(|error| NoEvent::unreadable(error.to_string()))?;
        let update = PersonUpdate { user, events: vec![&written], ..PersonUpdate::default() };
        events.push(&key, &update).map_err(NoEvent::unreadable)?;
        events.column("time", &time);
        if let Some(id) = &self.id {
            events.column("id", id);
        }
        Ok(())
    }

    fn named(&self, field: &str) -> Option<Cow<'a, str>> {
        text(self.user.get(field)?).filter(|id| !id.is_empty())
    }

    /// `{"name":"users.messages.email.Open","time":"..","id":"..","timezone":"..","properties":{..}}`.
    fn written(&self, time: &str) -> String {
        let mut json = String::from("{");
        member("name", &quoted(&self.event_type), &mut json);
        member("time", &quoted(time), &mut json);
        if let Some(id) = &self.id {
            member("id", &quoted(id), &mut json);
        }
        self.other.iter().for_each(|(name, value)| member(name, value.get(), &mut json));
        for (name, value) in &self.user.0 {
            if matches!(name.as_ref(), BRAZE_ID | EXTERNAL_ID) || value.get() == "null" {
                continue;
            }
            match self.is_taken(name) {
                true => member(&format!("user.{name}"), value.get(), &mut json),
                false => member(name, value.get(), &mut json),
            }
        }
        let mut properties = String::from("{");
        self.properties.0.iter().for_each(|(name, value)| member(name, value.get(), &mut properties));
        properties.push('}');
        member("properties", &properties, &mut json);
        json.push('}');
        json
    }

    /// Whether something else is called so: a sink may lay properties and members side by side.
    fn is_taken(&self, name: &str) -> bool {
        matches!(name, "name" | "time" | "id" | "properties")
            || self.properties.get(name).is_some()
            || self.other.iter().any(|(known, _)| known == name)
    }
}

fn member(name: &str, value: &str, json: &mut String) {
    if json.len() > 1 {
        json.push(',');
    }
    json.push_str(&quoted(name));
    json.push(':');
    json.push_str(value);
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn object<'a>(value: &'a RawValue, name: &str) -> Result<Members<'a>, NoEvent> {
    match value.get() {
        "null" => Ok(Members::default()),
        json => serde_json::from_str(json).map_err(|_| NoEvent::unreadable(format!("its `{name}` is no object"))),
    }
}

fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str::<Text<'_>>(value.get()).ok().map(|Text(text)| text)
}
