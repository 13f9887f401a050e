//! The source and the sink `file`: JSON lines on disk.

pub mod position;
pub mod sink;
pub mod source;
