//! Where do a source's files lie, which of them are meant, and what becomes of them?

use std::path::PathBuf;
use std::time::Duration;

use glob::Pattern;
use serde_json::{Map, Value as Json, json};

use super::fields::{Fields, wrong};
use super::keys::{Choice, Key};
use super::pipeline::folder;
use super::place::Report;

/// Names the map of what follows.
pub const FILES: &str = "files";
const ABOUT: &str = "Where the files lie that a source reads.";

/// Where files lie, and how they are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// Where.
    pub folder: DropFolder,
    /// Which of them, by name.
    pub pattern: Pattern,
    /// How long a file must have stood still.
    pub settle: Duration,
    /// Which comes first.
    pub order: Order,
}

/// A folder of this machine into which somebody puts files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropFolder {
    /// Its path. A relative one begins at the pipeline file's folder; here that is done.
    pub path: PathBuf,
    /// What becomes of a file that was read.
    pub when_done: WhenDone,
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

/// What was read stays to be looked at, and the folder shows what is still to come.
const WHEN_DONE: Key<WhenDone> = Key {
    name: "when_done",
    about: "What becomes of a file that was read: it is moved to the folder `done` beside it, kept, or deleted.",
    default: WhenDone::Move,
    bounds: None,
};

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

const TYPE: &str = "type";
const DROP_FOLDER: &str = "drop_folder";
const PATH: &str = "path";
const PATTERN: &str = "pattern";
const EVERYTHING: &str = "*";
const EXAMPLE: &str = "files: { type: drop_folder, path: ./incoming }";

impl Files {
    /// Nothing of it is moved.
    pub fn stay(&mut self) {
        self.folder.when_done = WhenDone::Untouched;
    }

    pub(super) fn read(fields: &mut Fields<'_>, report: &mut Report) -> Option<Self> {
        let what = format!("`{FILES}` of {}", fields.what);
        let entry = fields.get(FILES)?;
        let mut inside = Fields::of(what, &entry.value, report)?;
        let help = format!("write `{EXAMPLE}`");
        if let Some(kind) = inside.required(TYPE, &help, report)
            && kind.value.as_text() != Some(DROP_FOLDER)
        {
            wrong(&format!("`{TYPE}` of {}", inside.what), &kind.value, &format!("`{DROP_FOLDER}`"), &help, report);
        }
        let path = inside.required(PATH, &help, report).and_then(|path| inside.text_of(path, report));
        let files = Self {
            pattern: pattern(&mut inside, report),
            settle: inside.read(&SETTLE, report),
            order: inside.read(&ORDER, report),
            folder: DropFolder {
                path: path.map(|path| folder(&report.file).join(path.value)).unwrap_or_default(),
                when_done: inside.read(&WHEN_DONE, report),
            },
        };
        inside.refuse_rest(report);
        Some(files)
    }

    /// The key as a property of a JSON Schema.
    pub(super) fn property() -> (String, Json) {
        let text = |about: &str| json!({ "type": "string", "description": about });
        let mut inside: Map<_, _> = [WHEN_DONE.property(), SETTLE.property(), ORDER.property()].into_iter().collect();
        inside.insert(TYPE.to_owned(), json!({ "const": DROP_FOLDER, "description": "A folder of this machine." }));
        inside.insert(PATH.to_owned(), text("The folder. A relative path begins at this file's folder."));
        let mut pattern = text("Which files are meant: `*` is any text, `?` any letter.");
        pattern["default"] = EVERYTHING.into();
        inside.insert(PATTERN.to_owned(), pattern);
        let schema = json!({
            "type": "object", "description": ABOUT, "properties": inside, "required": [TYPE, PATH],
            "additionalProperties": false,
        });
        (FILES.to_owned(), schema)
    }
}

fn pattern(inside: &mut Fields<'_>, report: &mut Report) -> Pattern {
    let Some(text) = inside.text(PATTERN, report) else { return everything() };
    match Pattern::new(&text.value) {
        Ok(pattern) if !text.value.contains('/') => pattern,
        _ => {
            let what = format!("`{PATTERN}` of {} must be a pattern of file names", inside.what);
            report.error(text.spot, what, "write `pattern: \"*.csv\"`; a folder stands in `path`");
            everything()
        }
    }
}

fn everything() -> Pattern {
    Pattern::new(EVERYTHING).unwrap_or_default()
}
