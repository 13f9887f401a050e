//! Who is who, after the mapping?
//!
//! Records that share an identifier are one person; a record with two identifiers stitches two persons into one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;
use serde_json::{Map, Value};

use super::limit;
use super::mapping::Mapped;

/// An identifier: Lytics' name of the field, and the value.
type Identifier = (&'static str, String);

/// A person.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Profile {
    /// Identifiers by field; a person may have several of one.
    pub identifiers: BTreeMap<&'static str, BTreeSet<String>>,
    /// All other fields by Lytics' names.
    pub fields: Map<String, Value>,
}

impl Profile {
    /// A field that identifies nobody.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.fields.get(key)
    }

    fn identifiers(&self) -> usize {
        self.identifiers.values().map(BTreeSet::len).sum()
    }
}

/// All persons.
#[derive(Debug, Clone, Default)]
pub struct Profiles {
    /// A person who was stitched into another leaves a gap.
    list: Vec<Option<Profile>>,
    by_identifier: HashMap<Identifier, usize>,
}

impl Profiles {
    /// Everybody, in the order of creation.
    pub fn all(&self) -> impl Iterator<Item = &Profile> {
        self.list.iter().flatten()
    }

    /// The person with this value of this field.
    #[must_use]
    pub fn get(&self, field: &str, value: &str) -> Option<&Profile> {
        // The keys own their text, so the value is looked up under the known name that equals the field.
        let name = ["br_user_id", "email", "tw_uid"].into_iter().find(|name| *name == field)?;
        let place = self.by_identifier.get(&(name, value.to_owned()))?;
        self.list[*place].as_ref()
    }

    /// Takes a record in. One without an identifier is nobody's.
    pub fn put(&mut self, mapped: Mapped) {
        let known: BTreeSet<usize> =
            mapped.identifiers.iter().filter_map(|id| self.by_identifier.get(id).copied()).collect();
        let Some(place) = known.first().copied().or_else(|| self.create(&mapped)) else { return };
        known.iter().skip(1).for_each(|other| self.stitch(place, *other));
        mapped.identifiers.into_iter().for_each(|id| self.identify(place, id));
        if let Some(profile) = &mut self.list[place] {
            profile.fields.extend(mapped.fields);
        }
    }

    fn create(&mut self, mapped: &Mapped) -> Option<usize> {
        if mapped.identifiers.is_empty() {
            return None;
        }
        self.list.push(Some(Profile::default()));
        Some(self.list.len() - 1)
    }

    /// Past the limit of identifiers (contract 8) a further one is not stitched.
    fn identify(&mut self, place: usize, (field, value): Identifier) {
        let Some(profile) = &mut self.list[place] else { return };
        if profile.identifiers() >= limit::IDENTIFIERS {
            return;
        }
        profile.identifiers.entry(field).or_default().insert(value.clone());
        self.by_identifier.insert((field, value), place);
    }

    fn stitch(&mut self, place: usize, other: usize) {
        let Some(other) = self.list[other].take() else { return };
        for (field, values) in other.identifiers {
            values.into_iter().for_each(|value| self.identify(place, (field, value)));
        }
        if let Some(profile) = &mut self.list[place] {
            let mut fields = other.fields;
            fields.append(&mut profile.fields);
            profile.fields = fields;
        }
    }
}
