//! Turns any JSON object into a person update, and renames, keeps, drops, converts and sets the fields of person updates.
//!
//! What no rule names is copied as text: no number is rewritten and no order changes.

pub mod settings;

pub mod convert;
pub mod rules;

pub mod edit;
pub mod incoming;
pub mod map_fields;

#[cfg(target_family = "wasm")]
mod component;

pub use map_fields::MapFields;
