//! How do many commits share one sync?
//!
//! One thread has the store. While it syncs, what is asked of it gathers; then all of that becomes the next group. A sync takes
//! milliseconds and a commit microseconds, so the more callers there are, the less each of them waits for. What nobody is in need of soon
//! goes along with the next group, so that it costs no sync of its own.

use super::{
    Accounts, Commit, Committed, Cursor, Epoch, LogEntry, LogSize, Reader, Result, Store, StoreError, StoredLetter,
};
use crate::clock::Clock;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// What may go along with others waits so long for them: a few syncs, and too short for anybody to notice.
const ALONG_WAIT: Duration = Duration::from_millis(10);

/// The thread that commits. Dropped, it answers what is queued, and closes the store.
#[derive(Debug)]
pub struct Committer {
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

/// A way to the committer and to what is stored.
#[derive(Clone)]
pub struct Handle {
    queue: mpsc::Sender<Work>,
    reader: Arc<dyn Reader>,
}

type Answer = oneshot::Sender<Result<Committed>>;

enum Work {
    /// Somebody waits for it.
    Commit(Commit, Answer),
    /// It goes along with others.
    Along(Commit, Answer),
    /// What would go along goes now.
    Hurry,
    Close,
}

/// What becomes the next commit of the store.
#[derive(Default)]
struct Group {
    commits: Vec<Commit>,
    answers: Vec<Answer>,
    is_awaited: bool,
    is_last: bool,
}

impl Committer {
    /// Claims the store and starts the thread.
    pub fn start(store: impl Store + 'static) -> Result<Self> {
        Self::waiting(store, ALONG_WAIT)
    }

    /// The same; what may go along waits so long.
    fn waiting(mut store: impl Store + 'static, along: Duration) -> Result<Self> {
        let lease = store.claim()?.epoch;
        let reader = store.reader();
        let (queue, work) = mpsc::channel();
        let thread = std::thread::Builder::new().name("committer".to_owned());
        let thread = thread.spawn(move || run(store, lease, &work, along)).map_err(|_| StoreError::Closed)?;
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

fn run(mut store: impl Store, lease: Epoch, work: &mpsc::Receiver<Work>, along: Duration) {
    let clock = Clock::system();
    let mut is_last = false;
    while !is_last {
        let Group { commits, answers, is_last: last, .. } = Group::gather(work, &clock, along);
        is_last = last;
        if !commits.is_empty() {
            answer(store.commit(lease, &commits), answers.into_iter());
        }
    }
}

impl Group {
    /// All that is queued, once somebody waits for a part of it or it has waited long enough.
    fn gather(work: &mpsc::Receiver<Work>, clock: &Clock, along: Duration) -> Self {
        let mut group = Self::default();
        group.add(work.recv().unwrap_or(Work::Close));
        let until = clock.now() + along;
        loop {
            work.try_iter().for_each(|one| group.add(one));
            if group.is_awaited {
                return group;
            }
            match work.recv_timeout(until.saturating_sub(clock.now())) {
                Ok(one) => group.add(one),
                Err(RecvTimeoutError::Timeout) => return group,
                Err(RecvTimeoutError::Disconnected) => group.add(Work::Close),
            }
        }
    }

    fn add(&mut self, work: Work) {
        self.is_awaited |= !matches!(work, Work::Along(..));
        match work {
            Work::Commit(commit, answer) | Work::Along(commit, answer) => {
                self.commits.push(commit);
                self.answers.push(answer);
            }
            Work::Hurry => {}
            Work::Close => self.is_last = true,
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
        Self { queue: mpsc::channel().0, reader }
    }

    /// Stores all of `commit` or nothing; see [`Store::commit`].
    pub async fn commit(&self, commit: Commit) -> Result<Committed> {
        self.ask(|answer| Work::Commit(commit, answer)).await
    }

    /// The same for what nobody is in need of soon: it goes along with others, or by itself when none come or somebody [hurries](Self::hurry).
    pub async fn commit_along(&self, commit: Commit) -> Result<Committed> {
        self.ask(|answer| Work::Along(commit, answer)).await
    }

    /// Somebody waits for what would go along.
    pub fn hurry(&self) {
        // It fails if the thread has ended, and then nothing waits.
        let _ended = self.queue.send(Work::Hurry);
    }

    async fn ask(&self, work: impl FnOnce(Answer) -> Work) -> Result<Committed> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(work(answer)).map_err(|_| StoreError::Closed)?;
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
