//! Builds the crate under test as a component, into `components` beside the folder that the test itself was built into.
//!
//! Its neighbours in the workspace are built with it. So what they stand on has the same features for all and is built once; and what is
//! tested is what a host that is built in the same workspace holds.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

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
    let manifest = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let mut cargo = cargo("build", &manifest);
    cargo.args(["--quiet", "--release", "--lib", "--target", TARGET, "--target-dir"]).arg(&folder);
    cargo.args(neighbours(&manifest).iter().flat_map(|name| ["--package", name]));
    cargo.envs(PROFILE);
    match cargo.status() {
        Ok(status) if status.success() => {}
        other => panic!("the component does not build ({other:?}); is `rustup target add {TARGET}` done?"),
    }
    let name = variable("CARGO_PKG_NAME").replace('-', "_");
    folder.join(TARGET).join("release").join(name).with_extension("wasm")
}

fn cargo(command: &str, manifest: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.arg(command).arg("--manifest-path").arg(manifest.join("Cargo.toml"));
    for name in FOREIGN {
        cargo.env_remove(name);
    }
    cargo
}

/// The components of the workspace whose folders lie beside this one, and this one.
fn neighbours(manifest: &Path) -> Vec<String> {
    let mut metadata = cargo("metadata", manifest);
    metadata.args(["--no-deps", "--format-version", "1"]).stderr(Stdio::null());
    let said = metadata.output().map(|output| output.stdout).unwrap_or_default();
    let said: Value = serde_json::from_slice(&said).unwrap_or_default();
    let packages = said["packages"].as_array().into_iter().flatten().filter(|package| {
        let path = Path::new(package["manifest_path"].as_str().unwrap_or_default());
        let folder = path.parent().unwrap_or(path);
        folder == manifest || (folder.parent() == manifest.parent() && is_component(package))
    });
    packages.filter_map(|package| package["name"].as_str().map(str::to_owned)).collect()
}

fn is_component(package: &Value) -> bool {
    let mut targets = package["targets"].as_array().into_iter().flatten();
    targets.any(|target| target["crate_types"].as_array().is_some_and(|types| types.contains(&"cdylib".into())))
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set; run this test with cargo"))
}

/// A test lies in `<target>/debug/deps`.
fn target_dir() -> PathBuf {
    let test = env::current_exe().unwrap_or_default();
    test.ancestors().nth(3).map_or_else(|| PathBuf::from("target"), Path::to_path_buf)
}
