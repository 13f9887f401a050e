//! What the shipped components ask for and how large they are, and that the host knows no vendor.

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect;

use crate::host::Place;

/// A component may grow to this before somebody looks at why.
const MOST_KIB: u64 = 700;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The names of the components that come with the program, as the program lists them.
fn shipped(place: &Place) -> Vec<String> {
    let listed = place.brazeline(&["inspect"]).stdout;
    let components = listed.lines().skip(1).take_while(|line| !line.is_empty());
    components.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn imports_are_exactly_these() {
    let place = Place::new("");
    let mut shown = String::new();
    for name in shipped(&place) {
        let inspected = place.brazeline(&["inspect", &name]).stdout;
        let imports = inspected.lines().skip_while(|line| !line.starts_with("  imports")).skip(1);
        shown += &format!("{name}\n");
        imports.take_while(|line| line.starts_with("    ")).for_each(|line| shown += &format!("{line}\n"));
    }
    expect![[r#""#]].assert_eq(&shown);
}

#[test]
fn no_component_is_larger_than_it_should_be() {
    let place = Place::new("");
    let sizes: Vec<(String, u64)> =
        shipped(&place).into_iter().map(|name| (name.clone(), size(&place, &name))).collect();
    assert!(sizes.len() >= 5, "{sizes:?}");
    assert!(sizes.iter().all(|(_, kib)| (1..=MOST_KIB).contains(kib)), "in KiB: {sizes:?}");
}

fn size(place: &Place, name: &str) -> u64 {
    let inspected = place.brazeline(&["inspect", name]).stdout;
    let line = inspected.lines().find_map(|line| line.trim().strip_prefix("size")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn the_host_names_no_vendor() {
    let mut named = Vec::new();
    for file in files(&root().join("host/src")) {
        let text = fs::read_to_string(&file).unwrap().to_ascii_lowercase().replace("brazeline", "");
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
