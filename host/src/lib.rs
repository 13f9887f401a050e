//! The host of Brazeline: it loads WebAssembly components, does all input and output for them, and runs them as a pipeline that one
//! file describes.
//!
//! The modules stand in the order in which a run meets them, and import only what stands beside or above.

pub mod clock;
pub mod problem;

pub mod component;
pub mod config;
pub mod store;

pub mod delivery;

pub mod connector;
pub mod pipeline;

pub mod assembly;
pub mod control;
pub mod observe;

pub mod cli;
pub mod command;
