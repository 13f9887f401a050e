//! A folder of an SFTP server.
//!
//! What lies in it directly counts, and what lies in its folders if that is asked for; no hidden file or folder, and no folder that is a link. One connection serves for everything; when it breaks, whoever
//! needs it next makes another, and a file is read on where it was left.

pub mod account;
mod connection;
mod server_key;

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use russh_sftp::client::error::Error;
use russh_sftp::client::fs::{File, Metadata};
use russh_sftp::protocol::StatusCode;
use tokio::io::{AsyncRead, AsyncSeekExt, ReadBuf};
use tokio::sync::Mutex;

use super::shelf::left_out::{LeftOut, no_text};
use super::shelf::{Content, DONE, Doing, FAILED, Fate, Item, MOST_LISTED, Shelf, is_for_done, too_deep, too_many};
use crate::config::WhenDone;
use account::Account;
use connection::Connection;

/// See the module.
pub struct Sftp {
    account: Account,
    path: String,
    recursive: bool,
    when_done: WhenDone,
    connection: Mutex<Option<Arc<Connection>>>,
    left_out: LeftOut,
}

impl Sftp {
    /// Nothing is connected yet.
    #[must_use]
    pub fn new(account: Account, path: &str, recursive: bool, when_done: WhenDone) -> Self {
        let path = path.trim_end_matches('/').to_owned();
        Self { account, path, recursive, when_done, connection: Mutex::default(), left_out: LeftOut::default() }
    }

    async fn connection(&self) -> io::Result<Arc<Connection>> {
        let mut held = self.connection.lock().await;
        if let Some(connection) = held.as_ref().filter(|connection| connection.is_usable()) {
            return Ok(Arc::clone(connection));
        }
        let connection = Arc::new(Connection::open(&self.account).await?);
        *held = Some(Arc::clone(&connection));
        Ok(connection)
    }

    fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    async fn items(&self) -> io::Result<Vec<Item>> {
        let connection = self.connection().await?;
        self.left_out.look();
        let (mut items, mut folders) = (Vec::new(), vec![String::new()]);
        while let Some(below) = folders.pop() {
            let found = match self.entries(&connection, &below).await {
                // It went meanwhile.
                Err(error) if !below.is_empty() && error.kind() == io::ErrorKind::NotFound => continue,
                // One among many is no reason to read none.
                Err(error) if !below.is_empty() && error.kind() == io::ErrorKind::PermissionDenied => {
                    self.left_out.add(&below, format!("it cannot be read: {error}"));
                    continue;
                }
                found => found?,
            };
            for (name, metadata) in found {
                match metadata.is_dir() {
                    true if !self.recursive || is_for_done(&name) => {}
                    // It stands there for what the client could not read of a name, and under such a name nothing is found.
                    _ if name.contains(char::REPLACEMENT_CHARACTER) => self.left_out.add(&name, no_text()),
                    true => match too_deep(&name) {
                        Some(why) => self.left_out.add(&name, why),
                        None => folders.push(name),
                    },
                    false => items.extend(item(name, &metadata)),
                }
                if items.len() + folders.len() > MOST_LISTED {
                    return Err(too_many());
                }
            }
        }
        Ok(items)
    }

    /// What lies in a folder, with the folder before each name.
    async fn entries(&self, connection: &Connection, below: &str) -> io::Result<Vec<(String, Metadata)>> {
        let folder = match (below.is_empty(), self.path.is_empty()) {
            (true, true) => "/".to_owned(),
            (true, false) => self.path.clone(),
            (false, _) => self.at(below),
        };
        let listed = connection.files.read_dir(folder.as_str()).await;
        let mut entries = Vec::new();
        for entry in listed.map_err(|error| self.failed(connection, &folder, error))? {
            let name = entry.file_name();
            // A name is the server's word, and becomes a part of paths.
            if name.is_empty() || name.starts_with('.') {
                continue;
            }
            if name.contains(['/', '\0']) {
                self.left_out.add(&name, "its name is none of a file: it has a `/` or a zero in it".to_owned());
                continue;
            }
            let name = if below.is_empty() { name } else { format!("{below}/{name}") };
            let metadata = match entry.metadata() {
                // Of what it points to.
                link if link.is_symlink() => match connection.files.metadata(self.at(&name)).await {
                    Ok(metadata) if !metadata.is_dir() => metadata,
                    Ok(_) | Err(_) => continue,
                },
                metadata => metadata,
            };
            entries.push((name, metadata));
        }
        Ok(entries)
    }

    async fn content(&self, name: &str, from: u64) -> io::Result<Content> {
        let connection = self.connection().await?;
        let opened = connection.files.open(self.at(name)).await;
        let mut file = opened.map_err(|error| self.failed(&connection, name, error))?;
        file.seek(io::SeekFrom::Start(from)).await?;
        Ok(Box::new(Reading { file, connection }))
    }

    async fn away(&self, old: &Item, fate: Fate) -> io::Result<()> {
        let connection = self.connection().await?;
        let path = self.at(&old.name);
        let now = match connection.files.metadata(&path).await {
            Err(Error::Status(status)) if status.status_code == StatusCode::NoSuchFile => return Ok(()),
            now => now.map_err(|error| self.failed(&connection, &old.name, error))?,
        };
        if item(old.name.clone(), &now).as_ref() != Some(old) {
            return Ok(());
        }
        match (fate, self.when_done) {
            (_, WhenDone::Untouched | WhenDone::Keep) => Ok(()),
            (Fate::Failed, _) => self.move_to(&connection, FAILED, &old.name).await,
            (Fate::Done, WhenDone::Move) => self.move_to(&connection, DONE, &old.name).await,
            (Fate::Done, WhenDone::Delete) => {
                connection.files.remove_file(path).await.map_err(|error| self.failed(&connection, &old.name, error))
            }
        }
    }

    /// The folders in which it lay are made there, too. Another file may have had the same name: none is overwritten.
    async fn move_to(&self, connection: &Connection, folder: &str, name: &str) -> io::Result<()> {
        let failed = |error| self.failed(connection, name, error);
        let mut made = self.at(folder);
        let lay = name.rsplit_once('/').map_or("", |(lay, _)| lay).split('/').filter(|part| !part.is_empty());
        for part in [""].into_iter().chain(lay) {
            if !part.is_empty() {
                made = format!("{made}/{part}");
            }
            if !connection.files.try_exists(&made).await.map_err(failed)? {
                connection.files.create_dir(&made).await.map_err(failed)?;
            }
        }
        let folder = self.at(folder);
        let (mut target, mut number) = (format!("{folder}/{name}"), 1);
        while connection.files.try_exists(&target).await.map_err(failed)? {
            target = format!("{folder}/{name}.{number}");
            number += 1;
        }
        connection.files.rename(self.at(name), target).await.map_err(failed)
    }

    /// What the server refuses leaves the connection as it is; anything else breaks it.
    fn failed(&self, connection: &Connection, what: &str, error: Error) -> io::Error {
        let kind = match &error {
            Error::Status(status) if status.status_code == StatusCode::NoSuchFile => io::ErrorKind::NotFound,
            Error::Status(_) => io::ErrorKind::Other,
            _ => {
                connection.give_up();
                io::ErrorKind::ConnectionAborted
            }
        };
        io::Error::new(kind, format!("{what} at {}: {error}", self.account.shown()))
    }
}

/// A file that is being read. An error breaks the connection, because nobody knows what else is lost.
struct Reading {
    file: File,
    connection: Arc<Connection>,
}

impl AsyncRead for Reading {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.file).poll_read(cx, buffer);
        if let Poll::Ready(Err(_)) = &read {
            self.connection.give_up();
        }
        read
    }
}

fn item(name: String, metadata: &Metadata) -> Option<Item> {
    let modified_ms = u64::from(metadata.mtime.unwrap_or_default()) * 1000;
    metadata.is_regular().then(|| Item { name, size: metadata.size.unwrap_or_default(), modified_ms })
}

impl Shelf for Sftp {
    fn name(&self) -> String {
        format!("sftp://{}/{}", self.account.shown(), self.path.trim_start_matches('/'))
    }

    fn is_far(&self) -> bool {
        true
    }

    fn list(&self) -> Doing<'_, Vec<Item>> {
        Box::pin(self.items())
    }

    fn left_out(&self) -> Vec<(String, String)> {
        self.left_out.now()
    }

    fn open<'a>(&'a self, name: &'a str, from: u64) -> Doing<'a, Content> {
        Box::pin(self.content(name, from))
    }

    fn put_away<'a>(&'a self, item: &'a Item, fate: Fate) -> Doing<'a, ()> {
        Box::pin(self.away(item, fate))
    }
}
