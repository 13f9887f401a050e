//! From a file on the shelf to the one that the position names, and away again.

use std::ops::ControlFlow::{Break, Continue};

use super::position::{Place, Reading, Standing};
use super::{Import, Went};
use crate::component::types::Batch;
use crate::connector::Intake;
use crate::connector::shelf::{Fate, Item};

impl Import {
    /// Copies a file and reads it, unless it was read before.
    pub(super) async fn take(&mut self, item: &Item) -> anyhow::Result<Went> {
        if self.importer.shelf.is_far() && self.was_read(&self.listed(item)).await?.is_some() {
            tracing::debug!(source = self.inlet.id, file = item.name, "it was read before and looks as it did");
            self.watch.over(item);
            return Ok(Continue(()));
        }
        self.board.begin(item);
        let copied = match self.staging.copy(&*self.importer.shelf, item, &self.board).await {
            Ok(hash) => self.importer.shelf.list().await.map(|items| (hash, items)),
            Err(error) => Err(error),
        };
        let now = self.inlet.clock.now();
        let (hash, items) = match copied {
            Ok(copied) => copied,
            Err(error) => {
                self.watch.later(now, item);
                return self.refused(&item.name, error).await;
            }
        };
        self.watch.look(now, items);
        if !self.watch.stands(item) {
            tracing::info!(
                source = self.inlet.id,
                file = item.name,
                "it changed while it was copied; it is taken later"
            );
            return Ok(Continue(()));
        }
        let before = self.was_read(&self.memory(&hash)).await?;
        if let Some(before) = before.filter(|before| !self.importer.asked_for || *before == item.name) {
            tracing::info!(
                source = self.inlet.id,
                file = item.name,
                before,
                "the same was imported before; it is skipped"
            );
            self.skip(item, &hash, before).await?;
            self.put_away(item, Fate::Done).await;
            return Ok(Continue(()));
        }
        if self.importer.files.again {
            self.repeated.extend([self.memory(&hash), self.listed(item)]);
        }
        self.staging.keep(&hash).await?;
        match self.begin(item, hash).await? {
            Continue(()) => self.read().await,
            stopped @ Break(_) => Ok(stopped),
        }
    }

    /// Begins a file, or goes on with it if it is the one whose copy was lost.
    async fn begin(&mut self, item: &Item, hash: String) -> anyhow::Result<Went> {
        if self.position.file.as_ref().is_some_and(|lost| lost.hash == hash) {
            self.position.file.iter_mut().for_each(|file| file.item = item.clone());
            return Ok(Continue(()));
        }
        if let Some(lost) = self.position.file.take()
            && let Break(reason) = self.give_up(lost).await?
        {
            return Ok(Break(reason));
        }
        self.position.snapshots.abandon();
        // Whatever was settled, its numbers are not this file's.
        self.position.event = self.inlet.renew();
        let before = Some(self.counted().await?);
        let (place, stands, began_ms) = (Place::default(), Standing::default(), self.inlet.clock.unix_ms());
        let (item, under) = (item.clone(), self.importer.under.clone());
        self.position.file =
            Some(Reading { item, hash, place, under, stands, fate: None, reason: None, before, began_ms });
        Ok(Continue(()))
    }

    /// What a file that is gone had not given stays away. That is settled before another begins: it is none of that one's numbers.
    async fn give_up(&mut self, lost: Reading) -> anyhow::Result<Went> {
        let file = &lost.item.name;
        tracing::error!(source = self.inlet.id, file, "it is gone, and what was not read of it with it");
        self.position.event = self.inlet.renew();
        self.position.snapshots.abandon();
        if let Break(reason) = self.give(Batch::new(), Vec::new(), None).await? {
            return Ok(Break(reason));
        }
        if !self.is_stored().await? {
            return Ok(Break(None));
        }
        let ended = self.ended(&lost).await?;
        self.keep(ended, Vec::new()).await.map(Continue)
    }

    /// Puts a file away. If that fails it stays, which harms nothing: it is known.
    pub(super) async fn put_away(&mut self, item: &Item, fate: Fate) {
        self.watch.over(item);
        self.refusals.remove(&item.name);
        if let Err(error) = self.importer.shelf.put_away(item, fate).await {
            tracing::warn!(source = self.inlet.id, file = item.name, %error, "it cannot be put away and stays where it is");
        }
    }
}
