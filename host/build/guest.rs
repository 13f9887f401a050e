//! Builds crates of the workspace as components, with a cargo of its own.
//!
//! Used by the build script for what is part of the program, and by the tests for what only they need.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail};

const TARGET: &str = "wasm32-wasip2";

/// The release profile of components, whatever the workspace's own is. Measured: `opt-level` "s" costs up to twice the time.
const PROFILE: [(&str, &str); 6] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "3"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    ("CARGO_PROFILE_RELEASE_STRIP", "symbols"),
];

/// Every crate there whose library is a `cdylib`: its name, and its folder.
pub fn components(plugins: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut components = BTreeMap::new();
    for entry in fs::read_dir(plugins).with_context(|| format!("{} cannot be read", plugins.display()))? {
        let folder = entry?.path();
        let Ok(manifest) = fs::read_to_string(folder.join("Cargo.toml")) else { continue };
        if manifest.lines().any(|line| line.starts_with("crate-type") && line.contains("\"cdylib\"")) {
            let name = name(&manifest).with_context(|| format!("{} names no package", folder.display()))?;
            components.insert(name, folder);
        }
    }
    Ok(components)
}

fn name(manifest: &str) -> Option<String> {
    let value = manifest.lines().find_map(|line| line.strip_prefix("name = "))?;
    Some(value.trim().trim_matches('"').to_owned())
}

/// Builds these packages into a target folder that no other cargo holds, and names their files.
pub fn build(root: &Path, target_dir: &Path, packages: &[&str]) -> Result<Vec<PathBuf>> {
    add_target(root)?;
    let mut cargo = Command::new(program("CARGO", "cargo"));
    // The cargo that runs us has brought Cargo.lock up to date; from here on it must not change.
    cargo
        .current_dir(root)
        .args(["build", "--release", "--locked", "--target", TARGET, "--target-dir"])
        .arg(target_dir);
    cargo.args(packages.iter().flat_map(|package| ["--package", package]));
    forget_the_outer_build(&mut cargo);
    cargo.envs(PROFILE);
    run(&mut cargo).context("the components cannot be built")?;
    let folder = target_dir.join(TARGET).join("release");
    Ok(packages.iter().map(|package| folder.join(package.replace('-', "_")).with_extension("wasm")).collect())
}

/// What a cargo sets for a build script or a test is about the package and the machine that *it* builds for; clippy even sets
/// another compiler.
fn forget_the_outer_build(cargo: &mut Command) {
    let exact = [
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_INCREMENTAL",
        "CARGO_TARGET_DIR",
        "CARGO_BUILD_TARGET",
        "CLIPPY_ARGS",
        "RUSTFLAGS",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "TARGET",
        "HOST",
        "OPT_LEVEL",
        "PROFILE",
        "DEBUG",
        "OUT_DIR",
    ];
    let families = ["CARGO_CFG_", "CARGO_FEATURE_", "CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_PROFILE_", "DEP_"];
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if exact.contains(&&*text) || families.iter().any(|family| text.starts_with(family)) {
            cargo.env_remove(&name);
        }
    }
}

/// Installs the target where it is missing, so that a fresh machine needs no step before the first build.
fn add_target(root: &Path) -> Result<()> {
    let mut rustc = Command::new(program("RUSTC", "rustc"));
    let sysroot = run(rustc.current_dir(root).args(["--print", "sysroot"]))?;
    let library = Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET);
    if fs::exists(&library)? {
        return Ok(());
    }
    run(Command::new("rustup").current_dir(root).args(["target", "add", TARGET])).with_context(|| {
        format!(
            "components are built for {TARGET}, which is missing ({} does not exist); \
             add it with `rustup target add {TARGET}`, or by the means that the compiler was installed with",
            library.display()
        )
    })?;
    Ok(())
}

fn program(variable: &str, otherwise: &str) -> std::ffi::OsString {
    env::var_os(variable).unwrap_or_else(|| otherwise.into())
}

/// Runs a program to its end, for what it prints. If it fails, what it complained about is the error.
fn run(command: &mut Command) -> Result<String> {
    let shown = format!("{command:?}");
    let output = command.output().with_context(|| format!("{shown} cannot be started"))?;
    if !output.status.success() {
        bail!("{shown} failed ({}):\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
