//! What does Braze get to read about one person?

use brazeline_kit::append::append;

use crate::action::Action;
use crate::attributes::Attributes;
use crate::fields::Field;
use crate::memberships::Memberships;
use crate::settings::Settings;
use crate::text::write_string;

/// One attributes object: what some of a person's events say about the profile.
#[derive(Debug, Default)]
pub struct Profile<'a> {
    /// The person's place.
    pub person: usize,
    /// The events behind it, by their place in the batch.
    pub events: Vec<u32>,
    /// How many objects about the same person have to be sent before.
    pub round: u32,
    /// Whether every event in it counts something up. An event that does shares no object with one that does not, so that a request
    /// can be halved into requests of its own kind.
    pub increments: bool,
    /// Its attributes.
    pub attributes: Attributes<'a>,
    /// Its audiences.
    pub memberships: Memberships<'a>,
}

impl Profile<'_> {
    /// Writes it. Nothing is written if it says nothing.
    pub fn write(&self, identifier: &str, settings: &Settings, out: &mut Vec<u8>) {
        if self.attributes.fields().is_empty() && self.memberships.is_empty() {
            return;
        }
        open(identifier, if self.only_takes_away() { Some(true) } else { settings.update_existing_only }, out);
        match self.attributes.text() {
            Some(text) => {
                out.push(b',');
                append(out, text.as_bytes());
            }
            None => self.attributes.fields().iter().for_each(|field| write_field(field, out)),
        }
        if settings.merge_objects && self.attributes.is_merged_by_default() {
            out.extend_from_slice(b",\"_merge_objects\":true");
        }
        self.memberships.write(settings, out);
        out.push(b'}');
    }

    /// Then a person who was deleted meanwhile must not come back as an empty profile.
    fn only_takes_away(&self) -> bool {
        !self.memberships.adds() && self.attributes.fields().iter().all(|field| field.value == "null")
    }
}

fn write_field(field: &Field<'_>, out: &mut Vec<u8>) {
    out.push(b',');
    field.name.write(out);
    out.push(b':');
    append(out, field.value.as_bytes());
}

/// Writes an event or a purchase.
pub fn write_action(action: &Action<'_>, identifier: &str, settings: &Settings, out: &mut Vec<u8>) {
    open(identifier, if action.update_only { Some(true) } else { settings.update_existing_only }, out);
    out.push(b',');
    // It is an object with members: that was checked.
    out.extend_from_slice(action.json.trim_start_matches('{').as_bytes());
}

fn open(identifier: &str, update_only: Option<bool>, out: &mut Vec<u8>) {
    out.push(b'{');
    append(out, identifier.as_bytes());
    if let Some(update_only) = update_only {
        out.push(b',');
        write_string(crate::identifier::UPDATE_ONLY, out);
        out.extend_from_slice(if update_only { b":true" } else { b":false" });
    }
}
