//! Every folder under `examples/`: it is explained, its pipeline file is right, and what it says it does it does.

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;

use crate::brazeline::run;

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut examples: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    examples.sort_unstable();
    assert!(!examples.is_empty());
    examples
}

fn name(example: &Path) -> &str {
    example.file_name().unwrap().to_str().unwrap()
}

/// One with a plugin of its own has to be built first; the suite of whole pipelines does that.
fn is_built(example: &Path) -> bool {
    example.join("Cargo.toml").exists()
}

#[test]
fn each_is_explained() {
    for example in examples() {
        for file in ["README.md", "pipeline.yaml"] {
            assert!(example.join(file).is_file(), "{} has no {file}", example.display());
        }
    }
}

/// A copy without what earlier runs left, so that a path is not shown.
fn copy(example: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in fs::read_dir(example).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
    }
    folder
}

#[test]
fn each_is_right() {
    for example in examples().iter().filter(|example| !is_built(example)) {
        let said = run(copy(example).path(), &["check", "--without-secrets", "pipeline.yaml"]);
        assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{}", name(example));
        expect_file![format!("examples/{}.txt", name(example))].assert_eq(&said.stdout);
    }
}

/// What ends by itself has an input and what is expected of it.
#[test]
fn those_that_end_do_what_they_say() {
    let mut ran = 0;
    for example in examples().iter().filter(|example| !is_built(example) && example.join("expected.ndjson").exists()) {
        let folder = copy(example);
        let _earlier = fs::remove_file(folder.path().join("output.ndjson"));
        let written = || fs::read_to_string(folder.path().join("output.ndjson")).unwrap_or_default();
        let expected = fs::read_to_string(example.join("expected.ndjson")).unwrap();
        // The second run finds nothing new.
        for time in ["first", "second"] {
            let said = run(folder.path(), &["run", "pipeline.yaml"]);
            assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{}, {time} run", name(example));
            assert_eq!(written(), expected, "{}, {time} run", name(example));
        }
        ran += 1;
    }
    assert!(ran > 0, "no example was run");
}
