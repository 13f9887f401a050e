//! What does a program cost, compared with another, in one run?
//!
//! Contenders take turns (A B A B), so that a machine that slows down slows both, and each turn is a process of its own, whose CPU
//! time and peak memory the kernel tells at its end.
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

/// Lets each of the contenders run this many times, by turns. The answer has a list for each contender.
pub fn take_turns<C: Copy, T>(
    contenders: &[C],
    rounds: u64,
    mut run: impl FnMut(C) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<Vec<T>>> {
    let mut costs: Vec<Vec<T>> = contenders.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for (contender, costs) in contenders.iter().zip(&mut costs) {
            costs.push(run(*contender)?);
        }
    }
    Ok(costs)
}

/// The value in the middle.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[middle],
        _ => (values[middle - 1] + values[middle]) / 2.0,
    }
}
