//! Objects in a bucket of S3, Google Cloud Storage or Azure Blob Storage, or of what speaks like one of them.
//!
//! All that lies below the path counts, in its folders, too: exports come by the day. A file's name is its key behind the path.

pub mod account;
mod http;

use std::io;
use std::sync::Arc;

use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{Error, GetOptions, GetRange, ObjectMeta, ObjectStore as Store, ObjectStoreExt};
use tokio_util::io::StreamReader;

use super::shelf::{Content, DONE, Doing, FAILED, Fate, Item, Shelf};
use crate::config::WhenDone;
use crate::problem::Problem;

/// See the module.
pub struct ObjectStore {
    store: Arc<dyn Store>,
    authorization: String,
    name: String,
    path: Path,
    when_done: WhenDone,
}

impl ObjectStore {
    /// Nothing is connected yet. `name` is what messages call it.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, authorization: &str, name: String, path: &str, when_done: WhenDone) -> Self {
        Self { store, authorization: authorization.to_owned(), name, path: Path::from(path), when_done }
    }

    fn at(&self, name: &str) -> Path {
        name.split('/').fold(self.path.clone(), |path, part| path.join(part))
    }

    /// What messages and patterns call an object, if it is a file that others put there.
    fn item(&self, object: &ObjectMeta) -> Option<Item> {
        let parts: Vec<String> =
            object.location.prefix_match(&self.path)?.map(|part| part.as_ref().to_owned()).collect();
        let (first, last) = (parts.first()?.as_str(), parts.last()?);
        let is_away = parts.len() > 1 && [DONE, FAILED].contains(&first);
        let modified_ms = u64::try_from(object.last_modified.timestamp_millis()).unwrap_or_default();
        (!is_away && !last.starts_with('.')).then(|| Item { name: parts.join("/"), size: object.size, modified_ms })
    }

    async fn items(&self) -> io::Result<Vec<Item>> {
        let path = Some(&self.path).filter(|path| !path.as_ref().is_empty());
        let objects: Vec<ObjectMeta> =
            self.store.list(path).try_collect().await.map_err(|error| self.failed(&error))?;
        Ok(objects.iter().filter_map(|object| self.item(object)).collect())
    }

    async fn content(&self, name: &str, from: u64) -> io::Result<Content> {
        let at = self.at(name);
        // No store gives what lies behind the end.
        if from > 0 && self.store.head(&at).await.map_err(|error| self.failed(&error))?.size <= from {
            return Ok(Box::new(tokio::io::empty()));
        }
        let options = GetOptions { range: Some(GetRange::Offset(from)).filter(|_| from > 0), ..GetOptions::default() };
        let got = self.store.get_opts(&at, options).await.map_err(|error| self.failed(&error))?;
        Ok(Box::new(StreamReader::new(got.into_stream().map_err(io::Error::other))))
    }

    async fn away(&self, old: &Item, fate: Fate) -> io::Result<()> {
        if matches!(self.when_done, WhenDone::Keep | WhenDone::Untouched) {
            return Ok(());
        }
        let at = self.at(&old.name);
        let now = match self.store.head(&at).await {
            Err(Error::NotFound { .. }) => return Ok(()),
            now => now.map_err(|error| self.failed(&error))?,
        };
        if self.item(&now).as_ref() != Some(old) {
            return Ok(());
        }
        match (fate, self.when_done) {
            (Fate::Failed, _) => self.move_to(FAILED, &at, &old.name).await,
            (Fate::Done, WhenDone::Delete) => self.store.delete(&at).await.map_err(|error| self.failed(&error)),
            (Fate::Done, _) => self.move_to(DONE, &at, &old.name).await,
        }
    }

    /// Another object may have had the same name: none is overwritten.
    async fn move_to(&self, folder: &str, from: &Path, name: &str) -> io::Result<()> {
        let (mut target, mut number) = (self.at(&format!("{folder}/{name}")), 1);
        loop {
            match self.store.head(&target).await {
                Err(Error::NotFound { .. }) => break,
                Err(error) => return Err(self.failed(&error)),
                Ok(_) => target = self.at(&format!("{folder}/{name}.{number}")),
            }
            number += 1;
        }
        self.store.copy(from, &target).await.map_err(|error| self.failed(&error))?;
        self.store.delete(from).await.map_err(|error| self.failed(&error))
    }

    /// What is refused needs a person; the rest may pass.
    fn failed(&self, error: &Error) -> io::Error {
        let refused = |why: &str| {
            let help = format!("mend authorization `{}`, or what it may do there", self.authorization);
            let problem = Problem::error(format!("{} {why}", self.name), help).fact(error.to_string());
            io::Error::new(io::ErrorKind::PermissionDenied, problem)
        };
        match error {
            Error::Unauthenticated { .. } => refused("does not take the credentials"),
            Error::PermissionDenied { .. } => refused("may not be read with these credentials"),
            error => io::Error::other(format!("{}: {error}", self.name)),
        }
    }
}

impl Shelf for ObjectStore {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn is_far(&self) -> bool {
        true
    }

    fn list(&self) -> Doing<'_, Vec<Item>> {
        Box::pin(self.items())
    }

    fn open<'a>(&'a self, name: &'a str, from: u64) -> Doing<'a, Content> {
        Box::pin(self.content(name, from))
    }

    fn put_away<'a>(&'a self, item: &'a Item, fate: Fate) -> Doing<'a, ()> {
        Box::pin(self.away(item, fate))
    }
}
