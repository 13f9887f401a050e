//! What an operator sees of a run.

pub mod log;
