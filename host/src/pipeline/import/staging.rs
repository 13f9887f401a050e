//! Copies of files, so that what is read cannot change meanwhile and is still there after a restart.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::fs;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::connector::shelf::{Item, Shelf};

/// The folder in a `data_dir`.
const FOLDER: &str = "staging";
/// A copy that is not complete.
const INCOMING: &str = "incoming";
/// Copied at once.
const BUFFER: usize = 256 * 1024;

/// The copies of one source, each under its hash.
#[derive(Debug)]
pub struct Staging {
    folder: PathBuf,
}

impl Staging {
    /// Opens it. Whatever lies there is removed, but for the copy with this hash.
    pub async fn open(data_dir: &Path, source: &str, kept: Option<&str>) -> io::Result<Self> {
        let folder = data_dir.join(FOLDER).join(source);
        // Files of persons: nobody else's.
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let mut entries = fs::read_dir(&folder).await?;
        while let Some(entry) = entries.next_entry().await? {
            if entry.file_name().to_str().is_none_or(|name| Some(name) != kept) {
                fs::remove_file(entry.path()).await?;
            }
        }
        Ok(Self { folder })
    }

    /// Copies a file, and says what is in it. The copy counts only once it is [kept](Self::keep).
    pub async fn copy(&self, shelf: &dyn Shelf, item: &Item) -> io::Result<String> {
        let mut content = shelf.open(&item.name, 0).await?;
        let mut copy = fs::File::create(self.folder.join(INCOMING)).await?;
        let (mut hash, mut buffer) = (Sha256::new(), vec![0; BUFFER]);
        loop {
            match content.read(&mut buffer).await? {
                0 => break,
                read => {
                    hash.update(&buffer[..read]);
                    copy.write_all(&buffer[..read]).await?;
                }
            }
        }
        copy.flush().await?;
        // A position may name it soon, and that survives a loss of power.
        copy.sync_all().await?;
        Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Keeps the last copy under its hash.
    pub async fn keep(&self, hash: &str) -> io::Result<()> {
        fs::rename(self.folder.join(INCOMING), self.path(hash)).await?;
        fs::File::open(&self.folder).await?.sync_all().await
    }

    /// Where a copy lies.
    #[must_use]
    pub fn path(&self, hash: &str) -> PathBuf {
        self.folder.join(hash)
    }

    /// Removes a copy, if it is there.
    pub async fn remove(&self, hash: &str) -> io::Result<()> {
        match fs::remove_file(self.path(hash)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Removes the copies of sources that are no more.
pub async fn tidy<'a>(data_dir: &Path, sources: impl Iterator<Item = &'a str>) -> io::Result<()> {
    let mut entries = match fs::read_dir(data_dir.join(FOLDER)).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let sources: Vec<&str> = sources.collect();
    while let Some(entry) = entries.next_entry().await? {
        if !entry.file_name().to_str().is_some_and(|name| sources.contains(&name)) {
            fs::remove_dir_all(entry.path()).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{DropFolder, WhenDone};
    use crate::connector::drop_folder;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        names
    }

    #[tokio::test]
    async fn only_what_a_position_names_stays() {
        let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(folder.path().join("a"), "abc").unwrap();
        let shelf = DropFolder { path: folder.path().to_owned(), when_done: WhenDone::Keep };
        let shelf = drop_folder::DropFolder::open(&shelf).unwrap();
        let item = shelf.list().await.unwrap().remove(0);
        let staging = Staging::open(data.path(), "in", None).await.unwrap();
        let hash = staging.copy(&shelf, &item).await.unwrap();
        assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        staging.keep(&hash).await.unwrap();
        staging.copy(&shelf, &item).await.unwrap();
        let copies = data.path().join("staging/in");
        assert_eq!(names(&copies), [hash.as_str(), INCOMING]);
        Staging::open(data.path(), "in", Some(&hash)).await.unwrap();
        assert_eq!((names(&copies), std::fs::read_to_string(copies.join(&hash)).unwrap()), (vec![hash], "abc".into()));
        Staging::open(data.path(), "in", None).await.unwrap();
        assert_eq!(names(&copies), Vec::<String>::new());
        tidy(data.path(), ["in"].into_iter()).await.unwrap();
        assert_eq!(names(&data.path().join("staging")), ["in"]);
        tidy(data.path(), ["other"].into_iter()).await.unwrap();
        assert_eq!(names(&data.path().join("staging")), Vec::<String>::new());
    }
}
