//! Drives a source that reads files: watch, copy, prove, decode, and put away.
//!
//! A file is copied first, because what others may change cannot be read again; then all of it is read once to prove that it is whole;
//! then the component reads it. One file after another: the next begins when all of the last is settled and stored, so that the numbers of
//! events mean the same after a restart. What a file says is the component's; how it is packed is the host's.

mod decode;
mod package;
pub mod pgp;
mod position;
mod staging;
mod watch;

use std::io;
use std::ops::ControlFlow::{self, Break, Continue};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::component::Node;
use crate::component::types::{Batch, Decoded, Unread, WhyUnread};
use crate::config::{Every, Files};
use crate::connector::shelf::{self, Fate, Item, Shelf};
use crate::connector::{self, Intake, Part, Refused};
use crate::store::Commit;

use self::pgp::{Keys, NotPlain};
use super::source::Inlet;
use decode::{Found, Piece, decode};
use package::{Broken, Package, most_bytes};
use position::{Place, Position, Reading};
use staging::Staging;
pub use staging::tidy;
use watch::Watch;

/// A folder that is watched is looked at so often.
pub const LOOK: Duration = Duration::from_secs(1);
/// A server of others so often, unless the operator says otherwise.
pub const LOOK_FAR: Duration = Duration::from_secs(60);
/// A file that is about to stand still is not looked at more often than that.
const SHORTEST_LOOK: Duration = Duration::from_millis(10);
/// How long to wait before trying again what the disk or the shelf refused.
const REFUSED_WAIT: Duration = Duration::from_secs(5);
/// So many pieces wait to be taken: the next is decoded while one is.
const PIECES: usize = 2;

/// What a source that reads files is made of.
pub struct Importer {
    /// The component.
    pub node: Node,
    /// Where the files lie.
    pub shelf: Arc<dyn Shelf>,
    /// Which of them are taken, and when.
    pub files: Files,
    /// How often is looked. Once: what is there is taken, and then the source ends.
    pub every: Every,
    /// To which the files are encrypted, if they are.
    pub keys: Option<Arc<Keys>>,
    /// In which the copies lie.
    pub data_dir: PathBuf,
}

/// Whether it goes on; if not, the reason, unless it ended as it should or a stop was asked for.
type Went = ControlFlow<Option<String>>;

/// Reads files until all are read that were to be (nothing comes back), nothing comes before a person acts (the reason does), or a stop is
/// asked for.
pub async fn import(importer: Importer, inlet: Arc<Inlet>) -> anyhow::Result<Option<String>> {
    let position = inlet.resume().and_then(|stored| {
        let read = Position::decode(&stored);
        if read.is_none() {
            tracing::warn!(
                source = inlet.id,
                "its position is of another release; the file that was being read is read anew"
            );
        }
        read
    });
    let position = position.unwrap_or_else(|| Position::starting_at(inlet.renew()));
    let kept = position.file.as_ref().map(|file| file.hash.as_str());
    let staging = Staging::open(&importer.data_dir, &inlet.id, kept).await?;
    let watch = Watch::new(importer.files.clone());
    Import { importer, inlet, staging, watch, position }.run().await
}

struct Import {
    importer: Importer,
    inlet: Arc<Inlet>,
    staging: Staging,
    watch: Watch,
    position: Position,
}

impl Import {
    async fn run(mut self) -> anyhow::Result<Option<String>> {
        if let Break(reason) = self.resume().await? {
            return Ok(reason);
        }
        loop {
            if let Break(reason) = self.round().await? {
                return Ok(reason);
            }
            let waits = self.watch.waits(self.inlet.clock.now());
            let wait = match (waits, self.importer.every) {
                (Some(wait), _) => wait.clamp(SHORTEST_LOOK, LOOK),
                (None, Every::After(wait)) => wait,
                (None, Every::Once) => return Ok(None),
            };
            if self.is_stopped_within(wait).await {
                return Ok(None);
            }
        }
    }

    /// Goes on with the file that the position names.
    async fn resume(&mut self) -> anyhow::Result<Went> {
        let Some(file) = &self.position.file else { return Ok(Continue(())) };
        if file.fate.is_some() {
            return self.finish().await.map(Continue);
        }
        match tokio::fs::try_exists(self.staging.path(&file.hash)).await? {
            true => self.read().await,
            // It may lie on the shelf still.
            false => Ok(Continue(())),
        }
    }

    /// Takes every file that stands still.
    async fn round(&mut self) -> anyhow::Result<Went> {
        match self.importer.shelf.list().await {
            Ok(items) => self.watch.look(self.inlet.clock.now(), items),
            // Whoever asks on with a login that is refused may be locked out for it.
            Err(error) => match shelf::problem(&error) {
                Some(problem) => return Ok(Break(Some(problem.to_string()))),
                None => return self.refused(&self.importer.shelf.name(), error).await,
            },
        }
        while let Some(item) = self.watch.next(self.inlet.clock.now()) {
            if let Break(reason) = self.take(&item).await? {
                return Ok(Break(reason));
            }
        }
        Ok(Continue(()))
    }

    async fn take(&mut self, item: &Item) -> anyhow::Result<Went> {
        if self.importer.shelf.is_far() && self.inlet.store.position(&self.listed(item)).await?.is_some() {
            tracing::debug!(source = self.inlet.id, file = item.name, "it was read before and looks as it did");
            self.watch.over(item);
            return Ok(Continue(()));
        }
        let copied = match self.staging.copy(&*self.importer.shelf, item).await {
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
        if let Some(before) = self.inlet.store.position(&self.memory(&hash)).await? {
            let before = String::from_utf8_lossy(&before).into_owned();
            tracing::info!(
                source = self.inlet.id,
                file = item.name,
                before,
                "the same was imported before; it is skipped"
            );
            self.remember(item, &hash, before.into_bytes()).await?;
            self.put_away(item, Fate::Done).await;
            return Ok(Continue(()));
        }
        self.staging.keep(&hash).await?;
        self.begin(item, hash);
        self.read().await
    }

    /// Begins a file, or goes on with it if it is the one whose copy was lost.
    fn begin(&mut self, item: &Item, hash: String) {
        let lost = self.position.file.take();
        let place = match lost {
            Some(lost) if lost.hash == hash => lost.place,
            lost => {
                if let Some(lost) = lost {
                    let file = lost.item.name;
                    tracing::error!(source = self.inlet.id, file, "it is gone, and what was not read of it with it");
                    self.position.event = self.inlet.renew();
                }
                self.position.snapshots.abandon();
                Place::default()
            }
        };
        self.position.file = Some(Reading { item: item.clone(), hash, place, fate: None });
    }

    /// Reads the file that the position names, from there to its end.
    async fn read(&mut self) -> anyhow::Result<Went> {
        // Before anything of a file is settled, the store has to know which file it is.
        if let Break(reason) = self.give(Batch::new(), Vec::new(), None).await? {
            return Ok(Break(reason));
        }
        let Some(Reading { item, hash, place, .. }) = self.position.file.clone() else { return Ok(Continue(())) };
        tracing::info!(source = self.inlet.id, file = item.name, bytes = item.size, "reading a file");
        let (path, plain, keys) = (self.staging.path(&hash), self.staging.plain(&hash), self.importer.keys.clone());
        let name = item.name.clone();
        let proven = tokio::task::spawn_blocking(move || prove(&path, &plain, &item, keys.as_deref()));
        let mut stop = self.inlet.stop.clone();
        let package = tokio::select! {
            proven = proven => proven?,
            () = stop.asked() => return Ok(Break(None)),
        };
        match package {
            Ok(Ok(package)) => self.decode(package, place).await,
            Ok(Err(broken)) => self.set_aside(broken).await,
            Err(error) => self.refused(&name, error).await,
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
        let Piece { decoded: Decoded { events, mut unread, scope, .. }, place, next } = piece;
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
            file.place = next;
        }
        match events.is_empty() && unread.is_empty() && part.is_none() {
            true => Ok(Continue(())),
            false => self.give(events, unread, part).await,
        }
    }

    async fn set_aside(&mut self, Broken { place, reason }: Broken) -> anyhow::Result<Went> {
        tracing::warn!(source = self.inlet.id, file = place, reason, "it is set aside; what was read of it stays");
        // The file itself is kept whole where it is moved to. Its name and hash tell it from others with the same fault.
        let file = self.position.file.as_ref();
        let raw = file.map(|file| format!("{} (sha256 {})", file.item.name, file.hash).into_bytes());
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
        if let Break(reason) = self.give(Batch::new(), unread, part).await? {
            return Ok(Break(reason));
        }
        match self.is_stored().await? {
            true => self.finish().await.map(Continue),
            false => Ok(Break(None)),
        }
    }

    /// Gives events on, with the position as it is behind them.
    async fn give(&mut self, events: Batch, unread: Vec<Unread>, part: Option<Part>) -> anyhow::Result<Went> {
        let first = self.position.event;
        let closes = part.as_ref().is_some_and(|part| part.closes);
        self.position.event += events.len() as u64 + u64::from(closes);
        let position = self.position.encode();
        match self.inlet.read(connector::Reading { events, unread, first, position, part }).await {
            Ok(()) => Ok(Continue(())),
            Err(Refused::Stopping | Refused::Behind { .. }) => Ok(Break(None)),
            Err(Refused::Broken(reason)) => Err(anyhow::anyhow!(reason)),
        }
    }

    /// Waits until the position is stored. False: it will not be, because a sink has stopped or everything does.
    async fn is_stored(&self) -> anyhow::Result<bool> {
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
    async fn finish(&mut self) -> anyhow::Result<()> {
        let Some(Reading { item, hash, fate: Some(fate), .. }) = self.position.file.take() else { return Ok(()) };
        if fate == Fate::Done {
            self.remember(&item, &hash, item.name.clone().into_bytes()).await?;
        }
        self.put_away(&item, fate).await;
        self.staging.remove(&hash).await?;
        tracing::info!(source = self.inlet.id, file = item.name, ?fate, "the file is read");
        Ok(())
    }

    /// Remembers that this was read, under that name first.
    async fn remember(&mut self, item: &Item, hash: &str, name: Vec<u8>) -> anyhow::Result<()> {
        let listed = self.importer.shelf.is_far().then(|| (self.listed(item), hash.as_bytes().to_vec()));
        let positions = listed.into_iter().chain([(self.memory(hash), name)]).collect();
        let commit = Commit { positions, ..Commit::default() };
        while let Err(error) = self.inlet.store.commit(commit.clone()).await {
            // It is found done again at the next start.
            if !error.is_passing() || self.is_stopped_within(REFUSED_WAIT).await {
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Puts a file away. If that fails it stays, which harms nothing: it is known.
    async fn put_away(&mut self, item: &Item, fate: Fate) {
        self.watch.over(item);
        if let Err(error) = self.importer.shelf.put_away(item, fate).await {
            tracing::warn!(source = self.inlet.id, file = item.name, %error, "it cannot be put away and stays where it is");
        }
    }

    /// Under which name the store remembers a file: a record of its own for each, because all of them grow for ever and a position is
    /// written with every piece. No source's id holds a `/`.
    fn memory(&self, hash: &str) -> String {
        format!("{}/{hash}", self.inlet.id)
    }

    /// The same for how it is listed: so it need not be fetched again to be known.
    fn listed(&self, item: &Item) -> String {
        format!("{}/listed {} {} {}", self.inlet.id, item.size, item.modified_ms, item.name)
    }

    /// Something could not be read or written. It may pass, but who runs once wants to know.
    async fn refused(&mut self, what: &str, error: io::Error) -> anyhow::Result<Went> {
        if self.importer.every == Every::Once {
            return Err(anyhow::Error::new(error).context(format!("reading `{what}`")));
        }
        tracing::warn!(source = self.inlet.id, what, %error, "it cannot be read; trying again");
        match self.is_stopped_within(REFUSED_WAIT).await {
            true => Ok(Break(None)),
            false => Ok(Continue(())),
        }
    }

    async fn is_stopped_within(&self, wait: Duration) -> bool {
        let mut stop = self.inlet.stop.clone();
        tokio::select! {
            biased;
            () = stop.asked() => true,
            () = self.inlet.clock.sleep_until(self.inlet.clock.now() + wait) => false,
        }
    }
}

/// Reads all of a file, so that it is known to be whole before anything of it is used. An error is the disk's. Blocks.
fn prove(path: &Path, plain: &Path, item: &Item, keys: Option<&Keys>) -> io::Result<Result<Package, Broken>> {
    let path = match keys.map(|keys| keys.decrypt(path, plain, most_bytes(item.size))) {
        None => path,
        Some(Ok(_)) => plain,
        Some(Err(NotPlain::Disk(error))) => return Err(error),
        Some(Err(NotPlain::Broken(reason))) => return Ok(Err(Broken { place: item.name.clone(), reason })),
    };
    Ok(Package::open(path, item).and_then(|mut package| package.verify().map(|()| package)))
}
