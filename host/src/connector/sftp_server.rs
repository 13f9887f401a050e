//! An SFTP server of ours, into which others put files.
//!
//! Whoever shows an authorized key may put files into one folder and see what waits there: no reading, no removing, no shell, no command, no
//! forwarding. An upload appears in the folder when it is closed and on the disk; one that breaks off was never there.

pub mod account;
mod door;
mod session;
mod uploads;

use std::path::Path;
use std::sync::Arc;

use tokio::task::JoinHandle;

use super::drop_folder::DropFolder;
use super::shelf::{Content, Doing, Fate, Item, Shelf};
use crate::config::{SftpServer as Settings, WhenDone};
use crate::problem::Problem;
use account::Account;
use uploads::Uploads;

/// See the module.
pub struct SftpServer {
    folder: DropFolder,
    listening: Option<JoinHandle<()>>,
}

impl SftpServer {
    /// Makes the folder if it is not there, and listens. A run that only rehearses does not: it takes what is there.
    pub fn open(settings: &Settings, account: Account, when_done: WhenDone) -> Result<Self, Problem> {
        let uploads =
            Uploads::open(&settings.path, settings.limits).map_err(|error| no_folder(&settings.path, &error))?;
        let folder = DropFolder::open(&settings.path, false, when_done)?;
        let listening = match when_done {
            WhenDone::Untouched => None,
            _ => Some(door::open(settings.address.value, account, Arc::new(uploads))?),
        };
        Ok(Self { folder, listening })
    }
}

impl Drop for SftpServer {
    fn drop(&mut self) {
        self.listening.iter().for_each(JoinHandle::abort);
    }
}

fn no_folder(path: &Path, error: &std::io::Error) -> Problem {
    let what = format!("the folder {} for uploads cannot be made", path.display());
    Problem::error(what, "mend `path`, or what it names").fact(error.to_string())
}

impl Shelf for SftpServer {
    fn name(&self) -> String {
        self.folder.name()
    }

    fn list(&self) -> Doing<'_, Vec<Item>> {
        self.folder.list()
    }

    fn left_out(&self) -> Vec<(String, String)> {
        self.folder.left_out()
    }

    fn open<'a>(&'a self, name: &'a str, from: u64) -> Doing<'a, Content> {
        self.folder.open(name, from)
    }

    fn put_away<'a>(&'a self, item: &'a Item, fate: Fate) -> Doing<'a, ()> {
        self.folder.put_away(item, fate)
    }
}
