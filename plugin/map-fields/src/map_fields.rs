//! What comes in, and what goes out for it.
//!
//! A person update is an object whose `user` names somebody: only its `attributes` are edited, and the rest of its text passes as
//! it is. Any other object becomes a person update: the identifier's field says whom it is about, and its members are the attributes.

use brazeline_kit::append::{Appending, append};
use brazeline_kit::person::{Kind, User};
use brazeline_kit::{Event, Output, Plugin, Problem, Transform};
use serde_json::value::RawValue;

use crate::edit::edit;
use crate::rules::Rules;
use crate::settings::Settings;
use brazeline_kit::event::Members;
use brazeline_kit::person::Source;

/// The most bytes of a key.
const KEY_BYTES: usize = 1024;

/// The transform.
#[derive(Debug)]
pub struct MapFields {
    rules: Rules,
    source: Option<Source>,
}

impl Plugin for MapFields {
    const NAME: &'static str = "map-fields";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str =
        "Turns any JSON object into a person update; renames, keeps, drops, converts and sets fields.";
    type Settings = Settings;

    fn configure(mut settings: Settings) -> Result<Self, Vec<Problem>> {
        let source = settings.identifier.take().map(Source::new).transpose();
        match (source, Rules::new(&settings)) {
            (Ok(source), Ok(rules)) => Ok(Self { rules, source }),
            (source, rules) => Err(source.err().into_iter().chain(rules.err().unwrap_or_default()).collect()),
        }
    }
}

impl Transform for MapFields {
    fn transform(&self, event: Event<'_>, out: &mut Output) -> Result<(), String> {
        let members: Members<'_> = event.parse()?;
        match members.get("user").is_some_and(names_somebody) {
            true => self.update(event, &members, out),
            false => self.plain(&members, out),
        }
    }
}

impl MapFields {
    fn update(&self, event: Event<'_>, members: &Members<'_>, out: &mut Output) -> Result<(), String> {
        let attributes = members.get("attributes").filter(|attributes| attributes.get() != "null");
        match attributes {
            Some(attributes) => out.emit_written(event.key, |body| self.attributes(event.body, attributes, body)),
            None => {
                out.emit_json(event.key, event.body);
                Ok(())
            }
        }
    }

    /// Writes the body with these attributes edited; if that changes nothing, as it is.
    fn attributes(&self, body: &str, attributes: &RawValue, out: &mut Vec<u8>) -> Result<(), String> {
        let text = attributes.get();
        let members: Members<'_> = serde_json::from_str(text).map_err(|_| "`attributes` is no object".to_owned())?;
        // The value borrows from the body, so this is its place there.
        let start = text.as_ptr() as usize - body.as_ptr() as usize;
        let before = out.len();
        append(out, &body.as_bytes()[..start]);
        if edit(&members, &self.rules, out)? {
            append(out, &body.as_bytes()[start + text.len()..]);
        } else {
            out.truncate(before);
            out.extend_from_slice(body.as_bytes());
        }
        Ok(())
    }

    fn plain(&self, members: &Members<'_>, out: &mut Output) -> Result<(), String> {
        let source =
            self.source.as_ref().ok_or("it is no person update, and no `identifier` is set to make one of it")?;
        let field = &source.field;
        let value = members.get(field).ok_or_else(|| format!("it has no field `{field}` to identify the person by"))?;
        let nobody = || format!("its `{field}` identifies nobody: it must be a text or a whole number");
        let identifier = source.identifier(value).ok_or_else(nobody)?;
        let key = identifier.key();
        if key.len() > KEY_BYTES {
            return Err(format!("its `{field}` is too long: a key has at most {KEY_BYTES} bytes"));
        }
        out.emit_written(&key, |body| self.made(members, &User::from(identifier), body))
    }

    fn made(&self, members: &Members<'_>, user: &User<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        append(out, br#"{"user":"#);
        serde_json::to_writer(Appending(out), user).map_err(|error| error.to_string())?;
        append(out, br#","attributes":"#);
        edit(members, &self.rules, out)?;
        out.push(b'}');
        Ok(())
    }
}

/// Whether a member `user` is that of a person update.
fn names_somebody(user: &RawValue) -> bool {
    let members: Members<'_> = serde_json::from_str(user.get()).unwrap_or_default();
    let is_kind = |name: &str| Kind::ALL.iter().any(|kind| kind.name() == name);
    members.0.iter().any(|(name, value)| is_kind(name) && value.get() != "null")
}

#[cfg(test)]
mod tests;
