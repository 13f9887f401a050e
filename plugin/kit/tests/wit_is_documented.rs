//! Nothing stands in `wit/` without a word on what it is for.
//!
//! A released interface never changes, so its documentation is the contract that components of others are written against.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use wit_parser::{Docs, Function, Interface, Resolve, TypeDef, TypeDefKind, UnresolvedPackageGroup};

/// The paths of what has no documentation.
#[derive(Default)]
struct Silent(Vec<String>);

impl Silent {
    fn look(&mut self, path: &str, docs: &Docs) {
        if docs.contents.as_ref().is_none_or(|text| text.trim().is_empty()) {
            self.0.push(path.to_owned());
        }
    }

    fn interface(&mut self, resolve: &Resolve, name: &str, interface: &Interface) {
        self.look(name, &interface.docs);
        for (of, id) in &interface.types {
            self.type_def(&format!("{name}.{of}"), &resolve.types[*id]);
        }
        for (of, function) in &interface.functions {
            self.function(&format!("{name}.{of}"), function);
        }
    }

    fn function(&mut self, path: &str, function: &Function) {
        self.look(path, &function.docs);
    }

    fn type_def(&mut self, path: &str, def: &TypeDef) {
        let members: Vec<(&str, &Docs)> = match &def.kind {
            // `use` makes a name of its own, whose words stand where it comes from.
            TypeDefKind::Type(_) => return,
            TypeDefKind::Record(record) => record.fields.iter().map(|field| (&*field.name, &field.docs)).collect(),
            TypeDefKind::Variant(variant) => variant.cases.iter().map(|case| (&*case.name, &case.docs)).collect(),
            TypeDefKind::Enum(list) => list.cases.iter().map(|case| (&*case.name, &case.docs)).collect(),
            TypeDefKind::Flags(flags) => flags.flags.iter().map(|flag| (&*flag.name, &flag.docs)).collect(),
            _ => Vec::new(),
        };
        self.look(path, &def.docs);
        members.into_iter().for_each(|(name, docs)| self.look(&format!("{path}.{name}"), docs));
    }
}

/// The paths of what has no documentation in a package.
fn silent(group: UnresolvedPackageGroup) -> Vec<String> {
    let mut resolve = Resolve::default();
    let package = resolve.push_group(group).unwrap();
    let mut silent = Silent::default();
    let package = &resolve.packages[package];
    for (name, id) in &package.interfaces {
        silent.interface(&resolve, name, &resolve.interfaces[*id]);
    }
    for (name, id) in &package.worlds {
        silent.look(name, &resolve.worlds[*id].docs);
    }
    silent.0
}

#[test]
fn everything_in_wit_is_documented() {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let silent = silent(UnresolvedPackageGroup::parse_dir(wit).unwrap());
    assert!(silent.is_empty(), "undocumented in wit/:\n{}", silent.join("\n"));
}

#[test]
fn what_is_not_documented_is_found() {
    let package = "package a:b; interface i { record r { f: u8 } variant v { c } enum e { c } flags g { f } resource s { m: func(); } d: func(); }
        world w { export i; }";
    let silent = silent(UnresolvedPackageGroup::parse("test.wit", package).unwrap());
    let expected =
        ["i", "i.r", "i.r.f", "i.v", "i.v.c", "i.e", "i.e.c", "i.g", "i.g.f", "i.s", "i.[method]s.m", "i.d", "w"];
    assert_eq!(silent, expected);
}
