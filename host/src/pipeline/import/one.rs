//! One file, from its proof to its place among those that are done.

use std::io;
use std::ops::ControlFlow::{Break, Continue};
use std::path::Path;

use tokio::sync::mpsc;

use super::decode::{Found, Piece, decode};
use super::package::{Broken, Package};
use super::packing::most_bytes;
use super::pgp::{Keys, NotPlain};
use super::position::{Place, Reading};
use super::{Import, LOOK, PIECES, Went};
use crate::component::types::{Batch, Decoded, Unread, WhyUnread};
use crate::connector::shelf::{Fate, Item};
use crate::connector::{self, Intake, Part, Refused};

/// What archives are called that somebody asked for.
const ZIP: &str = ".zip";

impl Import {
    /// Reads the file that the position names, from there to its end.
    pub(super) async fn read(&mut self) -> anyhow::Result<Went> {
        // Before anything of a file is settled, the store has to know which file it is.
        if let Break(reason) = self.give(Batch::new(), Vec::new(), None).await? {
            return Ok(Break(reason));
        }
        let Some(Reading { item, hash, place, .. }) = self.position.file.clone() else { return Ok(Continue(())) };
        tracing::info!(source = self.inlet.id, file = item.name, bytes = item.size, "reading a file");
        self.board.prove(&item, &hash);
        let (path, plain, keys) = (self.staging.path(&hash), self.staging.plain(&hash), self.importer.keys.clone());
        // What a file says is taken as of its time, and nothing is of tomorrow, whatever another machine's clock says.
        let dated = Item { modified_ms: item.modified_ms.min(self.inlet.clock.unix_ms()), ..item.clone() };
        let asked_for = self.importer.asked_for;
        let proven = tokio::task::spawn_blocking(move || match asked_for {
            true => Ok(open_fetched(&path, &dated)),
            false => prove(&path, &plain, &dated, keys.as_deref()),
        });
        let mut stop = self.inlet.stop.clone();
        let package = tokio::select! {
            proven = proven => proven?,
            () = stop.asked() => return Ok(Break(None)),
        };
        match package {
            Ok(Ok(package)) => {
                self.board.read(&package.standing(&place));
                self.decode(package, place).await
            }
            Ok(Err(broken)) => self.set_aside(broken).await,
            Err(error) => self.refused(&item.name, error).await,
        }
    }

    async fn decode(&mut self, package: Package, place: Place) -> anyhow::Result<Went> {
        let (sender, mut found) = mpsc::channel(PIECES);
        let node = self.importer.node.clone();
        let thread = tokio::task::spawn_blocking(move || decode(&node, package, place, &sender));
        while let Some(found) = found.recv().await {
            let went = match found {
                Found::Piece(piece) => self.piece(*piece).await?,
                Found::Broken(broken) => return self.set_aside(broken).await,
                Found::NotStarted(reason) => Break(Some(reason)),
            };
            if went.is_break() {
                return Ok(went);
            }
        }
        thread.await?;
        self.end(Fate::Done, Vec::new()).await
    }

    async fn piece(&mut self, piece: Piece) -> anyhow::Result<Went> {
        let Piece { decoded: Decoded { events, mut unread, scope, .. }, place, bytes, next, stands } = piece;
        unread.iter_mut().for_each(|one| one.place = format!("{place}: {}", one.place));
        // It looks at others from here on: what came before is complete.
        if scope.as_ref().is_some_and(|scope| self.position.snapshots.is_of_others(scope)) {
            let part = self.position.snapshots.close();
            if let Break(reason) = self.give(Batch::new(), Vec::new(), part).await? {
                return Ok(Break(reason));
            }
        }
        let part = scope.map(|scope| self.position.snapshots.part(scope, self.inlet.clock.unix_ms()));
        if let Some(file) = &mut self.position.file {
            (file.place, file.stands) = (next, stands.clone());
        }
        if !events.is_empty() {
            // Of a row, its last byte is there.
            let place = format!("{place}, bytes {} to {}", bytes.start, bytes.end);
            self.inlet.ledger.reads(self.inlet.source, self.position.event, place);
        }
        let went = match events.is_empty() && unread.is_empty() && part.is_none() {
            true => Continue(()),
            false => self.give(events, unread, part).await?,
        };
        // What still waits for room is not read yet.
        self.board.read(&stands);
        Ok(went)
    }

    async fn set_aside(&mut self, Broken { place, reason }: Broken) -> anyhow::Result<Went> {
        tracing::warn!(source = self.inlet.id, file = place, reason, "it is set aside; what was read of it stays");
        // The file itself is kept whole where it is moved to. Its name and hash tell it from others with the same fault.
        let file = self.position.file.as_ref();
        let raw = file.map(|file| format!("{} (sha256 {})", file.item.name, file.hash).into_bytes());
        let broken = Broken { place, reason };
        let said = broken.said(file.map_or("", |file| &file.item.name));
        let Broken { place, reason } = broken;
        self.position.file.iter_mut().for_each(|file| file.reason = Some(said.clone()));
        let letter = Unread { raw: raw.unwrap_or_default(), place, key: None, why: WhyUnread::Rejected, reason };
        self.end(Fate::Failed, vec![letter]).await
    }

    /// Nothing more is read of the file: waits until all of it is settled and stored, and puts it away.
    async fn end(&mut self, fate: Fate, unread: Vec<Unread>) -> anyhow::Result<Went> {
        let part = match fate {
            Fate::Done => self.position.snapshots.close(),
            Fate::Failed => None,
        };
        self.position.snapshots.abandon();
        if let Some(file) = &mut self.position.file {
            file.fate = Some(fate);
        }
        self.board.deliver();
        if let Break(reason) = self.give(Batch::new(), unread, part).await? {
            return Ok(Break(reason));
        }
        if !self.is_stored().await? || (fate == Fate::Failed && !self.leaves_no_numbers().await?) {
            return Ok(Break(None));
        }
        self.finish().await.map(Continue)
    }

    /// Nobody reads the rest of a file that is set aside. What an earlier process had settled of that keeps its numbers: none is the next file's.
    async fn leaves_no_numbers(&mut self) -> anyhow::Result<bool> {
        let next = self.inlet.renew();
        if std::mem::replace(&mut self.position.event, next) == next {
            return Ok(true);
        }
        let went = self.give(Batch::new(), Vec::new(), None).await?;
        Ok(went.is_continue() && self.is_stored().await?)
    }

    /// Gives events on, with the position as it is behind them.
    pub(super) async fn give(
        &mut self,
        events: Batch,
        unread: Vec<Unread>,
        part: Option<Part>,
    ) -> anyhow::Result<Went> {
        let first = self.position.event;
        let closes = part.as_ref().is_some_and(|part| part.closes);
        self.position.event += events.len() as u64 + u64::from(closes);
        let position = self.position.encode();
        match self.inlet.read(connector::Reading { events, unread, first, position, part }).await {
            Ok(()) => Ok(Continue(())),
            Err(Refused::Stopping | Refused::Stopped | Refused::Behind { .. }) => Ok(Break(None)),
            Err(Refused::Broken(reason)) => Err(anyhow::anyhow!(reason)),
        }
    }

    /// Waits until the position is stored. False: it will not be, because a sink has stopped or everything does.
    pub(super) async fn is_stored(&self) -> anyhow::Result<bool> {
        let (position, mut stop) = (self.position.encode(), self.inlet.stop.clone());
        loop {
            let written = self.inlet.ledger.freed();
            if self.inlet.store.position(&self.inlet.id).await?.is_some_and(|stored| stored == position) {
                return Ok(true);
            }
            if self.inlet.ledger.is_stuck(self.inlet.source) {
                return Ok(false);
            }
            let again = self.inlet.clock.now() + LOOK;
            tokio::select! {
                () = written => {}
                // A sink may stop without anything being written.
                () = self.inlet.clock.sleep_until(again) => {}
                () = self.inlet.waves.closed() => return Ok(false),
                () = stop.asked() => return Ok(false),
            }
        }
    }

    /// Remembers what was read, and puts the file away. All of it may be done twice.
    pub(super) async fn finish(&mut self) -> anyhow::Result<()> {
        let Some(file @ Reading { fate: Some(fate), .. }) = self.position.file.take() else { return Ok(()) };
        let ended = self.ended(&file).await?;
        let Reading { item, hash, .. } = file;
        let known = match fate {
            Fate::Done => self.known(&item, &hash, item.name.clone()),
            Fate::Failed => Vec::new(),
        };
        self.done += u64::from(fate == Fate::Done);
        let counts = ended.counts.clone().unwrap_or_default();
        self.keep(ended, known).await?;
        self.put_away(&item, fate).await;
        self.staging.remove(&hash).await?;
        let (read, skipped, rejected) = (counts.read(), counts.skipped, counts.rejected);
        let ends = counts.to_string();
        tracing::info!(
            source = self.inlet.id,
            file = item.name,
            ?fate,
            read,
            skipped,
            rejected,
            ends,
            "the file is read"
        );
        Ok(())
    }
}

/// Reads all of a file, so that it is known to be whole before anything of it is used. An error is the disk's. Blocks.
fn prove(path: &Path, plain: &Path, item: &Item, keys: Option<&Keys>) -> io::Result<Result<Package, Broken>> {
    let path = match keys.map(|keys| keys.decrypt(path, plain, most_bytes(item.size))) {
        None => path,
        Some(Ok(_)) => plain,
        Some(Err(NotPlain::Disk(error))) => {
            // It would only take room; the next attempt begins anew.
            let _removed = std::fs::remove_file(plain);
            return Err(error);
        }
        Some(Err(NotPlain::Broken(reason))) => return Ok(Err(Broken { place: item.name.clone(), reason })),
    };
    Ok(Package::open(path, item).and_then(|mut package| package.verify().map(|()| package)))
}

/// The same for a file that was asked for: who asked named it, so it has to be what its name says.
fn open_fetched(path: &Path, item: &Item) -> Result<Package, Broken> {
    let mut package = Package::open(path, item)?;
    if item.name.ends_with(ZIP) && !package.is_archive() {
        return Err(Broken { place: item.name.clone(), reason: "it is no ZIP archive".to_owned() });
    }
    package.verify().map(|()| package)
}

/// Whether a file that was asked for is what it should be; if not, why. Blocks.
pub fn prove_fetched(path: &Path, item: &Item) -> Result<(), String> {
    let proven = open_fetched(path, item).map(drop);
    proven.map_err(|broken| broken.said(&item.name))
}
