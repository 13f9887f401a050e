//! Whom is a record about, and what does it say?
//!
//! All its fields become attributes, that of the identifier too: whoever reads them downstream gets what Braze sent, value for value.

use brazeline_kit::Events;
use brazeline_kit::append::{Appending, append};
use brazeline_kit::person::{KEY_BYTES, Source, User};

use super::body::Record;

/// Makes an event of a record. An error says why it is none, without data.
pub fn add(record: &Record<'_>, source: &Source, known_as_of: Option<&str>, events: &mut Events) -> Result<(), String> {
    let field = &source.field;
    let found = record.whom.ok_or_else(|| match record.json.get().starts_with('{') {
        true => "a name in it cannot be read: is half of a letter missing in an escape?".to_owned(),
        false => "it is no JSON object".to_owned(),
    })?;
    let value = found.ok_or_else(|| format!("it has no field `{field}`, which says whom it is about"))?;
    let identifier = source.identifier(value.get()).ok_or_else(|| {
        format!("its field `{field}` says nobody: it has to hold a text that is not empty, or a whole number")
    })?;
    let key = identifier.key();
    if key.len() > KEY_BYTES {
        return Err(format!(
            "its field `{field}` is too long: the key made of it has {} bytes of {KEY_BYTES}",
            key.len()
        ));
    }
    let user = User::from(identifier);
    events.write(&key, |body| {
        append(body, br#"{"user":"#);
        serde_json::to_writer(Appending(body), &user).map_err(|error| error.to_string())?;
        append(body, br#","attributes":"#);
        append(body, record.json.get().as_bytes());
        if let Some(as_of) = known_as_of {
            // A time needs no escapes.
            append(body, format!(r#","known_as_of":"{as_of}""#).as_bytes());
        }
        body.push(b'}');
        Ok(())
    })
}
