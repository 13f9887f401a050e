//! The test components, built when a test first needs one.

#[path = "../../host/build/guest.rs"]
mod guest;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs};

/// The path of a component under `tests/components`, by the name of its folder.
pub fn path(folder: &str) -> &'static Path {
    let all = built();
    let found = all.iter().find(|(name, _)| name == folder);
    &found.unwrap_or_else(|| panic!("no {folder} among {all:?}")).1
}

/// The component of an example, which is a project of its own.
pub fn of_example(name: &str) -> PathBuf {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name);
    guest::build(&example, &target_dir(), &[name]).unwrap().remove(0)
}

/// All of them are built at once, and with those that are part of the program: so what they stand on has the same features, and is there already.
fn built() -> &'static [(String, PathBuf)] {
    static BUILT: OnceLock<Vec<(String, PathBuf)>> = OnceLock::new();
    BUILT.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let folders = folders(&root.join("tests/components"));
        let packages: Vec<String> = folders.iter().map(|folder| format!("test-{folder}")).collect();
        let plugins = guest::components(&root.join("plugin")).unwrap();
        let names = packages.iter().chain(plugins.keys());
        let names: Vec<&str> = names.map(String::as_str).collect();
        let files = guest::build(root, &target_dir(), &names).unwrap();
        folders.into_iter().zip(files).collect()
    })
}

fn folders(components: &Path) -> Vec<String> {
    let folders = fs::read_dir(components).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut folders: Vec<String> = folders.filter(|name| components.join(name).join("Cargo.toml").exists()).collect();
    folders.sort_unstable();
    folders
}

/// The folder that the build script uses, too, so that what both need is built once.
fn target_dir() -> PathBuf {
    beside("components")
}

/// A folder in the target folder. A test runs from <target>/<profile>/deps.
pub fn beside(name: &str) -> PathBuf {
    env::current_exe().unwrap().ancestors().nth(3).unwrap().join(name)
}
