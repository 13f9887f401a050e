//! What does an error of the disk mean for the run?
//!
//! A write that found no room may be tried again. After a failed sync nothing may: the system forgets that the pages were not
//! written, so the next sync would succeed without them.

use crate::store::StoreError;
use std::io::{Error, ErrorKind};
use std::path::Path;

/// An error of a read or a write.
pub fn access(folder: &Path, error: &fjall::Error) -> StoreError {
    match error {
        fjall::Error::Locked => StoreError::Locked { folder: folder.to_owned() },
        fjall::Error::InvalidVersion(_) => StoreError::Unreadable { what: "files" },
        // A background write failed before; opening again shows whether it would still fail.
        fjall::Error::Poisoned => disk(folder, "an earlier write failed".to_owned()),
        fjall::Error::Io(error) | fjall::Error::Storage(fjall::LsmError::Io(error)) => io(folder, error),
        other => failed(folder, other.to_string()),
    }
}

/// An error of a sync.
pub fn sync(folder: &Path, error: &fjall::Error) -> StoreError {
    match error {
        fjall::Error::Poisoned => access(folder, error),
        other => failed(folder, other.to_string()),
    }
}

/// An error of the file system.
pub fn io(folder: &Path, error: &Error) -> StoreError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => disk(folder, error.to_string()),
        _ => failed(folder, error.to_string()),
    }
}

fn disk(folder: &Path, reason: String) -> StoreError {
    StoreError::Disk { folder: folder.to_owned(), reason }
}

fn failed(folder: &Path, reason: String) -> StoreError {
    StoreError::Failed { folder: folder.to_owned(), reason }
}

#[cfg(test)]
mod tests {
    use super::{access, sync};
    use std::io::ErrorKind;
    use std::path::Path;

    #[test]
    fn only_room_can_come_back() {
        for (kind, passing) in
            [(ErrorKind::StorageFull, true), (ErrorKind::QuotaExceeded, true), (ErrorKind::Other, false)]
        {
            let error = fjall::Error::Io(kind.into());
            assert_eq!(access(Path::new("data"), &error).is_passing(), passing, "{kind}");
            assert!(!sync(Path::new("data"), &error).is_passing(), "a failed sync: {kind}");
        }
    }
}
