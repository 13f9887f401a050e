//! From a name or a file to a component that can be configured.

mod error;
mod interfaces;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::{Component as Compiled, InstancePre, Linker};

use super::call::CallError;
use super::embedded;
use super::engine::engine;
use super::exports::{Indices, Kinds};
use super::instance::{Code, Instance};
use super::limits::Limits;
use super::linker::linker;
use super::node::{Node, Role};
use super::state::State;
use super::types::{Manifest, Plan, Problem};
use super::validate;

pub use error::{LoadError, Reason};

/// Where a component comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// Part of the program, by its name.
    Embedded(String),
    /// A `.wasm` file.
    File(PathBuf),
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded(name) => write!(f, "`{name}`"),
            Self::File(path) => write!(f, "`{}`", path.display()),
        }
    }
}

impl Reference {
    fn read(&self) -> Result<Cow<'static, [u8]>, Reason> {
        match self {
            Self::Embedded(name) => embedded::find(name).map(Cow::Borrowed).ok_or(Reason::Unknown),
            Self::File(path) => std::fs::read(path).map(Cow::Owned).map_err(Reason::Unreadable),
        }
    }
}

/// Loads components, each once.
pub struct Library {
    engine: Engine,
    linker: Linker<State>,
    /// By content and origin.
    loaded: Mutex<HashMap<(String, bool), Component>>,
}

impl Library {
    /// A library that keeps compiled components in this folder, if there is one. Nobody else may write to it.
    pub fn new(cache_dir: Option<&Path>) -> anyhow::Result<Self> {
        let engine = engine(cache_dir)?;
        let linker = linker(&engine)?;
        Ok(Self { engine, linker, loaded: Mutex::default() })
    }

    /// The names of the components that are part of the program.
    #[must_use]
    pub fn embedded() -> Vec<&'static str> {
        embedded::names()
    }

    /// Loads a component and asks it what it is. Blocks.
    pub fn load(&self, reference: &Reference) -> Result<Component, LoadError> {
        self.found(reference).map_err(|reason| LoadError { reference: reference.clone(), reason })
    }

    fn found(&self, reference: &Reference) -> Result<Component, Reason> {
        let bytes = reference.read()?;
        let key = (sha256(&bytes), matches!(reference, Reference::Embedded(_)));
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(component) = loaded.get(&key) {
            return Ok(component.clone());
        }
        let (sha256, is_embedded) = key.clone();
        let Described { code, manifest, imports } = self.described(&bytes)?;
        let size_bytes = bytes.len();
        let component =
            Component { loaded: Arc::new(Loaded { code, manifest, imports, size_bytes, is_embedded, sha256 }) };
        loaded.insert(key, component.clone());
        Ok(component)
    }

    fn described(&self, bytes: &[u8]) -> Result<Described, Reason> {
        interfaces::is_component(bytes)?;
        let compiled = Compiled::new(&self.engine, bytes).map_err(|error| Reason::Broken(format!("{error:#}")))?;
        let names = interfaces::Names::of(&compiled, &self.engine);
        names.speaks_our_version()?;
        let pre = self.linked(&compiled, &names)?;
        let indices = Indices::new(&pre).ok_or_else(|| Reason::NothingOfOurs(names.exports.clone()))?;
        let code = Code { pre, indices: Arc::new(indices) };
        let manifest = describe(&code).map_err(|error| match error {
            CallError::Shape(how) => Reason::Shape(how),
            error => Reason::Describe(error),
        })?;
        Ok(Described { code, manifest, imports: names.imports })
    }

    fn linked(&self, compiled: &Compiled, names: &interfaces::Names) -> Result<InstancePre<State>, Reason> {
        self.linker.instantiate_pre(compiled).map_err(|error| {
            let text = format!("{error:#}");
            let missing = names.imports.iter().find(|name| text.contains(&format!("`{name}`")));
            missing.cloned().map_or(Reason::Broken(text), Reason::Import)
        })
    }
}

fn sha256(content: &[u8]) -> String {
    let hash = Sha256::digest(content);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Described {
    code: Code,
    manifest: Manifest,
    imports: Vec<String>,
}

fn describe(code: &Code) -> Result<Manifest, CallError> {
    let mut instance = Instance::start(code, &Arc::from("describe"), &Limits::default())?;
    let manifest =
        instance.call(async |exports, store| exports.plugin.brazeline_pipeline_plugin().call_describe(store).await)?;
    validate::manifest(&manifest).map_err(CallError::Invalid)?;
    Ok(manifest)
}

/// A loaded component. Clones share it.
#[derive(Clone)]
pub struct Component {
    loaded: Arc<Loaded>,
}

struct Loaded {
    code: Code,
    manifest: Manifest,
    imports: Vec<String>,
    size_bytes: usize,
    is_embedded: bool,
    sha256: String,
}

impl Component {
    /// What it says about itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.loaded.manifest
    }

    /// What it can be in a pipeline.
    #[must_use]
    pub fn kinds(&self) -> Kinds {
        self.loaded.code.indices.kinds()
    }

    /// What it asks the host for, sorted.
    #[must_use]
    pub fn imports(&self) -> Vec<String> {
        self.loaded.imports.clone()
    }

    /// How large it is.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.loaded.size_bytes
    }

    /// Whether it is part of the program.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.loaded.is_embedded
    }

    /// The hash of its content, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.loaded.sha256
    }

    /// Gives it its place in a pipeline. Blocks.
    pub fn configure(&self, node_id: &str, settings: &str, limits: &Limits) -> Result<(Node, Plan), ConfigureError> {
        let code = self.loaded.code.clone();
        let role = Role { code, node: Arc::from(node_id), settings: settings.to_owned(), limits: *limits };
        let (first, plan) = role.instance()?;
        let plan = plan.map_err(ConfigureError::refused)?;
        validate::plan(&plan).map_err(CallError::Invalid)?;
        Ok((Node::new(role, plan.clone(), first), plan))
    }
}

/// Why a component could not be configured.
#[derive(Debug, thiserror::Error)]
pub enum ConfigureError {
    /// The settings are wrong.
    #[error("its settings are wrong")]
    Problems(Vec<Problem>),
    /// It failed.
    #[error(transparent)]
    Failed(#[from] CallError),
}

impl ConfigureError {
    /// Without a problem there is nothing that an operator could mend.
    fn refused(problems: Vec<Problem>) -> Self {
        match problems.as_slice() {
            [] => CallError::Invalid("it refused its settings without naming a problem".to_owned()).into(),
            _ => Self::Problems(problems),
        }
    }
}
