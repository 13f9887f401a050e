//! Bytes in, whole lines out.

use std::borrow::Cow;
use std::collections::BTreeMap;

use brazeline_kit::event::parse;
use brazeline_kit::person::{Identifier, Kind};
use brazeline_kit::{Decoded, Decoding, Unread};
use serde_json::value::RawValue;

use crate::token::Token;

/// A line that is longer is no line: the file is something else.
const LONGEST: usize = 1024 * 1024;

/// An entry being read.
#[derive(Debug)]
pub struct Reading {
    identifier: String,
    at: Token,
}

impl Reading {
    pub(crate) fn open(identifier: String, resume: Option<&[u8]>) -> Result<Self, String> {
        let at = resume.map_or_else(|| Ok(Token::default()), Token::read)?;
        Ok(Self { identifier, at })
    }

    fn line(&mut self, line: &[u8], decoded: &mut Decoded) {
        let place = format!("row {}, byte {}", self.at.rows + 1, self.at.bytes);
        match self.read(line) {
            Ok(Some((key, body))) => decoded.events.push_json(&key, body),
            Ok(None) => {}
            Err(reason) => {
                decoded.unread.push(Unread { raw: line.to_vec(), place, key: None, skipped: false, reason });
            }
        }
    }

    /// The event in a line. A blank line has none.
    fn read<'a>(&self, line: &'a [u8]) -> Result<Option<(String, &'a str)>, String> {
        let text = std::str::from_utf8(line).map_err(|error| format!("not UTF-8 from byte {}", error.valid_up_to()))?;
        if text.trim().is_empty() {
            return Ok(None);
        }
        let members: BTreeMap<Cow<'a, str>, &'a RawValue> = parse(text)?;
        let id = members.get(self.identifier.as_str()).ok_or_else(|| format!("it has no `{}`", self.identifier))?;
        let id: String = parse(id.get()).map_err(|error| format!("`{}`: {error}", self.identifier))?;
        let identifier =
            Identifier::new(Kind::ExternalId, id).ok_or_else(|| format!("`{}` is empty", self.identifier))?;
        Ok(Some((identifier.key(), text.trim())))
    }
}

impl Decoding for Reading {
    fn decode(&mut self, bytes: &[u8], last: bool) -> Result<Decoded, String> {
        let mut decoded = Decoded::default();
        let mut pending = std::mem::take(&mut self.at.begun);
        pending.extend_from_slice(bytes);
        let mut rest = pending.as_slice();
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.line(&rest[..end], &mut decoded);
            self.at.rows += 1;
            self.at.bytes += end as u64 + 1;
            rest = &rest[end + 1..];
        }
        if last {
            self.line(rest, &mut decoded);
            self.at.bytes += rest.len() as u64;
            rest = &[];
        }
        if rest.len() > LONGEST {
            return Err(format!("row {} is longer than 1 MiB: these are no JSON lines", self.at.rows + 1));
        }
        self.at.begun = rest.to_vec();
        decoded.resume = self.at.write();
        Ok(decoded)
    }
}
