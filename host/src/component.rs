//! WebAssembly components: loading them, and calling them within limits.
//!
//! A component is compiled once ([`Library`]), configured for a place in a pipeline ([`Component::configure`]), and then called
//! ([`Node`]). It runs with a deadline, a memory cap and nothing granted; every answer is checked before anything is done with it.
//! Nothing here knows what an event says, sends a request, or decides what becomes of an event whose call failed.

mod batch;
pub mod bindings;
pub mod bisect;
mod call;
mod embedded;
mod engine;
mod exports;
mod instance;
pub mod limits;
mod linker;
mod load;
mod node;
mod pool;
mod said;
mod state;
#[cfg(test)]
#[path = "../../tests/support/components.rs"]
#[expect(dead_code, reason = "examples are for the tests of whole pipelines")]
pub(crate) mod test_components;
#[cfg(test)]
mod tests;
pub mod types;
pub mod validate;

pub use call::CallError;
pub use exports::{Kind, Kinds};
pub use limits::Limits;
pub use load::{Component, ConfigureError, Library, LoadError, Reference};
pub use node::{Decoding, Node};
