//! What an operator sees of a run.

pub mod log;
pub mod pace;
pub mod progress;
