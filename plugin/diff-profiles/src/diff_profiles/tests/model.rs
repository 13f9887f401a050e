//! What should be known and told, said as simply as can be: maps of names.

use std::collections::{BTreeMap, BTreeSet};

/// Of these audiences, which the person is in; as of when.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub audiences: BTreeMap<&'static str, bool>,
    pub as_of: Option<u64>,
    pub attributes: BTreeMap<&'static str, u8>,
}

/// A full look at these, the first at some of them.
#[derive(Debug, Clone)]
pub(super) struct Scan {
    pub scope: BTreeSet<&'static str>,
    pub first: BTreeSet<&'static str>,
    pub as_of: u64,
}

/// What is held about the person.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    /// In or out, and as of when.
    pub audiences: BTreeMap<&'static str, (bool, u64)>,
    pub attributes: BTreeMap<&'static str, u8>,
    /// What is held and was never told.
    pub learnt: BTreeSet<&'static str>,
    /// In doubt.
    pub unsure: bool,
    pub existing_users: bool,
    pub limit: usize,
    pub rejects: bool,
}

impl Model {
    pub fn is_in(&self, audience: &str) -> bool {
        self.audiences.get(audience).is_some_and(|held| held.0)
    }

    /// Takes an event. False if it is refused.
    pub fn event(&mut self, said: &Statement, scan: Option<&Scan>) -> bool {
        let mut after = self.clone();
        let is_new = self.audiences.is_empty() && self.attributes.is_empty() && !self.unsure;
        let mut quiet = true;
        for (name, is_in) in &said.audiences {
            quiet &= !after.statement(name, *is_in, said.as_of, scan);
        }
        let count = after.audiences.values().filter(|held| held.0).count();
        if self.rejects && count > self.limit && after.entered(self) {
            return false;
        }
        if self.unsure {
            after.learnt.retain(|name| !self.learnt.contains(name));
        }
        after.unsure = false;
        let first = scan.is_some_and(|scan| !scan.first.is_empty());
        for (name, value) in &said.attributes {
            if after.attributes.insert(name, *value) != Some(*value) {
                match first && is_new && quiet && !self.existing_users {
                    true => after.learnt.insert(name),
                    false => after.learnt.remove(name),
                };
            }
        }
        *self = after;
        true
    }

    fn entered(&self, before: &Self) -> bool {
        self.audiences.iter().any(|(name, held)| held.0 && !before.is_in(name))
    }

    /// Whether something is told of it.
    fn statement(&mut self, name: &'static str, is_in: bool, as_of: Option<u64>, scan: Option<&Scan>) -> bool {
        let as_of = as_of.or(scan.map(|scan| scan.as_of));
        match self.audiences.get_mut(name) {
            Some((_, held)) if as_of.is_some_and(|ms| ms < *held) => false,
            Some((was_in, _)) if *was_in == is_in && scan.is_some() => false,
            Some((was_in, held)) => {
                *held = as_of.unwrap_or(*held);
                let changed = std::mem::replace(was_in, is_in) != is_in;
                if changed {
                    self.learnt.remove(name);
                }
                changed
            }
            None if !is_in && scan.is_some() && !self.unsure => false,
            None => {
                self.audiences.insert(name, (is_in, as_of.unwrap_or(0)));
                let learns = is_in && !self.existing_users && scan.is_some_and(|scan| scan.first.contains(name));
                if learns {
                    self.learnt.insert(name);
                }
                !learns
            }
        }
    }

    /// The person was not seen.
    pub fn absent(&mut self, scan: &Scan) {
        for name in &scan.scope {
            match self.audiences.get_mut(name) {
                Some(held) if held.0 && held.1 <= scan.as_of => *held = (false, scan.as_of),
                Some(_) => continue,
                None if self.unsure => drop(self.audiences.insert(name, (false, scan.as_of))),
                None => continue,
            }
            self.learnt.remove(name);
        }
        if self.unsure {
            self.learnt.clear();
        }
        self.unsure = false;
    }
}
