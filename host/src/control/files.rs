//! Which files is a source at, and what became of the last ones?
//!
//! Numbers come from the store, so they are the same whether it runs or not; a run adds which files wait and where reading stands.

use serde::{Deserialize, Serialize};

use super::Clerk;
use super::sums::Feed;
use crate::connector::shelf::Item;
use crate::pipeline::import::board::{self, Seen, Stage, Work};
use crate::pipeline::import::counts::{Counts, Fates};
use crate::pipeline::import::history::{Imported, Outcome, Stored};
use crate::pipeline::import::position::{Reading, Standing};
use crate::store::{Accounts, Result};

/// Of so many files that wait each is named.
const WAITING: usize = 20;
/// So much of a hash tells files apart.
const SHORT: usize = 12;
/// A file may end between two looks at the store; not so often.
const LOOKS: u32 = 5;

/// The files of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// The one at work, those that wait, and the last ones that are done, the newest first.
    pub shown: Vec<File>,
    /// So many more wait.
    pub more_waiting: usize,
    /// What is asked for and is not there yet.
    #[serde(default)]
    pub asking: Option<Asking>,
    /// What lies there and is left out: the first of it.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
}

/// Something that a source asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asking {
    /// The file that will be there. Without it, it is asked whether there may be one.
    pub file: Option<String>,
    /// When it was asked for, milliseconds since 1970.
    pub asked_ms: Option<u64>,
    /// So many bytes of it are here.
    pub bytes: u64,
    /// What came of asking last.
    pub said: Option<String>,
    /// When it is asked again, milliseconds since 1970.
    pub again_ms: Option<u64>,
}

/// Something that lies there and is not taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: String,
}

/// How a file stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its name on its shelf.
    pub name: String,
    /// In bytes, as it lies there.
    pub size: u64,
    /// The first digits of the digest by which it is known, once that is known.
    pub hash: Option<String>,
    /// How it stands.
    pub state: State,
    /// So many bytes of it are here, as long as it is fetched or copied.
    #[serde(default)]
    pub here: Option<u64>,
    /// Why it was set aside, or as which it was imported before.
    pub reason: Option<String>,
    /// Where reading stands in it.
    pub at: Option<At>,
    /// What became of its rows.
    pub rows: Option<Rows>,
    /// When it was begun, milliseconds since 1970.
    pub began_ms: Option<u64>,
    /// When it was done.
    pub ended_ms: Option<u64>,
}

/// How a file stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is there; its turn has not come, or it does not stand still yet.
    #[default]
    Waiting,
    /// It was asked for, and is fetched.
    Fetching,
    /// It is copied.
    Copying,
    /// It is copied, and is being proven.
    Staged,
    /// Its rows are read. When nothing runs: the next run goes on with it.
    Reading,
    /// All of it is read, and not all of it is settled.
    Delivering,
    /// All of it is settled.
    Delivered,
    /// It is not what it should be.
    SetAside,
    /// The same was imported before.
    Skipped,
    /// It was gone before it was read to its end.
    Lost,
}

/// Where reading stands in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct At {
    /// The entry; of a file that is no archive, its own name.
    pub entry: String,
    /// Which entry it is, from 1.
    pub number: usize,
    /// How many there are.
    pub entries: usize,
    /// So many bytes of the entry, unpacked.
    pub byte: u64,
    /// So many bytes of the whole file, unpacked.
    pub done_bytes: u64,
    /// Of so many.
    pub of_bytes: u64,
}

/// What became of a file's rows: `read` are `skipped`, `rejected`, and for each end the sum of its numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// All that were read.
    pub read: u64,
    /// Left out, because the settings say so.
    pub skipped: u64,
    /// Could not be read.
    pub rejected: u64,
    /// What became of the others, by where they end.
    pub ends: Vec<End>,
}

/// What became of a file's events in one end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Where they end.
    pub to: String,
    /// The sink has delivered it; a transform that remembers, told something.
    pub delivered: u64,
    /// Nothing came of it: it was filtered, or nothing is new.
    pub dropped: u64,
    /// A dead letter holds it.
    pub rejected: u64,
    /// Nothing became of it yet.
    pub waiting: u64,
}

/// What the store knows of a source's files, and its sums, as of one moment as far as files go.
pub(super) struct Looked {
    stored: Stored,
    accounts: Accounts,
}

impl Clerk {
    /// How the files of a source stand. `ends` are where its events end.
    pub(super) async fn files(&self, source: &str, ends: &[String]) -> Result<Files> {
        let looked = self.look_at_files(source).await?;
        let (seen, in_flight) = match &self.run {
            Some(run) => (run.window.board(source).look(), run.window.in_flight(source)),
            None => (Seen::default(), 0),
        };
        let feed = Feed { accounts: &looked.accounts, id: source.to_owned(), in_flight };
        Ok(files(&looked.stored, seen, &feed, ends))
    }

    async fn look_at_files(&self, source: &str) -> Result<Looked> {
        let mut stored = Stored::load(&self.store, source).await?;
        for _ in 0..LOOKS {
            let accounts = self.store.accounts().await?;
            let again = Stored::load(&self.store, source).await?;
            let began = |stored: &Stored| stored.current.as_ref().map(|reading| reading.began_ms);
            if (began(&again), &again.history) == (began(&stored), &stored.history) {
                return Ok(Looked { stored: again, accounts });
            }
            stored = again;
        }
        Ok(Looked { stored, accounts: self.store.accounts().await? })
    }
}

/// See [`Files`].
fn files(stored: &Stored, seen: Seen, feed: &Feed<'_>, ends: &[String]) -> Files {
    let mut shown = Vec::new();
    let current = stored.current.as_ref();
    let is_current = |work: &Work| current.is_some_and(|reading| work.hash.as_ref() == Some(&reading.hash));
    let at_work = seen.work.as_ref().filter(|work| is_current(work));
    if let Some(reading) = current {
        let rows = reading.before.as_ref().map(|before| open(before, feed, ends));
        shown.push(File { rows, ..of_reading(reading, at_work) });
    }
    shown.extend(seen.work.as_ref().filter(|work| !is_current(work)).map(of_work));
    let at_work: Vec<String> = shown.iter().map(|file| file.name.clone()).collect();
    let waiting: Vec<&Item> = seen.waiting.iter().filter(|item| !at_work.contains(&item.name)).collect();
    shown.extend(waiting.iter().take(WAITING).map(|item| named(item)));
    shown.extend(stored.history.newest().map(of_past));
    let more_waiting = waiting.len().saturating_sub(WAITING);
    // A file that is fetched just now says so itself.
    let is_fetched = seen.work.as_ref().is_some_and(|work| work.stage == Stage::Fetching);
    let asking = seen.asking.filter(|_| !is_fetched).map(of_asking);
    let left_out = seen.left_out.into_iter().map(|(name, why)| LeftOut { name, why }).collect();
    Files { shown, more_waiting, asking, left_out }
}

fn of_asking(asking: board::Asking) -> Asking {
    let board::Asking { file, bytes, said, again_ms } = asking;
    let (file, asked_ms) = file.unzip();
    Asking { file, asked_ms, bytes, said, again_ms }
}

/// What became of the rows of the file at work.
fn open(before: &Counts, feed: &Feed<'_>, ends: &[String]) -> Rows {
    let mut counts = Counts::of(feed.accounts, &feed.id).since(before);
    counts.events += feed.in_flight;
    let end = |to: &String| {
        let Fates { delivered, dropped, rejected } = counts.ends.get(to).copied().unwrap_or_default();
        End { to: to.clone(), delivered, dropped, rejected, waiting: feed.sums(to).waiting }
    };
    Rows { ends: ends.iter().map(end).collect(), ..closed(&counts) }
}

fn closed(counts: &Counts) -> Rows {
    let end = |(to, fates): (&String, &Fates)| {
        let Fates { delivered, dropped, rejected } = *fates;
        End { to: to.clone(), delivered, dropped, rejected, waiting: 0 }
    };
    let (read, skipped, rejected) = (counts.read(), counts.skipped, counts.rejected);
    Rows { read, skipped, rejected, ends: counts.ends.iter().map(end).collect() }
}

fn named(item: &Item) -> File {
    File { name: item.name.clone(), size: item.size, ..File::default() }
}

fn short(hash: &str) -> Option<String> {
    Some(hash.chars().take(SHORT).collect())
}

fn of_work(work: &Work) -> File {
    let state = match work.stage {
        Stage::Fetching => State::Fetching,
        Stage::Copying => State::Copying,
        Stage::Proving => State::Staged,
        Stage::Reading => State::Reading,
        Stage::Delivering => State::Delivering,
    };
    let here = matches!(state, State::Fetching | State::Copying).then_some(work.done);
    File { state, hash: work.hash.as_deref().and_then(short), at: at(&work.stands), here, ..named(&work.item) }
}

fn of_reading(reading: &Reading, work: Option<&Work>) -> File {
    let file = match (work, reading.fate) {
        (Some(work), _) => of_work(work),
        (None, None) => File { state: State::Reading, at: at(&reading.stands), ..named(&reading.item) },
        // It is settled, and was not put away yet.
        (None, Some(_)) => of_past(&Imported::of(reading, None, 0)),
    };
    File { hash: short(&reading.hash), began_ms: Some(reading.began_ms), ended_ms: None, ..file }
}

fn of_past(imported: &Imported) -> File {
    let (state, reason) = match &imported.outcome {
        Outcome::Delivered => (State::Delivered, None),
        Outcome::SetAside(reason) => (State::SetAside, Some(reason.clone())),
        Outcome::Skipped(before) => (State::Skipped, Some(before.clone())),
        Outcome::Lost => (State::Lost, None),
    };
    File {
        hash: short(&imported.hash),
        state,
        reason,
        rows: imported.counts.as_ref().map(closed),
        began_ms: Some(imported.began_ms),
        ended_ms: Some(imported.ended_ms),
        ..named(&imported.item)
    }
}

fn at(stands: &Standing) -> Option<At> {
    let Standing { entry, number, entries, byte, done, of } = stands.clone();
    (entries > 0).then_some(At { entry, number, entries, byte, done_bytes: done, of_bytes: of })
}
