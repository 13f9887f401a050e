//! Is it a component, and for this version of the interfaces? Judged by its first bytes and the names in it alone.

use wasmtime::Engine;
use wasmtime::component::Component;

use super::error::Reason;
use crate::component::exports::Kind;

/// The package in `wit/`.
const PACKAGE: &str = "brazeline:pipeline/";

/// Its version. Later patches of it are compatible by definition.
pub const VERSION: &str = "0.1.0";
const COMPATIBLE: &str = "0.1.";

/// Every WebAssembly file begins so.
const MAGIC: &[u8] = b"\0asm";
/// Version 1, layer 0.
const CORE_MODULE: &[u8] = b"\x01\0\0\0";

/// Looks at the first bytes.
pub fn is_component(bytes: &[u8]) -> Result<(), Reason> {
    match bytes.strip_prefix(MAGIC) {
        None => Err(Reason::NoWebAssembly(bytes.len())),
        Some(rest) if rest.starts_with(CORE_MODULE) => Err(Reason::CoreModule),
        Some(_) => Ok(()),
    }
}

/// The names of what a component imports and exports.
pub struct Names {
    /// Sorted, without the package's own: those are types, and nothing is asked of the host.
    pub imports: Vec<String>,
    /// Sorted.
    pub exports: Vec<String>,
}

impl Names {
    /// Reads them.
    pub fn of(component: &Component, engine: &Engine) -> Self {
        let of = component.component_type();
        let mut imports: Vec<String> = of.imports(engine).map(|(name, _)| name.to_owned()).collect();
        let mut exports: Vec<String> = of.exports(engine).map(|(name, _)| name.to_owned()).collect();
        imports.retain(|name| !name.starts_with(PACKAGE));
        imports.sort_unstable();
        exports.sort_unstable();
        Self { imports, exports }
    }

    /// Whether it exports `plugin` and one more interface of this version.
    pub fn speaks_our_version(&self) -> Result<(), Reason> {
        let ours =
            |interface: &str| self.exports.iter().any(|name| version(name, interface).is_some_and(is_compatible));
        if ours("plugin") && Kind::ALL.iter().any(|kind| ours(kind.name())) {
            return Ok(());
        }
        let others = self.exports.iter().filter(|name| of_another_version(name)).cloned().collect::<Vec<_>>();
        match others.as_slice() {
            [] => Err(Reason::NothingOfOurs(self.exports.clone())),
            _ => Err(Reason::OtherVersion(others)),
        }
    }
}

/// The version of an interface of ours, if this is its name.
fn version<'a>(name: &'a str, interface: &str) -> Option<&'a str> {
    name.strip_prefix(PACKAGE)?.strip_prefix(interface)?.strip_prefix('@')
}

fn is_compatible(version: &str) -> bool {
    version.starts_with(COMPATIBLE)
}

fn of_another_version(name: &str) -> bool {
    name.strip_prefix(PACKAGE).and_then(|rest| rest.split_once('@')).is_some_and(|(_, version)| !is_compatible(version))
}
