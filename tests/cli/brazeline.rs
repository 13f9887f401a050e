//! The program, run to its end in a folder.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// How it ended, and what it said, as a snapshot shows it. Paths of the test's folder are shown as `[folder]`.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Said {
    /// What an operator meets when it fails: the exit code, then the message.
    pub fn failure(&self) -> String {
        let code = self.code.map_or_else(|| "killed".to_owned(), |code| code.to_string());
        assert_eq!(self.stdout, "", "a failure belongs to standard error");
        format!("? {code}\n{}", self.stderr)
    }
}

/// The command, to be started in a folder. Its log is silent, so that standard error holds messages alone.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_brazeline"));
    command.args(arguments).current_dir(folder).env("BRAZELINE_LOG", "off").stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub fn run(folder: &Path, arguments: &[&str]) -> Said {
    let Output { status, stdout, stderr } = command(folder, arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap().replace(folder.to_str().unwrap(), "[folder]");
    Said { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
}
