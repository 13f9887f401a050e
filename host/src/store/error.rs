//! What can go wrong with a store, and what does each caller do next?

use std::path::PathBuf;

/// Why a store refused. Cheap to clone, because one failed commit answers a whole group.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another process runs on this folder.
    #[error("{} is in use by another run; stop it, or give this pipeline its own `data_dir`", folder.display())]
    Locked {
        /// The `data_dir`.
        folder: PathBuf,
    },
    /// There is no store in this folder, and the command only reads.
    #[error("{} holds no store; is it the pipeline's `data_dir`?", folder.display())]
    Missing {
        /// The `data_dir`.
        folder: PathBuf,
    },
    /// Somebody else claimed the store since: this owner must stop, because its view is old.
    #[error("the store has a newer owner (epoch {current}, this run has {held}); this run must stop")]
    Stale {
        /// The epoch of the caller.
        held: u64,
        /// The epoch of the store.
        current: u64,
    },
    /// This append would make its log larger than allowed. Others pass: the caller tells its own sender to come again later.
    #[error(
        "the journal of `{log}` is full ({limit_bytes} bytes); it empties as its sinks deliver, or raise `max_size` under `journal`"
    )]
    Full {
        /// The log.
        log: String,
        /// What it may hold.
        limit_bytes: u64,
    },
    /// The disk took no more. Nothing is promised about this commit; later ones try again.
    #[error("cannot write to {}: {reason}; free some space, the next write tries again", folder.display())]
    Disk {
        /// The store's folder.
        folder: PathBuf,
        /// In the system's words.
        reason: String,
    },
    /// The disk failed in a way after which its later answers cannot be believed. The run must stop.
    #[error("the disk under {} failed: {reason}; check the disk, then start again", folder.display())]
    Failed {
        /// The store's folder.
        folder: PathBuf,
        /// In the system's words.
        reason: String,
    },
    /// What is stored cannot be read.
    #[error("the store holds {what} that cannot be read; was it written by a newer version?")]
    Unreadable {
        /// The kind of record, never its content.
        what: &'static str,
    },
    /// An entry of a log is whole, as its checksum says, and still not what the reader of the log understands.
    #[error("the journal of `{log}` cannot be read at event {sequence}: {reason}; was it written by a newer version?")]
    Damaged {
        /// The log.
        log: String,
        /// The entry's first event.
        sequence: u64,
        /// What was met, never its content.
        reason: String,
    },
    /// A name that cannot be stored.
    #[error("the id of a node may have at most {limit} bytes and no NUL in it")]
    Name {
        /// In bytes.
        limit: usize,
    },
    /// The committer has been closed.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// Whether the same commit may succeed later, without a person's help or after somebody made room.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Full { .. } | Self::Disk { .. })
    }
}
