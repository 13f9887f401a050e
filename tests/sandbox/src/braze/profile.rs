//! What does Braze hold about one person?

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};

use super::attribute::{Edit, Update, is_reserved, put};
use super::event::Event;
use super::purchase::Purchase;
use super::who::Alias;
use super::{data_points, limit};

/// A person.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Profile {
    /// Braze's own id.
    pub braze_id: String,
    /// The workspace's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Names under labels.
    #[serde(serialize_with = "alias_list", skip_serializing_if = "BTreeSet::is_empty")]
    pub aliases: BTreeSet<Alias>,
    /// Fields that Braze knows, such as `email`.
    pub fields: Map<String, Value>,
    /// All other attributes.
    pub attributes: Map<String, Value>,
    /// States of subscription groups, by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub subscription_groups: BTreeMap<String, String>,
    /// What the person did, in the order of arrival.
    pub events: Vec<Event>,
    /// What the person bought, in the order of arrival.
    pub purchases: Vec<Purchase>,
    /// What all this cost (contract 2.6).
    pub data_points: u64,
    /// Grows with each change of anybody.
    #[serde(skip)]
    pub changed: u64,
}

fn alias_list<S: serde::Serializer>(aliases: &BTreeSet<Alias>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(aliases.iter().map(|alias| format!("{}:{}", alias.label, alias.name)))
}

impl Profile {
    /// A field or attribute.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.map(key).get(key)
    }

    /// A field or attribute that is a text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// The texts of an array attribute, in its order; empty if there is none.
    #[must_use]
    pub fn list(&self, key: &str) -> Vec<&str> {
        let items = self.get(key).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    fn map(&self, key: &str) -> &Map<String, Value> {
        if is_reserved(key) { &self.fields } else { &self.attributes }
    }

    fn map_mut(&mut self, key: &str) -> &mut Map<String, Value> {
        if is_reserved(key) { &mut self.fields } else { &mut self.attributes }
    }

    /// Carries out an edit; what does not fit what is there is dropped, and the reason given.
    pub fn edit(&mut self, key: String, edit: Edit, array_most: usize) -> Option<&'static str> {
        self.data_points += data_points::of(&key, &edit);
        let map = self.map_mut(&key);
        match edit {
            Edit::Unset => drop(map.remove(&key)),
            Edit::Set(value) => drop(map.insert(key, capped(value, array_most))),
            Edit::Increment(by) => return increment(map, key, by),
            Edit::Array { add, remove } => return array(map, key, add, &remove, array_most),
            Edit::Objects { add, remove, update } => return objects(map, key, add, &remove, update),
            Edit::Merge(object) => merge(map.entry(key).or_insert(Value::Null), Value::Object(object)),
            Edit::Subscriptions(groups) => self.subscription_groups.extend(groups),
        }
        None
    }
}

/// A whole array has unique values and a cap, too; one of objects has not (contract 2.1, 2.2).
fn capped(value: Value, most: usize) -> Value {
    match value {
        Value::Array(items) if !items.iter().any(Value::is_object) => {
            let mut array = Vec::with_capacity(items.len());
            put(&mut array, items, most);
            Value::Array(array)
        }
        value => value,
    }
}

fn increment(map: &mut Map<String, Value>, key: String, by: i64) -> Option<&'static str> {
    let present = map.entry(key).or_insert(Value::from(0));
    let Some(number) = present.as_i64() else { return Some("an inc of what is no whole number") };
    *present = Value::from(number.saturating_add(by));
    None
}

fn array(
    map: &mut Map<String, Value>,
    key: String,
    add: Vec<Value>,
    remove: &[Value],
    most: usize,
) -> Option<&'static str> {
    if add.is_empty() && !map.contains_key(&key) {
        return None;
    }
    let present = map.entry(key).or_insert_with(|| Value::Array(Vec::new()));
    let Value::Array(items) = present else { return Some("an add or remove on what is no array") };
    put(items, add, most);
    items.retain(|item| !remove.contains(item));
    None
}

fn objects(
    map: &mut Map<String, Value>,
    key: String,
    add: Vec<Value>,
    remove: &[(String, Value)],
    update: Vec<Update>,
) -> Option<&'static str> {
    let mut items = match map.get(&key) {
        None => Vec::new(),
        Some(Value::Array(items)) => items.clone(),
        Some(_) => return Some("a $add, $remove or $update on what is no array"),
    };
    items.extend(add);
    items.retain(|item| !remove.iter().any(|(key, value)| item.get(key) == Some(value)));
    for Update { key, value, object } in update {
        let matching = items.iter_mut().filter(|item| item.get(&key) == Some(&value));
        matching.for_each(|item| merge(item, Value::Object(object.clone())));
    }
    let items = Value::Array(items);
    if super::attribute::size(&items) > limit::NESTED_BYTES {
        return Some("an array of objects over 100 KB");
    }
    map.insert(key, items);
    None
}

/// Lays one value over another, deeply.
fn merge(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            above.into_iter().for_each(|(key, value)| merge(below.entry(key).or_insert(Value::Null), value));
        }
        (below, above) => *below = above,
    }
}
