//! What is a person's profile to hold, when several updates say something about it?
//!
//! The later value of an attribute replaces the earlier; `null` unsets. Braze's operations (`{"inc": 1}`, `{"add": [..]}`, ...) do not
//! replace: increments are added up here, and any other operation on an attribute that was already set has to go out in a later
//! request. Where objects are merged, one on an attribute that was already set has to wait, too. Increments are kept apart from everything else, because a request with one must not be sent twice.

use std::borrow::Cow;
use std::collections::BTreeMap;

use brazeline_kit::event::parse;
use serde::Deserialize;

use crate::attribute::Role;
use crate::fields::{Field, Fields};
use crate::text::Text;

/// Deep-merges objects instead of replacing them, for a whole attributes object.
pub const MERGE_OBJECTS: &str = "_merge_objects";

/// The attributes of one object.
#[derive(Debug, Default)]
pub struct Attributes<'a> {
    fields: Fields<'a>,
    /// Places by name, made when a second update arrives: most persons have one.
    places: BTreeMap<Text<'a>, usize>,
}

impl<'a> From<Fields<'a>> for Attributes<'a> {
    fn from(fields: Fields<'a>) -> Self {
        Self { fields, places: BTreeMap::new() }
    }
}

impl<'a> Attributes<'a> {
    /// Each with its latest value.
    #[must_use]
    pub fn fields(&self) -> &[Field<'a>] {
        &self.fields.list
    }

    /// All of them as JSON, if there are any and they stand somewhere as they are to be written.
    #[must_use]
    pub fn text(&self) -> Option<&'a str> {
        self.fields.text.filter(|_| !self.fields.list.is_empty())
    }

    /// Whether it holds an object that is laid over another one, if the settings say so and the update does not.
    #[must_use]
    pub fn is_merged_by_default(&self) -> bool {
        !merges(self.fields()) && self.fields().iter().any(|field| is_nested(&field.value))
    }

    /// Adds a later update's, or gives them back if they cannot share an object with what is here. `merged`: objects are laid over each
    /// other unless an update says otherwise.
    pub fn join(&mut self, later: Fields<'a>, merged: bool) -> Result<(), Fields<'a>> {
        if self.fields.list.is_empty() {
            self.fields = later;
        } else if !later.list.is_empty() {
            self.index();
            if merged && later.list.iter().any(|field| is_nested(&field.value) && self.places.contains_key(&field.name))
            {
                return Err(later);
            }
            let Some(sums) = self.sums(&later.list) else { return Err(later) };
            self.replace(later.list);
            sums.into_iter().for_each(|(place, sum)| self.fields.list[place].value = Cow::Owned(sum));
        }
        Ok(())
    }

    fn index(&mut self) {
        if self.places.is_empty() {
            self.places = self.fields().iter().enumerate().map(|(place, field)| (field.name.clone(), place)).collect();
        }
    }

    /// What the increments among them add up to, by place. None if one of them cannot share an object with what is here.
    fn sums(&self, later: &[Field<'a>]) -> Option<Vec<(usize, String)>> {
        if merges(later) || merges(self.fields()) {
            return None;
        }
        let mut sums = Vec::new();
        for field in later.iter().filter(|field| is_operation(&field.value)) {
            let Some(place) = self.places.get(&field.name) else { continue };
            sums.push((*place, sum(&self.fields()[*place].value, &field.value)?));
        }
        Some(sums)
    }

    fn replace(&mut self, later: Vec<Field<'a>>) {
        let Fields { list, text } = &mut self.fields;
        *text = None;
        for field in later {
            match self.places.get(&field.name) {
                Some(place) => list[*place].value = field.value,
                None => {
                    self.places.insert(field.name.clone(), list.len());
                    list.push(field);
                }
            }
        }
    }
}

/// Whether any of them counts up, so that it must not be sent twice.
#[must_use]
pub fn any_increments(fields: &[Field<'_>]) -> bool {
    fields.iter().any(|field| first_member(&field.value) == Some("inc"))
}

fn merges(fields: &[Field<'_>]) -> bool {
    fields.iter().any(|field| field.about.role == Role::MergeObjects)
}

/// Whether it is an object, and no operation.
fn is_nested(value: &str) -> bool {
    value.starts_with('{') && !is_operation(value)
}

fn is_operation(value: &str) -> bool {
    matches!(first_member(value), Some("inc" | "add" | "remove" | "$add" | "$remove" | "$update"))
}

/// The name of an object's first member, as it is written.
fn first_member(value: &str) -> Option<&str> {
    let name = value.strip_prefix('{')?.trim_start().strip_prefix('"')?;
    name.split_once('"').map(|(name, _)| name)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Increment {
    inc: i64,
}

fn sum(earlier: &str, later: &str) -> Option<String> {
    let read = |value| parse::<Increment>(value).ok().map(|increment| increment.inc);
    let sum = read(earlier)?.checked_add(read(later)?)?;
    Some(format!(r#"{{"inc":{sum}}}"#))
}

#[cfg(test)]
mod tests {
    use brazeline_kit::json;

    use super::*;
    use crate::attribute::Known;
    use crate::fields::Fields;

    fn read(update: &str) -> Fields<'_> {
        let settings = serde_json::from_str("{}").unwrap();
        json::read(update, |reader| Fields::read(reader, &mut Known::new(&settings))).unwrap()
    }

    /// The objects that updates become, one after another.
    fn objects(updates: &[&'static str], merged: bool) -> String {
        let mut objects = vec![Attributes::default()];
        for update in updates {
            if let Err(fields) = objects.last_mut().unwrap().join(read(update), merged) {
                objects.push(fields.into());
            }
        }
        let field = |field: &Field<'_>| format!("{}={}", field.name.as_str(), field.value);
        let object = |object: &Attributes<'_>| object.fields().iter().map(field).collect::<Vec<_>>().join(" ");
        objects.iter().map(object).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn updates_of_a_person_become_one_object() {
        let table: &[(&[&str], &str)] = &[
            (&[r#"{"a":1.50,"b":"x"}"#], r#"a=1.50 b="x""#),
            (&[r#"{"a":1,"b":2}"#, r#"{"b":null}"#, r#"{"c":3,"b":4}"#], "a=1 b=4 c=3"),
            (&["{}", r#"{"a":1}"#, "{}"], "a=1"),
            // Increments add up, and a value set later replaces them.
            (&[r#"{"n":{"inc":2}}"#, r#"{"n":{"inc":-3}}"#, r#"{"n":{ "inc" : 5 }}"#], r#"n={"inc":4}"#),
            (&[r#"{"n":{"inc":2}}"#, r#"{"n":7}"#], "n=7"),
            // What cannot be added up comes later.
            (&[r#"{"n":7,"a":1}"#, r#"{"n":{"inc":2},"a":2}"#], r#"n=7 a=1 | n={"inc":2} a=2"#),
            (&[r#"{"n":{"inc":1.5}}"#, r#"{"n":{"inc":1}}"#], r#"n={"inc":1.5} | n={"inc":1}"#),
            (
                &[r#"{"n":{"inc":9223372036854775807}}"#, r#"{"n":{"inc":1}}"#],
                r#"n={"inc":9223372036854775807} | n={"inc":1}"#,
            ),
            (&[r#"{"t":{"add":["a"]}}"#, r#"{"u":{"add":["b"]}}"#], r#"t={"add":["a"]} u={"add":["b"]}"#),
            (&[r#"{"t":{"add":["a"]}}"#, r#"{"t":{"add":["b"]}}"#], r#"t={"add":["a"]} | t={"add":["b"]}"#),
            (&[r#"{"t":{"add":["a"]}}"#, r#"{"t":["b"]}"#], r#"t=["b"]"#),
            (&[r#"{"o":{"x":1}}"#, r#"{"o":{"y":1}}"#], r#"o={"y":1}"#),
            (
                &[r#"{"o":{"x":1},"_merge_objects":true}"#, r#"{"o":{"y":1}}"#],
                r#"o={"x":1} _merge_objects=true | o={"y":1}"#,
            ),
        ];
        for (updates, expected) in table {
            assert_eq!(objects(updates, false), *expected, "{updates:?}");
        }
    }

    #[test]
    fn merged_objects_wait_for_each_other() {
        let table: &[(&[&str], &str)] = &[
            (&[r#"{"o":{"x":1}}"#, r#"{"p":{"y":1},"a":1}"#], r#"o={"x":1} p={"y":1} a=1"#),
            (&[r#"{"o":{"x":1}}"#, r#"{"o":{"y":1}}"#], r#"o={"x":1} | o={"y":1}"#),
            (&[r#"{"o":null}"#, r#"{"o":{"y":1}}"#], r#"o=null | o={"y":1}"#),
            (&[r#"{"o":{"x":1}}"#, r#"{"o":null}"#], "o=null"),
        ];
        for (updates, expected) in table {
            assert_eq!(objects(updates, true), *expected, "{updates:?}");
        }
    }

    #[test]
    fn an_increment_is_recognised() {
        let table = [
            (r#"{"n":{"inc":1}}"#, true),
            ("{\"a\":1,\"n\":{\n \"inc\" : 1}}", true),
            (r#"{"n":{"income":1}}"#, false),
            (r#"{"inc":1,"n":"{\"inc\":1}"}"#, false),
            (r#"{"n":[{"inc":1}]}"#, false),
            (r#"{"n":{}}"#, false),
        ];
        for (object, expected) in table {
            assert_eq!(any_increments(&read(object).list), expected, "{object}");
        }
    }
}
