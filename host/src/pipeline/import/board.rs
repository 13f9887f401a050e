//! Which files is a source at, right now?
//!
//! The importer writes it down as it goes, and whoever draws or answers reads it. It is not what is stored: what is read may not be settled yet.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::position::Standing;
use crate::connector::shelf::Item;

/// See the module.
#[derive(Debug, Default)]
pub struct Board(Mutex<Seen>);

/// What can be seen of a source's files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The file at work.
    pub work: Option<Work>,
    /// Files that are there and whose turn has not come, in their order.
    pub waiting: Vec<Item>,
    /// What is asked for and is not there yet.
    pub asking: Option<Asking>,
    /// What lies there and is left out: its name, and why.
    pub left_out: Vec<(String, String)>,
}

/// Something that a source asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asking {
    /// The file that will be there, and when it was asked for, milliseconds since 1970. Without it, it is asked whether there may be one.
    pub file: Option<(String, u64)>,
    /// So many bytes of it are here.
    pub bytes: u64,
    /// What came of asking last.
    pub said: Option<String>,
    /// When it is asked again.
    pub again_ms: Option<u64>,
}

/// A file at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// As its shelf listed it.
    pub item: Item,
    /// What is in it, as a digest, once that is known.
    pub hash: Option<String>,
    /// What is being done with it.
    pub stage: Stage,
    /// So many bytes of it are done, in this stage.
    pub done: u64,
    /// Of so many; 0 where nobody knows.
    pub of: u64,
    /// Where reading stands.
    pub stands: Standing,
}

/// What is being done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It was asked for, and is fetched from where it lies.
    Fetching,
    /// It is copied.
    Copying,
    /// The copy is there; all of it is read once, to prove that it is whole.
    Proving,
    /// Its rows are read.
    Reading,
    /// All of it is read; the rest is on its way.
    Delivering,
}

impl Stage {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fetching => "fetching",
            Self::Copying => "copying",
            Self::Proving => "staged",
            Self::Reading => "reading",
            Self::Delivering => "delivering",
        }
    }
}

impl Board {
    /// What can be seen now.
    #[must_use]
    pub fn look(&self) -> Seen {
        self.seen().clone()
    }

    /// What is being done.
    #[must_use]
    pub fn work(&self) -> Option<Work> {
        self.seen().work.clone()
    }

    /// Files that wait.
    pub fn waiting(&self, waiting: Vec<Item>) {
        self.seen().waiting = waiting;
    }

    /// A file is fetched. Its size may not be known.
    pub fn fetch(&self, item: &Item) {
        self.take(item, Stage::Fetching);
    }

    /// A file is copied.
    pub fn begin(&self, item: &Item) {
        self.take(item, Stage::Copying);
    }

    fn take(&self, item: &Item, stage: Stage) {
        let mut seen = self.seen();
        seen.waiting.retain(|waiting| waiting.name != item.name);
        let (item, of) = (item.clone(), item.size);
        seen.work = Some(Work { item, hash: None, stage, done: 0, of, stands: Standing::default() });
    }

    /// So much of it is fetched or copied.
    pub fn copied(&self, bytes: u64) {
        self.seen().work.iter_mut().for_each(|work| work.done = bytes);
    }

    /// Its copy is complete, or was there.
    pub fn prove(&self, item: &Item, hash: &str) {
        let (item, hash, stands) = (item.clone(), Some(hash.to_owned()), Standing::default());
        self.seen().work = Some(Work { item, hash, stage: Stage::Proving, done: 0, of: 0, stands });
    }

    /// It is read up to there.
    pub fn read(&self, stands: &Standing) {
        if let Some(work) = &mut self.seen().work {
            (work.stage, work.done, work.of) = (Stage::Reading, stands.done, stands.of);
            work.stands = stands.clone();
        }
    }

    /// All of it is read.
    pub fn deliver(&self) {
        self.seen().work.iter_mut().for_each(|work| work.stage = Stage::Delivering);
    }

    /// Nothing is at work. What was fetched of a file stays.
    pub fn idle(&self) {
        let mut seen = self.seen();
        let work = seen.work.take();
        if let (Some(asking), Some(Work { stage: Stage::Fetching, done, .. })) = (&mut seen.asking, work) {
            asking.bytes = done;
        }
    }

    /// It is asked for a file that was asked for then, or whether there may be one. What came of asking for the same before stays.
    pub fn ask(&self, file: Option<(&str, u64)>) {
        let file = file.map(|(name, asked_ms)| (name.to_owned(), asked_ms));
        let mut seen = self.seen();
        let before = seen.asking.take().filter(|asking| asking.file == file);
        seen.asking = Some(Asking { again_ms: None, file, ..before.unwrap_or_default() });
    }

    /// That came of it.
    pub fn says(&self, said: String) {
        self.seen().asking.iter_mut().for_each(|asking| asking.said = Some(said.clone()));
    }

    /// It is asked again at that time.
    pub fn again(&self, at_ms: u64) {
        self.seen().asking.iter_mut().for_each(|asking| asking.again_ms = Some(at_ms));
    }

    /// All that was asked for is here, or nothing is asked for any more.
    pub fn asked(&self) {
        self.seen().asking = None;
    }

    /// What lies there and is left out.
    pub fn left_out(&self, left_out: Vec<(String, String)>) {
        self.seen().left_out = left_out;
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
