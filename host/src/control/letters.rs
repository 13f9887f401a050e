//! Looking at dead letters, and forgetting them.

use super::{Clerk, Letter, Refusal, Which};
use crate::problem::Problem;
use crate::store::{Commit, StoredLetter};

/// So many are held at once: a body may be large.
pub(super) const PAGE: usize = 100;

impl Clerk {
    pub(super) async fn letters(&self, from: u64, limit: usize) -> Result<Vec<Letter>, Refusal> {
        Ok(self.store.dead_letters(from, limit).await?.into_iter().map(Letter::from).collect())
    }

    pub(super) async fn letter(&self, number: u64) -> Result<Letter, Refusal> {
        let letter = self.store.dead_letters(number, 1).await?.pop().filter(|stored| stored.number == number);
        letter.map(Letter::from).ok_or_else(|| missing(number).into())
    }

    /// All of them that were there when it began.
    pub(super) async fn purge(&self, which: &Which) -> Result<u64, Refusal> {
        let mut pages = Pages::new(self, which).await?;
        let mut purged = 0;
        while let Some(page) = pages.next(self).await? {
            let resolved: Vec<u64> = page.iter().map(|stored| stored.number).collect();
            purged += resolved.len() as u64;
            self.store.commit(Commit { resolved, ..Commit::default() }).await?;
        }
        Ok(purged)
    }
}

/// Letters, a page at a time. What is rejected meanwhile is not among them, or what is sent again could be met again for ever.
pub(super) struct Pages<'a> {
    which: &'a Which,
    next: u64,
    end: u64,
    /// Where the next number is, of those that were asked for.
    at: usize,
}

impl<'a> Pages<'a> {
    pub(super) async fn new(clerk: &Clerk, which: &'a Which) -> Result<Self, Refusal> {
        if let Which::Numbers(numbers) = which {
            // Nothing is done if one of them is a slip.
            for number in numbers {
                clerk.letter(*number).await?;
            }
        }
        Ok(Self { which, next: 0, end: clerk.store.accounts().await?.next_letter, at: 0 })
    }

    pub(super) async fn next(&mut self, clerk: &Clerk) -> Result<Option<Vec<StoredLetter>>, Refusal> {
        if let Which::Numbers(numbers) = self.which {
            return self.numbers(numbers, clerk).await;
        }
        while self.next < self.end {
            let read = clerk.store.dead_letters(self.next, PAGE).await?;
            self.next = read.last().map_or(self.end, |last| last.number + 1);
            let is_meant = |stored: &StoredLetter| match self.which {
                Which::Node(node) => stored.letter.node == *node,
                Which::Numbers(_) | Which::All => true,
            };
            let meant: Vec<_> =
                read.into_iter().filter(|stored| stored.number < self.end && is_meant(stored)).collect();
            if !meant.is_empty() {
                return Ok(Some(meant));
            }
        }
        Ok(None)
    }

    async fn numbers(&mut self, numbers: &[u64], clerk: &Clerk) -> Result<Option<Vec<StoredLetter>>, Refusal> {
        let mut page = Vec::new();
        for number in numbers.iter().skip(self.at).take(PAGE) {
            let read = clerk.store.dead_letters(*number, 1).await?;
            // Somebody else may have been faster, or it was named twice.
            let is_new = |stored: &StoredLetter| {
                stored.number == *number && page.iter().all(|other: &StoredLetter| other.number != *number)
            };
            page.extend(read.into_iter().find(is_new));
        }
        self.at += PAGE;
        Ok(Some(page).filter(|page| !page.is_empty() || self.at < numbers.len()))
    }
}

fn missing(number: u64) -> Problem {
    let help = "`brazeline dead-letters list` shows which there are";
    Problem::error(format!("there is no dead letter {number}"), help)
}
