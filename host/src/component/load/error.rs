//! Why a component could not be loaded, and what to do about it.

use std::io;

use super::interfaces::VERSION;
use super::{Library, Reference};
use crate::component::call::CallError;

/// A component that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{reference} {reason}")]
pub struct LoadError {
    /// Which.
    pub reference: Reference,
    /// Why.
    pub reason: Reason,
}

/// See [`LoadError`]. Each reads on after the component's name.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// No component of this name is part of the program.
    #[error("is not a component of this program")]
    Unknown,
    /// The file cannot be read.
    #[error("cannot be read")]
    Unreadable(io::Error),
    /// The file is something else. How large it is.
    #[error("is not WebAssembly")]
    NoWebAssembly(usize),
    /// WebAssembly without an interface.
    #[error("is a WebAssembly module and not a component")]
    CoreModule,
    /// It begins like a component and goes on like none, or asks for what the engine does not do.
    #[error("is not a valid component")]
    Broken(String),
    /// It exports interfaces of ours, of another version.
    #[error("is built for another version of the plugin interfaces")]
    OtherVersion(Vec<String>),
    /// It lacks `plugin`, or anything besides it. What it does export.
    #[error("is not a Brazeline plugin")]
    NothingOfOurs(Vec<String>),
    /// It imports something that the host does not offer.
    #[error("needs `{0}`, which this program does not offer")]
    Import(String),
    /// The interfaces have our names and version, and another shape.
    #[error("is built for changed plugin interfaces")]
    Shape(String),
    /// It could not say what it is.
    #[error("cannot describe itself")]
    Describe(#[source] CallError),
}

impl LoadError {
    /// What is known, a line each.
    #[must_use]
    pub fn facts(&self) -> Vec<String> {
        match &self.reason {
            Reason::Unknown => vec![format!("components here: {}", Library::embedded().join(", "))],
            Reason::Unreadable(error) => vec![error.to_string()],
            Reason::NoWebAssembly(bytes) => {
                vec![format!("it has {bytes} bytes and does not begin as a `.wasm` file does")]
            }
            Reason::CoreModule => vec!["a module has memory and functions; a component says what they mean".to_owned()],
            Reason::Broken(how) | Reason::Shape(how) => vec![one_line(how)],
            Reason::OtherVersion(exports) => {
                vec![format!("it exports {}", exports.join(", ")), format!("this program speaks version {VERSION}")]
            }
            Reason::NothingOfOurs(exports) if exports.is_empty() => vec!["it exports nothing".to_owned()],
            Reason::NothingOfOurs(exports) => vec![format!("it exports {}", exports.join(", "))],
            Reason::Import(_) => vec!["a component is offered WASI 0.2 and wasi:http, and nothing else".to_owned()],
            Reason::Describe(error) => vec![error.to_string()],
        }
    }

    /// What to do.
    #[must_use]
    pub fn help(&self) -> String {
        match &self.reason {
            Reason::Unknown => "name one of them, or give the path of a `.wasm` file".to_owned(),
            Reason::Unreadable(_) => "check the path and who may read the file".to_owned(),
            Reason::NoWebAssembly(_) => format!("give the path of a component, built with `{BUILD}`"),
            Reason::CoreModule => format!("build it as a component: `{BUILD}`"),
            Reason::Broken(_) => format!("build it again: `{BUILD}`"),
            Reason::OtherVersion(_) => {
                format!(
                    "build it against the interfaces of version {VERSION}, or use the release that it was built for"
                )
            }
            Reason::NothingOfOurs(_) => format!(
                "export `brazeline:pipeline/plugin@{VERSION}` and one more interface of that package, say `transform`"
            ),
            Reason::Import(_) => "build it without what needs that import".to_owned(),
            Reason::Shape(_) => format!("build it against this release's `wit/`, unchanged: `{BUILD}`"),
            Reason::Describe(_) => {
                "this is a mistake in the component: ask its author, or try another build".to_owned()
            }
        }
    }
}

const BUILD: &str = "cargo build --release --target wasm32-wasip2";

/// Messages of the engine may have several lines.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
