//! Where files lie that others put there, and what can be done with them.
//!
//! A shelf lists, opens and puts away. Whether a file is complete, was read before or is worth reading is not its business.

pub mod left_out;

use std::io;
use std::pin::Pin;

use serde::{Deserialize, Serialize};
use tokio::io::AsyncRead;

use crate::problem::Problem;

/// Something that is being done with a shelf.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send + 'a>>;

/// What is in a file.
pub type Content = Box<dyn AsyncRead + Send + Unpin>;

/// A file, as its shelf lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its name on the shelf; if it lies in a folder there, with that: `a/b.csv`.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// When it was last changed, in milliseconds since 1970.
    pub modified_ms: u64,
}

/// Beside the files: those that were read.
pub const DONE: &str = "done";
/// Beside the files: those that are not what they should be.
pub const FAILED: &str = "failed";

/// How deep folders within folders are looked into. None that we know has more than six, and no server may lead us on for ever.
pub const DEEPEST: usize = 16;

/// So many files and folders of a listing are kept in memory; whoever has more wants several sources.
pub const MOST_LISTED: usize = 1_000_000;

/// That there are more.
#[must_use]
pub fn too_many() -> io::Error {
    io::Error::other(format!(
        "more than {MOST_LISTED} files and folders lie there: name a folder further down as `path`"
    ))
}

/// Whether a folder within a shelf is one where files are put away.
#[must_use]
pub fn is_for_done(folder: &str) -> bool {
    [DONE, FAILED].contains(&folder)
}

/// Why a folder within a shelf is not looked into, if it is so deep.
#[must_use]
pub fn too_deep(folder: &str) -> Option<String> {
    let depth = folder.split('/').count();
    (depth >= DEEPEST).then(|| format!("it lies {depth} folders deep, and what lies so deep is not looked for: name a folder further down as `path`"))
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It was read to its end.
    Done,
    /// It is not what it should be.
    Failed,
}

/// What a person has to mend before a shelf can be read, if it is that.
#[must_use]
pub fn problem(error: &io::Error) -> Option<&Problem> {
    error.get_ref()?.downcast_ref()
}

/// See the module.
pub trait Shelf: Send + Sync {
    /// What to call it in messages.
    fn name(&self) -> String;

    /// Whether it is on another machine: a line may drop, and a file that was read and stays is known by how it is listed.
    fn is_far(&self) -> bool {
        false
    }

    /// What lies there now. What only a person can mend is a [`Problem`] within the error.
    fn list(&self) -> Doing<'_, Vec<Item>>;

    /// What lay there at the last look and is left out: its name, and why.
    fn left_out(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// What is in a file, from this byte on.
    fn open<'a>(&'a self, name: &'a str, from: u64) -> Doing<'a, Content>;

    /// Puts a file where its fate belongs. One that is not there any more, or is not what it was, is left alone.
    fn put_away<'a>(&'a self, item: &'a Item, fate: Fate) -> Doing<'a, ()>;
}
