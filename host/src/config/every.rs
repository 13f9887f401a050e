//! When does a source ask again?

use std::time::Duration;

use serde_json::json;

use super::keys::{Key, Read};
use super::tree::Tree;
use super::units::{parse_duration, show_duration};

/// When a run follows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Every {
    /// Never: there is one run, and with it the source ends.
    Once,
    /// So long after the end of the last.
    After(Duration),
}

/// A run that repeats without anybody having said so would cost requests, so one is enough.
pub const EVERY: Key<Every> = Key {
    name: "every",
    about: "How long after the end of a run the next begins, for a source that asks for pages or files, or reads files; or `once`. \
            After a start the first begins at once. Without it, pages and files are asked for once, and a folder of files is watched.",
    default: Every::Once,
    bounds: None,
};

const ONCE: &str = "once";

impl Read for Every {
    fn read(tree: &Tree) -> Option<Self> {
        match tree.as_text()? {
            ONCE => Some(Self::Once),
            // Without any wait it would ask for ever and as fast as it can.
            text => parse_duration(text).filter(|wait| !wait.is_zero()).map(Self::After),
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Once => ONCE.to_owned(),
            Self::After(wait) => show_duration(*wait),
        }
    }

    fn expected() -> String {
        format!("`{ONCE}` or a duration such as `5m`")
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string" })
    }
}
