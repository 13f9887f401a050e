use std::fs;

use expect_test::{Expect, expect};

use super::*;

/// The bytes of a component that loads, with each occurrence of a text in it replaced by one of the same length.
fn patched(replacements: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = embedded::find("map-fields").unwrap().to_vec();
    for (old, new) in replacements {
        assert_eq!(old.len(), new.len());
        let places: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(old.as_bytes())).collect();
        assert!(!places.is_empty(), "{old} does not occur");
        places.iter().for_each(|at| bytes[*at..at + old.len()].copy_from_slice(new.as_bytes()));
    }
    bytes
}

/// Loads a file with this content, and shows what the operator reads.
fn check(content: Option<&[u8]>, expected: Expect) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.wasm");
    if let Some(content) = content {
        fs::write(&path, content).unwrap();
    }
    let error = Library::new(None).unwrap().load(&Reference::File(path)).map(drop).unwrap_err();
    let lines: Vec<String> = [vec![error.to_string()], error.facts(), vec![format!("help: {}", error.help())]].concat();
    expected.assert_eq(&lines.join("\n").replace(&*folder.path().to_string_lossy(), "."));
}

#[test]
fn a_file_that_is_not_there() {
    check(
        None,
        expect![[r#"
        `./mine.wasm` cannot be read
        No such file or directory (os error 2)
        help: check the path and who may read the file"#]],
    );
}

#[test]
fn a_file_that_is_something_else() {
    check(
        Some(b"name: pipeline"),
        expect![[r#"
        `./mine.wasm` is not WebAssembly
        it has 14 bytes and does not begin as a `.wasm` file does
        help: give the path of a component, built with `cargo build --release --target wasm32-wasip2`"#]],
    );
    check(
        Some(b""),
        expect![[r#"
        `./mine.wasm` is not WebAssembly
        it has 0 bytes and does not begin as a `.wasm` file does
        help: give the path of a component, built with `cargo build --release --target wasm32-wasip2`"#]],
    );
}

#[test]
fn a_core_module() {
    check(
        Some(b"\0asm\x01\0\0\0"),
        expect![[r#"
        `./mine.wasm` is a WebAssembly module and not a component
        a module has memory and functions; a component says what they mean
        help: build it as a component: `cargo build --release --target wasm32-wasip2`"#]],
    );
}

#[test]
fn a_component_that_is_cut_off() {
    check(
        Some(b"\0asm\x0d\0\x01\0\x01\x7f"),
        expect![[r#"
        `./mine.wasm` is not a valid component
        failed to parse WebAssembly module: wasm component contains an invalid module section: section range 10..137 is out of bounds (bound = 10)
        help: build it again: `cargo build --release --target wasm32-wasip2`"#]],
    );
}

#[test]
fn a_component_for_another_version_of_the_interfaces() {
    let replacements = ["types", "plugin", "transform"]
        .map(|name| (format!("brazeline:pipeline/{name}@0.1.0"), format!("brazeline:pipeline/{name}@0.2.0")));
    let replacements: Vec<_> = replacements.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect();
    check(
        Some(&patched(&replacements)),
        expect![[r#"
        `./mine.wasm` is built for another version of the plugin interfaces
        it exports brazeline:pipeline/plugin@0.2.0, brazeline:pipeline/transform@0.2.0
        this program speaks version 0.1.0
        help: build it against the interfaces of version 0.1.0, or use the release that it was built for"#]],
    );
}

#[test]
fn a_component_that_exports_nothing_of_ours() {
    check(
        Some(b"\0asm\x0d\0\x01\0"),
        expect![[r#"
        `./mine.wasm` is not a Brazeline plugin
        it exports nothing
        help: export `brazeline:pipeline/plugin@0.1.0` and one more interface of that package, say `transform`"#]],
    );
    check(
        Some(&patched(&[("brazeline:pipeline/", "elsewhere:pipeline/")])),
        expect![[r#"
        `./mine.wasm` is not a Brazeline plugin
        it exports elsewhere:pipeline/plugin@0.1.0, elsewhere:pipeline/transform@0.1.0
        help: export `brazeline:pipeline/plugin@0.1.0` and one more interface of that package, say `transform`"#]],
    );
}

#[test]
fn a_component_whose_interface_has_another_shape() {
    check(
        Some(&patched(&[("settings-schema", "settings-shamed")])),
        expect![[r#"
        `./mine.wasm` is built for changed plugin interfaces
        failed to convert function to given type: type mismatch with results: expected record field named settings-schema, found settings-shamed
        help: build it against this release's `wit/`, unchanged: `cargo build --release --target wasm32-wasip2`"#]],
    );
}

#[test]
fn a_component_that_needs_what_the_host_does_not_offer() {
    check(
        Some(&patched(&[("wasi:cli/environment", "wasi:cli/surrounding")])),
        expect![[r#"
        `./mine.wasm` needs `wasi:cli/surrounding@0.2.6`, which this program does not offer
        a component is offered WASI 0.2 and wasi:http, and nothing else
        help: build it without what needs that import"#]],
    );
}

#[test]
fn a_name_that_is_not_built_in() {
    let error = Library::new(None).unwrap().load(&Reference::Embedded("map-feilds".into())).map(drop).unwrap_err();
    assert_eq!(error.to_string(), "`map-feilds` is not a component of this program");
    assert!(error.facts()[0].contains("map-fields"), "{:?}", error.facts());
}

#[test]
fn a_component_says_what_it_is() {
    let component = Library::new(None).unwrap().load(&Reference::Embedded("map-fields".into())).unwrap();
    assert_eq!(component.manifest().name, "map-fields");
    assert_eq!(component.kinds().to_string(), "transform");
    assert!(component.is_embedded());
    assert_eq!(component.size_bytes(), embedded::find("map-fields").unwrap().len());
    assert_eq!(component.sha256().len(), 64);
    assert!(component.imports().iter().all(|import| import.starts_with("wasi:")), "{:?}", component.imports());
}

#[test]
fn every_component_of_the_program_loads() {
    let library = Library::new(None).unwrap();
    for name in Library::embedded() {
        let component = library.load(&Reference::Embedded(name.to_owned())).unwrap();
        assert_eq!(component.manifest().name, name);
        assert!(!component.kinds().is_empty(), "{name}");
    }
}

#[test]
fn what_was_compiled_is_kept_by_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let cached = || {
        let files = walk(folder.path());
        files.iter().filter(|path| path.extension().is_none()).count()
    };
    for (name, expected) in [("one.wasm", 1), ("one.wasm", 1), ("same.wasm", 1)] {
        let path = folder.path().join(name);
        fs::write(&path, patched(&[])).unwrap();
        Library::new(Some(&folder.path().join("cache"))).unwrap().load(&Reference::File(path)).unwrap();
        assert_eq!(cached(), expected, "{name}: {:?}", walk(folder.path()));
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
