//! Sends person updates to Lytics, as records of a stream.
//!
//! An update's attributes are one record, and so is each of its events and purchases: Lytics takes flat records, and refuses one
//! that holds an array of objects. Memberships are not written: Lytics is where audiences are made.

pub mod limits;
pub mod settings;

pub mod flatten;
pub mod shape;

pub mod identity;
pub mod record;
pub mod update;

pub mod body;
pub mod context;
pub mod pack;

pub mod answer;

pub mod probe;

pub mod lytics_export;

#[cfg(target_family = "wasm")]
mod component;

pub use lytics_export::LyticsExport;

#[cfg(test)]
mod against_the_sandbox;
