//! How does the program say what it does?
//!
//! In lines on standard error, so that standard output belongs to the `stdout` sink and to what a command prints. Whoever logs
//! keeps secrets, bodies and persons' ids out of it.

use std::io::{self, IsTerminal, Write, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use super::progress::beside;

/// Names the environment variable that says how much is logged: `debug`, or `warn,brazeline::pipeline=debug`.
pub const LEVEL_VARIABLE: &str = "BRAZELINE_LOG";

/// Without being asked: what libraries say of themselves, the store's above all, is nothing to an operator unless it is a warning.
const USUAL: &str = "warn,brazeline=info";

/// The form of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// The standard error, beside the bars that may be there.
struct Beside;

impl Write for Beside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        beside(|| stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        stderr().flush()
    }
}

/// Starts it, once in a process.
pub fn start(format: Format) -> Result<(), TryInitError> {
    let asked = std::env::var(LEVEL_VARIABLE).unwrap_or_else(|_| USUAL.to_owned());
    let filter = EnvFilter::builder().parse_lossy(asked);
    let layer = tracing_subscriber::fmt::layer().with_writer(|| Beside).with_target(false);
    let registry = tracing_subscriber::registry().with(filter);
    match format {
        Format::Text => registry.with(layer.with_ansi(stderr().is_terminal())).try_init(),
        Format::Json => registry.with(layer.json().flatten_event(true)).try_init(),
    }
}
