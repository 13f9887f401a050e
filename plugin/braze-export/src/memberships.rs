//! Which audiences is a person to be added to, and which removed from?
//!
//! The last word on an audience counts, so no name is ever in both lists: what Braze would make of one is not documented.

use std::borrow::Cow;
use std::collections::BTreeMap;

use brazeline_kit::person::Audiences;

use crate::text::write_string;

/// The last word on each audience.
#[derive(Debug, Default)]
pub struct Memberships<'a>(BTreeMap<Cow<'a, str>, bool>);

impl<'a> Memberships<'a> {
    /// Adds a later update's.
    pub fn join(&mut self, audiences: Audiences<'a>) {
        self.0.extend(audiences.of.into_iter().map(|name| (name, false)));
        self.0.extend(audiences.members_in.into_iter().map(|name| (name, true)));
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the person enters any.
    #[must_use]
    pub fn adds(&self) -> bool {
        self.0.values().any(|is_in| *is_in)
    }

    /// Writes `"lytics_segments":{"add":[..],"remove":[..]}`, without the list that would be empty.
    pub fn write(&self, attribute: &str, out: &mut Vec<u8>) {
        write_string(attribute, out);
        out.push(b':');
        let mut open = b'{';
        for (list, entered) in [(&b"\"add\":"[..], true), (b"\"remove\":", false)] {
            let mut bracket = b'[';
            for (name, _) in self.0.iter().filter(|(_, is_in)| **is_in == entered) {
                if bracket == b'[' {
                    out.push(open);
                    out.extend_from_slice(list);
                    open = b',';
                }
                out.push(bracket);
                write_string(name, out);
                bracket = b',';
            }
            if bracket == b',' {
                out.push(b']');
            }
        }
        out.push(b'}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_counts() {
        let table: &[(&[&str], &str)] = &[
            (&[r#"{"in":["vip"],"of":["vip"]}"#], r#"{"add":["vip"]}"#),
            (&[r#"{"in":[],"of":["vip"]}"#], r#"{"remove":["vip"]}"#),
            (&[r#"{"in":["b","a"],"of":["a","b","c","d"]}"#], r#"{"add":["a","b"],"remove":["c","d"]}"#),
            (&[r#"{"in":["a"],"of":["a"]}"#, r#"{"in":[],"of":["a"]}"#], r#"{"remove":["a"]}"#),
            (&[r#"{"in":[],"of":["a","b"]}"#, r#"{"in":["a"],"of":["a"]}"#], r#"{"add":["a"],"remove":["b"]}"#),
            // Somebody who says `in` and forgets it in `of` means it.
            (&[r#"{"in":["a\"b"],"of":[]}"#], r#"{"add":["a\"b"]}"#),
        ];
        for (updates, expected) in table {
            let mut memberships = Memberships::default();
            updates.iter().for_each(|update| memberships.join(serde_json::from_str(update).unwrap()));
            let mut out = Vec::new();
            memberships.write("s", &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), format!(r#""s":{expected}"#), "{updates:?}");
        }
    }
}
