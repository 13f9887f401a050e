//! Where does everything stand that must outlive the process?
//!
//! Positions of sources, the logs (journal and outbox), how far each sink has got in them, the states of keyed transforms and the dead
//! letters: all of it behind one trait and written by one [`Committer`], so that one commit can say several of these things at once.
//! [`LocalStore`] keeps them in a folder; a store that lives elsewhere is a second implementation of [`Store`].
//!
//! It refuses to read the clock, to look into a batch (its bytes are the pipeline's) and to decide what an error means for a caller.

pub mod commit;
pub mod committer;
pub mod cursor;
pub mod dead_letter;
pub mod error;
pub mod local;
pub mod ranges;
pub mod tally;

pub use commit::{Append, Commit, Committed, Shelf, StateChange};
pub use committer::{Committer, Handle};
pub use cursor::Cursor;
pub use dead_letter::{DeadLetter, StoredLetter};
pub use error::StoreError;
pub use local::LocalStore;
pub use ranges::Ranges;
pub use tally::{Accounts, Counter, Tally};

use std::sync::Arc;

/// What every method here answers with.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Which of the successive owners of a store wrote something. The first owner has epoch 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Epoch(pub u64);

/// The right to commit, until somebody else claims the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Given to every commit; an older one than the store's is refused.
    pub epoch: Epoch,
}

/// One partition of a pipeline's durable facts, as its only writer sees it.
pub trait Store: Send {
    /// Makes the caller the owner: every lease that was given before is refused from now on, also by a store that is elsewhere.
    fn claim(&mut self) -> Result<Lease>;

    /// Stores each commit of `group` whole or not at all, and returns only when those that succeeded would survive a loss of power.
    /// There is one answer for each, in order: a commit that is refused ([`StoreError::Full`]) does not hold up the others.
    ///
    /// After [`StoreError::Disk`] nothing is promised: whoever decides on what is stored (a keyed transform) reads it again.
    fn commit(&mut self, lease: Epoch, group: &[Commit]) -> Vec<Result<Committed>>;

    /// The store as everybody else sees it. It may be used while a commit runs, and sees only what was committed.
    fn reader(&self) -> Arc<dyn Reader>;
}

/// What can be asked of a store, from any thread.
pub trait Reader: Send + Sync {
    /// Where a source stands: the bytes that the last commit gave it.
    fn position(&self, source: &str) -> Result<Option<Vec<u8>>>;

    /// How far `sink` has got in the log of `source`. A sink that is new there starts at the oldest event that the log still holds,
    /// because a sink that was only renamed must not lose what its old name had not delivered.
    ///
    /// Asking makes the sink known: from now on, the log keeps what this sink has not settled. What a sink that nobody asks for
    /// had not settled goes when the others have, or a sink that is gone would fill the disk.
    fn cursor(&self, source: &str, sink: &str) -> Result<Cursor>;

    /// Entries of a log in order, beginning with the one that contains `from`, or with the oldest that is still there. At least one if
    /// there is one, then as many as fit `max_bytes`.
    fn read_log(&self, log: &str, from: u64, max_bytes: usize) -> Result<Vec<LogEntry>>;

    /// How much a log holds, and the sequence number that its next event gets. All zero for a log that was never written.
    fn log_size(&self, log: &str) -> Result<LogSize>;

    /// What a keyed transform keeps on a shelf, in the order of `keys`.
    fn states(&self, node: &str, shelf: Shelf, keys: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>>;

    /// At most `limit` pairs of a shelf in the order of their keys, beginning with `from`.
    fn scan_states(&self, node: &str, shelf: Shelf, from: &[u8], limit: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>>;

    /// At most `limit` dead letters in the order in which they were first stored, beginning with number `from`. The next page begins
    /// one after the last number of this one.
    fn dead_letters(&self, from: u64, limit: usize) -> Result<Vec<StoredLetter>>;

    /// All sums, cursors and sizes of logs, as of one commit. Asking makes no sink known.
    fn accounts(&self) -> Result<Accounts>;
}

/// One append as it stands in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// The sequence number of its first event.
    pub first: u64,
    /// How many events it holds: the next entry begins at `first + events`.
    pub events: u32,
    /// What was appended.
    pub batch: Vec<u8>,
}

/// How much a log holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogSize {
    /// The batches that are stored, in bytes. Those that every sink has settled count until their segment is dropped.
    pub bytes: u64,
    /// The oldest event that is stored; equal to `next` if there is none.
    pub first: u64,
    /// The sequence number that the next event gets.
    pub next: u64,
}

impl LogSize {
    /// How many events are stored.
    pub fn events(&self) -> u64 {
        self.next - self.first
    }
}
