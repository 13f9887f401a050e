//! What shares a sync, and who hears of what?

use super::{Committer, Handle};
use crate::store::{Append, Commit, Committed, Epoch, Lease, LocalStore, Reader, Result, Store, StoreError};
use std::sync::{Arc, Mutex, mpsc};
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
