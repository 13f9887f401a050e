//! The seeds of the fuzzer hold what must hold. Among them is every input that once did not.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect has failed")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use brazeline_properties::{PROPERTIES, check};

fn fuzz(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(folder)
}

/// Names in a folder, without endings.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_seed_holds() {
    for (kind, _) in PROPERTIES {
        let seeds = std::fs::read_dir(fuzz("seeds").join(kind)).unwrap();
        let mut looked_at = 0;
        for path in seeds.map(|seed| seed.unwrap().path()) {
            println!("{}", path.display());
            check(kind, &std::fs::read(path).unwrap());
            looked_at += 1;
        }
        assert!(looked_at > 2, "{kind} has {looked_at} seeds");
    }
}

#[test]
fn every_property_has_seeds_and_a_target() {
    let properties: BTreeSet<String> = PROPERTIES.iter().map(|(kind, _)| (*kind).to_owned()).collect();
    assert_eq!((names(&fuzz("seeds")), names(&fuzz("targets"))), (properties.clone(), properties));
}
