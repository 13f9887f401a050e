//! Builds every component under `plugin/` and makes it part of the program.
//!
//! The folder is walked, so a new component is listed nowhere. Cargo runs this again only when something that goes into a
//! component has changed.

#[path = "build/guest.rs"]
mod guest;
#[path = "build/real.rs"]
mod real;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the host lies in no workspace")?;
    let out = PathBuf::from(env::var_os("OUT_DIR").context("cargo names no OUT_DIR")?);
    let components = guest::components(&root.join("plugin"))?;
    watch(root)?;
    real::tell();
    // OUT_DIR is <target>/<profile>/build/<package>/out. The lock of <target> itself is held by the cargo that waits for us.
    let target = out.ancestors().nth(4).context("OUT_DIR lies in no target folder")?.join("components");
    let names: Vec<&str> = components.keys().map(String::as_str).collect();
    let files = guest::build(root, &target, &names)?;
    embed(&out, &names, &files)
}

/// Also the crates there that are no components and go into some. A plugin that is added or goes away changes `Cargo.lock`.
fn watch(root: &Path) -> Result<()> {
    let shared = ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "wit"];
    let mut paths: Vec<PathBuf> = shared.into_iter().map(|path| root.join(path)).collect();
    for entry in fs::read_dir(root.join("plugin"))? {
        let folder = entry?.path();
        if folder.join("Cargo.toml").is_file() {
            paths.extend(["src", "Cargo.toml"].map(|path| folder.join(path)));
        }
    }
    paths.sort_unstable();
    paths.iter().for_each(|path| println!("cargo:rerun-if-changed={}", path.display()));
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build");
    Ok(())
}

/// Copies the files to where only this package's next build changes them, and writes the table of them.
fn embed(out: &Path, names: &[&str], files: &[PathBuf]) -> Result<()> {
    let mut table =
        "/// Name and bytes of each, sorted by name.\npub const EMBEDDED: &[(&str, &[u8])] = &[\n".to_owned();
    for (name, file) in names.iter().zip(files) {
        let copy = out.join(name).with_extension("wasm");
        fs::copy(file, &copy).with_context(|| format!("{} cannot be copied", file.display()))?;
        writeln!(table, "    ({name:?}, include_bytes!({copy:?}).as_slice()),")?;
    }
    table.push_str("];\n");
    fs::write(out.join("embedded.rs"), table).context("the table of components cannot be written")
}
