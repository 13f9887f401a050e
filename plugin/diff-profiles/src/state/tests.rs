use std::fmt::Write;

use brazeline_kit::{Kept, Standing, Update};
use expect_test::expect;
use proptest::prelude::*;

use super::{Inside, Mark, Outside, State, VERSION};
use crate::learnt::Learnt;
use crate::time::LATEST_MS;

/// States of version 2, a line each: bytes, then the tags. Whatever the program writes in future, it reads these or calls them unsure.
const V2: &str = include_str!("../../tests/states-v2.txt");

/// States of version 3.
const V3: &str = include_str!("../../tests/states-v3.txt");

fn read<'a>(bytes: &'a [u8], tags: &[&'a str], standing: Standing) -> State<'a> {
    read_version(VERSION, bytes, tags, standing)
}

fn read_version<'a>(version: u32, bytes: &'a [u8], tags: &[&'a str], standing: Standing) -> State<'a> {
    let mut state = State::default();
    state.read(&Kept { key: "external_id:u", standing, version, bytes, tags: 0..tags.len() }, tags);
    state
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn shown(state: &State<'_>) -> String {
    let mut text = String::new();
    let beyond = |mark: &Mark| if mark.beyond { " beyond" } else { "" };
    for Inside { name, mark } in &state.inside {
        write!(text, "in {name} as of {}{}; ", mark.as_of_ms, beyond(mark)).unwrap();
    }
    for Outside { name, mark } in &state.outside {
        write!(text, "out {name} as of {}{}; ", mark.as_of_ms, beyond(mark)).unwrap();
    }
    for Learnt { name, value, as_of_ms, is_raced } in &state.learnt {
        let raced = if *is_raced { " raced" } else { "" };
        write!(text, "learnt {name:08x} {value:016x} as of {as_of_ms}{raced}; ").unwrap();
    }
    for (name, value) in &state.attributes {
        write!(text, "{name:08x} {value:016x}; ").unwrap();
    }
    text + if state.unsure { "unsure" } else { "known" }
}

/// Each line of a fixture as it is read and as it is then written.
fn lines(fixture: &str, version: u32) -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let lines = fixture.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (hex, tags) = line.split_once(' ').unwrap_or((line, ""));
            let (bytes, tags) = (bytes(hex), tags.split_whitespace().collect::<Vec<_>>());
            let state = read_version(version, &bytes, &tags, Standing::Known);
            (shown(&state), state.bytes(), bytes)
        })
        .collect()
}

#[test]
fn states_of_version_2_are_read() {
    let text: String = lines(V2, 2).iter().map(|(shown, ..)| format!("{shown}\n")).collect();
    expect![[r#"
        known
        in lapsed as of 1795424400000; in new as of 1795424400000; in vip as of 1795424400000; known
        in lapsed as of 1795424400000; in new as of 1795424700123 beyond; in vip as of 0; out buyers as of 253402207200999 beyond; out größer as of 1795338000000; known
        out vip as of 1795424400000; 24ae8b0a eb0681806a5b9310; c52a313c 0579e067dce009a0; known
        in vip as of 1795424400000; 24ae8b0a eb0681806a5b9310; 4d6a048e fda5dfb347dabaca; c52a313c 0579e067dce009a0; known
    "#]].assert_eq(&text);
}

#[test]
fn states_of_version_3_are_read_and_written_again() {
    let mut text = String::new();
    for (shown, written, bytes) in lines(V3, 3) {
        writeln!(text, "{shown}").unwrap();
        assert_eq!(written, bytes, "{shown}");
    }
    expect![[r#"
        known
        in lapsed as of 1795424400000; in new as of 1795424400000; in vip as of 1795424400000; known
        in lapsed as of 1795424400000; in new as of 1795424700123 beyond; in vip as of 0; out buyers as of 253402207200999 beyond; out größer as of 1795338000000; known
        out vip as of 1795424400000; 24ae8b0a eb0681806a5b9310; c52a313c 0579e067dce009a0; known
        in vip as of 1795424400000; 24ae8b0a eb0681806a5b9310; 4d6a048e fda5dfb347dabaca; c52a313c 0579e067dce009a0; known
        in vip as of 1795424400000; learnt c52a313c 0579e067dce009a0 as of 1795424460000; 24ae8b0a eb0681806a5b9310; known
        learnt 24ae8b0a eb0681806a5b9310 as of 1795424400000; learnt c52a313c 0579e067dce009a0 as of 1795424399000; known
        learnt c52a313c 0579e067dce009a0 as of 1795424400000; learnt c52a313c eb06816a5b931024 as of 1795424460000 raced; known
    "#]].assert_eq(&text);
}

#[test]
fn what_does_not_fit_together_is_unsure() {
    let good = bytes("048094a3f481d1010000");
    let exits = |names: &[&[u8]]| {
        let exit = |name: &&[u8]| [&[0, name.len() as u8], *name].concat();
        [vec![0, names.len() as u8], names.iter().flat_map(exit).collect()].concat()
    };
    let (falling, twice, no_text) = (exits(&[b"b", b"a"]), exits(&[b"a", b"a"]), exits(&[b"\xff"]));
    let table: [(&[u8], &[&str]); 14] = [
        (&good, &["a", "b"]),
        (&good, &["a"]),
        (&good, &["a", "b", "c"]),
        (&good, &["b", "a"]),
        (&good, &["a", "a"]),
        (&good[..good.len() - 1], &["a", "b"]),
        (&[], &["a"]),
        (&[0, 0, 1], &[]),
        (&exits(&[b"a", b"b"]), &[]),
        (&falling, &[]),
        (&twice, &[]),
        (&no_text, &[]),
        (&[0, 1, 0, 9, b'a'], &[]),
        (&[1, 0, 1], &[]),
    ];
    let text: String = table.iter().map(|(bytes, tags)| shown(&read(bytes, tags, Standing::Known)) + "\n").collect();
    expect![[r#"
        in a as of 1795424400000; in b as of 1795424400000; known
        in a as of 0; unsure
        in a as of 0; in b as of 0; in c as of 0; unsure
        in a as of 0; in b as of 0; unsure
        in a as of 0; unsure
        in a as of 0; in b as of 0; unsure
        in a as of 0; unsure
        unsure
        out a as of 0; out b as of 0; known
        unsure
        unsure
        unsure
        unsure
        unsure
    "#]]
    .assert_eq(&text);
}

#[test]
fn another_version_is_unsure() {
    for version in [0, 1, VERSION + 1] {
        let kept = Kept { key: "external_id:u", standing: Standing::Known, version, bytes: &[2, 0, 0], tags: 0..1 };
        let mut state = State::default();
        state.read(&kept, &["vip"]);
        assert_eq!(shown(&state), "in vip as of 0; unsure", "version {version}");
    }
}

fn mark() -> impl Strategy<Value = Mark> {
    let times = prop_oneof![Just(0), Just(LATEST_MS), 0..=LATEST_MS, 1_795_424_400_000..1_795_424_400_010_u64];
    (times, any::<bool>()).prop_map(|(as_of_ms, beyond)| Mark { as_of_ms, beyond, doubt: false })
}

proptest! {
    #[test]
    fn what_is_packed_is_unpacked(
        inside in proptest::collection::btree_map("[a-c]{1,3}", mark(), 0..6),
        outside in proptest::collection::btree_map("[d-fé]{0,3}", mark(), 0..6),
        attributes in proptest::collection::btree_map(any::<u32>(), any::<u64>(), 0..6),
        learnt in proptest::collection::btree_map((0..3_u32, 0..=LATEST_MS), (any::<u64>(), any::<bool>()), 0..4),
    ) {
        let inside = inside.into_iter().map(|(name, mark)| Inside { name: name.into(), mark }).collect();
        let outside = outside.into_iter().map(|(name, mark)| Outside { name: name.into(), mark }).collect();
        let learnt = learnt.into_iter();
        let learnt = learnt.map(|((name, as_of_ms), (value, is_raced))| Learnt { name, value, as_of_ms, is_raced }).collect();
        let mut state = State { inside, outside, attributes: attributes.into_iter().collect(), learnt, ..State::default() };
        state.is_new = state.inside.is_empty() && state.outside.is_empty() && state.attributes.is_empty();
        let Update::Put { bytes, tags, unsure } = state.put() else { unreachable!("a state is put") };
        let tags: Vec<_> = tags.iter().map(String::as_str).collect();
        prop_assert_eq!(read(&bytes, &tags, Standing::Known), state);
        prop_assert!(!unsure);
    }

    #[test]
    fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..40), tags in 0..4_usize) {
        let tags = &["a", "b", "c", "d"][..tags];
        let state = read(&bytes, tags, Standing::Known);
        let known: Vec<_> = state.inside.iter().map(|inside| &*inside.name).collect();
        prop_assert_eq!(&known, tags);
        prop_assert!(state.unsure || read(&state.bytes(), tags, Standing::Known) == state);
    }
}
