//! What arrived, in a form in which two deliveries can be compared.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How closely the receiver looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Care {
    /// Who arrived. Cheap enough to run beside a contender.
    People,
    /// Also what was said of each.
    Content,
}

impl Care {
    /// As an argument.
    pub fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Content => "content",
        }
    }
}

/// What arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many bodies.
    pub requests: u64,
    /// How many objects in them.
    pub objects: u64,
    /// How many bytes of bodies.
    pub bytes: u64,
    /// How many people.
    pub people: u64,
    /// What was said of them, whatever the order of people and of fields; 0 if nobody looked.
    pub content: u64,
}

/// Counts what arrives.
pub struct Counter {
    care: Care,
    tally: Tally,
    seen: Vec<bool>,
}

#[derive(Deserialize)]
struct Track<T> {
    attributes: Vec<T>,
}

#[derive(Deserialize)]
struct Person<'a> {
    external_id: &'a str,
}

#[derive(Deserialize)]
struct Record<'a> {
    user_id: &'a str,
}

impl Counter {
    /// Nothing yet.
    pub fn new(care: Care) -> Self {
        Self { care, tally: Tally::default(), seen: Vec::new() }
    }

    /// What has been counted.
    pub fn tally(&self) -> Tally {
        self.tally.clone()
    }

    /// Counts a body to Braze, and answers how many objects it has.
    pub fn count(&mut self, body: &[u8]) -> anyhow::Result<usize> {
        let Track { attributes } = serde_json::from_slice::<Track<Person>>(body)?;
        for person in &attributes {
            self.see(person.external_id)?;
        }
        if self.care == Care::Content {
            let Track { attributes } = serde_json::from_slice::<Track<BTreeMap<String, Value>>>(body)?;
            attributes.iter().for_each(|person| self.hear(person));
        }
        self.add(attributes.len(), body);
        Ok(attributes.len())
    }

    /// Counts a body of JSON lines to Lytics, and answers how many there are.
    pub fn count_lines(&mut self, body: &[u8]) -> anyhow::Result<usize> {
        let mut records = 0;
        for line in body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            self.see(serde_json::from_slice::<Record>(line)?.user_id)?;
            if self.care == Care::Content {
                self.hear(&serde_json::from_slice(line)?);
            }
            records += 1;
        }
        self.add(records, body);
        Ok(records)
    }

    fn add(&mut self, objects: usize, body: &[u8]) {
        self.tally.requests += 1;
        self.tally.objects += objects as u64;
        self.tally.bytes += body.len() as u64;
    }

    fn hear(&mut self, person: &BTreeMap<String, Value>) {
        self.tally.content = self.tally.content.wrapping_add(digest(person));
    }

    fn see(&mut self, id: &str) -> anyhow::Result<()> {
        // Whatever an id begins with, the person's number follows.
        let number: usize = id.trim_start_matches(|letter: char| !letter.is_ascii_digit()).parse()?;
        if self.seen.len() <= number {
            self.seen.resize(number + 1, false);
        }
        self.tally.people += u64::from(!std::mem::replace(&mut self.seen[number], true));
        Ok(())
    }
}

/// A number that differs if a field or a value does.
fn digest(person: &BTreeMap<String, Value>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (field, value) in person {
        (field, value.to_string()).hash(&mut hasher);
    }
    hasher.finish()
}
