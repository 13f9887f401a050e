//! Which real servers and programs of others do the tests find on this machine?
//!
//! What is not there makes its tests ignored, by name. Where `CI=true`, all of them are run: their set-up installs what is missing, and what
//! cannot be installed is a failure.

use std::path::Path;

/// Each with the name of its `cfg` and what has to be there.
const REAL: [(&str, &str); 2] = [("real_openssh", "/usr/sbin/sshd"), ("real_gnupg", "/usr/bin/gpg")];

/// Tells the tests.
pub fn tell() {
    println!("cargo:rerun-if-env-changed=CI");
    let is_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    for (name, path) in REAL {
        println!("cargo:rustc-check-cfg=cfg({name})");
        let is_there = Path::new(path).exists();
        if is_ci || is_there {
            println!("cargo:rustc-cfg={name}");
        }
        // A file that is not there counts as changed each time; its folder changes when it comes.
        let watched = if is_there { Path::new(path) } else { Path::new(path).parent().unwrap_or(Path::new("/")) };
        println!("cargo:rerun-if-changed={}", watched.display());
    }
}
