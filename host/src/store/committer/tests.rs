//! What shares a sync, and who hears of what?

use super::{Committer, Handle};
use crate::store::{Append, Commit, Committed, Epoch, Lease, LocalStore, Reader, Result, Store, StoreError};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use tempfile::TempDir;

/// A store that notes the size of each group, and whose commits take until they are let go.
struct Slow {
    store: LocalStore,
    begun: mpsc::Sender<usize>,
    let_go: mpsc::Receiver<()>,
}

impl Store for Slow {
    fn claim(&mut self) -> Result<Lease> {
        self.store.claim()
    }

    fn commit(&mut self, lease: Epoch, group: &[Commit]) -> Vec<Result<Committed>> {
        self.begun.send(group.len()).unwrap();
        self.let_go.recv().unwrap();
        self.store.commit(lease, group)
    }

    fn reader(&self) -> Arc<dyn Reader> {
        self.store.reader()
    }
}

fn store(log_bytes: u64) -> (LocalStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (LocalStore::open(folder.path(), log_bytes).unwrap(), folder)
}

fn append(log: &str, bytes: usize) -> Commit {
    Commit { append: vec![Append { log: log.into(), batch: vec![b'x'; bytes], events: 1 }], ..Commit::default() }
}

#[tokio::test]
async fn all_that_is_queued_shares_a_sync() {
    let (store, _folder) = store(1000);
    let ((begun, group), (go, let_go)) = (mpsc::channel(), mpsc::channel());
    let committer = Committer::start(Slow { store, begun, let_go }).unwrap();
    let handle = committer.handle();
    let later = Mutex::new(Vec::new());
    let queue = |many: usize| {
        for _ in 0..many {
            let handle: Handle = handle.clone();
            later.lock().unwrap().push(tokio::spawn(async move { handle.commit(append("people", 1)).await }));
        }
    };
    queue(1);
    tokio::task::yield_now().await;
    assert_eq!(group.recv(), Ok(1));
    queue(5);
    // The test runs on one thread: after this, each of the five has queued its commit.
    tokio::task::yield_now().await;
    (0..2).for_each(|_| go.send(()).unwrap());
    assert_eq!(group.recv(), Ok(5));
    let mut firsts = Vec::new();
    for answer in later.into_inner().unwrap() {
        firsts.extend(answer.await.unwrap().unwrap().first);
    }
    assert_eq!(firsts, [0, 1, 2, 3, 4, 5]);
}

/// Nobody waits so long: what goes along goes for another reason.
const LONG: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_along_shares_the_sync_of_others_or_goes_when_somebody_hurries() {
    let (store, _folder) = store(1000);
    let ((begun, group), (go, let_go)) = (mpsc::channel(), mpsc::channel());
    let committer = Committer::waiting(Slow { store, begun, let_go }, LONG).unwrap();
    let handle = committer.handle();
    (0..4).for_each(|_| go.send(()).unwrap());
    // (how it is told to go, and the groups that come of it)
    for others in [1, 0] {
        let mut along = Box::pin(handle.commit_along(append("people", 1)));
        // Now it is queued.
        assert!(futures_util::poll!(along.as_mut()).is_pending());
        match others {
            0 => handle.hurry(),
            _ => drop(handle.commit(append("people", 1)).await.unwrap()),
        }
        assert_eq!(along.await.unwrap().first.len(), 1);
        assert_eq!(group.recv(), Ok(1 + others));
    }
    // A store that is closed waits for nobody.
    let mut last = Box::pin(handle.commit_along(append("people", 1)));
    assert!(futures_util::poll!(last.as_mut()).is_pending());
    tokio::task::spawn_blocking(move || drop(committer)).await.unwrap();
    assert_eq!(last.await.unwrap().first, [3]);
}

#[tokio::test]
async fn what_goes_along_goes_by_itself_when_nobody_comes() {
    let (store, _folder) = store(1000);
    let committer = Committer::start(store).unwrap();
    assert_eq!(committer.handle().commit_along(append("people", 1)).await.unwrap().first, [0]);
}

#[tokio::test]
async fn one_that_is_refused_does_not_hold_up_the_others() {
    let (store, _folder) = store(10);
    let committer = Committer::start(store).unwrap();
    let handle = committer.handle();
    handle.commit(append("full", 10)).await.unwrap();
    let (refused, stored) = tokio::join!(handle.commit(append("full", 1)), handle.commit(append("other", 1)));
    assert!(refused.unwrap_err().is_passing());
    assert_eq!(stored.unwrap().first, [0]);
    assert_eq!(handle.read_log("other", 0, 10).await.unwrap().len(), 1);
    assert_eq!((handle.position("other").await, handle.cursor("full", "a").await.unwrap().low), (Ok(None), 0));
}

#[tokio::test]
async fn what_is_queued_is_stored_before_it_closes() {
    let (store, folder) = store(10);
    let committer = Committer::start(store).unwrap();
    let handle = committer.handle();
    let queued = tokio::spawn({
        let handle = handle.clone();
        async move { handle.commit(append("people", 1)).await }
    });
    tokio::task::yield_now().await;
    tokio::task::spawn_blocking(move || drop(committer)).await.unwrap();
    assert_eq!(queued.await.unwrap().unwrap().first, [0]);
    assert_eq!(handle.commit(append("people", 1)).await, Err(StoreError::Closed));
    drop(handle);
    assert_eq!(LocalStore::look(folder.path()).unwrap().reader().log_size("people").unwrap().next, 1);
}
