use std::path::Path;

use expect_test::expect;

use super::{SMALL, check, right, small};
use crate::config::{Plugin, Size, load, parse};

#[test]
fn a_small_one_is_in_order() {
    check(
        SMALL,
        expect![[r#"
        nothing
    "#]],
    );
    let pipeline = right(SMALL);
    assert_eq!((pipeline.data_dir.as_path(), pipeline.journal.is_stated), (Path::new("./data"), false));
    assert_eq!(pipeline.journal.max_size, Size(1 << 30));
}

#[test]
fn paths_begin_at_the_file() {
    let text = SMALL.replace("type: stdin", "type: ./mine.wasm").replace("type: stdout", "type: /opt/x.wasm");
    let pipeline = parse("/etc/p/pipeline.yaml", &text).unwrap();
    assert_eq!(pipeline.data_dir, Path::new("/etc/p/data"));
    assert_eq!(pipeline.sources[0].node.plugin.value, Plugin::File("/etc/p/mine.wasm".into()));
    assert_eq!(pipeline.sinks[0].node.plugin.value, Plugin::File("/opt/x.wasm".into()));
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    check(
        "nam: x\nlabel: 5\nsources:\n  in: {}\nsinks: []\njournal: { max_size: 5 }\n",
        expect![[r#"
        error: the pipeline file has no `name`
          at pipeline.yaml:1:1
          help: did you mean it by `nam`? Otherwise add `name:`; the state of a pipeline is kept under its name

        error: the pipeline file has no setting `nam`
          at pipeline.yaml:1:1
          settings here: name, label, description, data_dir, journal, authorizations, sources, transforms, sinks
          help: did you mean `name`? Otherwise remove it

        error: `label` of the pipeline file must be text
          at pipeline.yaml:2:8
          found: a number
          help: write `label: "..."`

        error: source `in` has no `type`
          at pipeline.yaml:4:7
          help: add `type:` with the name of a plugin or the path of a `.wasm` file

        error: `sinks` must be a map of names
          at pipeline.yaml:5:8
          found: a list
          help: give each a name, and its settings below that

        error: `max_size` of `journal` must be a size such as `64MiB` between 16MiB and 16TiB
          at pipeline.yaml:6:22
          found: a number
          help: the default is `max_size: 1GiB`
    "#]],
    );
}

#[test]
fn what_is_missing() {
    check(
        "label: x\n",
        expect![[r#"
        error: the pipeline file has no `name`
          at pipeline.yaml:1:1
          help: add `name:`; the state of a pipeline is kept under its name

        error: the pipeline has no source
          at pipeline.yaml:1:1
          help: add one under `sources`

        error: the pipeline has no sink
          at pipeline.yaml:1:1
          help: add one under `sinks`
    "#]],
    );
    check(
        "name:\nsources: {}\nsinks:\n",
        expect![[r#"
        error: `name` of the pipeline file must be text
          at pipeline.yaml:1:1
          found: nothing
          help: write `name: "..."`

        error: the pipeline has no source
          at pipeline.yaml:2:1
          help: add one under `sources`

        error: the pipeline has no sink
          at pipeline.yaml:3:1
          help: add one under `sinks`
    "#]],
    );
}

#[test]
fn names() {
    check(
        &SMALL.replace("small", "Small One"),
        expect![[r#"
        error: the name of the pipeline is not allowed
          at pipeline.yaml:1:7
          help: use 1 to 64 of the characters a-z, 0-9 and `-`
    "#]],
    );
    check(
        &SMALL.replace("small", "\"\""),
        expect![[r#"
        error: `name` of the pipeline file must be text
          at pipeline.yaml:1:7
          found: empty text
          help: write `name: "..."`
    "#]],
    );
    check(
        &SMALL.replace("small", &"x".repeat(65)),
        expect![[r#"
        error: the name of the pipeline is not allowed
          at pipeline.yaml:1:7
          help: use 1 to 64 of the characters a-z, 0-9 and `-`
    "#]],
    );
    check(
        &SMALL.replace("in: {", "in_1: {").replace("[in]", "[in_1]"),
        expect![[r#"
        error: the id of source `in_1` is not allowed
          at pipeline.yaml:3:3
          help: use 1 to 64 of the characters a-z, 0-9 and `-`
    "#]],
    );
}

#[test]
fn the_journal() {
    assert_eq!(right(&small("journal: { max_size: 20GB }\n")).journal.max_size, Size(20_000_000_000));
    check(
        &small("journal: 5GiB\n"),
        expect![[r#"
        error: `journal` must be a map of `key: value`
          at pipeline.yaml:6:10
          found: text
          help: give it its keys, or remove it
    "#]],
    );
    check(
        &small("journal: { size: 5GiB }\n"),
        expect![[r#"
        error: `journal` has no setting `size`
          at pipeline.yaml:6:12
          settings here: max_size
          help: remove it
    "#]],
    );
    check(
        &small("journal: { max_size: 1MiB }\n"),
        expect![[r#"
        error: `max_size` of `journal` must be a size such as `64MiB` between 16MiB and 16TiB
          at pipeline.yaml:6:22
          help: the default is `max_size: 1GiB`
    "#]],
    );
}

#[test]
fn sections_are_maps() {
    check(
        &small("transforms: [a]\nauthorizations: x\n"),
        expect![[r#"
        error: `transforms` must be a map of names
          at pipeline.yaml:6:13
          found: a list
          help: give each a name, and its settings below that

        error: `authorizations` must be a map of names
          at pipeline.yaml:7:17
          found: text
          help: give each a name, and its settings below that
    "#]],
    );
    check(
        &small("transforms:\nauthorizations:\n"),
        expect![[r#"
        nothing
    "#]],
    );
    check(
        &small("transforms:\n  change:\n"),
        expect![[r#"
        error: transform `change` must be a map of `key: value`
          at pipeline.yaml:7:3
          found: nothing
          help: give it its keys, or remove it
    "#]],
    );
}

#[test]
fn files_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let shown = |name: &str| {
        load(&folder.path().join(name)).unwrap_err().to_string().replace(&folder.path().display().to_string(), "")
    };
    expect![[r#"
        error: /none.yaml cannot be read
          No such file or directory (os error 2)
          help: give the path of a pipeline file"#]]
    .assert_eq(&shown("/none.yaml"));
    std::fs::write(folder.path().join("bytes.yaml"), b"name: \xff").unwrap();
    expect![[r#"
        error: /bytes.yaml is no text
          byte 6 is not UTF-8
          help: save it as UTF-8"#]]
    .assert_eq(&shown("bytes.yaml"));
    std::fs::write(folder.path().join("large.yaml"), vec![b'#'; 5 << 20]).unwrap();
    expect![[r#"
        error: /large.yaml is no pipeline file
          it has 5242880 bytes; a pipeline file may have 4194304
          help: give the path of a pipeline file"#]]
    .assert_eq(&shown("large.yaml"));
    std::fs::write(folder.path().join("right.yaml"), SMALL).unwrap();
    let pipeline = load(&folder.path().join("right.yaml")).unwrap();
    assert_eq!(pipeline.folder(), folder.path());
}
