//! Programs of others that tests need: installed where that is asked for, and nowhere else.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// One at a time: the package manager has one lock.
static INSTALLING: Mutex<()> = Mutex::new(());

/// Whether `path` is there; where `CI=true`, it is installed if it is not.
pub fn needs(path: &str, package: &str) {
    let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    if Path::new(path).exists() {
        return;
    }
    assert_eq!(std::env::var("CI").as_deref(), Ok("true"), "{path} is not there: install the package {package}");
    apt(&["update", "-qq"]);
    // Nothing of the package is started.
    let policy = Path::new("/usr/sbin/policy-rc.d");
    if !policy.exists() {
        std::fs::write(policy, "#!/bin/sh\nexit 101\n").unwrap();
        run(Command::new("chmod").arg("755").arg(policy));
    }
    apt(&["-o", "DPkg::Lock::Timeout=300", "install", "-y", "-qq", "--no-install-recommends", package]);
    assert!(Path::new(path).exists(), "the package {package} has no {path}");
}

fn apt(arguments: &[&str]) {
    run(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"));
}

/// Runs a program to its end, which has to be a good one, and gives what it said.
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {}\n{said}", output.status);
    String::from_utf8_lossy(&output.stdout).into_owned() + &said
}

/// A server for S3: the one in the path, or, where `CI=true`, one that is installed for these tests alone.
pub fn moto() -> PathBuf {
    const PROGRAM: &str = "moto_server";
    let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let paths = std::env::var_os("PATH").unwrap_or_default();
    if let Some(found) = std::env::split_paths(&paths).map(|path| path.join(PROGRAM)).find(|path| path.exists()) {
        return found;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("moto");
    let program = folder.join("bin").join(PROGRAM);
    if !program.exists() {
        assert_eq!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "{PROGRAM} is not in the path: `pip install moto[server,s3]`"
        );
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        run(Command::new(folder.join("bin/pip")).args(["install", "-q", "moto[server,s3]==5.2.5"]));
    }
    program
}
