//! How is the store kept in a folder?
//!
//! In fjall, a log-structured tree: the facts in a few keyspaces, each log in keyspaces that are dropped whole. Every group of commits
//! is one batch and one sync. One process at a time has the folder; a second one is refused.

mod draft;
mod fault;
mod folder;
mod keys;
mod letters;
mod log;
mod repair;
mod tables;
#[cfg(test)]
pub(crate) mod tests;
mod view;

use super::{Commit, Committed, Epoch, Lease, Reader, Result, Store, StoreError};
use draft::{Change, Draft, Limits};
use fjall::{OwnedWriteBatch, PersistMode};
use folder::Folder;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard};
use tables::Tables;
use view::{Shared, View};

/// How many segments a full log has, roughly. What is settled is given back in steps of this size.
const SEGMENTS_IN_A_LOG: u64 = 8;
/// The largest segment: all of one is held in memory, too.
const MAX_SEGMENT_BYTES: u64 = 16 * 1024 * 1024;

/// Is told what was done to the files, right after it was done.
pub type Watch = Arc<dyn Fn(PersistMode) + Send + Sync>;

/// A store in a folder.
pub struct LocalStore {
    shared: Arc<Shared>,
    limits: Limits,
    watch: Option<Watch>,
    epoch: Epoch,
    // Last, so that the lock is given back after all files are closed.
    folder: Folder,
}

impl LocalStore {
    /// Opens the store in `data_dir`, which is created if there is none. Each log may hold `log_bytes`.
    pub fn open(data_dir: &Path, log_bytes: u64) -> Result<Self> {
        let segment_bytes = (log_bytes / SEGMENTS_IN_A_LOG).min(MAX_SEGMENT_BYTES);
        Self::open_watched(data_dir, Limits { log_bytes, segment_bytes }, None)
    }

    /// Opens what somebody left in `data_dir`. Each log may hold `log_bytes`.
    pub fn existing(data_dir: &Path, log_bytes: u64) -> Result<Self> {
        let segment_bytes = (log_bytes / SEGMENTS_IN_A_LOG).min(MAX_SEGMENT_BYTES);
        Self::start(Folder::existing(data_dir)?, Limits { log_bytes, segment_bytes }, None)
    }

    /// Opens what somebody left in `data_dir`, for a command that only looks.
    pub fn look(data_dir: &Path) -> Result<Self> {
        let folder = Folder::existing(data_dir)?;
        Self::start(folder, Limits { log_bytes: 0, segment_bytes: 0 }, None)
    }

    /// Opens it like [`Self::open`], and tells `watch` of every sync.
    #[cfg(test)]
    pub(crate) fn watched(data_dir: &Path, log_bytes: u64, watch: Watch) -> Result<Self> {
        let segment_bytes = log_bytes / SEGMENTS_IN_A_LOG;
        Self::open_watched(data_dir, Limits { log_bytes, segment_bytes }, Some(watch))
    }

    fn open_watched(data_dir: &Path, limits: Limits, watch: Option<Watch>) -> Result<Self> {
        Self::start(Folder::create(data_dir)?, limits, watch)
    }

    fn start(folder: Folder, limits: Limits, watch: Option<Watch>) -> Result<Self> {
        let view = View::new(Tables::open(folder.tables())?)?;
        let epoch = Epoch(view.epoch()?);
        let shared =
            Shared { view: RwLock::new(Some(view)), lows: Mutex::default(), down: Mutex::new(StoreError::Closed) };
        Ok(Self { shared: Arc::new(shared), limits, watch, epoch, folder })
    }

    fn persist(&self, view: &View, mode: PersistMode) -> std::result::Result<(), fjall::Error> {
        view.tables.db.persist(mode)?;
        if let Some(watch) = &self.watch {
            watch(mode);
        }
        Ok(())
    }

    /// Writes the batch, so that it survives a loss of power.
    fn write(&self, view: &View, batch: OwnedWriteBatch) -> Result<()> {
        let folder = self.folder.tables();
        batch.commit().map_err(|error| fault::access(folder, &error))?;
        // On its own, because a full disk shows here and may pass, and what the sync answers may not.
        self.persist(view, PersistMode::Buffer).map_err(|error| fault::access(folder, &error))?;
        self.persist(view, PersistMode::SyncAll).map_err(|error| fault::sync(folder, &error))
    }

    fn write_group(&self, group: &[Commit]) -> Result<Vec<Result<Committed>>> {
        let mut lows = self.shared.lows();
        let (answers, change) = self.shared.see(|view| {
            let mut draft = Draft::new(view, self.limits, lows.clone());
            let mut answers = Vec::with_capacity(group.len());
            for commit in group {
                answers.push(match draft.check(commit) {
                    Ok(()) => Ok(draft.add(commit)?),
                    Err(refused) => Err(refused),
                });
            }
            let (batch, change) = draft.finish();
            if !batch.is_empty() {
                self.write(view, batch)?;
            }
            Ok((answers, change))
        })?;
        lows.clone_from(&change.lows);
        self.show(change)?;
        Ok(answers)
    }

    /// Lets everybody see what was synced, and tidies up.
    fn show(&self, change: Change) -> Result<()> {
        if let Some(view) = &mut *self.view_mut() {
            view.snapshot = view.tables.db.snapshot();
            view.logs.extend(change.logs);
            view.next_segment = change.next_segment;
            view.next_letter = change.next_letter;
        }
        self.shared.see(|view| {
            let error = |error| view.tables.unread(&error);
            if !change.sealed.is_empty() {
                // fjall looks after the size of its journal when it flushes, and segments that are settled in time never flush.
                view.tables.facts.rotate_memtable().map_err(error)?;
            }
            let dropped: Vec<u64> = change.dropped.iter().map(|segment| segment.number).collect();
            for kept in change.sealed.into_iter().filter(|segment| !dropped.contains(&segment.number)) {
                kept.table.rotate_memtable().map_err(error)?;
            }
            change.dropped.into_iter().try_for_each(|segment| view.tables.drop_segment(segment.table))
        })
    }

    fn view_mut(&self) -> RwLockWriteGuard<'_, Option<View>> {
        self.shared.view.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn down(&self) -> MutexGuard<'_, StoreError> {
        self.shared.down.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens again what was closed because a disk was full.
    fn reopen(&self) -> Result<()> {
        let mut view = self.view_mut();
        if view.is_none() && self.down().is_passing() {
            *view = Some(View::new(Tables::open(self.folder.tables())?)?);
        }
        Ok(())
    }

    /// fjall takes no write after one that failed, so all is closed and, when the disk was full, opened again: what is stored can
    /// still be read and delivered, and that is what makes room.
    fn fail(&self, error: StoreError) -> StoreError {
        // Until it is open again, readers wait.
        let mut view = self.view_mut();
        *view = None;
        *self.down() = error.clone();
        if error.is_passing() {
            match Tables::open(self.folder.tables()).and_then(View::new) {
                Ok(opened) => *view = Some(opened),
                // The next commit tries once more, unless this is worse than a full disk.
                Err(worse) => *self.down() = worse,
            }
        }
        error
    }
}

impl Store for LocalStore {
    fn claim(&mut self) -> Result<Lease> {
        let next = Epoch(self.epoch.0 + 1);
        self.shared.see(|view| {
            let mut batch = view.tables.db.batch();
            batch.insert(&view.tables.facts, keys::EPOCH, next.0.to_be_bytes());
            self.write(view, batch)
        })?;
        self.epoch = next;
        Ok(Lease { epoch: next })
    }

    fn commit(&mut self, lease: Epoch, group: &[Commit]) -> Vec<Result<Committed>> {
        let all = |error: StoreError| group.iter().map(|_| Err(error.clone())).collect();
        if lease != self.epoch {
            return all(StoreError::Stale { held: lease.0, current: self.epoch.0 });
        }
        match self.reopen().and_then(|()| self.write_group(group)) {
            Ok(answers) => answers,
            Err(error) => all(self.fail(error)),
        }
    }

    fn reader(&self) -> Arc<dyn Reader> {
        Arc::clone(&self.shared) as Arc<dyn Reader>
    }
}
