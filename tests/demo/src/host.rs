//! The host: this program once more, as another process.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio::task::JoinHandle;

use crate::AS_HOST;

/// A running host.
pub struct Host {
    child: Child,
    log: JoinHandle<String>,
}

/// The secrets of the pipeline, by the names of its environment variables.
pub const SECRETS: [(&str, &str); 3] =
    [("BRAZE_API_KEY", "braze-key"), ("LYTICS_API_TOKEN", "lytics-token"), ("TRIGGER_TOKEN", "trigger-token")];

impl Host {
    /// Starts it, and waits until each of these sources listens: it answers with their addresses.
    pub async fn start(pipeline: &Path, sources: &[&str]) -> anyhow::Result<(Self, Vec<String>)> {
        let program = std::env::current_exe().context("this program cannot find itself")?;
        let mut command = Command::new(program);
        command.arg(AS_HOST).arg("run").arg(pipeline).envs(SECRETS).env("BRAZELINE_LOG", "info").env("NO_COLOR", "1");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("the host cannot be started")?;
        let stderr = child.stderr.take().context("the host has no log")?;
        let mut lines = BufReader::new(stderr).lines();
        let addresses = listening(&mut lines, sources).await?;
        let log = tokio::spawn(rest(lines));
        Ok((Self { child, log }, addresses))
    }

    /// Asks for its end. Whether it ended well, and the last lines of its log.
    pub async fn end(mut self) -> anyhow::Result<(bool, String)> {
        let id = self.child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
        let id = id.context("the host has ended before it was asked to")?;
        rustix::process::kill_process(id, rustix::process::Signal::TERM).context("the host cannot be asked to end")?;
        let status = self.child.wait().await?;
        Ok((status.success(), self.log.await?))
    }
}

async fn listening(lines: &mut Lines<BufReader<ChildStderr>>, sources: &[&str]) -> anyhow::Result<Vec<String>> {
    let mut addresses: Vec<Option<String>> = vec![None; sources.len()];
    let mut log = String::new();
    while addresses.contains(&None) {
        let Some(line) = lines.next_line().await? else { bail!("the host did not start:\n{log}") };
        if let Some((source, address)) = listens(&line)
            && let Some(at) = sources.iter().position(|name| *name == source)
        {
            addresses[at] = Some(address.to_owned());
        }
        log += &line;
        log.push('\n');
    }
    Ok(addresses.into_iter().flatten().collect())
}

/// `... listening source="webhooks" address=127.0.0.1:40123`
fn listens(line: &str) -> Option<(&str, &str)> {
    let fields = line.split_once("listening")?.1;
    let value = |name: &str| {
        let rest = fields.split_once(name)?.1;
        rest.split_whitespace().next().map(|value| value.trim_matches('"'))
    };
    Some((value("source=")?, value("address=")?))
}

async fn rest(mut lines: Lines<BufReader<ChildStderr>>) -> String {
    let mut log = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        log += &line;
        log.push('\n');
    }
    log
}
