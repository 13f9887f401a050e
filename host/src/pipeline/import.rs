//! Drives a source that reads files: watch, copy, prove, decode, and put away.
//!
//! A file is copied first, because what others may change cannot be read again; then all of it is read once to prove that it is whole;
//! then the component reads it. One file after another: the next begins when all of the last is settled and stored, so that the numbers of
//! events mean the same after a restart. What a file says is the component's; how it is packed is the host's.

pub mod board;
pub mod counts;
mod decode;
pub mod history;
mod one;
mod package;
mod packing;
pub mod pgp;
pub mod position;
mod record;
mod refused;
mod staging;
mod take;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::ControlFlow::{self, Break, Continue};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::component::Node;
use crate::config::{Every, Files};
use crate::connector::Intake;
use crate::connector::shelf::{self, Shelf};

use self::board::Board;
use self::history::History;
use self::pgp::Keys;
use super::source::Inlet;
pub use one::prove_fetched;
use position::Position;
use refused::Refusals;
use staging::Staging;
pub use staging::{hex, tidy};
use watch::Watch;

/// A folder that is watched is looked at so often.
pub const LOOK: Duration = Duration::from_secs(1);
/// A server of others so often, unless the operator says otherwise.
pub const LOOK_FAR: Duration = Duration::from_secs(60);
/// A file that is about to stand still is not looked at more often than that.
const SHORTEST_LOOK: Duration = Duration::from_millis(10);
/// So many pieces wait to be taken: the next is decoded while one is.
const PIECES: usize = 2;

/// What a source that reads files is made of.
pub struct Importer {
    /// The component.
    pub node: Node,
    /// Where the files lie.
    pub shelf: Arc<dyn Shelf>,
    /// Which of them are taken, and when.
    pub files: Files,
    /// How often is looked. Once: what is there is taken, and then the source ends.
    pub every: Every,
    /// To which the files are encrypted, if they are.
    pub keys: Option<Arc<Keys>>,
    /// A digest of the component and its settings: what says the same reads the same.
    pub under: String,
    /// In which the copies lie.
    pub data_dir: PathBuf,
    /// The files were asked for, one after the other. One that is as an earlier one is read again: what came between them may have said otherwise.
    pub asked_for: bool,
}

/// Whether it goes on; if not, the reason, unless it ended as it should or a stop was asked for.
pub type Went = ControlFlow<Option<String>>;

/// Reads files until all are read that were to be (nothing comes back), nothing comes before a person acts (the reason does), or a stop is
/// asked for.
/// What is done is written on the board.
pub async fn import(importer: Importer, inlet: Arc<Inlet>, board: Arc<Board>) -> anyhow::Result<Option<String>> {
    Import::open(importer, inlet, board).await?.run().await
}

/// Reads files.
pub struct Import {
    importer: Importer,
    inlet: Arc<Inlet>,
    staging: Staging,
    watch: Watch,
    position: Position,
    history: History,
    board: Arc<Board>,
    /// What was imported again because that was asked for, by hash and by listing: once is enough.
    repeated: BTreeSet<String>,
    /// The last look failed, or reading did: what lies there is looked at anew.
    is_blind: bool,
    /// What could not be read, by name.
    refusals: BTreeMap<String, Refusals>,
    /// So many files were read to their end.
    done: u64,
}

impl Import {
    /// Where it stood.
    pub async fn open(importer: Importer, inlet: Arc<Inlet>, board: Arc<Board>) -> anyhow::Result<Self> {
        let position = inlet.resume().and_then(|stored| {
            let read = Position::decode(&stored);
            if read.is_none() {
                tracing::warn!(
                    source = inlet.id,
                    "its position is of another release; the file that was being read is read anew"
                );
            }
            read
        });
        let position = position.unwrap_or_else(|| Position::starting_at(inlet.renew()));
        let kept = position.file.as_ref().map(|file| file.hash.as_str());
        let staging = Staging::open(&importer.data_dir, &inlet.id, kept).await?;
        let watch = Watch::new(importer.files.clone());
        let history = History::load(&inlet.store, &inlet.id).await?;
        Ok(Self {
            importer,
            inlet,
            staging,
            watch,
            position,
            history,
            board,
            repeated: BTreeSet::new(),
            is_blind: false,
            refusals: BTreeMap::new(),
            done: 0,
        })
    }

    /// Whether a file lies there, or was begun and can be gone on with.
    pub async fn has_work(&self) -> io::Result<bool> {
        let begun = self.position.file.as_ref().filter(|file| file.fate.is_none());
        if let Some(file) = begun
            && tokio::fs::try_exists(self.staging.path(&file.hash)).await?
        {
            return Ok(true);
        }
        Ok(!self.importer.shelf.list().await?.is_empty())
    }

    /// How many files were read to their end.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.done
    }

    /// Reads what lies there, until all of it is read.
    pub async fn drain(&mut self) -> anyhow::Result<Went> {
        let resumed = self.resume().await;
        self.board.idle();
        if let stopped @ Break(_) = resumed? {
            return Ok(stopped);
        }
        loop {
            if let stopped @ Break(_) = self.round().await? {
                return Ok(stopped);
            }
            if self.is_blind {
                // That was waited for already.
                continue;
            }
            let Some(wait) = self.watch.waits(self.inlet.clock.now()) else {
                return Ok(Continue(()));
            };
            if self.is_stopped_within(wait.clamp(SHORTEST_LOOK, LOOK)).await {
                return Ok(Break(None));
            }
        }
    }

    async fn run(mut self) -> anyhow::Result<Option<String>> {
        loop {
            if let Break(reason) = self.drain().await? {
                return Ok(reason);
            }
            let Every::After(wait) = self.importer.every else { return Ok(None) };
            if self.is_stopped_within(wait).await {
                return Ok(None);
            }
        }
    }

    /// Goes on with the file that the position names.
    async fn resume(&mut self) -> anyhow::Result<Went> {
        let Some(file) = &mut self.position.file else { return Ok(Continue(())) };
        if file.fate.is_some() {
            return self.finish().await.map(Continue);
        }
        let is_there = tokio::fs::try_exists(self.staging.path(&file.hash)).await?;
        if file.under != self.importer.under {
            tracing::warn!(
                source = self.inlet.id,
                file = file.item.name,
                "other settings or another component than when it was begun: the rest of it is read by these, and what was delivered of that already \
                 is delivered again"
            );
            file.under.clone_from(&self.importer.under);
            // Rows that were delivered have the numbers of other events now.
            self.position.event = self.inlet.renew();
        }
        match is_there {
            true => self.read().await,
            // It may lie on the shelf still.
            false => Ok(Continue(())),
        }
    }

    /// Takes every file that stands still.
    async fn round(&mut self) -> anyhow::Result<Went> {
        let listed = self.importer.shelf.list().await;
        self.is_blind = listed.is_err();
        match listed {
            Ok(items) => {
                self.refusals.remove(&self.importer.shelf.name());
                self.watch.look(self.inlet.clock.now(), items);
                self.board.waiting(self.watch.waiting());
                self.board.left_out(self.importer.shelf.left_out());
            }
            // Whoever asks on with a login that is refused may be locked out for it.
            Err(error) => match shelf::problem(&error) {
                Some(problem) => return Ok(Break(Some(problem.to_string()))),
                None => return self.refused(&self.importer.shelf.name(), error).await,
            },
        }
        while !self.is_blind
            && let Some(item) = self.watch.next(self.inlet.clock.now())
        {
            let went = self.take(&item).await;
            self.board.idle();
            if let Break(reason) = went? {
                return Ok(Break(reason));
            }
        }
        Ok(Continue(()))
    }

    /// Waits; whether a stop was asked for meanwhile.
    pub async fn is_stopped_within(&self, wait: Duration) -> bool {
        let mut stop = self.inlet.stop.clone();
        tokio::select! {
            biased;
            () = stop.asked() => true,
            () = self.inlet.clock.sleep_until(self.inlet.clock.now() + wait) => false,
        }
    }
}

#[cfg(test)]
mod tests;
