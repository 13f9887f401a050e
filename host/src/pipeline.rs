//! Runs a checked pipeline: from what its sources take in to what its sinks have delivered.
//!
//! Each source has a flow, each sink a driver, and the ledger knows what is open between them. Nothing here knows a file format,
//! a protocol or a vendor.

pub mod again;
mod breaker;
pub mod dead;
pub mod fetch;
pub mod flow;
pub mod graph;
pub mod import;
pub mod keyed;
pub mod ledger;
mod opaque;
pub mod poll;
pub mod rehearsal;
mod run;
mod seen;
mod serve;
pub mod sink;
pub mod snapshot;
pub mod source;
pub mod stop;
pub mod window;

pub use graph::Graph;
pub use run::{Ended, run, run_in};

#[cfg(test)]
mod tests;
