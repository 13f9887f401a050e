//! What does a program cost?
//!
//! Each run is a process of its own, whose CPU time and peak memory the kernel tells at its end.
//!
//! The kernel starts a child's peak with the parent's, so the process that measures must stay small.

pub mod machine;
pub mod table;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::ensure;
use wait4::Wait4;

/// What a run of a program cost.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// CPU time of all its threads, in the program and in the kernel.
    pub cpu: Duration,
    /// From its start to its end.
    pub wall: Duration,
    /// The most memory that it held, in bytes.
    pub peak: u64,
}

/// Runs a program to its end, which has to be a good one.
#[expect(clippy::disallowed_methods, reason = "the time is what is measured")]
pub fn measure(mut command: Command) -> anyhow::Result<Cost> {
    let start = Instant::now();
    let ended = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?.wait4()?;
    let wall = start.elapsed();
    ensure!(ended.status.success(), "{} ended with {}", command.get_program().display(), ended.status);
    let used = ended.rusage;
    Ok(Cost { cpu: used.utime + used.stime, wall, peak: used.maxrss })
}
