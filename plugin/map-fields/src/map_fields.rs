//! What comes in, and what goes out for it.
//!
//! A person update is an object whose `user` names somebody: only its `attributes` are edited, and the rest of its text passes as
//! it is. Any other object becomes a person update: the identifier's field says whom it is about, and its members are the attributes.

use std::cell::RefCell;

use brazeline_kit::append::{Appending, append};
use brazeline_kit::json::{self, Json};
use brazeline_kit::person::{Source, User};
use brazeline_kit::{Event, Output, Plugin, Problem, Transform};

use crate::edit::edit;
use crate::incoming::{Field, Incoming, Known, find};
use crate::rules::Rules;
use crate::settings::Settings;

/// The most bytes of a key.
const KEY_BYTES: usize = 1024;

/// The transform.
#[derive(Debug)]
pub struct MapFields {
    rules: Rules,
    source: Option<Source>,
    known: RefCell<Known>,
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
            (Ok(source), Ok(rules)) => Ok(Self { rules, source, known: RefCell::default() }),
            (source, rules) => Err(source.err().into_iter().chain(rules.err().unwrap_or_default()).collect()),
        }
    }
}

impl Transform for MapFields {
    fn transform(&self, event: Event<'_>, out: &mut Output) -> Result<(), String> {
        let known = &mut self.known.borrow_mut();
        let incoming = json::read(event.body, |reader| Incoming::read(reader, &self.rules, known))?;
        match incoming.is_update {
            true => self.update(event, &incoming, out),
            false => self.plain(event.body, &incoming.members, out),
        }
    }
}

impl MapFields {
    fn update(&self, event: Event<'_>, incoming: &Incoming<'_>, out: &mut Output) -> Result<(), String> {
        match (incoming.attributes_text(), &incoming.attributes) {
            (Some(text), Some(fields)) => {
                out.emit_written(event.key, |body| self.attributes(event.body, text, fields, body))
            }
            (Some(_), None) => Err("`attributes` is no object".to_owned()),
            (None, _) => {
                out.emit_json(event.key, event.body);
                Ok(())
            }
        }
    }

    /// Writes the body with these attributes edited; if that changes nothing, as it is.
    fn attributes(&self, body: &str, text: Json<'_>, fields: &[Field<'_>], out: &mut Vec<u8>) -> Result<(), String> {
        let text = text.get();
        // The value borrows from the body, so this is its place there.
        let start = text.as_ptr() as usize - body.as_ptr() as usize;
        let before = out.len();
        append(out, &body.as_bytes()[..start]);
        if edit(body, fields, &self.rules, out)? {
            append(out, &body.as_bytes()[start + text.len()..]);
        } else {
            out.truncate(before);
            out.extend_from_slice(body.as_bytes());
        }
        Ok(())
    }

    fn plain(&self, event: &str, fields: &[Field<'_>], out: &mut Output) -> Result<(), String> {
        let source =
            self.source.as_ref().ok_or("it is no person update, and no `identifier` is set to make one of it")?;
        let field = &source.field;
        let value =
            find(fields, field).ok_or_else(|| format!("it has no field `{field}` to identify the person by"))?;
        let nobody = || format!("its `{field}` identifies nobody: it must be a text or a whole number");
        let identifier = source.identifier(value.get()).ok_or_else(nobody)?;
        let key = identifier.key();
        if key.len() > KEY_BYTES {
            return Err(format!("its `{field}` is too long: a key has at most {KEY_BYTES} bytes"));
        }
        out.emit_written(&key, |body| self.made(event, fields, &User::from(identifier), body))
    }

    fn made(&self, event: &str, fields: &[Field<'_>], user: &User<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        append(out, br#"{"user":"#);
        serde_json::to_writer(Appending(out), user).map_err(|error| error.to_string())?;
        append(out, br#","attributes":"#);
        edit(event, fields, &self.rules, out)?;
        out.push(b'}');
        Ok(())
    }
}

#[cfg(test)]
mod tests;
