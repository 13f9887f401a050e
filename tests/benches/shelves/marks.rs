//! How far is the program, and when?
//!
//! It is followed from its start to the first event that comes out, and ended there: what comes behind is measured elsewhere.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Context;
use wait4::Wait4;

use crate::harness::Cost;

/// What it says when its own copy of a file is complete and on the disk.
const COPIED: &str = "reading a file";

/// When it had come to what.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    /// The file was copied.
    pub copied: Duration,
    /// All of it had been proven, and the first event was out.
    pub out: Duration,
    /// What it had used by then.
    pub cpu: Duration,
    /// The most memory that it held, in bytes.
    pub peak: u64,
}

impl Marks {
    /// The copy alone, from the start of the program.
    pub fn copy(self) -> Cost {
        Cost { cpu: self.cpu, wall: self.copied, peak: self.peak }
    }

    /// From there to the first event.
    pub fn proof(self) -> Cost {
        Cost { cpu: self.cpu, wall: self.out - self.copied, peak: self.peak }
    }
}

/// Follows a run whose sink is its standard output.
pub fn follow(mut command: Command) -> anyhow::Result<Marks> {
    let start = now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (out, log) = (child.stdout.take().context("it has an output")?, child.stderr.take().context("it has a log")?);
    let (says, copied) = mpsc::channel();
    let log = std::thread::spawn(move || {
        let mut all = String::new();
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            if line.contains(COPIED) {
                // Nobody waits for a second one.
                let _heard = says.send(start.elapsed());
            }
            all += &(line + "\n");
        }
        all
    });
    let read = BufReader::new(out).read_line(&mut String::new())?;
    let out = start.elapsed();
    // It fails if the program has ended already.
    let _ended = child.kill();
    let used = child.wait4()?.rusage;
    let log = log.join().unwrap_or_default();
    let copied = copied.try_recv().ok().filter(|_| read > 0).with_context(|| format!("nothing came out:\n{log}"))?;
    Ok(Marks { copied, out, cpu: used.utime + used.stime, peak: used.maxrss })
}

#[expect(clippy::disallowed_methods, reason = "the time is what is measured")]
fn now() -> Instant {
    Instant::now()
}
