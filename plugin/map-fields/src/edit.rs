//! Writes the object that the rules make of another.

use std::borrow::Cow;

use serde_json::Value;

use crate::rules::{Fate, Rules};
use brazeline_kit::append::append;
use brazeline_kit::json::Members;

/// Writes the object that the rules make of these members to `out`. False: nothing changed, and what was written equals what
/// there was but for white space.
pub fn edit(members: &Members<'_>, rules: &Rules, out: &mut Vec<u8>) -> Result<bool, String> {
    let mut object = Object::begin(out);
    let mut changed = !rules.set.is_empty();
    for (name, value) in &members.0 {
        let (to, written) = match rules.fate(name) {
            Fate::Stay => (name.as_ref(), None),
            Fate::Go => {
                changed = true;
                continue;
            }
            Fate::Rename { to, written, clashes } => {
                if *clashes && members.get(to).is_some() {
                    return Err(format!(
                        "`{name}` is renamed to `{to}`, and there is a `{to}` already: drop one of them"
                    ));
                }
                changed = true;
                (to.as_str(), Some(written))
            }
        };
        let json = rules.value(to, *value)?;
        changed |= !matches!(json, Some(Cow::Borrowed(_)));
        if let Some(json) = json {
            match (written, name) {
                (Some(written), _) => object.member(written, &json),
                // It stood there without escapes, so it needs none.
                (None, Cow::Borrowed(name)) => object.plain(name, &json),
                (None, Cow::Owned(name)) => object.member(&written_name(name), &json),
            }
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

    /// With the name as JSON, and its colon.
    fn member(&mut self, name: &str, json: &str) {
        self.separate();
        append(self.out, name.as_bytes());
        append(self.out, json.as_bytes());
    }

    /// With a name that needs no escapes.
    fn plain(&mut self, name: &str, json: &str) {
        self.separate();
        self.out.push(b'"');
        append(self.out, name.as_bytes());
        append(self.out, b"\":");
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

/// A member's name as JSON, and its colon.
pub fn written_name(name: &str) -> String {
    format!("{}:", Value::from(name))
}
