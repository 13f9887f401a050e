//! A server that runs until it is told to stop, and what it has used by then.

use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use wait4::Wait4;

/// It is looked for so often until it answers, every [`LOOK`].
const LOOKS: usize = 6_000;
const LOOK: Duration = Duration::from_millis(10);

/// What a server has used.
#[derive(Debug, Clone, Copy)]
pub struct Used {
    /// CPU time of all its threads.
    pub cpu: Duration,
    /// The most memory that it held, in bytes.
    pub peak: u64,
    /// Bytes that it made the disk write.
    pub written: u64,
    /// How often the disk was told to make sure, by it or by others.
    pub flushes: u64,
}

/// A server that runs.
pub struct Running {
    /// Until it has ended.
    child: Option<Child>,
    disk: (u32, u32),
    flushes: u64,
}

impl Running {
    /// Starts it, and waits until it answers. Its data lies in a folder.
    pub fn start(mut command: Command, address: SocketAddr, folder: &Path) -> anyhow::Result<Self> {
        let device = std::fs::metadata(folder)?.dev();
        let disk = (rustix::fs::major(device), rustix::fs::minor(device));
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        let mut running = Self { child: Some(child), disk, flushes: 0 };
        for _ in 0..LOOKS {
            if let Some(status) = running.child.as_mut().map(Child::try_wait).transpose()?.flatten() {
                bail!("it ended with {status}");
            }
            if TcpStream::connect(address).is_ok() {
                running.flushes = running.disk_flushes();
                return Ok(running);
            }
            std::thread::sleep(LOOK);
        }
        bail!("it never listens at {address}")
    }

    /// Stops it.
    pub fn stop(mut self) -> anyhow::Result<Used> {
        let flushes = self.disk_flushes() - self.flushes;
        let child = self.child.take().context("it runs until it is stopped")?;
        let written = written(&child)?;
        kill_process(Pid::from_child(&child), Signal::TERM)?;
        let ended = child.wait4()?;
        // Who does not listen for the signal ends by it.
        ensure!(ended.status.success() || ended.status.code().is_none(), "it ended with {}", ended.status);
        Ok(Used { cpu: ended.rusage.utime + ended.rusage.stime, peak: ended.rusage.maxrss, written, flushes })
    }

    /// What the system has counted; 0 if it does not.
    fn disk_flushes(&self) -> u64 {
        let disks = std::fs::read_to_string("/proc/diskstats").unwrap_or_default();
        let (major, minor) = self.disk;
        let mut lines = disks.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let disk = lines.find(|fields| fields[..2] == [major.to_string(), minor.to_string()]);
        disk.and_then(|fields| fields.get(18)?.parse().ok()).unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It fails if it has ended, which is what it asks for.
        let _ended = self.child.as_mut().map(Child::kill);
    }
}

/// Bytes that a process made the disk write.
fn written(child: &Child) -> anyhow::Result<u64> {
    let io = std::fs::read_to_string(format!("/proc/{}/io", child.id()))?;
    let bytes = io.lines().find_map(|line| line.strip_prefix("write_bytes: ")).context("no bytes are counted")?;
    Ok(bytes.parse()?)
}
