//! A pipeline file that has been read: all of it is in order but for what only the components know.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;

use super::authorization::Authorization;
use super::every::Every;
use super::options::{SinkOptions, SourceOptions};
use super::place::{Placed, Spot};
use super::remember::TransformOptions;
use super::settings::Settings;
use super::units::Size;
use crate::problem::{Place, Problems};

/// A pipeline.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// The file, as the operator named it.
    pub file: Arc<str>,
    /// Part of the identity of its state.
    pub name: String,
    /// For people.
    pub label: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// Where its store lies. A relative path begins at the pipeline file's folder; here that is done.
    pub data_dir: PathBuf,
    /// What waits to be delivered.
    pub journal: Journal,
    /// Named credentials, in the order of the file.
    pub authorizations: Vec<Authorization>,
    /// Where events come from, in the order of the file.
    pub sources: Vec<Source>,
    /// What changes them, each after what it reads.
    pub transforms: Vec<Transform>,
    /// Where they go, in the order of the file.
    pub sinks: Vec<Sink>,
    /// What is odd, and may be meant.
    pub warnings: Problems,
}

/// The limits of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Journal {
    /// How large it may grow. `check` shows it.
    pub max_size: Size,
    /// Whether the operator said so; otherwise it is the default.
    pub is_stated: bool,
}

/// The three kinds of node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Events come from it.
    Source,
    /// It changes events.
    Transform,
    /// Events go to it.
    Sink,
}

impl Kind {
    /// All of them, in the order in which data flows.
    pub const ALL: [Self; 3] = [Self::Source, Self::Transform, Self::Sink];

    /// `source`
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Transform => "transform",
            Self::Sink => "sink",
        }
    }

    /// `sources`, under which the file lists them.
    #[must_use]
    pub fn section(self) -> &'static str {
        match self {
            Self::Source => "sources",
            Self::Transform => "transforms",
            Self::Sink => "sinks",
        }
    }
}

/// What all nodes have.
#[derive(Debug, Clone)]
pub struct Node {
    /// Unique in the pipeline.
    pub id: String,
    /// Where the id stands.
    pub spot: Spot,
    /// For people.
    pub label: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// What runs there.
    pub plugin: Placed<Plugin>,
    /// The credential that it uses.
    pub authorization: Option<Placed<String>>,
    /// Its own settings: all that the host does not read itself.
    pub settings: Settings,
}

/// What a node's `type` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plugin {
    /// A built-in connector or a component that comes with the host.
    Name(String),
    /// A component in a file. A relative path begins at the pipeline file's folder; here that is done.
    File(PathBuf),
}

/// A source.
#[derive(Debug, Clone)]
pub struct Source {
    /// What all nodes have.
    pub node: Node,
    /// What the host does for it.
    pub options: SourceOptions,
}

/// A transform.
#[derive(Debug, Clone)]
pub struct Transform {
    /// What all nodes have.
    pub node: Node,
    /// The ids of what it reads.
    pub inputs: Vec<Placed<String>>,
    /// What the host does for it, if it remembers.
    pub options: TransformOptions,
}

/// A sink.
#[derive(Debug, Clone)]
pub struct Sink {
    /// What all nodes have.
    pub node: Node,
    /// The ids of what it reads.
    pub inputs: Vec<Placed<String>>,
    /// What the host does for it.
    pub options: SinkOptions,
}

impl Node {
    /// ``sink `crm` ``, for messages.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} `{}`", self.kind.word(), self.id)
    }
}

impl Pipeline {
    /// For a run that only rehearses: sources are asked once, and files stay where they are.
    pub fn rehearse(&mut self) {
        for source in &mut self.sources {
            source.options.every = Every::Once;
            if let Some(files) = &mut source.options.files {
                files.stay();
            }
        }
    }

    /// For a run that takes files once more.
    pub fn import_again(&mut self) {
        self.sources.iter_mut().filter_map(|source| source.options.files.as_mut()).for_each(|files| files.again = true);
    }

    /// All nodes, in the order in which data flows.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        let sources = self.sources.iter().map(|source| &source.node);
        let transforms = self.transforms.iter().map(|transform| &transform.node);
        sources.chain(transforms).chain(self.sinks.iter().map(|sink| &sink.node))
    }

    /// The folder of the pipeline file, at which relative paths begin.
    #[must_use]
    pub fn folder(&self) -> &Path {
        folder(&self.file)
    }

    /// For a message.
    #[must_use]
    pub fn place(&self, spot: Spot) -> Place {
        spot.in_file(&self.file)
    }

    /// The credential of a node.
    #[must_use]
    pub fn authorization_of(&self, node: &Node) -> Option<&Authorization> {
        self.authorization(&node.authorization.as_ref()?.value)
    }

    /// The credential of this name.
    #[must_use]
    pub fn authorization(&self, name: &str) -> Option<&Authorization> {
        self.authorizations.iter().find(|authorization| authorization.name == name)
    }

    /// The nodes that use a credential, themselves or for their files.
    pub fn users<'p>(&'p self, of: &'p Authorization) -> impl Iterator<Item = &'p Node> {
        let is_used = |named: &Placed<String>| named.value == of.name;
        let files = |node: &Node| {
            let source = self.sources.iter().find(|source| source.node.kind == node.kind && source.node.id == node.id);
            source.and_then(|source| source.options.files.as_ref())
        };
        self.nodes().filter(move |node| {
            node.authorization.as_ref().is_some_and(is_used)
                || files(node).is_some_and(|files| files.authorizations().any(is_used))
        })
    }

    /// What the node's component is configured with: its settings and, under `authorization`, the members that are no secrets.
    #[must_use]
    pub fn settings_for(&self, node: &Node) -> Json {
        let mut settings = node.settings.json.clone();
        if let Some(authorization) = self.authorization_of(node) {
            settings.insert("authorization".to_owned(), Json::Object(authorization.members.json.clone()));
        }
        Json::Object(settings)
    }

    /// Where in the file the value stands that a component means by a pointer into [`Self::settings_for`].
    #[must_use]
    pub fn place_of(&self, node: &Node, pointer: &str) -> Place {
        let spot = match (pointer.strip_prefix("/authorization"), self.authorization_of(node)) {
            (Some(member), Some(authorization)) if member.is_empty() || member.starts_with('/') => {
                authorization.members.value_spot(member)
            }
            _ => node.settings.value_spot(pointer),
        };
        self.place(spot)
    }
}

/// See [`Pipeline::folder`].
pub(super) fn folder(file: &str) -> &Path {
    Path::new(file).parent().unwrap_or(Path::new(""))
}

/// A path as it is written in the pipeline file: a relative one begins at the file's folder. A `./` in the middle would only make messages
/// longer.
pub(super) fn within(file: &str, path: &str) -> PathBuf {
    folder(file).join(path).components().collect()
}
