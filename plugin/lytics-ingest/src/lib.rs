//! Audiences of Lytics, in one of three ways.
//!
//! `mode: trigger` receives what Lytics posts when somebody enters or leaves an audience; `mode: scan` asks for everybody in the audiences,
//! page by page; `mode: file` reads the files that Lytics exports. All three say the same of a person: *of* these audiences they are *in*
//! those, as of then.

pub mod settings;

pub mod audiences;
pub mod profile;
pub mod whom;

pub mod file;
pub mod scan;
pub mod trigger;

pub mod lytics_ingest;

#[cfg(target_family = "wasm")]
mod component;

pub use lytics_ingest::LyticsIngest;

#[cfg(test)]
mod against_the_sandbox;
