//! Writing down what is settled.
//!
//! One commit after another: while one is being synced, all that is settled meanwhile gathers for the next. They share the syncs of what is
//! being stored beside them.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::oneshot;

use super::book::Page;
use super::{Books, Decisions, Ledger};
use crate::store::{Commit, Committed, DeadLetter, Handle, StoreError};

/// How long to wait before trying again to write to a disk that refused. Long enough to spare it, short enough to notice soon
/// that somebody made room.
const DISK_WAIT: Duration = Duration::from_secs(1);

impl Ledger {
    /// Writes down what is settled until the ledger is [ended](Self::end) and all of it is written, or an error ends the run.
    pub async fn keep(&self, store: &Handle) -> Result<(), StoreError> {
        loop {
            self.work.notified().await;
            // Looked at before: what was settled until then is written now.
            let ended = self.ended.load(Ordering::Acquire);
            self.write_down(store).await?;
            if ended {
                return Ok(());
            }
        }
    }

    /// Nothing more will be settled.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.wake(true);
    }

    /// Writes down all that is settled now. On a full disk it waits and tries again: nothing may be forgotten.
    async fn write_down(&self, store: &Handle) -> Result<(), StoreError> {
        loop {
            let Some((pages, answers, commit)) = self.books().take() else { return Ok(()) };
            let (dead, states, append) = (commit.dead_letters.clone(), commit.states.clone(), commit.append.clone());
            match self.stored(store, commit).await {
                Ok(_) => {
                    self.close(pages);
                    // Whoever decided may have ended.
                    answers.into_iter().for_each(|answer| answer.send(()).unwrap_or_default());
                }
                Err(error) if error.is_passing() => {
                    tracing::warn!(%error, "cannot write down what was delivered; trying again");
                    self.books().put_back(pages, dead, Decisions { states, append, answers });
                    tokio::time::sleep(DISK_WAIT).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Nobody is in need of a cursor but a restart, so it goes along with what others store, until somebody waits for it.
    async fn stored(&self, store: &Handle, commit: Commit) -> Result<Committed, StoreError> {
        let mut stored = std::pin::pin!(store.commit_along(commit));
        loop {
            tokio::select! {
                stored = &mut stored => return stored,
                () = self.hurry.notified() => store.hurry(),
            }
        }
    }

    /// After the commit: the sources get their room back and the callers their answers.
    pub(super) fn close(&self, pages: Vec<Page>) {
        let mut books = self.books();
        for (book, page) in books.sources.iter_mut().zip(pages) {
            book.room.give(page.freed);
            for batch in page.done {
                book.room.give(batch.taken);
                // A caller that went away is served all the same.
                let _gone = batch.caller.map(|caller| caller.send(()));
            }
        }
        drop(books);
        self.room.notify_waiters();
    }
}

impl Books {
    pub(super) fn take(&mut self) -> Option<(Vec<Page>, Vec<oneshot::Sender<()>>, Commit)> {
        let mut pages: Vec<Page> = self.sources.iter_mut().map(super::Book::page).collect();
        pages.iter_mut().for_each(|page| self.dead(&mut page.unread));
        let Decisions { states, append, answers } = std::mem::take(&mut self.decided);
        let mut something = !answers.is_empty() || !self.dead.is_empty();
        let dead_letters = std::mem::take(&mut self.dead);
        let mut commit = Commit { dead_letters, states, append, ..Commit::default() };
        for (book, page) in self.sources.iter().zip(&pages) {
            something |= !page.done.is_empty() || page.freed != super::Taken::default();
            let cursor = |(sink, cursor): &(String, _)| (book.id.clone(), sink.clone(), Clone::clone(cursor));
            commit.cursors.extend(page.cursors.iter().map(cursor));
            commit.tallies.extend(page.tallies.iter().cloned());
            commit.positions.extend(page.position.iter().map(|(_, position)| (book.id.clone(), position.clone())));
        }
        something |= !commit.cursors.is_empty() || !commit.positions.is_empty() || !commit.tallies.is_empty();
        something.then_some((pages, answers, commit))
    }

    fn put_back(&mut self, pages: Vec<Page>, mut dead: Vec<DeadLetter>, mut decided: Decisions) {
        // What was decided meanwhile comes after it.
        decided.states.append(&mut self.decided.states);
        decided.append.append(&mut self.decided.append);
        decided.answers.append(&mut self.decided.answers);
        self.decided = decided;
        dead.append(&mut self.dead);
        self.dead = dead;
        self.sources.iter_mut().zip(pages).for_each(|(book, page)| book.put_back(page));
    }
}
