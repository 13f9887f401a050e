//! What is remembered of a file, and of what became of it?

use sha2::{Digest, Sha256};

use super::Import;
use super::counts::Counts;
use super::history::{Imported, Outcome};
use super::position::Reading;
use super::refused::REFUSED_WAIT;
use super::staging::hex;
use crate::connector::shelf::{Fate, Item};
use crate::store::Commit;

/// A record's name may be so long, in bytes.
const LONGEST_RECORD: usize = 255;

impl Import {
    /// The name of the file that was read and is remembered so, unless it is to be imported again.
    pub(super) async fn was_read(&self, record: &str) -> anyhow::Result<Option<String>> {
        if self.importer.files.again && !self.repeated.contains(record) {
            return Ok(None);
        }
        let name = self.inlet.store.position(record).await?;
        Ok(name.map(|name| String::from_utf8_lossy(&name).into_owned()))
    }

    /// What was ever counted of this source.
    pub(super) async fn counted(&self) -> anyhow::Result<Counts> {
        Ok(Counts::of(&self.inlet.store.accounts().await?, &self.inlet.id))
    }

    /// What became of a file, now that all of it is settled and stored.
    pub(super) async fn ended(&self, file: &Reading) -> anyhow::Result<Imported> {
        let mut counts = match &file.before {
            Some(before) => Some(self.counted().await?.since(before)),
            None => None,
        };
        // One that is set aside has a dead letter of its own, which is no row.
        if file.fate == Some(Fate::Failed) {
            counts.iter_mut().for_each(|counts| counts.rejected = counts.rejected.saturating_sub(1));
        }
        Ok(Imported::of(file, counts, self.inlet.clock.unix_ms()))
    }

    /// Remembers that a file is one that was imported under that name.
    pub(super) async fn skip(&mut self, item: &Item, hash: &str, before: String) -> anyhow::Result<()> {
        let now = self.inlet.clock.unix_ms();
        let known = self.known(item, hash, before.clone());
        let (item, hash, outcome) = (item.clone(), hash.to_owned(), Outcome::Skipped(before));
        self.keep(Imported { item, hash, outcome, counts: None, began_ms: now, ended_ms: now }, known).await
    }

    /// By what a file that was read is known, under its first name.
    pub(super) fn known(&self, item: &Item, hash: &str, name: String) -> Vec<(String, Vec<u8>)> {
        let listed = self.importer.shelf.is_far().then(|| (self.listed(item), hash.as_bytes().to_vec()));
        listed.into_iter().chain([(self.memory(hash), name.into_bytes())]).collect()
    }

    /// Stores what became of a file, and by what it is known from now on.
    pub(super) async fn keep(&mut self, ended: Imported, mut positions: Vec<(String, Vec<u8>)>) -> anyhow::Result<()> {
        self.history.add(ended);
        positions.push(self.history.stored(&self.inlet.id));
        let commit = Commit { positions, ..Commit::default() };
        while let Err(error) = self.inlet.store.commit(commit.clone()).await {
            // It is found done again at the next start.
            if !error.is_passing() || self.is_stopped_within(REFUSED_WAIT).await {
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Under which name the store remembers a file: a record of its own for each, because all of them grow for ever and a position is
    /// written with every piece. No source's id holds a `/`.
    pub(super) fn memory(&self, hash: &str) -> String {
        format!("{}/{hash}", self.inlet.id)
    }

    /// The same for how it is listed: so it need not be fetched again to be known.
    pub(super) fn listed(&self, item: &Item) -> String {
        let record = format!("{}/listed {} {} {}", self.inlet.id, item.size, item.modified_ms, item.name);
        match record.len() > LONGEST_RECORD {
            // Folders may make it longer than a record's name can be.
            true => format!("{}/listed {}", self.inlet.id, hex(&Sha256::digest(record))),
            false => record,
        }
    }
}
