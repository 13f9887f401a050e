//! Writes the object that the rules make of another.

use std::borrow::Cow;

use serde_json::Value;

use crate::rules::{Fate, Rules};
use brazeline_kit::append::append;
use brazeline_kit::event::Members;

/// Writes the object that the rules make of these members to `out`. False: nothing changed, and what was written equals what
/// there was but for white space.
pub fn edit(members: &Members<'_>, rules: &Rules, out: &mut Vec<u8>) -> Result<bool, String> {
    let mut object = Object::begin(out);
    let mut changed = !rules.set.is_empty();
    for (name, value) in &members.0 {
        let to = match rules.fate(name) {
            Fate::Stay => name.as_ref(),
            Fate::Go => {
                changed = true;
                continue;
            }
            Fate::Rename { to, clashes } => {
                if *clashes && members.get(to).is_some() {
                    return Err(format!(
                        "`{name}` is renamed to `{to}`, and there is a `{to}` already: drop one of them"
                    ));
                }
                changed = true;
                to.as_str()
            }
        };
        let json = rules.value(to, value)?;
        changed |= !matches!(json, Some(Cow::Borrowed(_)));
        if let Some(json) = json {
            object.member(to, &json);
        }
    }
    object.end(&rules.set);
    Ok(changed)
}

struct Object<'o> {
    out: &'o mut Vec<u8>,
    empty: bool,
}

impl<'o> Object<'o> {
    fn begin(out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, empty: true }
    }

    fn separate(&mut self) {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
    }

    fn member(&mut self, name: &str, json: &str) {
        self.separate();
        write_name(name, self.out);
        append(self.out, json.as_bytes());
    }

    fn end(mut self, members: &str) {
        if !members.is_empty() {
            self.separate();
            self.out.extend_from_slice(members.as_bytes());
        }
        self.out.push(b'}');
    }
}

/// Writes a member's name and its colon.
pub fn write_name(name: &str, out: &mut Vec<u8>) {
    // Without an early exit, several bytes are looked at at once.
    let is_plain = !name.bytes().fold(false, |found, byte| found | matches!(byte, b'"' | b'\\' | 0..=0x1f));
    if is_plain {
        out.push(b'"');
        append(out, name.as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(Value::from(name).to_string().as_bytes());
    }
    out.push(b':');
}
