//! What would be on the disk if the power went now?

use fjall::PersistMode;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;
use tempfile::TempDir;

/// A folder's files as they were at one moment.
pub type Files = Vec<(PathBuf, Vec<u8>)>;

/// Keeps what the watched folder held at the last moment of each kind.
#[derive(Clone, Default)]
pub struct Disk(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    written: Files,
    synced: Files,
}

impl Disk {
    /// What there was before the first sync.
    pub fn start(&self, files: Files) {
        *self.0.lock().unwrap() = Kept { written: files.clone(), synced: files };
    }

    /// To be given to the store in `folder`.
    pub fn watch(&self, folder: &Path) -> super::super::Watch {
        let (kept, folder) = (Arc::clone(&self.0), folder.to_owned());
        Arc::new(move |mode| {
            let files = files(&folder);
            let mut kept = kept.lock().unwrap();
            match mode {
                PersistMode::SyncAll => kept.synced = files,
                PersistMode::Buffer => kept.written = files,
                PersistMode::SyncData => unreachable!("the length of a file must be synced, too"),
            }
        })
    }

    /// What was synced last: all that a loss of power leaves for sure.
    pub fn synced(&self) -> Files {
        self.0.lock().unwrap().synced.clone()
    }

    /// What was written last and perhaps not synced.
    pub fn written(&self) -> Files {
        self.0.lock().unwrap().written.clone()
    }
}

/// All files in a folder. fjall's own threads may be at work, so it is read again until nothing changed meanwhile.
pub fn files(folder: &Path) -> Files {
    loop {
        let before = list(folder);
        let read = |(path, _, _): &(PathBuf, _, _)| Some((path.clone(), content(&folder.join(path))?));
        let files: Option<Files> = before.iter().map(read).collect();
        if let Some(files) = files.filter(|_| list(folder) == before) {
            return files;
        }
    }
}

/// Writes the files into a new folder.
pub fn folder(files: &Files) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}

fn list(folder: &Path) -> Vec<(PathBuf, u64, SystemTime)> {
    let (mut found, mut todo) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = todo.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            match std::fs::metadata(&path) {
                Ok(about) if about.is_dir() => todo.push(path),
                Ok(about) => {
                    found.push((path.strip_prefix(folder).unwrap().to_owned(), about.len(), about.modified().unwrap()))
                }
                // Deleted between the two looks: the next list will show it.
                Err(_) => {}
            }
        }
    }
    found.sort();
    found
}

/// Without the megabytes of zeros behind the end of a journal.
fn content(path: &Path) -> Option<Vec<u8>> {
    let (mut file, mut content, mut part) = (std::fs::File::open(path).ok()?, Vec::new(), vec![0; 1 << 20]);
    loop {
        let length = file.read(&mut part).ok()?;
        content.extend_from_slice(&part[..length]);
        if part[..length].iter().all(|byte| *byte == 0) {
            return Some(content);
        }
    }
}
