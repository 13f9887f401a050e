//! Which objects share a request?
//!
//! As many as the limits allow, in order. Objects that were given together stay together if one request can hold them: the host takes a
//! refused request apart by its events, and an event in two requests of a kind would be sent twice.

use brazeline_kit::{Field, Outgoing, Request};
use rustc_hash::FxHashMap;

use crate::REST;
use crate::action::Array;
use crate::context::{Behind, Context};
use crate::settings::{Counted, Settings};

/// What requests of one kind have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lane {
    /// Sending one twice does no harm.
    pub repeatable: bool,
    /// How long persons rest after one.
    pub rest_ms: u32,
}

/// Objects that belong together, with the events behind all of them.
#[derive(Debug, Default)]
pub struct Bundle {
    /// The objects' JSON, one behind the other.
    pub json: Vec<u8>,
    /// For each object, its array and where it ends.
    pub ends: Vec<(Array, usize)>,
}

impl Bundle {
    /// Forgets all objects.
    pub fn clear(&mut self) {
        self.json.clear();
        self.ends.clear();
    }

    /// What was written since the last object is one. Nothing is none.
    pub fn end(&mut self, array: Array) {
        if self.json.len() > self.ends.last().map_or(0, |(_, end)| *end) {
            self.ends.push((array, self.json.len()));
        }
    }

    fn objects(&self) -> impl Iterator<Item = (Array, &[u8])> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        starts.zip(&self.ends).map(|(start, (array, end))| (*array, &self.json[start..*end]))
    }
}

/// Fills requests of one lane.
#[derive(Debug)]
pub struct Pack<'a> {
    settings: &'a Settings,
    lane: Lane,
    sections: [Section; 3],
    /// How many objects about each person are in it.
    persons: FxHashMap<usize, usize>,
    /// The events of the request that is being filled.
    events: Vec<u32>,
    full: Vec<Outgoing>,
}

#[derive(Debug)]
struct Section {
    array: Array,
    json: Vec<u8>,
    objects: Vec<Behind>,
}

impl<'a> Pack<'a> {
    /// With no requests.
    #[must_use]
    pub fn new(settings: &'a Settings, lane: Lane) -> Self {
        let sections = Array::ALL.map(Section::new);
        Self { settings, lane, sections, persons: FxHashMap::default(), events: Vec::new(), full: Vec::new() }
    }

    /// Adds a bundle about a person, none of whose objects is larger than one may be.
    pub fn add(&mut self, bundle: &Bundle, person: usize, events: &[u32]) {
        if bundle.ends.is_empty() {
            return;
        }
        let objects = Array::ALL.map(|array| bundle.ends.iter().filter(|(of, _)| *of == array).count());
        if !self.has_room(person, objects, bundle.json.len()) {
            self.close();
        }
        let mut behind = self.behind(events);
        for (array, json) in bundle.objects() {
            if !self.has_room(person, Array::ALL.map(|of| usize::from(of == array)), json.len()) {
                self.close();
                behind = self.behind(events);
            }
            self.sections[array as usize].push(json, behind);
            *self.persons.entry(person).or_default() += 1;
        }
    }

    /// The requests.
    #[must_use]
    pub fn finish(mut self) -> Vec<Outgoing> {
        self.close();
        self.full
    }

    /// Whether so many objects of each array fit. An empty request has room for any one object.
    fn has_room(&self, person: usize, objects: [usize; 3], bytes: usize) -> bool {
        let here = self.sections.each_ref().map(|section| section.objects.len());
        let new = objects.iter().sum::<usize>();
        if here == [0; 3] && new == 1 {
            return true;
        }
        let lengths = [0, 1, 2].map(|array| here[array] + objects[array]);
        let counted = match self.settings.objects {
            Counted::Total => lengths.iter().sum(),
            Counted::EachArray => lengths.into_iter().max().unwrap_or(0),
        };
        let about = self.persons.get(&person).map_or(0, |objects| *objects) + new;
        let size = self.sections.iter().map(|section| section.json.len() + 1).sum::<usize>();
        counted <= self.settings.most_objects()
            && about <= self.settings.endpoint.profile_objects()
            && size + new + bytes <= self.settings.object_bytes()
    }

    fn behind(&mut self, events: &[u32]) -> Behind {
        self.events.extend_from_slice(events);
        ((self.events.len() - events.len()) as u32, events.len() as u32)
    }

    fn close(&mut self) {
        let used: Vec<&mut Section> = self.sections.iter_mut().filter(|section| !section.objects.is_empty()).collect();
        if used.is_empty() {
            return;
        }
        self.persons.clear();
        let mut body = Vec::with_capacity(self.settings.body_bytes().min(64 * 1024));
        let mut context = Context::default();
        for section in used {
            body.extend_from_slice(if body.is_empty() { b"{\"" } else { b",\"" });
            body.extend_from_slice(section.array.name().as_bytes());
            body.extend_from_slice(b"\":[");
            body.append(&mut section.json);
            body.push(b']');
            context.arrays.push((section.array, std::mem::take(&mut section.objects)));
        }
        body.push(b'}');
        let events = std::mem::take(&mut self.events);
        self.full.push(self.outgoing(body, context, events));
    }

    fn outgoing(&self, body: Vec<u8>, context: Context, events: Vec<u32>) -> Outgoing {
        let endpoint = self.settings.endpoint;
        let request = post(self.settings, body);
        Outgoing {
            request,
            events,
            context: context.to_text().into_bytes(),
            repeatable: self.lane.repeatable,
            rest_ms: self.lane.rest_ms,
            budgets: vec![endpoint.burst_name().to_owned(), endpoint.hour_name().to_owned()],
        }
    }
}

/// A request with this body.
#[must_use]
pub fn post(settings: &Settings, body: Vec<u8>) -> Request {
    let mut request = Request::post_json(REST, settings.endpoint.path(), body);
    request.headers.push(Field::new("user-agent", format!("partner-{}", settings.partner)));
    request
}

impl Section {
    fn new(array: Array) -> Self {
        Self { array, json: Vec::new(), objects: Vec::new() }
    }

    fn push(&mut self, json: &[u8], behind: Behind) {
        if !self.objects.is_empty() {
            self.json.push(b',');
        }
        self.json.extend_from_slice(json);
        self.objects.push(behind);
    }
}
