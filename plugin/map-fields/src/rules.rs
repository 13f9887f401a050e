//! What becomes of a field?
//!
//! [`Rules`] are the settings, checked for what contradicts itself and turned into one answer for each name.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use brazeline_kit::Problem;
use brazeline_kit::json::{Json, written_name};
use rustc_hash::FxHashMap;

use crate::convert::Convert;
use crate::settings::{OnFailure, Settings};

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
        /// The same as JSON, with a colon.
        written: String,
        /// A field that comes in under that name would stay, too: an event with both is ambiguous.
        clashes: bool,
    },
}

/// The settings, checked.
#[derive(Debug, PartialEq, Eq)]
pub struct Rules {
    named: FxHashMap<String, Rc<Fate>>,
    others: Rc<Fate>,
    convert: FxHashMap<String, Convert>,
    on_failure: OnFailure,
    /// The members that `set` adds, as JSON: `"plan":"gold","vip":true`.
    pub set: String,
}

impl Rules {
    /// Checks the settings. All that is wrong is told at once.
    pub fn new(settings: &Settings) -> Result<Self, Vec<Problem>> {
        let mut problems = problems(settings);
        let convert = conversions(settings, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let (stay, go) = (Rc::new(Fate::Stay), Rc::new(Fate::Go));
        let others = Rc::clone(if settings.keep.is_some() { &go } else { &stay });
        let (on_failure, set) = (settings.on_failure, members(settings));
        let mut rules = Self { named: FxHashMap::default(), others, convert, on_failure, set };
        for field in settings.keep.iter().flatten() {
            rules.named.insert(field.clone(), Rc::clone(&stay));
        }
        for field in settings.drop.iter().chain(settings.set.keys()) {
            rules.named.insert(field.clone(), Rc::clone(&go));
        }
        rules.rename(&settings.rename);
        Ok(rules)
    }

    /// What becomes of a field.
    #[must_use]
    pub fn fate(&self, field: &str) -> &Rc<Fate> {
        self.named.get(field).unwrap_or(&self.others)
    }

    /// What becomes of the value of a field that goes out under this name, as JSON. Borrowed: it stays as it is. None: the field goes.
    /// An error rejects the event; it says which field cannot be converted, and never what is in it.
    pub fn value<'v>(&self, field: &str, value: Json<'v>) -> Result<Option<Cow<'v, str>>, String> {
        let stays = Ok(Some(Cow::Borrowed(value.get())));
        let Some(convert) = self.convert.get(field).filter(|_| value.get() != "null") else { return stays };
        match (convert.convert(value.get()), self.on_failure) {
            (Some(json), _) if json == value.get() => stays,
            (Some(json), _) => Ok(Some(json)),
            (None, OnFailure::Keep) => stays,
            (None, OnFailure::Drop) => Ok(None),
            (None, OnFailure::Reject) => {
                Err(format!("`{field}` cannot be converted: `{}` takes {}", convert.name(), convert.takes()))
            }
        }
    }

    fn rename(&mut self, rename: &BTreeMap<String, String>) {
        for (from, to) in rename {
            let clashes = !rename.contains_key(to) && **self.fate(to) == Fate::Stay;
            let fate = Fate::Rename { to: to.clone(), written: written_name(to), clashes };
            self.named.insert(from.clone(), Rc::new(fate));
        }
    }
}

fn members(settings: &Settings) -> String {
    settings.set.iter().map(|(field, value)| format!("{}{value}", written_name(field))).collect::<Vec<_>>().join(",")
}

fn conversions(settings: &Settings, problems: &mut Vec<Problem>) -> FxHashMap<String, Convert> {
    let mut conversions = FxHashMap::default();
    for (field, conversion) in &settings.convert {
        let place = format!("/convert/{}", escaped(field));
        if let Some(message) = never_converted(settings, field) {
            problems.push(Problem::at(place, message));
            continue;
        }
        match Convert::new(&conversion.0) {
            Ok(convert) => drop(conversions.insert(field.clone(), convert)),
            Err(wrong) => problems.push(Problem::at(format!("{place}/{}", wrong.place), wrong.message)),
        }
    }
    conversions
}

/// Why no field of this name gets as far as being converted.
fn never_converted(settings: &Settings, field: &str) -> Option<String> {
    if settings.set.contains_key(field) {
        Some(format!("`set` writes `{field}` after that: write there what it should be"))
    } else if settings.rename.values().any(|to| to == field) {
        None
    } else if let Some(to) = settings.rename.get(field) {
        Some(format!("`{field}` is called `{to}` by then: convert `{to}`"))
    } else if settings.drop.iter().any(|dropped| dropped == field)
        || settings.keep.as_ref().is_some_and(|keep| !keep.iter().any(|kept| kept == field))
    {
        Some(format!("`{field}` is gone before anything is converted: take it out of `drop`, or add it to `keep`"))
    } else {
        None
    }
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
