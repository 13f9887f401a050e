//! Builds the crate under test as a component, into `components` beside the folder that the test itself was built into.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The profile of the components that come with the program: fast, and a panic is a trap.
const PROFILE: [(&str, &str); 6] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "3"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    ("CARGO_PROFILE_RELEASE_STRIP", "symbols"),
];
/// What is meant for the build of the test itself.
const FOREIGN: [&str; 6] = [
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
];
const TARGET: &str = "wasm32-wasip2";

/// Builds it, and says where it lies.
///
/// # Panics
///
/// If it does not build, or if cargo does not run this test.
pub(super) fn component() -> PathBuf {
    let folder = target_dir().join("components");
    let manifest = variable("CARGO_MANIFEST_DIR");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--release", "--lib", "--target", TARGET, "--manifest-path"]);
    cargo.arg(Path::new(&manifest).join("Cargo.toml")).arg("--target-dir").arg(&folder);
    for name in FOREIGN {
        cargo.env_remove(name);
    }
    cargo.envs(PROFILE);
    match cargo.status() {
        Ok(status) if status.success() => {}
        other => panic!("the component does not build ({other:?}); is `rustup target add {TARGET}` done?"),
    }
    let name = variable("CARGO_PKG_NAME").replace('-', "_");
    folder.join(TARGET).join("release").join(name).with_extension("wasm")
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set; run this test with cargo"))
}

/// A test lies in `<target>/debug/deps`.
fn target_dir() -> PathBuf {
    let test = env::current_exe().unwrap_or_default();
    test.ancestors().nth(3).map_or_else(|| PathBuf::from("target"), Path::to_path_buf)
}
