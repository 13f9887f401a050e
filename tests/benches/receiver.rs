//! Where both contenders deliver to, and what arrived there.
//!
//! It runs in a process of its own, so that none of its time is counted as a contender's.

mod server;
mod tally;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::Context;

pub use server::serve;
pub use tally::{Care, Tally};

/// A receiver that runs.
pub struct Receiver {
    child: Child,
    said: BufReader<ChildStdout>,
    address: String,
}

impl Receiver {
    /// Starts this program again, as the receiver. Each of its answers takes so long.
    pub fn start(care: Care, latency: Duration) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["receiver", care.name(), &latency.as_millis().to_string()]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut said = BufReader::new(child.stdout.take().context("the receiver has no output")?);
        let mut address = String::new();
        said.read_line(&mut address)?;
        Ok(Self { child, said, address: address.trim_end().to_owned() })
    }

    /// Where it listens: `http://127.0.0.1:40123`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Stops it, and asks what arrived.
    pub fn stop(mut self) -> anyhow::Result<Tally> {
        drop(self.child.stdin.take());
        let mut tally = String::new();
        self.said.read_to_string(&mut tally)?;
        self.child.wait()?;
        serde_json::from_str(&tally).context("the receiver failed")
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // It fails if the receiver has ended, which is what it asks for.
        let _ended = self.child.kill();
    }
}
