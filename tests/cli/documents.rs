//! Do the documents speak of what is there?

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What stands between a pair of these.
fn between<'t>(text: &'t str, open: &str, close: &str) -> Vec<&'t str> {
    text.split(open).skip(1).filter_map(|rest| rest.split(close).next()).collect()
}

#[test]
fn each_invariant_names_a_test_that_is_there() {
    let architecture = read("ARCHITECTURE.md");
    let invariants = architecture.split("## What must hold").nth(1).unwrap().split("\n## ").next().unwrap();
    let mut tests = 0;
    for named in invariants.split('`').filter(|word| word.contains(".rs::")) {
        let (file, test) = named.split_once("::").unwrap();
        assert!(read(file).contains(&format!("fn {test}(")), "{file} has no test {test}");
        tests += 1;
    }
    assert!(tests > 0, "no invariant names a test");
}

#[test]
fn links_lead_somewhere() {
    for document in ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "plugin/README.md"] {
        let folder = root().join(document);
        for link in between(&read(document), "](", ")").into_iter().filter(|link| !link.contains("://")) {
            let path = folder.parent().unwrap().join(link.split('#').next().unwrap());
            assert!(path.exists(), "{document} links to {link}, which is not there");
        }
    }
}
