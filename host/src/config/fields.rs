//! Reading the members of one map: each by name, and in the end every one that nobody asked for is an error.

use super::keys::{Key, Read};
use super::place::{Placed, Report, Spot};
use super::suggest::{did_you_mean, listed, nearest};
use super::tree::{Entry, Tree, Value};
use crate::problem::Problem;

/// A map that is being read.
pub(super) struct Fields<'t> {
    /// What it belongs to, for messages: ``sink `crm` ``.
    pub what: String,
    pub spot: Spot,
    entries: &'t [Entry],
    known: Vec<&'static str>,
}

impl<'t> Fields<'t> {
    /// The members of `tree`; anything but a map is reported.
    pub fn of(what: impl Into<String>, tree: &'t Tree, report: &mut Report) -> Option<Self> {
        let what = what.into();
        match &tree.value {
            Value::Map(entries) => Some(Self { what, spot: tree.spot, entries, known: Vec::new() }),
            _ => {
                wrong(&what, tree, "a map of `key: value`", "give it its keys, or remove it", report);
                None
            }
        }
    }

    /// A member, if it is there.
    pub fn get(&mut self, name: &'static str) -> Option<&'t Entry> {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
        self.entries.iter().find(|entry| entry.key == name)
    }

    /// A member that must be there.
    pub fn required(&mut self, name: &'static str, help: &str, report: &mut Report) -> Option<&'t Entry> {
        let entry = self.get(name);
        if entry.is_none() {
            let what = format!("{} has no `{name}`", self.what);
            match self.slip(name) {
                Some(slip) => {
                    report.error(slip.spot, what, format!("did you mean it by `{}`? Otherwise {help}", slip.key))
                }
                None => report.error(self.spot, what, help),
            }
        }
        entry
    }

    /// A member whose name may be a slip for this one.
    fn slip(&self, name: &str) -> Option<&'t Entry> {
        self.entries.iter().find(|entry| nearest(&entry.key, [name]).is_some())
    }

    /// A member that is text.
    pub fn text(&mut self, name: &'static str, report: &mut Report) -> Option<Placed<String>> {
        let entry = self.get(name)?;
        self.text_of(entry, report)
    }

    /// The text of a member.
    pub fn text_of(&self, entry: &Entry, report: &mut Report) -> Option<Placed<String>> {
        match entry.value.as_text() {
            Some(text) if !text.is_empty() => Some(Placed { value: text.to_owned(), spot: entry.value.spot }),
            _ => {
                let help = format!("write `{}: \"...\"`", entry.key);
                wrong(&format!("`{}` of {}", entry.key, self.what), &entry.value, "text", &help, report);
                None
            }
        }
    }

    /// A member with a default.
    pub fn read<T: Read>(&mut self, key: &Key<T>, report: &mut Report) -> T {
        let Some(entry) = self.get(key.name) else { return key.default.clone() };
        let what = format!("`{}` of {}", key.name, self.what);
        let help = format!("the default is `{}: {}`", key.name, key.default.show());
        match T::read(&entry.value) {
            None => wrong(&what, &entry.value, &key.expected(), &help, report),
            Some(value) if !key.allows(&value) => {
                report.error(entry.value.spot, format!("{what} must be {}", key.expected()), help);
            }
            Some(value) => return value,
        }
        key.default.clone()
    }

    /// The members that nobody asked for.
    pub fn rest(&self) -> impl Iterator<Item = &'t Entry> {
        self.entries.iter().filter(|entry| !self.known.contains(&entry.key.as_str()))
    }

    /// Every member that nobody asked for is an error.
    pub fn refuse_rest(self, report: &mut Report) {
        for entry in self.rest() {
            let known = self.known.iter().copied();
            let help = did_you_mean(&entry.key, known.clone(), "remove it");
            let problem = Problem::error(format!("{} has no setting `{}`", self.what, entry.key), help);
            report.add(entry.spot, problem.fact(format!("settings here: {}", listed(known))));
        }
    }
}

/// A value of the wrong type. The value itself is not shown: it may be a secret in a wrong place.
pub(super) fn wrong(what: &str, tree: &Tree, expected: &str, help: &str, report: &mut Report) {
    let found = match &tree.value {
        Value::Text(text) if text.is_empty() => "empty text",
        _ => tree.kind(),
    };
    report.add(tree.spot, Problem::error(format!("{what} must be {expected}"), help).fact(format!("found: {found}")));
}
