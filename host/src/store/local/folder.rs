//! Whose is the folder?
//!
//! One process locks it for as long as it runs. A store that is being made is made elsewhere and renamed when it is whole, so that a
//! crash on the way leaves nothing that could be taken for one.

use super::fault;
use super::tables::Tables;
use crate::store::{Result, StoreError};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// A locked `data_dir`.
pub struct Folder {
    tables: PathBuf,
    _lock: File,
}

impl Folder {
    /// Locks `data_dir` and sees to it that there is a store in it.
    pub fn create(data_dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(data_dir).map_err(|error| fault::io(data_dir, &error))?;
        let folder = Self::lock(data_dir)?;
        if !folder.tables.exists() {
            let made = || {
                let new = data_dir.join("store.new");
                if new.exists() {
                    std::fs::remove_dir_all(&new)?;
                }
                Ok(new)
            };
            let new = made().map_err(|error| fault::io(data_dir, &error))?;
            drop(Tables::open(&new)?);
            let kept = || {
                std::fs::rename(&new, &folder.tables)?;
                File::open(data_dir)?.sync_all()
            };
            kept().map_err(|error: std::io::Error| fault::io(data_dir, &error))?;
        }
        Ok(folder)
    }

    /// Locks `data_dir` if there is a store in it.
    pub fn existing(data_dir: &Path) -> Result<Self> {
        match data_dir.join("store").exists() {
            true => Self::lock(data_dir),
            false => Err(StoreError::Missing { folder: data_dir.to_owned() }),
        }
    }

    /// Where the tables are.
    pub fn tables(&self) -> &Path {
        &self.tables
    }

    fn lock(data_dir: &Path) -> Result<Self> {
        let path = data_dir.join("lock");
        let lock = File::options().create(true).truncate(false).write(true).open(path);
        let lock = lock.map_err(|error| fault::io(data_dir, &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { tables: data_dir.join("store"), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked { folder: data_dir.to_owned() }),
            Err(TryLockError::Error(error)) => Err(fault::io(data_dir, &error)),
        }
    }
}
