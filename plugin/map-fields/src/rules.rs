//! What becomes of a field?
//!
//! [`Rules`] are the settings, checked for what contradicts itself and turned into one answer for each name.

use std::collections::{BTreeMap, BTreeSet};

use brazeline_kit::Problem;

use crate::edit::write_name;
use crate::settings::Settings;

/// What becomes of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It stays as it is.
    Stay,
    /// It goes.
    Go,
    /// It gets another name.
    Rename {
        /// The name.
        to: String,
        /// A field that comes in under that name would stay, too: an event with both is ambiguous.
        clashes: bool,
    },
}

/// The settings, checked.
#[derive(Debug, PartialEq, Eq)]
pub struct Rules {
    named: BTreeMap<String, Fate>,
    others: Fate,
    /// The members that `set` adds, as JSON: `"plan":"gold","vip":true`.
    pub set: String,
}

impl Rules {
    /// Checks the settings. All that is wrong is told at once.
    pub fn new(settings: &Settings) -> Result<Self, Vec<Problem>> {
        let problems = problems(settings);
        if !problems.is_empty() {
            return Err(problems);
        }
        let others = if settings.keep.is_some() { Fate::Go } else { Fate::Stay };
        let mut rules = Self { named: BTreeMap::new(), others, set: members(settings) };
        for field in settings.keep.iter().flatten() {
            rules.named.insert(field.clone(), Fate::Stay);
        }
        for field in settings.drop.iter().chain(settings.set.keys()) {
            rules.named.insert(field.clone(), Fate::Go);
        }
        rules.rename(&settings.rename);
        Ok(rules)
    }

    /// What becomes of a field.
    #[must_use]
    pub fn fate(&self, field: &str) -> &Fate {
        self.named.get(field).unwrap_or(&self.others)
    }

    fn rename(&mut self, rename: &BTreeMap<String, String>) {
        for (from, to) in rename {
            let clashes = !rename.contains_key(to) && *self.fate(to) == Fate::Stay;
            self.named.insert(from.clone(), Fate::Rename { to: to.clone(), clashes });
        }
    }
}

fn members(settings: &Settings) -> String {
    let mut json = String::new();
    for (field, value) in &settings.set {
        if !json.is_empty() {
            json.push(',');
        }
        write_name(field, &mut json);
        json.push_str(&value.to_string());
    }
    json
}

fn problems(settings: &Settings) -> Vec<Problem> {
    let mut problems = Vec::new();
    let kept: Option<BTreeSet<&str>> = settings.keep.as_ref().map(|keep| keep.iter().map(String::as_str).collect());
    for (place, field) in settings.drop.iter().enumerate() {
        if kept.as_ref().is_some_and(|kept| kept.contains(field.as_str())) {
            problems.push(Problem::at(
                format!("/drop/{place}"),
                format!("`{field}` is in `keep`, too: take it out of one of them"),
            ));
        }
    }
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    for (from, to) in &settings.rename {
        let gone = settings.drop.contains(from) || kept.as_ref().is_some_and(|kept| !kept.contains(from.as_str()));
        let message = if let Some(other) = names.insert(to, from) {
            format!("`{other}` is renamed to `{to}`, too: give them different names")
        } else if gone {
            format!("`{from}` is gone before anything is renamed: take it out of `drop`, or add it to `keep`")
        } else if settings.set.contains_key(to) {
            format!("`set` writes `{to}` after that: drop `{from}` instead of renaming it, or take `{to}` out of `set`")
        } else {
            continue;
        };
        problems.push(Problem::at(format!("/rename/{}", escaped(from)), message));
    }
    problems
}

/// A name as a part of an RFC 6901 pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
