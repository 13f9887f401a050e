//! Drives a source that reads files: watch, copy, prove, decode, and put away.
//!
//! A file is copied first, because what others may change cannot be read again; then all of it is read once to prove that it is whole;
//! then the component reads it. One file after another: the next begins when all of the last is settled and stored, so that the numbers of
//! events mean the same after a restart. What a file says is the component's; how it is packed is the host's.

mod decode;
mod one;
mod package;
mod packing;
pub mod pgp;
mod position;
mod staging;
mod watch;

use std::collections::BTreeSet;
use std::io;
use std::ops::ControlFlow::{self, Break, Continue};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::component::Node;
use crate::config::{Every, Files};
use crate::connector::Intake;
use crate::connector::shelf::{self, Fate, Item, Shelf};

use self::pgp::Keys;
use super::source::Inlet;
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
    Import { importer, inlet, staging, watch, position, repeated: BTreeSet::new() }.run().await
}

struct Import {
    importer: Importer,
    inlet: Arc<Inlet>,
    staging: Staging,
    watch: Watch,
    position: Position,
    /// What was imported again because that was asked for, by hash and by listing: once is enough.
    repeated: BTreeSet<String>,
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
        if self.importer.shelf.is_far() && self.was_read(&self.listed(item)).await?.is_some() {
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
        if let Some(before) = self.was_read(&self.memory(&hash)).await? {
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
        if self.importer.files.again {
            self.repeated.extend([self.memory(&hash), self.listed(item)]);
        }
        self.staging.keep(&hash).await?;
        self.begin(item, hash);
        self.read().await
    }

    /// The name of the file that was read and is remembered so, unless it is to be imported again.
    async fn was_read(&self, record: &str) -> anyhow::Result<Option<String>> {
        if self.importer.files.again && !self.repeated.contains(record) {
            return Ok(None);
        }
        let name = self.inlet.store.position(record).await?;
        Ok(name.map(|name| String::from_utf8_lossy(&name).into_owned()))
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
