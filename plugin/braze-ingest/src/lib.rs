//! What Braze hands out, in one of four ways.
//!
//! `mode: webhook` receives the webhooks of campaigns and Canvas steps, at the address that Lytics gives for them; `mode: currents`
//! receives what Currents posts; `mode: file` reads what Braze exports to files; `mode: export` asks Braze for a segment's export, waits for it, and
//! reads that. All of it becomes person updates.

pub mod settings;

pub mod moment;
pub mod whom;

pub mod webhook;

pub mod currents;

pub mod file;

pub mod export;

pub mod braze_ingest;

#[cfg(target_family = "wasm")]
mod component;

pub use braze_ingest::BrazeIngest;
