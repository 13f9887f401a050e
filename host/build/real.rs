//! Which real servers and programs of others do the tests find on this machine?
//!
//! What is not there makes its tests ignored, by name. Where `CI=true`, all of them are run: their set-up installs what is missing, and what
//! cannot be installed is a failure.

use std::env;
use std::path::{Path, PathBuf};

/// Each with the name of its `cfg` and what has to be there.
const REAL: [(&str, &str); 3] =
    [("real_openssh", "/usr/sbin/sshd"), ("real_gnupg", "/usr/bin/gpg"), ("real_moto", "moto_server")];

/// Tells the tests.
pub fn tell() {
    println!("cargo:rerun-if-env-changed=CI");
    let is_ci = env::var_os("CI").is_some_and(|value| value == "true");
    for (name, program) in REAL {
        println!("cargo:rustc-check-cfg=cfg({name})");
        let found = find(program);
        if is_ci || found.is_some() {
            println!("cargo:rustc-cfg={name}");
        }
        // A file that is not there would count as changed each time; its folder changes when it comes.
        let watched = found.or_else(|| Path::new(program).parent().map(Path::to_owned));
        if let Some(watched) = watched.filter(|path| path.exists()) {
            println!("cargo:rerun-if-changed={}", watched.display());
        }
    }
}

fn find(program: &str) -> Option<PathBuf> {
    // An absolute path stays what it is.
    let paths = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&paths).map(|path| path.join(program)).find(|path| path.exists())
}
