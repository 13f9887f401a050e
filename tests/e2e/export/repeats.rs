//! What was Braze sent although it had it, and how much of that may there be?
//!
//! Goes through all that Braze was asked, person by person, each audience and the attribute beside them. A value that Braze has may come again only if nobody
//! could know that it had arrived (a kill, an answer that was cut off), if it changed back while it waited, or if Braze refused something
//! about that person; and of each of these only once.

use std::collections::{BTreeMap, BTreeSet};

use brazeline_sandbox::{Fault, Logged};
use serde_json::Value;

use super::stage::AUDIENCES;

/// A person and an audience.
type Seat = (String, String);

/// An audience that Braze is told about a person, and whether the person is in it.
type Word = (Seat, bool);

/// The attribute that may come beside the audiences.
pub const ATTRIBUTE: &str = "city";

/// What a request says of one person.
struct Said {
    id: String,
    words: Vec<Word>,
    attribute: Option<String>,
}

/// The account of one history.
#[derive(Debug, Default)]
pub struct Repeats {
    /// How many requests were looked at.
    read: usize,
    /// What Braze holds by these requests.
    pub held: BTreeSet<Seat>,
    /// Each person's attribute as Braze holds it.
    pub attributes: BTreeMap<String, String>,
    /// What was sent in the run that is going on. A kill leaves open whether that was recorded.
    sent: BTreeSet<Seat>,
    /// What may be sent once although Braze has it.
    may: BTreeSet<Seat>,
    /// Of whom something was refused: everything about them is said again, each audience ...
    unsure: BTreeSet<String>,
    /// ... and the attribute.
    unsure_attribute: BTreeSet<String>,
    /// How many values came again and might.
    pub allowed: usize,
    /// Values that came again and might not, in words.
    pub wrong: Vec<String>,
}

impl Repeats {
    /// Looks at the requests that were not looked at yet.
    pub fn look(&mut self, log: &[Logged]) {
        for request in &log[self.read..] {
            self.request(request);
        }
        self.read = log.len();
    }

    /// The run was killed; to be said when its last request has surely arrived.
    pub fn killed(&mut self) {
        self.may.append(&mut self.sent);
    }

    /// The run came to its end, so everything is recorded.
    pub fn ended(&mut self) {
        self.sent.clear();
        self.may.clear();
    }

    /// A value may be sent once although Braze has it: it changed back while the change waited.
    pub fn allow(&mut self, id: &str, audience: &str) {
        self.may.insert((id.to_owned(), audience.to_owned()));
    }

    /// Whether Braze has this person in this audience.
    pub fn holds(&self, id: &str, audience: &str) -> bool {
        self.held.contains(&(id.to_owned(), audience.to_owned()))
    }

    fn request(&mut self, request: &Logged) {
        let objects = objects(&request.body);
        let is_lone = objects.len() == 1;
        // Nobody knows whether it arrived; or not for whom, so it is taken apart and sent again.
        let is_unclear = match request.fault {
            Some(Fault::AcceptThenCut) => true,
            Some(Fault::RefuseCount { .. }) => !is_lone,
            _ => false,
        };
        let is_refused = |place: usize| match &request.fault {
            Some(Fault::RefuseAt { indexes, .. }) => indexes.contains(&place),
            Some(Fault::RefuseCount { count }) => place < *count,
            _ => request.status == 400,
        };
        let is_taken = request.status == 201 || request.status == 400 || is_unclear;
        for (place, said) in objects.into_iter().enumerate().filter(|_| is_taken) {
            match is_refused(place) {
                false => self.object(said, is_unclear),
                // One that holds several people is taken apart, and nobody of them is rejected yet.
                true if is_unclear || (request.status == 400 && !is_lone) => {}
                true => {
                    self.unsure_attribute.insert(said.id.clone());
                    self.unsure.insert(said.id);
                }
            }
        }
    }

    fn object(&mut self, Said { id, words, attribute }: Said, is_unclear: bool) {
        if let Some(value) = attribute {
            self.attribute(&id, value, is_unclear);
        }
        let is_whole = words.len() == AUDIENCES.len();
        for (seat, is_in) in words {
            if self.held.contains(&seat) == is_in {
                self.again(&seat, is_in);
            }
            match is_in {
                true => self.held.insert(seat.clone()),
                false => self.held.remove(&seat),
            };
            if is_unclear {
                self.may.insert(seat.clone());
            }
            self.sent.insert(seat);
        }
        if is_whole {
            self.unsure.remove(&id);
        }
    }

    fn attribute(&mut self, id: &str, value: String, is_unclear: bool) {
        let seat = (id.to_owned(), ATTRIBUTE.to_owned());
        if self.attributes.get(id) == Some(&value) {
            match self.unsure_attribute.contains(id) || self.may.remove(&seat) {
                true => self.allowed += 1,
                false => self.wrong.push(format!("{id}: `{ATTRIBUTE}` is {value} once more")),
            }
        }
        if is_unclear {
            self.may.insert(seat.clone());
        }
        self.sent.insert(seat);
        self.attributes.insert(id.to_owned(), value);
        self.unsure_attribute.remove(id);
    }

    fn again(&mut self, seat: &Seat, is_in: bool) {
        match self.unsure.contains(&seat.0) || self.may.remove(seat) {
            true => self.allowed += 1,
            false => self.wrong.push(format!("{}: `{}` is {is_in} once more", seat.0, seat.1)),
        }
    }
}

/// Who is told what.
fn objects(body: &[u8]) -> Vec<Said> {
    let body: Value = serde_json::from_slice(body).unwrap();
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let object = |object: &Value| {
        let id = object["external_id"].as_str().unwrap().to_owned();
        let lists = [("add", true), ("remove", false)];
        let words = lists.into_iter().flat_map(|(list, is_in)| {
            texts(&object["lytics_segments"][list]).into_iter().map(move |audience| (audience, is_in))
        });
        let words = words.map(|(audience, is_in)| ((id.clone(), audience), is_in)).collect();
        Said { id, words, attribute: object[ATTRIBUTE].as_str().map(str::to_owned) }
    };
    body["attributes"].as_array().into_iter().flatten().map(object).collect()
}
