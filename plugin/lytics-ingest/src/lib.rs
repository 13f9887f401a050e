//! Receives Lytics' audience triggers: who entered an audience, who left it, and whose watched fields changed.
//!
//! Lytics posts one message or an array of them, plain or as CloudEvents. Each becomes person updates; memberships carry the time at
//! which they changed.

pub mod settings;

pub mod envelope;
pub mod trigger;

pub mod membership;
pub mod update;

pub mod lytics_ingest;

#[cfg(target_family = "wasm")]
mod component;

pub use lytics_ingest::LyticsIngest;
