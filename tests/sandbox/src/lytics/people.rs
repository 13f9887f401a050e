//! Who is in which audience?
//!
//! A test says it: `lytics.people.put("ann", fields)`, `lytics.people.enter("ann", "vip")`. Scans, files and triggers of the same people agree.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The id of an audience that was never renamed: 32 hexadecimal digits, made of its slug. How Lytics makes them does not matter.
#[must_use]
pub fn audience_id(slug: &str) -> String {
    let half = |seed: u64| {
        let step = |sum: u64, byte: u8| (sum.rotate_left(5) ^ u64::from(byte)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        slug.bytes().fold(seed, step)
    };
    format!("{:016x}{:016x}", half(1), half(2))
}

/// A person.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Person {
    /// The fields of the profile.
    pub fields: Map<String, Value>,
    /// The audiences, by id.
    audiences: BTreeSet<String>,
}

/// Everybody, and all audiences.
#[derive(Debug, Clone, Default)]
pub struct People {
    people: BTreeMap<String, Person>,
    /// Slug by id.
    audiences: BTreeMap<String, String>,
}

/// A person as it is posted to `/sandbox/people`. It replaces who had that name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Posted {
    /// What the test calls the person.
    pub name: String,
    /// The fields of the profile.
    pub fields: Map<String, Value>,
    /// The audiences, by slug.
    #[serde(default)]
    pub audiences: Vec<String>,
}

impl People {
    /// Sets a person's fields; memberships stay. `fields` is a JSON object, and `name` is what the test calls the person.
    pub fn put(&mut self, name: &str, fields: Value) {
        let Value::Object(fields) = fields else { return };
        self.people.entry(name.to_owned()).or_default().fields = fields;
    }

    /// Lets a person enter an audience, which is made if there is none.
    pub fn enter(&mut self, name: &str, slug: &str) {
        let id = self.create(slug);
        self.people.entry(name.to_owned()).or_default().audiences.insert(id);
    }

    /// Lets a person leave an audience.
    pub fn leave(&mut self, name: &str, slug: &str) {
        let id = self.id_of(slug).map(str::to_owned);
        if let (Some(id), Some(person)) = (id, self.people.get_mut(name)) {
            person.audiences.remove(&id);
        }
    }

    /// Deletes a person.
    pub fn remove(&mut self, name: &str) {
        self.people.remove(name);
    }

    /// Takes a person as it is posted.
    pub fn post(&mut self, posted: Posted) {
        self.remove(&posted.name);
        self.put(&posted.name, Value::Object(posted.fields));
        posted.audiences.iter().for_each(|slug| self.enter(&posted.name, slug));
    }

    /// Makes an audience if there is none, and gives its id.
    pub fn create(&mut self, slug: &str) -> String {
        let known = self.id_of(slug).map(str::to_owned);
        known.unwrap_or_else(|| {
            let mut id = audience_id(slug);
            // The slug was another audience's before.
            while self.audiences.contains_key(&id) {
                id = audience_id(&id);
            }
            self.audiences.insert(id.clone(), slug.to_owned());
            id
        })
    }

    /// Renames an audience. Its id stays.
    pub fn rename(&mut self, slug: &str, to: &str) {
        let id = self.create(slug);
        self.audiences.insert(id, to.to_owned());
    }

    /// The id of an audience.
    #[must_use]
    pub fn id_of(&self, slug: &str) -> Option<&str> {
        self.audiences.iter().find(|(_, known)| *known == slug).map(|(id, _)| id.as_str())
    }

    /// The id of an audience that is named by id or slug.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        self.audiences.get_key_value(name).map(|(id, _)| id.as_str()).or_else(|| self.id_of(name))
    }

    /// A person.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Person> {
        self.people.get(name)
    }

    /// Everybody who is in any of these audiences, by id, in the order of names.
    pub fn members<'a>(&'a self, ids: &'a [String]) -> impl Iterator<Item = (&'a str, &'a Person)> {
        let is_in = move |person: &Person| ids.iter().any(|id| person.audiences.contains(id));
        self.people.iter().filter(move |(_, person)| is_in(person)).map(|(name, person)| (name.as_str(), person))
    }

    /// The slugs of a person's audiences, in order.
    #[must_use]
    pub fn slugs(&self, person: &Person) -> Vec<&str> {
        let mut slugs: Vec<&str> =
            person.audiences.iter().filter_map(|id| self.audiences.get(id)).map(String::as_str).collect();
        slugs.sort_unstable();
        slugs
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Everybody, as JSON.
    #[must_use]
    pub fn shown(&self) -> Value {
        let one = |(name, person): (&String, &Person)| {
            (name.clone(), json!({ "fields": person.fields, "audiences": self.slugs(person) }))
        };
        Value::Object(self.people.iter().map(one).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_outlives_its_slug() {
        let mut people = People::default();
        people.put("ann", json!({ "email": "ann@x" }));
        people.enter("ann", "vip");
        people.enter("ann", "new");
        people.rename("vip", "important");
        people.enter("bob", "vip");
        let (old, new) = (people.find("important").unwrap().to_owned(), people.find("vip").unwrap().to_owned());
        assert_eq!(old, audience_id("vip"));
        assert_eq!(people.find(&old), Some(old.as_str()));
        assert_eq!(people.slugs(people.get("ann").unwrap()), ["important", "new"]);
        assert_ne!(old, new);
        let members = |id: &str| people.members(&[id.to_owned()]).map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
        assert_eq!((members(&old), members(&new)), (vec!["ann".to_owned()], vec!["bob".to_owned()]));
        people.leave("ann", "important");
        people.leave("ann", "nowhere");
        people.remove("bob");
        assert_eq!(people.shown(), json!({ "ann": { "fields": { "email": "ann@x" }, "audiences": ["new"] } }));
    }
}
