//! How is a journal opened whose last write was torn?
//!
//! A batch is larger than a page, and the system writes pages in any order. When the power goes before the sync, the end of the batch
//! may be on the disk and its middle not. fjall drops a batch without an end by itself, but of one with an end and a wrong checksum it
//! cannot tell whether it was ever synced, and refuses to open. Here it is known: each batch was synced before the next was written and
//! before anybody heard of it, so only the last can be torn, and nobody was promised anything about it. Its end is taken away, and
//! fjall drops it.
//!
//! It refuses to do more: if that does not help, the file is left as it was, because then something else is broken.

use fjall::{Error, JournalRecoveryError};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Opens with `open`, a second time without the torn batch if that is what is wrong.
pub fn opened<T>(folder: &Path, open: impl Fn() -> Result<T, Error>) -> Result<T, Error> {
    let refused = match open() {
        Err(error) if is_torn(&error) && folder.is_dir() => error,
        other => return other,
    };
    let Some(path) = newest_journal(folder)? else {
        return Err(refused);
    };
    let Some(last) = last_byte(&path)? else {
        return Err(refused);
    };
    let was = overwrite(&path, last, 0)?;
    open().or_else(|_| overwrite(&path, last, was).map_err(Error::Io).and(Err(refused)))
}

fn is_torn(error: &Error) -> bool {
    matches!(
        error,
        Error::JournalRecovery(JournalRecoveryError::ChecksumMismatch | JournalRecoveryError::InsufficientLength)
    )
}

fn newest_journal(folder: &Path) -> io::Result<Option<PathBuf>> {
    let mut newest = None;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let number = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".jnl")?.parse::<u64>().ok());
        newest = newest.max(number.map(|number| (number, path)));
    }
    Ok(newest.map(|(_, path)| path))
}

/// Where the last byte stands that is not zero: journals are made larger than what is in them.
fn last_byte(path: &Path) -> io::Result<Option<u64>> {
    let mut content = Vec::new();
    File::open(path)?.read_to_end(&mut content)?;
    Ok(content.iter().rposition(|byte| *byte != 0).map(|at| at as u64))
}

fn overwrite(path: &Path, at: u64, byte: u8) -> io::Result<u8> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let mut was = [0];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut was)?;
    file.seek(SeekFrom::Start(at))?;
    file.write_all(&[byte])?;
    file.sync_all()?;
    Ok(was[0])
}
