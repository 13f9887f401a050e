//! Every folder under `examples/`: it is explained, its pipeline files are right, and what it says it does it does.

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

/// The pipeline files of one: `pipeline.yaml` alone, or else every `.yaml` in its folder.
fn pipelines(example: &Path) -> Vec<String> {
    const ALONE: &str = "pipeline.yaml";
    if example.join(ALONE).is_file() {
        return vec![ALONE.to_owned()];
    }
    let files = fs::read_dir(example).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut pipelines: Vec<String> = files.filter(|file| file.ends_with(".yaml")).collect();
    pipelines.sort_unstable();
    pipelines
}

#[test]
fn each_is_explained() {
    for example in examples() {
        let readme = fs::read_to_string(example.join("README.md"));
        let readme = readme.unwrap_or_else(|error| panic!("{}: its README.md: {error}", example.display()));
        let pipelines = pipelines(&example);
        assert!(!pipelines.is_empty(), "{} has no pipeline", example.display());
        for one in pipelines.iter().filter(|_| pipelines.len() > 1) {
            assert!(
                readme.contains(&format!("`{one}`")),
                "{}: its README.md does not speak of {one}",
                example.display()
            );
        }
    }
}

/// A copy without what earlier runs left, so that a path is not shown. What all tests share is what is compiled of components: that takes
/// longer than all else here.
fn copy(example: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in fs::read_dir(example).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
    }
    let shared = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().join("compiled");
    fs::create_dir_all(&shared).unwrap();
    for pipeline in pipelines(example) {
        let text = fs::read_to_string(example.join(pipeline)).unwrap();
        let data = text.lines().find_map(|line| line.strip_prefix("data_dir: ")).unwrap();
        let data = folder.path().join(data);
        fs::create_dir_all(&data).unwrap();
        let _there = std::os::unix::fs::symlink(&shared, data.join("components"));
    }
    folder
}

#[test]
fn each_is_right() {
    for example in examples().iter().filter(|example| !is_built(example)) {
        let pipelines = pipelines(example);
        for pipeline in &pipelines {
            let said = run(copy(example).path(), &["check", "--without-secrets", pipeline]);
            assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{}, {pipeline}", name(example));
            let shown = match pipelines.as_slice() {
                [_] => name(example).to_owned(),
                _ => format!("{}/{}", name(example), pipeline.trim_end_matches(".yaml")),
            };
            expect_file![format!("examples/{shown}.txt")].assert_eq(&said.stdout);
        }
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
