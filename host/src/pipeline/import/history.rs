//! What became of the files that a source was done with, the last of them?
//!
//! A record of its own in the store, written with the commit that remembers a file.

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::position::{Position, Reading};
use crate::connector::shelf::{Fate, Item};
use crate::store::{Handle, Result};

/// So many are remembered with all that is known of them. That a file was imported is remembered for ever, elsewhere.
const MOST: usize = 20;

/// A file that a source is done with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// As its shelf listed it.
    pub item: Item,
    /// What is in it, as a digest.
    pub hash: String,
    /// What became of it.
    pub outcome: Outcome,
    /// What became of its rows, where that was counted.
    pub counts: Option<Counts>,
    /// When it began, milliseconds since 1970.
    pub began_ms: u64,
    /// When it was done.
    pub ended_ms: u64,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was read to its end, and all of it is settled.
    Delivered,
    /// It is not what it should be, and why.
    SetAside(String),
    /// The same was imported before, under this name.
    Skipped(String),
    /// It was gone before it was read to its end.
    Lost,
}

impl Imported {
    /// What a file that was being read has become.
    #[must_use]
    pub fn of(reading: &Reading, counts: Option<Counts>, ended_ms: u64) -> Self {
        let outcome = match reading.fate {
            Some(Fate::Done) => Outcome::Delivered,
            Some(Fate::Failed) => Outcome::SetAside(reading.reason.clone().unwrap_or_default()),
            None => Outcome::Lost,
        };
        let Reading { item, hash, began_ms, .. } = reading.clone();
        Self { item, hash, outcome, counts, began_ms, ended_ms }
    }

    fn is_again(&self, other: &Self) -> bool {
        (&self.item.name, &self.hash, self.began_ms) == (&other.item.name, &other.hash, other.began_ms)
    }
}

/// The last of them, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History(Vec<Imported>);

impl History {
    /// What is stored. What another release wrote is not missed.
    pub async fn load(store: &Handle, source: &str) -> Result<Self> {
        let stored = store.position(&record(source)).await?;
        Ok(stored.and_then(|stored| serde_json::from_slice(&stored).ok()).unwrap_or_default())
    }

    /// Adds a file. One that was added before and is finished once more after a crash is the same. One that stays where it was read is met
    /// at each start, which is no news, and another copy is news once.
    pub fn add(&mut self, imported: Imported) {
        let is_known = |known: &Imported| (&known.item.name, &known.hash) == (&imported.item.name, &imported.hash);
        if let Outcome::Skipped(before) = &imported.outcome
            && (*before == imported.item.name || self.0.iter().any(is_known))
        {
            return;
        }
        self.0.retain(|known| !known.is_again(&imported));
        self.0.push(imported);
        let more = self.0.len().saturating_sub(MOST);
        self.0.drain(..more);
    }

    /// For the store: the name of the record, and what is in it.
    #[must_use]
    pub fn stored(&self, source: &str) -> (String, Vec<u8>) {
        (record(source), serde_json::to_vec(self).unwrap_or_default())
    }

    /// The newest first.
    pub fn newest(&self) -> impl Iterator<Item = &Imported> {
        self.0.iter().rev()
    }
}

/// No source's id holds a `/`.
fn record(source: &str) -> String {
    format!("{source}/imports")
}

/// What the store knows of a source's files.
#[derive(Debug, Default, PartialEq)]
pub struct Stored {
    /// The one that is being read, and is not among the others.
    pub current: Option<Reading>,
    /// Those that it is done with.
    pub history: History,
}

impl Stored {
    /// Looks.
    pub async fn load(store: &Handle, source: &str) -> Result<Self> {
        let position = store.position(source).await?.and_then(|stored| Position::decode(&stored));
        let history = History::load(store, source).await?;
        let is_over = |reading: &Reading| {
            reading.fate.is_some() && history.0.iter().any(|known| known.is_again(&Imported::of(reading, None, 0)))
        };
        let current = position.and_then(|position| position.file).filter(|reading| !is_over(reading));
        Ok(Self { current, history })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imported(name: &str, began_ms: u64, outcome: Outcome) -> Imported {
        let item = Item { name: name.to_owned(), size: 1, modified_ms: 1 };
        Imported { item, hash: format!("hash of {name}"), outcome, counts: None, began_ms, ended_ms: began_ms + 1 }
    }

    fn names(history: &History) -> String {
        let shown = |one: &Imported| format!("{} {} {:?}", one.item.name, one.began_ms, one.outcome);
        history.newest().map(shown).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_last_ones_stay_each_once() {
        let mut history = History::default();
        history.add(imported("a", 1, Outcome::Delivered));
        history.add(imported("b", 2, Outcome::SetAside("no".into())));
        history.add(imported("a", 1, Outcome::Delivered));
        assert_eq!(names(&history), "a 1 Delivered, b 2 SetAside(\"no\")");
        history.add(imported("a", 3, Outcome::Skipped("other".into())));
        history.add(imported("stays", 3, Outcome::Skipped("stays".into())));
        history.add(imported("c", 4, Outcome::Skipped("a".into())));
        assert_eq!(names(&history), "c 4 Skipped(\"a\"), a 1 Delivered, b 2 SetAside(\"no\")");
        history.add(imported("a", 5, Outcome::Delivered));
        (0..30).for_each(|number| history.add(imported(&format!("n{number}"), 6, Outcome::Lost)));
        assert_eq!(
            (history.newest().count(), history.newest().last().map(|one| one.item.name.as_str())),
            (MOST, Some("n10"))
        );
    }
}
