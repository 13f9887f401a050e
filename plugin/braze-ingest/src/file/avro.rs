//! What Currents stores: an Avro object container file, whose schema stands in it.
//!
//! Its records are flat; each is told as the JSON that Currents posts would tell it, so that an event is the same whichever way it comes. A
//! record does not say its type: the folder does (`event_type=users.messages.email.Open`), or the file's or the schema's name.

mod container;
mod json;
mod kind;

use apache_avro::Reader;
use apache_avro::types::Value;
use brazeline_kit::Decoded;
use brazeline_kit::decoder::Token;

use super::File;
use crate::currents::event::Event;
pub use container::{block, header};
pub use kind::event_type;

/// A file that was begun.
#[derive(Debug)]
pub struct Container {
    /// All before its first block.
    header: Vec<u8>,
    event_type: String,
}

impl Container {
    /// Reads a header. An error is about the whole file.
    pub fn open(header: Vec<u8>, names: [&str; 2], said: Option<&str>) -> Result<Self, String> {
        let reader = Reader::new(header.as_slice()).map_err(|error| format!("its schema cannot be read: {error}"))?;
        let schema = reader.writer_schema().name().map(ToString::to_string);
        let event_type = event_type(said, names, schema.as_deref()).ok_or(
            "nothing says which type its events have: no folder `event_type=..`, no file or schema of such a name; set `event_type`",
        )?;
        drop(reader);
        Ok(Self { header, event_type })
    }

    /// Its events of one block.
    pub fn read(&self, block: &[u8], file: &File, at: &mut Token, decoded: &mut Decoded) -> Result<(), String> {
        let bytes = [&self.header, block].concat();
        // What the library says may hold a value of the record.
        let unreadable =
            |_: apache_avro::Error| "a block of it is damaged, or packed in a way that is not known".to_owned();
        for record in Reader::new(bytes.as_slice()).map_err(unreadable)? {
            self.say(record.map_err(unreadable)?, file, at, decoded);
            at.rows += 1;
        }
        at.bytes += block.len() as u64;
        Ok(())
    }

    fn say(&self, record: Value, file: &File, at: &Token, decoded: &mut Decoded) {
        let json = json::event(&self.event_type, record);
        let said = Event::read(&json).and_then(|event| event.say(&file.currents, &file.types, &mut decoded.events));
        if let Err(no_event) = said {
            let place = format!("record {}, in the block at byte {}", at.rows + 1, at.bytes);
            decoded.unread.push(no_event.unread(|| json.into_bytes(), place));
        }
    }
}

#[cfg(test)]
mod tests;
