//! How do many commits share one sync?
//!
//! One thread has the store. While it syncs, what is asked of it gathers; then all of that becomes the next group. A sync takes
//! milliseconds and a commit microseconds, so the more callers there are, the less each of them waits for.

use super::{
    Accounts, Commit, Committed, Cursor, Epoch, LogEntry, LogSize, Reader, Result, Store, StoreError, StoredLetter,
};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

/// The thread that commits. Dropped, it answers what is queued, and closes the store.
#[derive(Debug)]
pub struct Committer {
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

/// A way to the committer and to what is stored.
#[derive(Clone)]
pub struct Handle {
    queue: mpsc::UnboundedSender<Work>,
    reader: Arc<dyn Reader>,
}

type Answer = oneshot::Sender<Result<Committed>>;

enum Work {
    Commit(Commit, Answer),
    Close,
}

impl Committer {
    /// Claims the store and starts the thread.
    pub fn start(mut store: impl Store + 'static) -> Result<Self> {
        let lease = store.claim()?.epoch;
        let reader = store.reader();
        let (queue, work) = mpsc::unbounded_channel();
        let thread = std::thread::Builder::new().name("committer".to_owned());
        let thread = thread.spawn(move || run(store, lease, work)).map_err(|_| StoreError::Closed)?;
        Ok(Self { handle: Handle { queue, reader }, thread: Some(thread) })
    }

    /// A way to it.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        // It fails if the thread has ended, which is what it asks for.
        let _ended = self.handle.queue.send(Work::Close);
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

fn run(mut store: impl Store, lease: Epoch, mut work: mpsc::UnboundedReceiver<Work>) {
    let (mut group, mut answers, mut open) = (Vec::new(), Vec::new(), true);
    while open {
        let mut next = work.blocking_recv();
        open = next.is_some();
        while let Some(work_item) = next {
            match work_item {
                Work::Commit(commit, answer) => {
                    group.push(commit);
                    answers.push(answer);
                }
                Work::Close => open = false,
            }
            next = work.try_recv().ok();
        }
        if !group.is_empty() {
            answer(store.commit(lease, &group), answers.drain(..));
            group.clear();
        }
    }
}

fn answer(results: Vec<Result<Committed>>, answers: impl Iterator<Item = Answer>) {
    for (answer, result) in answers.zip(results) {
        // Whoever asked may have gone away; it is stored all the same.
        let _gone = answer.send(result);
    }
}

impl Handle {
    /// A way to what is stored alone: nothing is claimed, and every commit is refused.
    pub fn reading(reader: Arc<dyn Reader>) -> Self {
        Self { queue: mpsc::unbounded_channel().0, reader }
    }

    /// Stores all of `commit` or nothing; see [`Store::commit`].
    pub async fn commit(&self, commit: Commit) -> Result<Committed> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(Work::Commit(commit, answer)).map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// How far `sink` has got in the log of `source`; see [`Reader::cursor`].
    pub async fn cursor(&self, source: &str, sink: &str) -> Result<Cursor> {
        let (source, sink) = (source.to_owned(), sink.to_owned());
        self.read(move |reader| reader.cursor(&source, &sink)).await
    }

    /// Where a source stands.
    pub async fn position(&self, source: &str) -> Result<Option<Vec<u8>>> {
        let source = source.to_owned();
        self.read(move |reader| reader.position(&source)).await
    }

    /// Entries of a log; see [`Reader::read_log`].
    pub async fn read_log(&self, log: &str, from: u64, max_bytes: usize) -> Result<Vec<LogEntry>> {
        let log = log.to_owned();
        self.read(move |reader| reader.read_log(&log, from, max_bytes)).await
    }

    /// How much a log holds; see [`Reader::log_size`].
    pub async fn log_size(&self, log: &str) -> Result<LogSize> {
        let log = log.to_owned();
        self.read(move |reader| reader.log_size(&log)).await
    }

    /// All sums; see [`Reader::accounts`].
    pub async fn accounts(&self) -> Result<Accounts> {
        self.read(|reader| reader.accounts()).await
    }

    /// A page of the dead letters; see [`Reader::dead_letters`].
    pub async fn dead_letters(&self, from: u64, limit: usize) -> Result<Vec<StoredLetter>> {
        self.read(move |reader| reader.dead_letters(from, limit)).await
    }

    /// What to answer when an entry was read and makes no sense.
    pub fn damaged(&self, log: &str, sequence: u64, reason: String) -> StoreError {
        StoreError::Damaged { log: log.to_owned(), sequence, reason }
    }

    /// Everything else that can be asked, for callers that may block.
    pub fn reader(&self) -> &dyn Reader {
        &*self.reader
    }

    /// The disk may let a reader wait, so it waits beside the threads that carry the events.
    async fn read<T: Send + 'static>(&self, ask: impl FnOnce(&dyn Reader) -> Result<T> + Send + 'static) -> Result<T> {
        let reader = Arc::clone(&self.reader);
        tokio::task::spawn_blocking(move || ask(&*reader)).await.map_err(|_| StoreError::Closed)?
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Handle")
    }
}

#[cfg(test)]
mod tests;
