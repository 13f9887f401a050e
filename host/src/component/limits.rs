//! How much a component may take.

use std::num::NonZero;
use std::time::Duration;

/// What one node's component may take. A call that would take more fails, and its instance is thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long a call may last, waiting included. A batch takes milliseconds, so ten seconds are only ever used by a loop
    /// without end or a machine that stands still.
    pub deadline: Duration,
    /// How large the memories of one instance may grow together. The shipped components stay below 16 MiB and a JavaScript
    /// engine below 100 MiB; what needs more has a leak.
    pub memory_bytes: usize,
    /// How large one answer may be. It is as much as a source may have open (`max_uncommitted`), so no honest batch is cut.
    pub output_bytes: usize,
    /// How many instances may exist at once. More than there are processors only takes memory, because a call never waits
    /// for the network.
    pub instances: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(10),
            memory_bytes: 256 * MIB,
            output_bytes: 64 * MIB,
            instances: std::thread::available_parallelism().map_or(2, NonZero::get).clamp(2, MOST_INSTANCES),
        }
    }
}

const MIB: usize = 1024 * 1024;

/// The most instances that a node gets on a large machine: the engine's pool has room for 64 such nodes.
pub const MOST_INSTANCES: usize = 16;
