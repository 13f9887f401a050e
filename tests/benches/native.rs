//! The pipeline as one would write it by hand, and nothing else: no plugin, no host.
//!
//! Text is borrowed from the line and values are copied as they stand. It gives up at the first answer that is not the hoped-for
//! one: it knows no retry, no rate, no position to go on from and no dead letters.

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::Context;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::client::Client;
use crate::people::{DROPPED, ID, RENAMED};

/// The most objects that a request may carry.
const OBJECTS: usize = 75;

/// Sends everybody in the file.
#[tokio::main(flavor = "current_thread")]
pub async fn deliver(people: &Path, origin: &str, api_key: &str) -> anyhow::Result<()> {
    let mut client = Client::new(&format!("{origin}/users/track"), format!("Bearer {api_key}"))?;
    let mut lines = BufReader::with_capacity(64 * 1024, File::open(people)?);
    let (mut line, mut number, mut body) = (String::new(), 0_u64, Body::default());
    loop {
        line.clear();
        let ended = lines.read_line(&mut line)? == 0;
        if !ended {
            number += 1;
            body.push(&line).with_context(|| format!("at line {number}"))?;
        }
        if body.objects == OBJECTS || (ended && body.objects > 0) {
            client.post(body.take()).await?;
        }
        if ended {
            return client.finish().await;
        }
    }
}

/// A request's body as it grows.
#[derive(Default)]
struct Body {
    text: Vec<u8>,
    objects: usize,
}

impl Body {
    fn push(&mut self, line: &str) -> serde_json::Result<()> {
        self.text.extend_from_slice(if self.objects == 0 { br#"{"attributes":["# } else { b"," });
        self.objects += 1;
        let mut person = serde_json::Deserializer::from_str(line);
        Attributes(&mut self.text).deserialize(&mut person)?;
        person.end()
    }

    fn take(&mut self) -> Vec<u8> {
        self.text.extend_from_slice(b"]}");
        self.objects = 0;
        let room = self.text.len() + self.text.len() / 8;
        std::mem::replace(&mut self.text, Vec::with_capacity(room))
    }
}

/// Writes the attributes object while the person is read.
struct Attributes<'o>(&'o mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for Attributes<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, person: D) -> Result<(), D::Error> {
        person.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Attributes<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a person")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut person: M) -> Result<(), M::Error> {
        let (mut separator, mut identified) = (b'{', false);
        while let Some(Name(field)) = person.next_key()? {
            let value: &RawValue = person.next_value()?;
            if field == DROPPED {
                continue;
            }
            identified |= field == ID;
            self.0.push(separator);
            separator = b',';
            serde_json::to_writer(&mut *self.0, destination(&field)).map_err(M::Error::custom)?;
            self.0.push(b':');
            self.0.extend_from_slice(value.get().as_bytes());
        }
        self.0.push(b'}');
        if identified { Ok(()) } else { Err(M::Error::missing_field(ID)) }
    }
}

#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

fn destination(field: &str) -> &str {
    match field {
        ID => "external_id",
        _ => RENAMED.iter().find(|(from, _)| *from == field).map_or(field, |(_, to)| to),
    }
}
