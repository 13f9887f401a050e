//! Writes the object that the rules make of another.

use std::borrow::Cow;

use brazeline_kit::json::{Object, written_name};

use crate::incoming::{Field, find};
use crate::rules::{Fate, Rules};

/// Writes the object that the rules make of these fields of an event to `out`. False: nothing changed, and what was written equals what
/// there was but for white space around it.
pub fn edit(event: &str, fields: &[Field<'_>], rules: &Rules, out: &mut Vec<u8>) -> Result<bool, String> {
    let mut object = Object::begin(event, out);
    let mut changed = !rules.set.is_empty();
    for field in fields {
        let name = &field.name;
        let (to, written) = match &*field.fate {
            Fate::Stay => (name.as_ref(), None),
            Fate::Go => {
                changed = true;
                object.skip();
                continue;
            }
            Fate::Rename { to, written, clashes } => {
                if *clashes && find(fields, to).is_some() {
                    return Err(format!(
                        "`{name}` is renamed to `{to}`, and there is a `{to}` already: drop one of them"
                    ));
                }
                (to.as_str(), Some(written))
            }
        };
        match (rules.value(to, field.value)?, written) {
            (Some(Cow::Borrowed(_)), None) => {
                object.stay(&field.place);
                continue;
            }
            (Some(json), Some(written)) => object.member(written, &json),
            (Some(json), None) => object.member(&written_name(name), &json),
            (None, _) => object.skip(),
        }
        changed = true;
    }
    if !rules.set.is_empty() {
        object.members(&rules.set);
    }
    object.end();
    Ok(changed)
}
