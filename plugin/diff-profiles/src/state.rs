//! What is held about a person: where the sink was told that they are, and what it was told of their attributes.
//!
//! [`State::read`] unpacks it and [`State::bytes`] packs it; everything between works on the lists, which are kept in order.

mod pack;
mod unpack;

use std::borrow::Cow;

use brazeline_kit::{Kept, Standing, Update};

use crate::learnt::Learnt;

/// The version of the bytes that are written.
pub const VERSION: u32 = 3;

/// The version before, which is still read. Any other is not.
pub const VERSION_BEFORE: u32 = 2;

/// What is held about a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State<'a> {
    /// The audiences that the person is in, in the order of names. They are the host's tags.
    pub inside: Vec<Inside<'a>>,
    /// The audiences that the person was in and is not any more, in the order of names.
    pub outside: Vec<Outside<'a>>,
    /// The attributes, each as [`hash::attribute`](crate::hash::attribute), in the order of their names' hashes.
    pub attributes: Vec<(u32, u64)>,
    /// What the sink's system said itself of attributes, in the order of their names' hashes; of one the newest, and before it what was so till then.
    pub learnt: Vec<Learnt>,
    /// Nothing was ever told.
    pub is_new: bool,
    /// Everything is to be said again.
    pub unsure: bool,
    /// Something that was told may not have arrived yet.
    pub is_pending: bool,
}

/// An audience that the person is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// What is held of it.
    pub mark: Mark,
}

/// An audience that the person is not in any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside<'a> {
    /// Its name: it may have to be said again when nobody else names it any more.
    pub name: Cow<'a, str>,
    /// What is held of it.
    pub mark: Mark,
}

/// What is held of an audience beside whether the person is in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mark {
    /// As of when that was said. 0 where nobody knows.
    pub as_of_ms: u64,
    /// It was told beside the array, for want of room in it.
    pub beyond: bool,
    /// Perhaps it did not arrive: it is to be said again. Not kept; the host keeps it for the whole person.
    pub doubt: bool,
}

/// What is held about one audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Nothing; in the list of those inside it would stand here.
    Nowhere(usize),
    /// The person is in it.
    Inside(usize),
    /// The person was in it.
    Outside(usize),
}

impl<'a> State<'a> {
    /// Reads what the host holds. What cannot be read leaves what the tags say, in doubt.
    pub fn read(&mut self, kept: &Kept<'a>, tags: &[&'a str]) {
        self.clear();
        self.is_new = kept.standing == Standing::None;
        self.unsure = kept.standing == Standing::Unsure;
        self.is_pending = kept.standing == Standing::Pending;
        let empty = kept.bytes.is_empty() && tags.is_empty();
        let readable = empty || self.unpack(kept.version, kept.bytes, tags).is_some();
        if !readable {
            self.clear();
            self.unsure = true;
            self.inside.extend(tags.iter().map(|name| Inside { name: (*name).into(), mark: Mark::default() }));
            self.inside.sort_unstable_by(|one, other| one.name.cmp(&other.name));
            self.inside.dedup_by(|next, kept| next.name == kept.name);
        }
        self.is_new |= !self.unsure && self.inside.is_empty() && self.outside.is_empty() && self.attributes.is_empty();
        if self.unsure {
            self.inside.iter_mut().for_each(|inside| inside.mark.doubt = true);
            self.outside.iter_mut().for_each(|outside| outside.mark.doubt = true);
        }
    }

    /// What the host is to hold from now on. Nothing of it is in doubt: that was said again.
    #[must_use]
    pub fn put(&self) -> Update {
        let tags = self.inside.iter().map(|inside| inside.name.to_string()).collect();
        Update::Put { bytes: self.bytes(), tags, unsure: false }
    }

    /// Where an audience stands.
    #[must_use]
    pub fn find(&self, name: &str) -> Place {
        let place = match self.inside.binary_search_by(|inside| (*inside.name).cmp(name)) {
            Ok(place) => return Place::Inside(place),
            Err(place) => place,
        };
        self.find_outside(name).map_or(Place::Nowhere(place), Place::Outside)
    }

    fn find_outside(&self, name: &str) -> Result<usize, usize> {
        self.outside.binary_search_by(|outside| (*outside.name).cmp(name))
    }

    /// The person is in an audience.
    pub fn enter(&mut self, name: Cow<'a, str>, mark: Mark) {
        if let Place::Outside(place) = self.find(&name) {
            self.outside.remove(place);
        }
        match self.find(&name) {
            Place::Inside(place) => self.inside[place].mark = mark,
            Place::Nowhere(place) => self.inside.insert(place, Inside { name, mark }),
            Place::Outside(_) => {}
        }
    }

    /// The person is not in an audience any more.
    pub fn leave(&mut self, name: Cow<'a, str>, mark: Mark) {
        if let Place::Inside(place) = self.find(&name) {
            self.inside.remove(place);
        }
        let outside = Outside { name, mark };
        match self.find_outside(&outside.name) {
            Ok(place) => self.outside[place] = outside,
            Err(place) => self.outside.insert(place, outside),
        }
    }

    /// Holds an attribute as told; what was learnt of it is over.
    pub fn set(&mut self, attribute: (u32, u64)) {
        match self.attributes.binary_search_by_key(&attribute.0, |held| held.0) {
            Ok(place) => self.attributes[place] = attribute,
            Err(place) => self.attributes.insert(place, attribute),
        }
        let over = self.places_learnt(attribute.0);
        self.learnt.drain(over);
    }

    /// Whether an attribute is held.
    #[must_use]
    pub fn has(&self, attribute: (u32, u64)) -> bool {
        let place = self.attributes.binary_search_by_key(&attribute.0, |held| held.0);
        place.is_ok_and(|place| self.attributes[place] == attribute)
    }

    /// What the sink's system said itself of an attribute, by the short hash of its name; the newest last.
    #[must_use]
    pub fn learnt(&self, name: u32) -> &[Learnt] {
        &self.learnt[self.places_learnt(name)]
    }

    /// Holds what the sink's system said itself, and what it said before that.
    pub fn learn(&mut self, mut learnt: Learnt) {
        let places = self.places_learnt(learnt.name);
        let before = self.learnt[places.clone()].last().copied();
        learnt.is_raced |= before.is_some_and(|before| before.value == learnt.value && before.is_raced);
        let kept = match before {
            // It said the same before.
            Some(before) if before.value == learnt.value => places.start..places.end - 1,
            _ => places.start.max(places.end.saturating_sub(1))..places.end,
        };
        let kept: Vec<Learnt> = self.learnt[kept].to_vec();
        self.learnt.splice(places, kept.into_iter().chain([learnt]));
    }

    fn places_learnt(&self, name: u32) -> std::ops::Range<usize> {
        let start = self.learnt.partition_point(|learnt| learnt.name < name);
        start..start + self.learnt[start..].iter().take_while(|learnt| learnt.name == name).count()
    }

    /// Forgets all attributes, so that each is told again.
    pub fn doubt_attributes(&mut self) {
        self.attributes.clear();
        self.learnt.clear();
    }

    fn clear(&mut self) {
        self.inside.clear();
        self.outside.clear();
        self.doubt_attributes();
        (self.is_new, self.unsure, self.is_pending) = (false, false, false);
    }
}

#[cfg(test)]
mod tests;
