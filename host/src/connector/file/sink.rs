//! The sink `file`: appends JSON lines, and says that an event is delivered when it is on the disk.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::types::Batch;
use crate::connector::page::ndjson;
use crate::connector::{Deliver, Delivering, Outcome};

/// Appends events to a file, one JSON object a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The file. It is made if it is not there.
    pub path: PathBuf,
}

/// An open file.
#[derive(Debug)]
pub struct Appender {
    path: PathBuf,
    file: Mutex<File>,
}

/// Appends to a file.
#[derive(Debug, Clone)]
pub struct FileSink(Arc<Appender>);

impl FileSink {
    /// Opens the file. A last line without an end, which a crash can leave, gets one: what follows would be lost in it.
    pub fn open(settings: &Settings) -> io::Result<Self> {
        let path = settings.path.clone();
        let mut file = OpenOptions::new().create(true).append(true).read(true).open(&path)?;
        if !ends_whole(&mut file)? {
            file.write_all(b"\n")?;
        }
        sync_folder(&path)?;
        Ok(Self(Arc::new(Appender { path, file: Mutex::new(file) })))
    }
}

impl Deliver for FileSink {
    fn deliver(&self, batch: Batch) -> Delivering<'_> {
        let appender = Arc::clone(&self.0);
        Box::pin(async move {
            let events = batch.len();
            let appended = tokio::task::spawn_blocking(move || appender.append(&ndjson(&batch))).await;
            let outcome = match appended {
                Ok(Ok(())) => Outcome::Delivered,
                Ok(Err(error)) => {
                    tracing::warn!(path = %self.0.path.display(), %error, "could not be written; trying again");
                    Outcome::Retry(None)
                }
                Err(error) => Outcome::Stop(error.to_string()),
            };
            vec![outcome; events]
        })
    }
}

impl Appender {
    /// All or nothing: what a full disk cut off is taken back.
    fn append(&self, lines: &[u8]) -> io::Result<()> {
        // A panic while it was held left at worst a torn line, which the length takes back.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let before = file.metadata()?.len();
        let written = file.write_all(lines).and_then(|()| file.sync_data());
        if written.is_err() {
            file.set_len(before)?;
        }
        written
    }
}

fn ends_whole(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// A new file's name is on the disk only when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // What is no regular folder (a device's, a pipe's) cannot always be synced, and need not be.
    let _unsynced = File::open(folder)?.sync_all();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn events_are_appended() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { path: folder.path().join("out.ndjson") };
        std::fs::write(&settings.path, "{\"torn\":").unwrap();
        let mut batch = Batch::new();
        batch.push("external_id:a", b"{\"a\":1}");
        batch.push("external_id:b", b"{\"b\":\n2}");
        for _ in 0..2 {
            let sink = FileSink::open(&settings).unwrap();
            assert_eq!(sink.deliver(batch.clone()).await, [Outcome::Delivered, Outcome::Delivered]);
        }
        let written = std::fs::read_to_string(&settings.path).unwrap();
        assert_eq!(written, "{\"torn\":\n{\"a\":1}\n{\"b\": 2}\n{\"a\":1}\n{\"b\": 2}\n");
    }

    #[tokio::test]
    async fn a_disk_without_room_is_tried_again() {
        let settings = Settings { path: "/dev/full".into() };
        let mut batch = Batch::new();
        batch.push("external_id:a", b"{}");
        let sink = FileSink::open(&settings).unwrap();
        assert_eq!(sink.deliver(batch).await, [Outcome::Retry(None)]);
    }
}
