//! Files that are no plugin, made of the few bytes that it takes to be one's neighbour.

use expect_test::{Expect, expect};

use crate::brazeline::run;

const MODULE: &[u8] = b"\0asm\x01\0\0\0";
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

const PIPELINE: &str = "name: foreign
sources:
  in: { type: stdin }
transforms:
  foreign: { type: ./foreign.wasm, inputs: [in] }
sinks:
  out: { type: stdout, inputs: [foreign] }
";

fn check(content: Option<&[u8]>, expected: &Expect) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pipeline.yaml"), PIPELINE).unwrap();
    if let Some(content) = content {
        std::fs::write(folder.path().join("foreign.wasm"), content).unwrap();
    }
    // Both say the same, before anything is started.
    let checked = run(folder.path(), &["check", "pipeline.yaml"]).failure();
    assert_eq!(run(folder.path(), &["run", "pipeline.yaml"]).failure(), checked);
    expected.assert_eq(&checked);
}

/// A component that exports an instance without members under this name.
fn exporting(name: &str) -> Vec<u8> {
    let mut export = vec![1, 0, u8::try_from(name.len()).unwrap()];
    export.extend(name.as_bytes());
    // The sort `instance`, its number, no type.
    export.extend([5, 0, 0]);
    let mut component = COMPONENT.to_vec();
    // A section of one instance, made of no exports; then a section of one export.
    component.extend([5, 3, 1, 1, 0]);
    component.extend([11, u8::try_from(export.len()).unwrap()]);
    component.extend(export);
    component
}

#[test]
fn not_there() {
    check(
        None,
        &expect![[r#"
        ? 2
        error: transform `foreign`: `./foreign.wasm` cannot be read
          at pipeline.yaml:5:20
          No such file or directory (os error 2)
          help: check the path and who may read the file
    "#]],
    );
}

#[test]
fn no_webassembly() {
    check(
        Some(b"#!/bin/sh\n"),
        &expect![[r#"
        ? 2
        error: transform `foreign`: `./foreign.wasm` is not WebAssembly
          at pipeline.yaml:5:20
          it has 10 bytes and does not begin as a `.wasm` file does
          help: give the path of a component, built with `cargo build --release --target wasm32-wasip2`
    "#]],
    );
}

#[test]
fn a_core_module() {
    check(
        Some(MODULE),
        &expect![[r#"
        ? 2
        error: transform `foreign`: `./foreign.wasm` is a WebAssembly module and not a component
          at pipeline.yaml:5:20
          a module has memory and functions; a component says what they mean
          help: build it as a component: `cargo build --release --target wasm32-wasip2`
    "#]],
    );
}

#[test]
fn no_valid_component() {
    check(
        Some(&[COMPONENT, &[99, 1, 0]].concat()),
        &expect![[r#"
        ? 2
        error: transform `foreign`: `./foreign.wasm` is not a valid component
          at pipeline.yaml:5:20
          failed to parse WebAssembly module: malformed section id: 99 (at offset 0xa)
          help: build it again: `cargo build --release --target wasm32-wasip2`
    "#]],
    );
}

#[test]
fn exports_nothing() {
    check(
        Some(COMPONENT),
        &expect![[r#"
        ? 2
        error: transform `foreign`: `./foreign.wasm` is not a Brazeline plugin
          at pipeline.yaml:5:20
          it exports nothing
          help: export `brazeline:pipeline/plugin@0.1.0` and one more interface of that package, say `transform`
    "#]],
    );
}

#[test]
fn exports_nothing_of_ours() {
    check(
        Some(&exporting("wasi:cli/run@0.2.0")),
        &expect![[r#"
        ? 2
        error: transform `foreign`: `./foreign.wasm` is not a Brazeline plugin
          at pipeline.yaml:5:20
          it exports wasi:cli/run@0.2.0
          help: export `brazeline:pipeline/plugin@0.1.0` and one more interface of that package, say `transform`
    "#]],
    );
}

#[test]
fn another_version_of_the_interfaces() {
    check(
        Some(&exporting("brazeline:pipeline/plugin@0.2.0")),
        &expect![[r#"
        ? 2
        error: transform `foreign`: `./foreign.wasm` is built for another version of the plugin interfaces
          at pipeline.yaml:5:20
          it exports brazeline:pipeline/plugin@0.2.0
          this program speaks version 0.1.0
          help: build it against the interfaces of version 0.1.0, or use the release that it was built for
    "#]],
    );
}

#[test]
fn one_interface_is_not_enough() {
    check(
        Some(&exporting("brazeline:pipeline/plugin@0.1.0")),
        &expect![[r#"
        ? 2
        error: transform `foreign`: `./foreign.wasm` is not a Brazeline plugin
          at pipeline.yaml:5:20
          it exports brazeline:pipeline/plugin@0.1.0
          help: export `brazeline:pipeline/plugin@0.1.0` and one more interface of that package, say `transform`
    "#]],
    );
}
