//! What stands in the file, before anybody asks what it means: JSON's values, each with its place.

use serde_json::Number;

use super::place::Spot;

/// A value and where it begins.
#[derive(Clone)]
pub(super) struct Tree {
    pub spot: Spot,
    pub value: Value,
}

/// JSON's values.
#[derive(Clone)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Tree>),
    Map(Vec<Entry>),
}

/// A member of a map. No two of one map have the same key.
#[derive(Clone)]
pub(super) struct Entry {
    pub key: String,
    pub spot: Spot,
    pub value: Tree,
}

impl Tree {
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What was found, for a message. It never tells the value, which may be a secret in a wrong place.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    /// Without the places.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(value) => serde_json::Value::Number(value.clone()),
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(Tree::to_json).collect(),
            Value::Map(entries) => entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect(),
        }
    }

    /// How many values it holds, itself included.
    pub fn size(&self) -> usize {
        match &self.value {
            Value::List(items) => 1 + items.iter().map(Tree::size).sum::<usize>(),
            Value::Map(entries) => 1 + entries.iter().map(|entry| entry.value.size()).sum::<usize>(),
            _ => 1,
        }
    }
}
