//! Copies of files, so that what is read cannot change meanwhile and is still there after a restart.
//!
//! A copy over a line that drops goes on where it was: at once as long as something comes, and else with the next attempt.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::fs;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use super::board::Board;
use crate::connector::shelf::{Item, Shelf};

/// The folder in a `data_dir`.
const FOLDER: &str = "staging";
/// A copy that is not complete.
const INCOMING: &str = "incoming";
/// Copied at once.
const BUFFER: usize = 256 * 1024;

/// Behind the hash: the plain text of an encrypted file.
const PLAIN: &str = ".plain";

/// The copies of one source, each under its hash.
#[derive(Debug)]
pub struct Staging {
    folder: PathBuf,
    /// A copy that was broken off.
    partial: Option<Partial>,
}

/// What is in the copy so far.
#[derive(Debug)]
struct Partial {
    item: Item,
    hash: Sha256,
    bytes: u64,
}

/// Why a copy was broken off.
enum Fault {
    /// Nothing more came.
    Shelf(io::Error),
    /// What came could not be kept.
    Disk(io::Error),
}

impl Partial {
    /// Goes on to the end of the file.
    async fn fill(&mut self, shelf: &dyn Shelf, copy: &mut fs::File, board: &Board) -> Result<(), Fault> {
        let mut content = shelf.open(&self.item.name, self.bytes).await.map_err(Fault::Shelf)?;
        let mut buffer = vec![0; BUFFER];
        loop {
            match content.read(&mut buffer).await.map_err(Fault::Shelf)? {
                0 => return Ok(()),
                read => {
                    self.hash.update(&buffer[..read]);
                    copy.write_all(&buffer[..read]).await.map_err(Fault::Disk)?;
                    self.bytes += read as u64;
                    board.copied(self.bytes);
                }
            }
        }
    }
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
        Ok(Self { folder, partial: None })
    }

    /// How much of a file's copy is here that was broken off.
    #[must_use]
    pub fn bytes_of(&self, name: &str) -> u64 {
        self.partial.as_ref().filter(|partial| partial.item.name == name).map_or(0, |partial| partial.bytes)
    }

    /// Copies a file, and says what is in it. The copy counts only once it is [kept](Self::keep).
    /// How far it is stands on the board.
    pub async fn copy(&mut self, shelf: &dyn Shelf, item: &Item, board: &Board) -> io::Result<String> {
        let mut partial = match self.partial.take().filter(|partial| partial.item == *item) {
            Some(partial) => partial,
            None => Partial { item: item.clone(), hash: Sha256::new(), bytes: 0 },
        };
        let mut copy = self.incoming(partial.bytes).await?;
        loop {
            let before = partial.bytes;
            match partial.fill(shelf, &mut copy, board).await {
                Ok(()) => break,
                Err(Fault::Disk(error)) => return Err(error),
                Err(Fault::Shelf(error)) if shelf.is_far() && partial.bytes > before => {
                    tracing::warn!(file = item.name, bytes = partial.bytes, %error, "the copy was broken off; it goes on there");
                }
                Err(Fault::Shelf(error)) => {
                    copy.flush().await?;
                    self.partial = Some(partial);
                    return Err(error);
                }
            }
        }
        copy.flush().await?;
        // A position may name it soon, and that survives a loss of power.
        copy.sync_all().await?;
        Ok(hex(&partial.hash.finalize()))
    }

    /// The copy, to be written on behind so many bytes.
    async fn incoming(&self, bytes: u64) -> io::Result<fs::File> {
        let mut options = fs::File::options();
        let mut copy = options.write(true).create(true).truncate(false).open(self.folder.join(INCOMING)).await?;
        copy.set_len(bytes).await?;
        copy.seek(io::SeekFrom::End(0)).await?;
        Ok(copy)
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

    /// Where its plain text lies, if it is encrypted: never longer than it is read.
    #[must_use]
    pub fn plain(&self, hash: &str) -> PathBuf {
        self.folder.join(format!("{hash}{PLAIN}"))
    }

    /// Removes a copy and its plain text, if they are there.
    pub async fn remove(&self, hash: &str) -> io::Result<()> {
        for path in [self.plain(hash), self.path(hash)] {
            match fs::remove_file(path).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

/// A digest, as it is written.
pub fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
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
    use std::pin::Pin;
    use std::sync::Mutex;
    use std::task::{Context, Poll};

    use tokio::io::{AsyncRead, ReadBuf};

    use super::*;
    use crate::config::WhenDone;
    use crate::connector::drop_folder::DropFolder;
    use crate::connector::shelf::{Content, Doing, Fate};

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
        let shelf = DropFolder::open(folder.path(), false, WhenDone::Keep).unwrap();
        let item = shelf.list().await.unwrap().remove(0);
        let mut staging = Staging::open(data.path(), "in", None).await.unwrap();
        let hash = staging.copy(&shelf, &item, &Board::default()).await.unwrap();
        assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        staging.keep(&hash).await.unwrap();
        staging.copy(&shelf, &item, &Board::default()).await.unwrap();
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

    /// A file on a line that drops after so many bytes each time, or without a byte at all.
    struct Drops {
        text: &'static str,
        bytes: usize,
        opened: Mutex<Vec<u64>>,
    }

    /// Breaks after what is in it.
    struct Breaks(io::Cursor<Vec<u8>>, bool);

    impl AsyncRead for Breaks {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            let me = self.get_mut();
            let (at, all) = (me.0.position() as usize, me.0.get_ref().len());
            if at == all && me.1 {
                return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
            }
            let some = buffer.remaining().min(all - at);
            buffer.put_slice(&me.0.get_ref()[at..at + some]);
            me.0.set_position((at + some) as u64);
            Poll::Ready(Ok(()))
        }
    }

    impl Shelf for Drops {
        fn name(&self) -> String {
            "far".to_owned()
        }

        fn is_far(&self) -> bool {
            true
        }

        fn list(&self) -> Doing<'_, Vec<Item>> {
            Box::pin(async { Ok(Vec::new()) })
        }

        fn open<'a>(&'a self, _: &'a str, from: u64) -> Doing<'a, Content> {
            self.opened.lock().unwrap().push(from);
            let rest = &self.text.as_bytes()[from as usize..];
            let some = rest[..rest.len().min(self.bytes)].to_vec();
            let breaks = some.len() < rest.len();
            Box::pin(async move { Ok(Box::new(Breaks(io::Cursor::new(some), breaks)) as Content) })
        }

        fn put_away<'a>(&'a self, _: &'a Item, _: Fate) -> Doing<'a, ()> {
            Box::pin(async { Ok(()) })
        }
    }

    #[tokio::test]
    async fn a_copy_that_is_broken_off_goes_on_where_it_was() {
        let data = tempfile::tempdir().unwrap();
        let mut staging = Staging::open(data.path(), "in", None).await.unwrap();
        let item = Item { name: "a".to_owned(), size: 10, modified_ms: 1 };
        let shelf = Drops { text: "0123456789", bytes: 4, opened: Mutex::default() };
        let whole = staging.copy(&shelf, &item, &Board::default()).await.unwrap();
        assert_eq!(*shelf.opened.lock().unwrap(), [0, 4, 8]);
        // As long as nothing comes, it is for whoever asks to ask again; what came before is kept.
        shelf.opened.lock().unwrap().clear();
        let mut dead = Drops { bytes: 0, ..shelf };
        assert!(staging.copy(&dead, &item, &Board::default()).await.is_err());
        dead.bytes = 10;
        assert_eq!(staging.copy(&dead, &item, &Board::default()).await.unwrap(), whole);
        staging.keep(&whole).await.unwrap();
        assert_eq!(std::fs::read_to_string(staging.path(&whole)).unwrap(), "0123456789");
        assert_eq!(*dead.opened.lock().unwrap(), [0, 0]);
        // Another file begins at its beginning, whatever is left of the last.
        let (mut other, next) = (Drops { bytes: 0, ..dead }, Item { name: "b".to_owned(), ..item.clone() });
        assert!(staging.copy(&other, &item, &Board::default()).await.is_err());
        other.bytes = 3;
        other.text = "other";
        let hash = staging.copy(&other, &next, &Board::default()).await.unwrap();
        staging.keep(&hash).await.unwrap();
        assert_eq!(std::fs::read_to_string(staging.path(&hash)).unwrap(), "other");
    }
}
