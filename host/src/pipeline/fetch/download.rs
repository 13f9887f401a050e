//! From an address that a vendor named to a file in the host's own folder.
//!
//! A file is written under a hidden name, and gets its own when all of it is on the disk and is proven: what has a name is whole. What breaks off goes
//! on where it was, as long as the other side can say that it is the same file; after a restart it is fetched anew.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use http::StatusCode;
use tokio::fs;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use tokio::sync::Mutex;

use crate::clock::Clock;
use crate::component::types::{Download, Response};
use crate::connector::shelf::Item;
use crate::delivery::request::{Begun, Client, Fetched};
use crate::pipeline::import;
use crate::pipeline::import::board::Board;

use super::from::FilesFrom;

/// The folder in a `data_dir`.
pub const FOLDER: &str = "fetched";
/// In front of the name of what is not complete: whoever lists the folder passes it by.
const HIDDEN: &str = ".";
/// Larger than any export that we know; without any bound, an answer could fill the disk.
const MOST_BYTES: u64 = 64 << 30;

/// Where files go, and from where they may come.
#[derive(Debug)]
pub struct Downloads {
    folder: PathBuf,
    from: FilesFrom,
    board: Arc<Board>,
    /// What of a file did not come at once.
    attempts: Mutex<Option<Attempts>>,
}

/// What is known of a file that is fetched again.
#[derive(Debug)]
struct Attempts {
    name: String,
    /// What was broken off, and may go on.
    begun: Option<Begun>,
    /// So many bytes of it were here at most.
    most: u64,
}

/// What became of fetching.
#[derive(Debug)]
pub enum Got {
    /// An answer; with status 200, all of the file is here.
    Answered(Response),
    /// Nothing came, or it could not be kept, and why. That may pass.
    Failed(String),
    /// Not all of it came.
    Broken {
        /// Why.
        why: String,
        /// Whether more of it came than by any attempt before.
        further: bool,
    },
    /// All of it came, and it is not what it should be, for this reason. Nothing of it is kept.
    Damaged(String),
    /// Nothing is fetched before a person acts, and why.
    Refused(String),
}

/// The folder of a source. It holds data of persons: nobody else's.
pub fn folder(data_dir: &Path, source: &str) -> io::Result<PathBuf> {
    let folder = data_dir.join(FOLDER).join(source);
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    Ok(folder)
}

impl Downloads {
    /// Opens it. What an earlier process left half is removed.
    pub async fn open(folder: PathBuf, from: FilesFrom, board: Arc<Board>) -> io::Result<Self> {
        let mut entries = fs::read_dir(&folder).await?;
        while let Some(entry) = entries.next_entry().await? {
            if entry.file_name().to_string_lossy().starts_with(HIDDEN) {
                fs::remove_file(entry.path()).await?;
            }
        }
        Ok(Self { folder, from, board, attempts: Mutex::default() })
    }

    /// Where it is written down what is at work.
    #[must_use]
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// Fetches a file, unless it is here. `as_it_is`: it is kept even if it is damaged, for whoever reads it to set it aside.
    pub async fn fetch(&self, client: &Client, clock: Clock, wanted: &Download, as_it_is: bool) -> Got {
        let address = match self.from.allows(&wanted.address) {
            Ok(address) => address,
            Err(why) => return Got::Refused(why),
        };
        match fs::metadata(self.folder.join(&wanted.name)).await {
            // It was fetched just before a crash.
            Ok(found) if found.is_file() => return Got::Answered(here(clock)),
            Ok(_) => return Got::Refused(format!("`{}` is no name for a file: a folder is called so", wanted.name)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Got::Failed(unwritten(&error)),
        }
        let mut held = self.attempts.lock().await;
        if held.as_ref().is_some_and(|attempts| attempts.name != wanted.name) {
            self.remove(held.take()).await;
        }
        let mut attempts = held.take().unwrap_or_else(|| Attempts { name: wanted.name.clone(), begun: None, most: 0 });
        let got = match client.fetch(&address, attempts.begun.as_ref()).await {
            Ok(fetched) => self.answered(fetched, &mut attempts, wanted, as_it_is).await,
            Err(why) => Got::Failed(why),
        };
        *held = Some(attempts);
        self.board.idle();
        got
    }

    /// Nobody goes on with what broke off.
    pub async fn forget(&self) {
        let attempts = self.attempts.lock().await.take();
        self.remove(attempts).await;
    }

    async fn remove(&self, attempts: Option<Attempts>) {
        let Some(Attempts { name, .. }) = attempts else { return };
        // It was removed already, or the next process removes it.
        let _removed = fs::remove_file(self.folder.join(format!("{HIDDEN}{name}"))).await;
    }

    async fn answered(&self, fetched: Fetched, attempts: &mut Attempts, wanted: &Download, as_it_is: bool) -> Got {
        let from = match (fetched.status(), &attempts.begun) {
            (StatusCode::OK, _) => 0,
            (StatusCode::PARTIAL_CONTENT, Some(Begun { bytes, .. })) if fetched.begins_at() == Some(*bytes) => *bytes,
            (StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE, _) => {
                attempts.begun = None;
                return Got::Broken { why: "another part of it came than was asked for".to_owned(), further: false };
            }
            _ => return Got::Answered(fetched.response()),
        };
        self.keep(fetched, from, attempts, wanted, as_it_is).await
    }

    /// Writes what comes behind what is there. If it did not end and has a mark, it can be gone on with.
    async fn keep(
        &self,
        mut fetched: Fetched,
        from: u64,
        attempts: &mut Attempts,
        wanted: &Download,
        as_it_is: bool,
    ) -> Got {
        attempts.begun = None;
        let size = fetched.length().map_or(0, |length| from.saturating_add(length));
        if size > MOST_BYTES {
            return Got::Refused(too_large());
        }
        self.board.fetch(&Item { size, ..item(wanted) });
        let path = self.folder.join(format!("{HIDDEN}{}", wanted.name));
        let mut bytes = from;
        let why = match self.write(&path, &mut fetched, &mut bytes).await {
            // A part may end before the file does (RFC 9110, section 15.3.7).
            Ok(()) if fetched.whole().is_some_and(|whole| whole > bytes) => {
                "a part of it came, and the rest did not".to_owned()
            }
            Ok(()) => return self.complete(&path, &fetched, wanted, as_it_is).await,
            Err(Fault::Line(why)) => why,
            Err(fault) => {
                // It would only take room; if it cannot be removed, the next attempt writes over it.
                let _removed = fs::remove_file(&path).await;
                return match fault {
                    Fault::Disk(error) => Got::Failed(unwritten(&error)),
                    _ => Got::Refused(too_large()),
                };
            }
        };
        attempts.begun = fetched.mark().cloned().filter(|_| bytes > 0).map(|mark| Begun { bytes, mark });
        let further = bytes > attempts.most;
        attempts.most = attempts.most.max(bytes);
        Got::Broken { why, further }
    }

    /// All of it is there: proves it, and gives it its name.
    async fn complete(&self, path: &Path, fetched: &Fetched, wanted: &Download, as_it_is: bool) -> Got {
        let (copy, item) = (path.to_owned(), item(wanted));
        let proven = tokio::task::spawn_blocking(move || import::prove_fetched(&copy, &item)).await;
        match proven {
            Ok(Err(why)) if !as_it_is => {
                let _removed = fs::remove_file(path).await;
                return Got::Damaged(why);
            }
            Ok(_) => {}
            Err(error) => return Got::Failed(format!("it cannot be proven: {error}")),
        }
        match finish(path, &self.folder, wanted).await {
            Ok(()) => Got::Answered(Response { status: 200, ..fetched.response() }),
            Err(error) => Got::Failed(unwritten(&error)),
        }
    }

    async fn write(&self, path: &Path, fetched: &mut Fetched, bytes: &mut u64) -> Result<(), Fault> {
        let mut options = fs::File::options();
        let mut file = options.write(true).create(true).truncate(false).open(path).await?;
        file.set_len(*bytes).await?;
        file.seek(io::SeekFrom::End(0)).await?;
        loop {
            let next = fetched.next().await;
            let Ok(Some(data)) = next else {
                // What came counts, however it ended.
                file.flush().await?;
                return next.map(drop).map_err(Fault::Line);
            };
            file.write_all(&data).await?;
            *bytes += data.len() as u64;
            if *bytes > MOST_BYTES {
                return Err(Fault::TooLarge);
            }
            self.board.copied(*bytes);
        }
    }
}

enum Fault {
    Line(String),
    Disk(io::Error),
    TooLarge,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Gives a file that is complete its name, so that it survives a loss of power.
async fn finish(path: &Path, folder: &Path, wanted: &Download) -> io::Result<()> {
    let file = fs::File::options().write(true).open(path).await?;
    let modified = UNIX_EPOCH.checked_add(Duration::from_millis(wanted.as_of_ms)).unwrap_or(UNIX_EPOCH);
    let file = file.into_std().await;
    tokio::task::spawn_blocking(move || file.set_modified(modified).and_then(|()| file.sync_all())).await??;
    fs::rename(path, folder.join(&wanted.name)).await?;
    fs::File::open(folder).await?.sync_all().await
}

/// In place of the answer with which a file came before a crash.
fn here(clock: Clock) -> Response {
    let now = clock.unix_ms();
    Response {
        status: 200,
        headers: Vec::new(),
        body: Vec::new(),
        complete: true,
        sent_at_ms: now,
        received_at_ms: now,
    }
}

/// As a shelf would list it.
fn item(wanted: &Download) -> Item {
    Item { name: wanted.name.clone(), size: 0, modified_ms: wanted.as_of_ms }
}

fn unwritten(error: &io::Error) -> String {
    format!("it cannot be written: {error}")
}

fn too_large() -> String {
    format!("a file is larger than {} GiB: ask for less at once", MOST_BYTES >> 30)
}

#[cfg(test)]
mod tests;
