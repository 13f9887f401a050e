//! What the shipped components ask for and how large they are, and that the host knows no vendor.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use expect_test::expect;

use crate::host::Place;

/// A component may grow to this before somebody looks at why.
const MOST_KIB: u64 = 800;
/// Those for which somebody did: one reads Avro, whose library is half a megabyte; one carries the world's phone numbers, countries and
/// languages, and reads dates.
const LARGER: [(&str, u64); 2] = [("braze-ingest", 1300), ("map-fields", 1500)];

/// Our own name, and the kind of identifier that a person update calls so (`wit/person-update.schema.json`).
const OURS: [&str; 3] = ["brazeline", "braze_id", "brazeid"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The names of the components that come with the program, as the program lists them, and what it says of each. It compiles each anew, so it is
/// asked once.
fn shipped() -> &'static [(String, String)] {
    static SHIPPED: OnceLock<Vec<(String, String)>> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let place = Place::new("");
        let listed = place.brazeline(&["inspect"]).stdout;
        let components = listed.lines().skip(1).take_while(|line| !line.is_empty());
        let names = components.map(|line| line.split_whitespace().next().unwrap().to_owned());
        names.map(|name| (name.clone(), place.brazeline(&["inspect", &name]).stdout)).collect()
    })
}

#[test]
fn imports_are_exactly_these() {
    let mut shown = String::new();
    for (name, inspected) in shipped() {
        let imports = inspected.lines().skip_while(|line| !line.starts_with("  imports")).skip(1);
        shown += &format!("{name}\n");
        imports.take_while(|line| line.starts_with("    ")).for_each(|line| shown += &format!("{line}\n"));
    }
    expect![[r#"
        braze-export
            wasi:cli/environment@0.2.6
            wasi:cli/exit@0.2.6
            wasi:cli/stderr@0.2.6
            wasi:cli/stdin@0.2.6
            wasi:cli/stdout@0.2.6
            wasi:cli/terminal-input@0.2.6
            wasi:cli/terminal-output@0.2.6
            wasi:cli/terminal-stderr@0.2.6
            wasi:cli/terminal-stdin@0.2.6
            wasi:cli/terminal-stdout@0.2.6
            wasi:io/error@0.2.6
            wasi:io/poll@0.2.6
            wasi:io/streams@0.2.6
        braze-ingest
            wasi:cli/environment@0.2.6
            wasi:cli/exit@0.2.6
            wasi:cli/stderr@0.2.6
            wasi:cli/stdin@0.2.6
            wasi:cli/stdout@0.2.6
            wasi:cli/terminal-input@0.2.6
            wasi:cli/terminal-output@0.2.6
            wasi:cli/terminal-stderr@0.2.6
            wasi:cli/terminal-stdin@0.2.6
            wasi:cli/terminal-stdout@0.2.6
            wasi:io/error@0.2.6
            wasi:io/poll@0.2.6
            wasi:io/streams@0.2.6
            wasi:random/insecure-seed@0.2.6
        diff-profiles
            wasi:cli/environment@0.2.6
            wasi:cli/exit@0.2.6
            wasi:cli/stderr@0.2.6
            wasi:cli/stdin@0.2.6
            wasi:cli/stdout@0.2.6
            wasi:cli/terminal-input@0.2.6
            wasi:cli/terminal-output@0.2.6
            wasi:cli/terminal-stderr@0.2.6
            wasi:cli/terminal-stdin@0.2.6
            wasi:cli/terminal-stdout@0.2.6
            wasi:io/error@0.2.6
            wasi:io/poll@0.2.6
            wasi:io/streams@0.2.6
        lytics-export
            wasi:cli/environment@0.2.6
            wasi:cli/exit@0.2.6
            wasi:cli/stderr@0.2.6
            wasi:cli/stdin@0.2.6
            wasi:cli/stdout@0.2.6
            wasi:cli/terminal-input@0.2.6
            wasi:cli/terminal-output@0.2.6
            wasi:cli/terminal-stderr@0.2.6
            wasi:cli/terminal-stdin@0.2.6
            wasi:cli/terminal-stdout@0.2.6
            wasi:io/error@0.2.6
            wasi:io/poll@0.2.6
            wasi:io/streams@0.2.6
        lytics-ingest
            wasi:cli/environment@0.2.6
            wasi:cli/exit@0.2.6
            wasi:cli/stderr@0.2.6
            wasi:cli/stdin@0.2.6
            wasi:cli/stdout@0.2.6
            wasi:cli/terminal-input@0.2.6
            wasi:cli/terminal-output@0.2.6
            wasi:cli/terminal-stderr@0.2.6
            wasi:cli/terminal-stdin@0.2.6
            wasi:cli/terminal-stdout@0.2.6
            wasi:io/error@0.2.6
            wasi:io/poll@0.2.6
            wasi:io/streams@0.2.6
        map-fields
            wasi:cli/environment@0.2.6
            wasi:cli/exit@0.2.6
            wasi:cli/stderr@0.2.6
            wasi:cli/stdin@0.2.6
            wasi:cli/stdout@0.2.6
            wasi:cli/terminal-input@0.2.6
            wasi:cli/terminal-output@0.2.6
            wasi:cli/terminal-stderr@0.2.6
            wasi:cli/terminal-stdin@0.2.6
            wasi:cli/terminal-stdout@0.2.6
            wasi:io/error@0.2.6
            wasi:io/poll@0.2.6
            wasi:io/streams@0.2.6
            wasi:random/insecure-seed@0.2.6
    "#]]
    .assert_eq(&shown);
}

#[test]
fn no_component_is_larger_than_it_should_be() {
    let sizes: Vec<(&str, u64)> = shipped().iter().map(|(name, inspected)| (name.as_str(), size(inspected))).collect();
    assert!(sizes.len() >= 5, "{sizes:?}");
    let most = |name: &str| LARGER.iter().find(|(known, _)| *known == name).map_or(MOST_KIB, |(_, kib)| *kib);
    assert!(sizes.iter().all(|(name, kib)| (1..=most(name)).contains(kib)), "in KiB: {sizes:?}");
}

fn size(inspected: &str) -> u64 {
    let line = inspected.lines().find_map(|line| line.trim().strip_prefix("size")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn the_host_names_no_vendor() {
    let mut named = Vec::new();
    for file in files(&root().join("host/src")) {
        let text = fs::read_to_string(&file).unwrap().to_ascii_lowercase();
        let text = OURS.iter().fold(text, |text, ours| text.replace(ours, ""));
        if text.contains("braze") || text.contains("lytics") {
            named.push(file);
        }
    }
    assert!(named.is_empty(), "{named:?}");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
