//! The folder into which files are put, and how much of the disk they may take.
//!
//! What is being sent lies under a hidden folder and moves to its name when it is closed.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use tokio::fs::{self, File};
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use crate::config::UploadLimits;
use crate::connector::shelf::{DONE, FAILED};

/// Of what is being sent.
const INCOMING: &str = ".incoming";
/// The longest name of a file that a disk takes.
const NAME_BYTES: usize = 255;

/// See the module.
pub struct Uploads {
    path: PathBuf,
    limits: UploadLimits,
    next: AtomicU64,
    /// What is being sent: so many files, so many bytes.
    open: Mutex<(usize, u64)>,
}

/// Why something is refused.
#[derive(Debug)]
pub enum Refused {
    /// There is no such file.
    Missing,
    /// It is not allowed here, and what is.
    Forbidden(&'static str),
    /// There is no room for it.
    Full(String),
    /// The disk refuses it.
    Disk(io::Error),
}

/// A file that waits.
pub struct Waiting {
    /// Its name.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// In seconds since 1970.
    pub modified: u32,
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Disk(error),
        }
    }
}

impl Uploads {
    /// Opens it, and forgets what was broken off before.
    pub fn open(path: &Path, limits: UploadLimits) -> io::Result<Self> {
        let incoming = path.join(INCOMING);
        // Files of persons: nobody else's.
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&incoming)?;
        for entry in std::fs::read_dir(&incoming)? {
            std::fs::remove_file(entry?.path())?;
        }
        Ok(Self { path: path.to_owned(), limits, next: AtomicU64::new(0), open: Mutex::default() })
    }

    /// What waits to be read.
    pub async fn waiting(&self) -> Result<Vec<Waiting>, Refused> {
        let (mut waiting, mut entries) = (Vec::new(), fs::read_dir(&self.path).await?);
        while let Some(entry) = entries.next_entry().await? {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if !name.starts_with('.') {
                waiting.extend(self.look(&name).await.ok());
            }
        }
        Ok(waiting)
    }

    /// One of them.
    pub async fn look(&self, name: &str) -> Result<Waiting, Refused> {
        let metadata = fs::symlink_metadata(self.path.join(name)).await?;
        if !metadata.is_file() {
            return Err(Refused::Missing);
        }
        let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let modified = u32::try_from(modified).unwrap_or(u32::MAX);
        Ok(Waiting { name: name.to_owned(), size: metadata.len(), modified })
    }

    /// Begins a file.
    pub async fn begin(self: &Arc<Self>, name: &str, truncates: bool) -> Result<Upload, Refused> {
        if !truncates && self.look(name).await.is_ok() {
            return Err(Refused::Forbidden("a file that is here is not added to: send all of it again"));
        }
        let waiting = self.waiting().await?;
        let closed = waiting.iter().map(|one| one.size).sum();
        {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.len() + open.0 >= self.limits.files {
                return Err(Refused::Full(format!("{} files wait here already", self.limits.files)));
            }
            open.0 += 1;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.path.join(INCOMING).join(number.to_string());
        // From here on, dropping it takes back what was counted.
        let mut upload =
            Upload { uploads: Arc::clone(self), name: name.to_owned(), path, file: None, bytes: 0, closed, at: 0 };
        let mut options = File::options();
        upload.file = Some(options.write(true).create_new(true).mode(0o600).open(&upload.path).await?);
        Ok(upload)
    }

    /// Gives a file that waits another name.
    pub async fn rename(&self, from: &str, to: &str) -> Result<(), Refused> {
        self.look(from).await?;
        match fs::try_exists(self.path.join(to)).await? {
            true => Err(Refused::Forbidden("there is a file of that name")),
            false => Ok(fs::rename(self.path.join(from), self.path.join(to)).await?),
        }
    }
}

/// The name of a file, of a path as a client writes it: there is one folder, and no hidden file.
pub fn name(path: &str) -> Result<&str, Refused> {
    let name = path.trim_start_matches("./").trim_start_matches('/');
    let is_one =
        !name.is_empty() && name.len() <= NAME_BYTES && !name.starts_with('.') && ![DONE, FAILED].contains(&name);
    match is_one && !name.contains(|odd: char| odd == '/' || odd == '\\' || odd.is_control()) {
        true => Ok(name),
        false => Err(Refused::Forbidden("a file lies in the one folder, under a name that does not begin with a dot")),
    }
}

/// A file that is being sent. If it is dropped, it was never here.
pub struct Upload {
    uploads: Arc<Uploads>,
    name: String,
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
    /// So much waits beside it.
    closed: u64,
    /// Where the next byte is written.
    at: u64,
}

impl Upload {
    /// So far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes at an offset.
    pub async fn write(&mut self, offset: u64, data: &[u8]) -> Result<(), Refused> {
        let end = offset.saturating_add(data.len() as u64);
        self.grow(end)?;
        let file = self.file.as_mut().ok_or(Refused::Missing)?;
        if offset != self.at {
            file.seek(io::SeekFrom::Start(offset)).await?;
        }
        file.write_all(data).await?;
        self.at = end;
        Ok(())
    }

    /// Takes room.
    fn grow(&mut self, end: u64) -> Result<(), Refused> {
        let (limits, more) = (self.uploads.limits, end.saturating_sub(self.bytes));
        if end > limits.file_bytes {
            return Err(Refused::Full(format!("a file may have {} bytes", limits.file_bytes)));
        }
        let mut open = self.uploads.open.lock().unwrap_or_else(PoisonError::into_inner);
        if self.closed.saturating_add(open.1).saturating_add(more) > limits.bytes {
            return Err(Refused::Full(format!("what waits here may have {} bytes together", limits.bytes)));
        }
        open.1 += more;
        self.bytes += more;
        Ok(())
    }

    /// All is there: from now on it waits to be read. When this comes back it survives a loss of power.
    pub async fn close(mut self) -> Result<(), Refused> {
        let mut file = self.file.take().ok_or(Refused::Missing)?;
        file.flush().await?;
        file.sync_all().await?;
        fs::rename(&self.path, self.uploads.path.join(&self.name)).await?;
        Ok(File::open(&self.uploads.path).await?.sync_all().await?)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let mut open = self.uploads.open.lock().unwrap_or_else(PoisonError::into_inner);
        *open = (open.0.saturating_sub(1), open.1.saturating_sub(self.bytes));
        // One that was closed is not there any more.
        drop(std::fs::remove_file(&self.path));
    }
}
