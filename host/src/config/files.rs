//! Where do a source's files lie, which of them are meant, and what becomes of them?

mod server;
mod shelf;

use std::path::Path;
use std::time::Duration;

use glob::Pattern;
use serde_json::{Map, Value as Json, json};

use super::fields::Fields;
use super::keys::{Choice, Key};
use super::place::{Placed, Report};

pub use server::{SftpServer, UploadLimits};
pub use shelf::{Shelf, WhenDone};

/// Names the map of what follows.
pub const FILES: &str = "files";
/// Types of authorization that serve files.
pub const FILES_AUTHORIZATIONS: &[&str] = &["sftp", "sftp_pgp", "sftp_server", "object_store", "pgp"];
const ABOUT: &str = "Where the files lie that a source reads.";

/// Where files lie, and how they are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// Where.
    pub shelf: Shelf,
    /// Which of them, by name.
    pub pattern: Pattern,
    /// How long a file must have stood still.
    pub settle: Duration,
    /// Which comes first.
    pub order: Order,
    /// What becomes of a file that was read.
    pub when_done: WhenDone,
    /// What was imported before is imported again, once. That is said on the command line, and never written into a pipeline file.
    pub again: bool,
    /// The authorization with the key to which the files are encrypted, if it is not the shelf's own.
    pub pgp: Option<Placed<String>>,
}

/// Which of several files comes first?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// The one that was changed first; among equals, by name.
    Modified,
    /// By name.
    Name,
}

impl Choice for Order {
    const WORDS: &'static [(&'static str, Self)] = &[("modified", Self::Modified), ("name", Self::Name)];
}

/// Longer than the pauses of a copy over a slow line that still moves.
const SETTLE: Key<Duration> = Key {
    name: "settle",
    about: "How long a file's size and time must stand still before it is taken.",
    default: Duration::from_secs(2),
    bounds: Some((Duration::ZERO, Duration::from_secs(3600))),
};

const ORDER: Key<Order> = Key {
    name: "order",
    about: "Which file comes first: the one changed first, or by name.",
    default: Order::Modified,
    bounds: None,
};

const PATTERN: &str = "pattern";
const PATTERN_ABOUT: &str = "Which files are meant: `*` is any text, `?` any letter. Where files lie in folders, their folders are a part of it: \
                             `day=2026-11-*/*.csv`.";
const EVERYTHING: &str = "*";
const PGP: &str = "pgp";
const PGP_ABOUT: &str = "The name of an authorization with a `pgp_private_key`: the files are encrypted to that key, and no other is taken.";

impl Files {
    /// All of a folder of the host's own. What has a name there is whole, and is needed no longer than until it is read.
    #[must_use]
    pub fn of_our_own(path: &Path) -> Self {
        Self {
            shelf: Shelf::DropFolder { path: path.to_owned(), recursive: false },
            pattern: everything(),
            settle: Duration::ZERO,
            order: Order::Modified,
            when_done: WhenDone::Delete,
            again: false,
            pgp: None,
        }
    }

    /// Nothing of it is moved.
    pub fn stay(&mut self) {
        self.when_done = WhenDone::Untouched;
    }

    /// The authorizations that it names.
    pub fn authorizations(&self) -> impl Iterator<Item = &Placed<String>> {
        self.shelf.authorization().into_iter().chain(&self.pgp)
    }

    pub(super) fn read(fields: &mut Fields<'_>, report: &mut Report) -> Option<Self> {
        let what = format!("`{FILES}` of {}", fields.what);
        let entry = fields.get(FILES)?;
        let mut inside = Fields::of(what, &entry.value, report)?;
        let (shelf, when_done) = Shelf::read(&mut inside, report);
        let pattern = pattern(&mut inside, shelf.has_folders(), report);
        let files = Self {
            shelf,
            when_done,
            pattern,
            settle: inside.read(&SETTLE, report),
            order: inside.read(&ORDER, report),
            again: false,
            pgp: inside.text(PGP, report),
        };
        inside.refuse_rest(report);
        Some(files)
    }

    /// The key as a property of a JSON Schema.
    pub(super) fn property() -> (String, Json) {
        let shelf = |(title, own, required): (&str, Map<String, Json>, Vec<&str>)| {
            let mut properties = shared();
            properties.extend(own);
            json!({
                "title": title, "type": "object", "properties": properties, "required": required,
                "additionalProperties": false,
            })
        };
        let shelves: Vec<Json> = Shelf::types().into_iter().map(shelf).collect();
        (FILES.to_owned(), json!({ "description": ABOUT, "oneOf": shelves }))
    }
}

/// What files have wherever they lie.
fn shared() -> Map<String, Json> {
    let mut shared: Map<_, _> = [SETTLE.property(), ORDER.property()].into_iter().collect();
    let pattern = json!({ "type": "string", "description": PATTERN_ABOUT, "default": EVERYTHING });
    shared.insert(PATTERN.to_owned(), pattern);
    shared.insert(PGP.to_owned(), json!({ "type": "string", "description": PGP_ABOUT }));
    shared
}

fn pattern(inside: &mut Fields<'_>, has_folders: bool, report: &mut Report) -> Pattern {
    let Some(text) = inside.text(PATTERN, report) else { return everything() };
    match Pattern::new(&text.value) {
        Ok(pattern) if has_folders || !text.value.contains('/') => pattern,
        _ => {
            let what = format!("`{PATTERN}` of {} must be a pattern of file names", inside.what);
            report.error(
                text.spot,
                what,
                "write `pattern: \"*.csv\"`; a folder stands in `path`, or here with `recursive: true`",
            );
            everything()
        }
    }
}

fn everything() -> Pattern {
    Pattern::new(EVERYTHING).unwrap_or_default()
}
