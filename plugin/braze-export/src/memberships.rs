//! Which audiences is a person to be added to, and which removed from?
//!
//! The last word on an audience counts, so no name is ever in both lists: what Braze would make of one is not documented. Each audience
//! stands in the array, as a boolean, or both, as the settings say; one that is beyond the array's room is a boolean alone.

use std::borrow::Cow;
use std::collections::BTreeMap;

use brazeline_kit::person::Audiences;

use crate::limits;
use crate::rule::is_too_long;
use crate::settings::Settings;
use crate::settings::audience::Representation;
use crate::text::write_string;

/// The last word on each audience.
#[derive(Debug, Default)]
pub struct Memberships<'a>(BTreeMap<Cow<'a, str>, Word>);

/// What was said of an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Word {
    is_in: bool,
    is_beyond: bool,
}

impl Word {
    fn representation(self, audience: &str, settings: &Settings) -> Representation {
        if self.is_beyond { Representation::Booleans } else { settings.representation(audience) }
    }
}

/// Whether all their names can be written. The reason never names one that is too long to be read.
pub fn check(audiences: &Audiences<'_>, settings: &Settings) -> Result<(), String> {
    for name in audiences.of.iter().chain(&audiences.members_in) {
        if name.is_empty() || is_too_long(name) {
            return Err(format!(
                "/audiences: the name of one is empty, or has more than {} characters",
                limits::CHARACTERS
            ));
        }
        let is_beyond = audiences.beyond.contains(name);
        if (Word { is_in: true, is_beyond }).representation(name, settings).as_boolean() {
            settings.boolean_attribute.name(name).map_err(|reason| format!("/audiences: `{name}`: {reason}"))?;
        }
    }
    Ok(())
}

impl<'a> Memberships<'a> {
    /// Adds a later update's.
    pub fn join(&mut self, audiences: Audiences<'a>) {
        let Audiences { members_in, of, beyond, .. } = audiences;
        let word = |name: &Cow<'a, str>, is_in| Word { is_in, is_beyond: beyond.contains(name) };
        self.0.extend(of.into_iter().map(|name| (word(&name, false), name)).map(|(word, name)| (name, word)));
        self.0.extend(members_in.into_iter().map(|name| (word(&name, true), name)).map(|(word, name)| (name, word)));
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the person enters any.
    #[must_use]
    pub fn adds(&self) -> bool {
        self.0.values().any(|word| word.is_in)
    }

    /// Writes `,"lytics_segments":{"add":[..],"remove":[..]}`, without a list that would be empty, and `,"lytics_segment_vip":true`.
    pub fn write(&self, settings: &Settings, out: &mut Vec<u8>) {
        self.write_array(settings, out);
        for (name, word) in &self.0 {
            if word.representation(name, settings).as_boolean()
                && let Ok(attribute) = settings.boolean_attribute.name(name)
            {
                out.push(b',');
                write_string(&attribute, out);
                out.extend_from_slice(if word.is_in { b":true" } else { b":false" });
            }
        }
    }

    fn write_array(&self, settings: &Settings, out: &mut Vec<u8>) {
        let lists = [("add", true), ("remove", false)].map(|(list, is_in)| {
            let is_meant =
                |word: &Word, name: &str| word.is_in == is_in && word.representation(name, settings).in_array();
            let names = self.0.iter().filter(move |(name, word)| is_meant(word, name)).map(|(name, _)| name.as_ref());
            (list, names.collect::<Vec<&str>>())
        });
        let mut before = None;
        for (list, names) in lists.iter().filter(|(_, names)| !names.is_empty()) {
            if before.is_none() {
                out.push(b',');
                write_string(&settings.membership_attribute, out);
                out.push(b':');
            }
            out.push(before.unwrap_or(b'{'));
            before = Some(b',');
            write_string(list, out);
            out.push(b':');
            // A `Vec` takes everything, and a list of texts has a JSON form.
            let _ = serde_json::to_writer(&mut *out, names);
        }
        if before.is_some() {
            out.push(b'}');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(settings: &str, updates: &[&str]) -> String {
        let settings: Settings = serde_json::from_str(settings).unwrap();
        let mut memberships = Memberships::default();
        updates.iter().for_each(|update| memberships.join(serde_json::from_str(update).unwrap()));
        let mut out = Vec::new();
        memberships.write(&settings, &mut out);
        String::from_utf8(out).unwrap()
    }

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
            assert_eq!(
                written(r#"{"membership_attribute":"s"}"#, updates),
                format!(r#","s":{expected}"#),
                "{updates:?}"
            );
        }
    }

    #[test]
    fn each_audience_stands_as_the_settings_say() {
        let update = r#"{"in":["a","b"],"of":["a","b","c"]}"#;
        let beyond = r#"{"in":["a","b"],"of":["a","b","c"],"beyond":["b","c"]}"#;
        let table = [
            (r#"{}"#, update, r#","lytics_segments":{"add":["a","b"],"remove":["c"]}"#),
            (
                r#"{"representation":"booleans","boolean_attribute":"in_{audience}"}"#,
                update,
                r#","in_a":true,"in_b":true,"in_c":false"#,
            ),
            (
                r#"{"representation":"both","boolean_attribute":"in_{audience}","representations":{"a":"array","c":"booleans"}}"#,
                update,
                r#","lytics_segments":{"add":["a","b"]},"in_b":true,"in_c":false"#,
            ),
            (r#"{}"#, beyond, r#","lytics_segments":{"add":["a"]},"lytics_segment_b":true,"lytics_segment_c":false"#),
        ];
        for (settings, update, expected) in table {
            assert_eq!(written(settings, &[update]), expected, "{settings} {update}");
        }
        // What is not beyond any more goes to the array.
        let updates = [r#"{"in":["a"],"of":["a"],"beyond":["a"]}"#, r#"{"in":["a"],"of":["a"]}"#];
        assert_eq!(written("{}", &updates), r#","lytics_segments":{"add":["a"]}"#);
    }
}
