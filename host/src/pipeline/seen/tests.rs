//! What is known again, for how long, and what of it outlives a restart.

use std::time::Duration;

use futures_util::FutureExt;
use tempfile::TempDir;

use super::*;
use crate::component::types::{Column, Packed};
use crate::store::{Committer, LocalStore};

const HOUR: u64 = 3_600_000;
const LOG_BYTES: u64 = 1 << 20;

fn batch(events: &[(&str, &str)]) -> Batch {
    let mut batch = Batch::new();
    events.iter().for_each(|(key, body)| batch.push(key, body.as_bytes()));
    batch
}

fn with_ids(ids: &[&str]) -> Batch {
    let mut batch = batch(&vec![("user:a", "{}"); ids.len()]);
    let mut values = Packed::new();
    ids.iter().for_each(|id| values.push(id.as_bytes()));
    batch.columns.push(Column { name: ID.into(), values });
    batch
}

/// A store, and what was seen as it knows it.
struct Kept {
    folder: TempDir,
    committer: Committer,
    seen: Seen,
    options: Deduplicate,
    log_bytes: u64,
}

impl Kept {
    async fn new(by: By, log_bytes: u64) -> Self {
        let options = Deduplicate { by, window: Duration::from_millis(HOUR) };
        let folder = tempfile::tempdir().unwrap();
        let committer = Committer::start(LocalStore::open(folder.path(), log_bytes).unwrap()).unwrap();
        let seen = Seen::load(&committer.handle(), "in", options, log_bytes).await.unwrap();
        Self { folder, committer, seen, options, log_bytes }
    }

    async fn again(self) -> Self {
        let Self { folder, committer, options, log_bytes, .. } = self;
        drop(committer);
        let committer = Committer::start(LocalStore::open(folder.path(), log_bytes).unwrap()).unwrap();
        let seen = Seen::load(&committer.handle(), "in", options, log_bytes).await.unwrap();
        Self { folder, committer, seen, options, log_bytes }
    }

    /// Takes a batch at this time; gives how many were new.
    async fn take(&self, batch: Batch, at_ms: u64) -> usize {
        let (rest, mut fresh) = self.seen.sift(batch, at_ms).await;
        let mut commit = Commit::default();
        if !rest.is_empty() {
            let events = rest.len() as u32;
            commit.append.push(Append { log: "in".into(), batch: vec![b'x'], events });
        }
        fresh.join(&mut commit);
        let first = self.committer.handle().commit(commit).await.unwrap().first;
        fresh.settle(first.last().copied().unwrap_or_default());
        rest.len()
    }

    fn log_bytes(&self) -> u64 {
        self.committer.handle().reader().log_size("in~").unwrap().bytes
    }
}

#[tokio::test]
async fn what_came_is_dropped_within_the_window_and_after_a_restart() {
    let kept = Kept::new(By::Content, LOG_BYTES).await;
    assert_eq!(kept.take(batch(&[("user:a", "1"), ("user:a", "2"), ("user:a", "1"), ("user:b", "1")]), 0).await, 3);
    assert_eq!(kept.take(batch(&[("user:a", "1"), ("user:a", "3")]), HOUR / 2).await, 1);
    let kept = kept.again().await;
    assert_eq!(kept.take(batch(&[("user:a", "1"), ("user:a", "3")]), HOUR).await, 0);
    // The first are over; the third is not.
    assert_eq!(kept.take(batch(&[("user:a", "1"), ("user:a", "3")]), HOUR + HOUR / 4).await, 1);
    let kept = kept.again().await;
    assert_eq!(kept.take(batch(&[("user:a", "1"), ("user:a", "3")]), HOUR + HOUR / 3).await, 0);
    assert_eq!(kept.take(batch(&[("user:a", "1"), ("user:a", "3"), ("user:b", "1")]), 9 * HOUR).await, 3);
}

#[tokio::test]
async fn an_id_counts_whatever_else_is_said_and_none_is_always_new() {
    let kept = Kept::new(By::Id, LOG_BYTES).await;
    assert_eq!(kept.take(with_ids(&["x", "y", "x", "", ""]), 0).await, 4);
    assert_eq!(kept.take(with_ids(&["x", "", "z"]), 1).await, 2);
    // A source that gives no ids at all.
    assert_eq!(kept.take(batch(&[("user:a", "1"), ("user:a", "1")]), 2).await, 2);
}

#[tokio::test]
async fn events_without_an_id_leave_what_is_known_as_it_was() {
    let kept = Kept::new(By::Id, LOG_BYTES).await;
    for _ in 0..2 {
        assert_eq!(kept.take(with_ids(&[""; 1000]), 0).await, 1000);
    }
    assert_eq!(kept.take(with_ids(&["x"]), HOUR).await, 1);
    // The first era is over, and what is remembered of it goes.
    assert_eq!(kept.take(with_ids(&["y"]), HOUR + HOUR / 4).await, 1);
    let kept = kept.again().await;
    assert_eq!(kept.take(with_ids(&["x", "y"]), HOUR + HOUR / 3).await, 0);
}

#[tokio::test]
async fn what_could_not_be_stored_was_not_seen_and_an_equal_one_waits_for_it() {
    let kept = Kept::new(By::Content, LOG_BYTES).await;
    let one = || batch(&[("user:a", "1")]);
    let (_, first) = kept.seen.sift(one(), 0).await;
    let mut second = std::pin::pin!(kept.seen.sift(one(), 0));
    assert!(second.as_mut().now_or_never().is_none());
    // Another has nothing to wait for.
    assert_eq!(kept.seen.sift(batch(&[("user:b", "1")]), 0).await.0.len(), 1);
    drop(first);
    let (rest, fresh) = second.await;
    assert_eq!((rest.len(), fresh.repeated), (1, 0));
    let mut third = std::pin::pin!(kept.seen.sift(one(), 0));
    assert!(third.as_mut().now_or_never().is_none());
    fresh.settle(0);
    let (rest, fresh) = third.await;
    assert_eq!((rest.len(), fresh.repeated), (0, 1));
}

#[tokio::test]
async fn memory_and_log_are_bounded_and_the_newest_are_known() {
    // 4,096 bytes of ids fit: 256.
    let kept = Kept::new(By::Content, 16 * 1024).await;
    for step in 0..100_u64 {
        let bodies: Vec<String> = (0..20).map(|event| format!("{step} {event}")).collect();
        let events: Vec<(&str, &str)> = bodies.iter().map(|body| ("user:a", body.as_str())).collect();
        // Ten steps an era: by its rules alone an hour would hold 1,600.
        assert_eq!(kept.take(batch(&events), step * HOUR / 80).await, 20, "{step}");
        assert_eq!(kept.take(batch(&events), step * HOUR / 80).await, 0, "{step}");
        assert!(kept.log_bytes() <= 16 * 1024);
    }
}
