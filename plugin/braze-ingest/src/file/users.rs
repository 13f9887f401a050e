//! A segment's users from the API, a JSON object a line.
//!
//! Custom attributes are lifted out of their object, so that a person has the same attributes whichever way Braze exports them. What else is
//! nested (`custom_events`, `purchases`, `devices`) stays as it is: sums, not events.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::str::from_utf8;

use brazeline_kit::append::append;
use brazeline_kit::event::{Members, NoEvent, parse};
use brazeline_kit::person::{Identifier, User};
use serde_json::value::RawValue;

use super::File;
use super::cell::write;
use crate::settings::SameNames;

/// The member with a company's own attributes.
const CUSTOM: &str = "custom_attributes";

/// Writes a line as an event's body, and gives its key; nothing if the line is blank.
pub fn read(line: &[u8], file: &File, body: &mut Vec<u8>) -> Result<Option<String>, NoEvent> {
    let text = from_utf8(line).map_err(|error| {
        NoEvent::unreadable(format!("it is not UTF-8 from byte {} of the row", error.valid_up_to()))
    })?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    let user: Members<'_> = parse(text).map_err(NoEvent::unreadable)?;
    let attributes = attributes(&user, file).map_err(NoEvent::unreadable)?;
    let identifier = identifier(&attributes, file)?;
    let key = identifier.key();
    body.clear();
    append(body, br#"{"user":"#);
    // Text can always be written.
    append(body, serde_json::to_string(&User::from(identifier)).unwrap_or_default().as_bytes());
    append(body, br#","attributes":{"#);
    for (place, (name, value)) in attributes.list.iter().enumerate() {
        if place > 0 {
            body.push(b',');
        }
        write(name, false, body);
        body.push(b':');
        append(body, value.get().as_bytes());
    }
    append(body, b"}}");
    Ok(Some(key))
}

/// A person's attributes in their order, and where each is.
#[derive(Default)]
struct Attributes<'a> {
    list: Vec<(Cow<'a, str>, &'a RawValue)>,
    places: BTreeMap<Cow<'a, str>, usize>,
}

impl<'a> Attributes<'a> {
    fn add(&mut self, name: Cow<'a, str>, value: &'a RawValue, same: SameNames) -> Result<(), String> {
        match (self.places.get(&name), same) {
            (None, _) => {
                self.places.insert(name.clone(), self.list.len());
                self.list.push((name, value));
            }
            (Some(place), SameNames::Last) => self.list[*place].1 = value,
            (Some(_), SameNames::First) => {}
            (Some(_), SameNames::Refuse) => {
                return Err(format!("it has two values for `{name}`: set `same_names` to say which of them counts"));
            }
        }
        Ok(())
    }

    fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.places.get(name).map(|place| self.list[*place].1)
    }
}

fn attributes<'a>(user: &Members<'a>, file: &'a File) -> Result<Attributes<'a>, String> {
    let mut attributes = Attributes::default();
    for (name, value) in &user.0 {
        if let Some(custom) = (name == CUSTOM).then(|| custom(value)).flatten() {
            custom.0.into_iter().try_for_each(|(name, value)| attributes.add(name, value, file.same_names))?;
            continue;
        }
        let name = match file.fields.get(name) {
            same if same == name => name.clone(),
            other => Cow::Owned(other.to_owned()),
        };
        attributes.add(name, value, file.same_names)?;
    }
    Ok(attributes)
}

/// The custom attributes; nothing if they are no object, which is then passed on as it is.
fn custom<'a>(value: &'a RawValue) -> Option<Members<'a>> {
    serde_json::from_str::<Option<Members<'a>>>(value.get()).ok().map(Option::unwrap_or_default)
}

fn identifier<'a>(attributes: &Attributes<'a>, file: &'a File) -> Result<Identifier<'a>, NoEvent> {
    let mut named = file
        .sources
        .iter()
        .filter_map(|source| Some((source, source.identifier(attributes.get(&source.field)?.get())?)));
    let (source, identifier) = named.next().ok_or_else(|| NoEvent::nobody(&file.sources))?;
    source.fit(identifier)
}
