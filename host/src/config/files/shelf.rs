//! On which shelf do the files lie, and how is that reached?

use std::fmt::{self, Display, Formatter};
use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::{Map, Value as Json, json};

use super::server::SftpServer;
use crate::config::fields::{Fields, wrong};
use crate::config::keys::{Choice, Key};
use crate::config::pipeline::folder;
use crate::config::place::{Placed, Report};

/// Where files lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shelf {
    /// A folder of this machine into which somebody puts files.
    DropFolder {
        /// Its path. A relative one begins at the pipeline file's folder; here that is done.
        path: PathBuf,
        /// Whether what lies in its folders counts, too.
        recursive: bool,
    },
    /// A folder of ours, into which others put files over SFTP.
    SftpServer(SftpServer),
    /// A folder of an SFTP server.
    Sftp {
        /// Who logs in where.
        authorization: Placed<String>,
        /// The folder there; a relative one begins where a login begins.
        path: String,
        /// Whether what lies in its folders counts, too.
        recursive: bool,
    },
    /// A bucket of an object store.
    ObjectStore {
        /// Whose it is.
        authorization: Placed<String>,
        /// The bucket, or container.
        bucket: String,
        /// What keys begin with.
        path: String,
    },
}

/// What becomes of a file that was read whole?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhenDone {
    /// It goes to the folder `done` beside it.
    Move,
    /// It stays where it is.
    Keep,
    /// It is removed.
    Delete,
    /// It stays, and so does one that could not be read: the run only rehearses. Nobody writes that into a pipeline file.
    Untouched,
}

impl Choice for WhenDone {
    const WORDS: &'static [(&'static str, Self)] =
        &[("move", Self::Move), ("keep", Self::Keep), ("delete", Self::Delete)];
}

/// What was read stays to be looked at, and the folder shows what is still to come.
const WHEN_DONE: Key<WhenDone> = Key {
    name: "when_done",
    about: "What becomes of a file that was read: it is moved to the folder `done` beside it, kept, or deleted. One that is not what it \
            should be goes to `failed`.",
    default: WhenDone::Move,
    bounds: None,
};

/// What belongs to others is not changed unless they agreed to it.
const WHEN_DONE_THERE: Key<WhenDone> = Key {
    about: "What becomes of a file that was read: it is kept, moved to the folder `done` beside it, or deleted. One that is not what it \
            should be goes to `failed`, unless files are kept.",
    default: WhenDone::Keep,
    ..WHEN_DONE
};

/// Most folders are flat, and a folder within one may be somebody's work in progress.
const RECURSIVE: Key<bool> = Key {
    name: "recursive",
    about: "Whether what lies in its folders counts, too, but for hidden ones, and for `done` and `failed`. A file that is moved keeps the \
            folders in which it lay.",
    default: false,
    bounds: None,
};

pub(super) const TYPE: &str = "type";
pub(super) const PATH: &str = "path";
const AUTHORIZATION: &str = "authorization";
const DROP_FOLDER: &str = "drop_folder";
const SFTP: &str = "sftp";
const SFTP_SERVER: &str = "sftp_server";
const OBJECT_STORE: &str = "object_store";
const BUCKET: &str = "bucket";
const TYPES: &str = "`drop_folder`, `sftp`, `sftp_server` or `object_store`";
const OBJECT_STORE_EXAMPLE: &str = "write `files: { type: object_store, authorization: ..., bucket: exports }`";
/// Where a login begins.
const LOGIN_FOLDER: &str = ".";
const DROP_FOLDER_EXAMPLE: &str = "write `files: { type: drop_folder, path: ./incoming }`";
const SFTP_EXAMPLE: &str = "write `files: { type: sftp, authorization: ..., path: outgoing }`";

impl Display for Shelf {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::DropFolder { path, recursive } => write!(f, "{}{}", path.display(), with_folders(*recursive)),
            Self::SftpServer(server) => {
                write!(f, "{}, put there by SFTP at {}", server.path.display(), server.address.value)
            }
            Self::ObjectStore { authorization, bucket, path } => {
                write!(f, "{bucket}/{path} (authorization `{}`)", authorization.value)
            }
            Self::Sftp { authorization, path, recursive } => {
                write!(f, "{path}{} by SFTP (authorization `{}`)", with_folders(*recursive), authorization.value)
            }
        }
    }
}

fn with_folders(recursive: bool) -> &'static str {
    if recursive { " and its folders" } else { "" }
}

impl Shelf {
    /// Whether files lie in folders there.
    #[must_use]
    pub fn has_folders(&self) -> bool {
        match self {
            Self::DropFolder { recursive, .. } | Self::Sftp { recursive, .. } => *recursive,
            Self::ObjectStore { .. } => true,
            Self::SftpServer(_) => false,
        }
    }

    /// Whether it is of another machine: then reading costs, and what is there is not ours.
    #[must_use]
    pub fn is_far(&self) -> bool {
        matches!(self, Self::Sftp { .. } | Self::ObjectStore { .. })
    }

    /// Where it listens, if it does.
    #[must_use]
    pub fn address(&self) -> Option<&Placed<SocketAddr>> {
        match self {
            Self::SftpServer(server) => Some(&server.address),
            Self::DropFolder { .. } | Self::Sftp { .. } | Self::ObjectStore { .. } => None,
        }
    }

    /// The authorization that it needs.
    #[must_use]
    pub fn authorization(&self) -> Option<&Placed<String>> {
        match self {
            Self::DropFolder { .. } => None,
            Self::SftpServer(SftpServer { authorization, .. })
            | Self::Sftp { authorization, .. }
            | Self::ObjectStore { authorization, .. } => Some(authorization),
        }
    }

    /// The shelf of this type, with what becomes of its files.
    pub(super) fn read(inside: &mut Fields<'_>, report: &mut Report) -> (Self, WhenDone) {
        let kind = inside.required(TYPE, DROP_FOLDER_EXAMPLE, report);
        match kind.and_then(|kind| kind.value.as_text()) {
            Some(SFTP) => {
                let shelf = Self::Sftp {
                    authorization: named(inside, SFTP_EXAMPLE, report),
                    path: inside.text(PATH, report).map_or_else(|| LOGIN_FOLDER.to_owned(), |path| path.value),
                    recursive: inside.read(&RECURSIVE, report),
                };
                (shelf, inside.read(&WHEN_DONE_THERE, report))
            }
            Some(SFTP_SERVER) => (Self::SftpServer(SftpServer::read(inside, report)), inside.read(&WHEN_DONE, report)),
            Some(OBJECT_STORE) => {
                let bucket = inside.required(BUCKET, OBJECT_STORE_EXAMPLE, report);
                let shelf = Self::ObjectStore {
                    authorization: named(inside, OBJECT_STORE_EXAMPLE, report),
                    bucket: bucket
                        .and_then(|bucket| inside.text_of(bucket, report))
                        .map(|bucket| bucket.value)
                        .unwrap_or_default(),
                    path: inside.text(PATH, report).map(|path| path.value).unwrap_or_default(),
                };
                (shelf, inside.read(&WHEN_DONE_THERE, report))
            }
            other => {
                if let Some(kind) = kind.filter(|_| other != Some(DROP_FOLDER)) {
                    let what = format!("`{TYPE}` of {}", inside.what);
                    wrong(&what, &kind.value, TYPES, DROP_FOLDER_EXAMPLE, report);
                }
                let path = inside.required(PATH, DROP_FOLDER_EXAMPLE, report);
                let path = path.and_then(|path| inside.text_of(path, report));
                let path = path.map(|path| folder(&report.file).join(path.value)).unwrap_or_default();
                let recursive = inside.read(&RECURSIVE, report);
                (Self::DropFolder { path, recursive }, inside.read(&WHEN_DONE, report))
            }
        }
    }

    /// The types, each with its own properties and those of them that are required, for a JSON Schema.
    pub(super) fn types() -> Vec<(&'static str, Map<String, Json>, Vec<&'static str>)> {
        let text = |about: &str| json!({ "type": "string", "description": about });
        let of = |about: &str, name: &str, path: &str, when_done: (String, Json)| {
            let mut properties: Map<_, _> = [when_done].into_iter().collect();
            properties.insert(TYPE.to_owned(), json!({ "const": name, "description": about }));
            properties.insert(PATH.to_owned(), text(path));
            properties
        };
        let path = "The folder. A relative path begins at this file's folder.";
        let mut drop_folder = of("A folder of this machine.", DROP_FOLDER, path, WHEN_DONE.property());
        drop_folder.extend([RECURSIVE.property()]);
        let path = "The folder there. A relative path begins where a login begins, and so does none.";
        let mut sftp = of("A folder of an SFTP server.", SFTP, path, WHEN_DONE_THERE.property());
        sftp.extend([RECURSIVE.property()]);
        let about = "The name of an authorization of the type `sftp` or `sftp_pgp`.";
        sftp.insert(AUTHORIZATION.to_owned(), text(about));
        let path = "What the keys of the files begin with; all below it counts.";
        let mut store =
            of("A bucket of S3, Google Cloud Storage or Azure.", OBJECT_STORE, path, WHEN_DONE_THERE.property());
        store.insert(BUCKET.to_owned(), text("The bucket, or the container."));
        store.insert(AUTHORIZATION.to_owned(), text("The name of an authorization of the type `object_store`."));
        let path = "The folder, which is made if it is not there. A relative path begins at this file's folder.";
        let mut server = of("A folder into which others put files over SFTP.", SFTP_SERVER, path, WHEN_DONE.property());
        server.insert(AUTHORIZATION.to_owned(), text("The name of an authorization of the type `sftp_server`."));
        server.extend(SftpServer::properties());
        vec![
            (DROP_FOLDER, drop_folder, vec![TYPE, PATH]),
            (SFTP, sftp, vec![TYPE, AUTHORIZATION]),
            (SFTP_SERVER, server, vec![TYPE, AUTHORIZATION, PATH]),
            (OBJECT_STORE, store, vec![TYPE, AUTHORIZATION, BUCKET]),
        ]
    }
}

pub(super) fn named(inside: &mut Fields<'_>, help: &str, report: &mut Report) -> Placed<String> {
    let named = inside.required(AUTHORIZATION, help, report).and_then(|entry| inside.text_of(entry, report));
    named.unwrap_or(Placed { value: String::new(), spot: inside.spot })
}
