use expect_test::expect;
use proptest::prelude::*;

use super::{SMALL, check, right, said};
use crate::config::parse;

#[test]
fn json_is_yaml() {
    let json = "{\n\t\"name\": \"small\",\n\t\"sources\": {\"in\": {\"type\": \"stdin\"}},\n\t\
        \"sinks\": {\"out\": {\"type\": \"stdout\", \"inputs\": [\"in\"]}}\n}";
    assert_eq!(right(json).name, "small");
}

#[test]
fn a_mark_at_the_beginning_is_no_text() {
    assert_eq!(right(&format!("\u{feff}{SMALL}")).name, "small");
}

#[test]
fn nothing_in_it() {
    for text in ["", "\n\n", "# later\n", "---\n", "~"] {
        assert!(said(text).starts_with("error: the pipeline file is empty\n"), "{text:?}: {}", said(text));
    }
    check(
        "",
        expect![[r#"
        error: the pipeline file is empty
          at pipeline.yaml:1:1
          help: start with `name:`, `sources:` and `sinks:`
    "#]],
    );
}

#[test]
fn no_yaml() {
    check(
        "name: [small\nsources: {}\n",
        expect![[r#"
        error: this is not YAML: illegal placement of ':' indicator
          at pipeline.yaml:2:8
          help: mend it here or just before
    "#]],
    );
    check(
        "name: 'small\n",
        expect![[r#"
        error: this is not YAML: while scanning a quoted scalar, found unexpected end of stream
          at pipeline.yaml:1:7
          help: mend it here or just before
    "#]],
    );
    check(
        "name: small\n\tlabel: x\n",
        expect![[r#"
        error: this is not YAML: while scanning a plain scalar, found a tab
          at pipeline.yaml:1:7
          help: mend it here or just before
    "#]],
    );
    check(
        "a: *nobody",
        expect![[r#"
        error: this is not YAML: while parsing node, found unknown anchor
          at pipeline.yaml:1:4
          help: mend it here or just before
    "#]],
    );
}

#[test]
fn no_map() {
    check(
        "- name: small\n",
        expect![[r#"
        error: the pipeline file must be a map of `key: value`
          at pipeline.yaml:1:1
          found: a list
          help: give it its keys, or remove it
    "#]],
    );
    check(
        "small",
        expect![[r#"
        error: the pipeline file must be a map of `key: value`
          at pipeline.yaml:1:1
          found: text
          help: give it its keys, or remove it
    "#]],
    );
}

#[test]
fn twice() {
    check(
        &SMALL.replace("sinks:", "name: other\nsinks:"),
        expect![[r#"
        error: the key `name` stands twice in one map
          at pipeline.yaml:4:1
          first at line 1, column 1
          help: keep one of them
    "#]],
    );
    check(
        "{ name: [{ a: 1, a: 2, b: 3, b: 4 }] }",
        expect![[r#"
        error: the pipeline has no source
          at pipeline.yaml:1:1
          help: add one under `sources`

        error: the pipeline has no sink
          at pipeline.yaml:1:1
          help: add one under `sinks`

        error: `name` of the pipeline file must be text
          at pipeline.yaml:1:9
          found: a list
          help: write `name: "..."`

        error: the key `a` stands twice in one map
          at pipeline.yaml:1:18
          first at line 1, column 12
          help: keep one of them

        error: the key `b` stands twice in one map
          at pipeline.yaml:1:30
          first at line 1, column 24
          help: keep one of them
    "#]],
    );
    check(
        &format!("{SMALL}---\n{SMALL}"),
        expect![[r#"
        error: a second YAML document begins here
          at pipeline.yaml:6:1
          help: a file holds one pipeline; give each its own file and `data_dir`
    "#]],
    );
}

#[test]
fn what_nobody_could_see() {
    check(
        "name: !secret x",
        expect![[r#"
        error: the tag `!secret` means nothing here
          at pipeline.yaml:1:7
          help: remove the tag
    "#]],
    );
    check(
        "name: !!int x",
        expect![[r#"
        error: the value is not what its tag says
          at pipeline.yaml:1:7
          help: remove the tag, or mend the value
    "#]],
    );
    check(
        "sinks: !map { a: 1 }",
        expect![[r#"
        error: the tag `!map` means nothing here
          at pipeline.yaml:1:8
          help: remove the tag
    "#]],
    );
    check(
        "a: &a { x: 1 }\nb: { <<: *a }",
        expect![[r#"
        error: `<<` (merge) is not part of YAML 1.2
          at pipeline.yaml:2:6
          help: repeat the keys, or give the whole value an anchor and use it with `*`
    "#]],
    );
    check(
        "? [a]\n: 1",
        expect![[r#"
        error: a list or a map stands where a key should
          at pipeline.yaml:1:3
          help: a key is text: `key: value`
    "#]],
    );
    check(
        "a: &a x\n*a : 1",
        expect![[r#"
        error: an alias stands where a key should
          at pipeline.yaml:2:1
          help: write the key out
    "#]],
    );
}

#[test]
fn numbers_are_not_rounded() {
    check(
        "account: 123456789012345678901234567890",
        expect![[r#"
        error: this number cannot be held exactly
          at pipeline.yaml:1:10
          help: if it is an id, write it in quotes: it is text then
    "#]],
    );
    check(
        "ratio: .inf",
        expect![[r#"
        error: this number cannot be held exactly
          at pipeline.yaml:1:8
          help: if it is an id, write it in quotes: it is text then
    "#]],
    );
    let text = SMALL.replace("stdout,", "stdout, a: 18446744073709551615, b: -4, c: 1.5, d: \"12\",");
    let settings = &right(&text).sinks[0].node.settings.json;
    assert_eq!(serde_json::to_string(settings).unwrap(), r#"{"a":18446744073709551615,"b":-4,"c":1.5,"d":"12"}"#);
}

#[test]
fn aliases_are_values_and_stay_small() {
    let text = "\
name: small
sources:
  a: &listens { type: stdin, deep: [1, { x: y }] }
  b: *listens
sinks:
  out: { type: stdout, inputs: [a, b] }
";
    let pipeline = right(text);
    assert_eq!(pipeline.sources[0].node.settings.json, pipeline.sources[1].node.settings.json);

    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let above = format!("*a{}", level - 1);
        bomb += &format!("a{level}: &a{level} [{}]\n", [above.as_str(); 10].join(", "));
    }
    check(
        &bomb,
        expect![[r#"
        error: aliases add more than 10000 values to this file
          at pipeline.yaml:4:45
          help: write the values out
    "#]],
    );
    check(
        "a: &a [*a]",
        expect![[r#"
        error: this alias stands inside of what it refers to
          at pipeline.yaml:1:8
          help: write the value out
    "#]],
    );
}

#[test]
fn no_depth_is_too_deep() {
    check(
        &"[".repeat(200),
        expect![[r#"
        error: lists and maps are nested more than 64 deep
          at pipeline.yaml:1:65
          help: is a bracket missing above?
    "#]],
    );
    assert_eq!(said(&"- ".repeat(100_000)), said(&"- ".repeat(200)));
    assert!(said(&"{a: ".repeat(100_000)).starts_with("error: "));
}

/// A large file with everything in it, for mangling.
const LARGE: &str = "\
name: large
label: \"Lärge\"
journal: { max_size: 2GiB }
authorizations:
  a: { type: x, api_key: \"SECRET[env.KEY]\", hosts: { main: \"http://127.0.0.1:1\" }, plain_http: true }
sources:
  in: &in { type: ./x.wasm, acknowledge: delivered, max_uncommitted: { events: 5, size: 1MiB } }
  other: *in
transforms:
  change: { type: map-fields, inputs: [in, other], fields: { a: [b, { c: |
      text
    }] } }
sinks:
  out:
    type: stdout
    inputs: [ change ]
    authorization: a
    linger: 5s
";

proptest! {
    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,200}") {
        let _said = said(&text);
    }

    #[test]
    fn any_yaml_like_text_gets_an_answer(text in "[-\\[\\]{}:,#&*!|>'\"%@`?. \\n\\tab01<]{0,80}") {
        let _said = said(&text);
    }

    #[test]
    fn a_mangled_file_gets_an_answer(cuts in prop::collection::vec((0..LARGE.len(), 0..12_usize, "[-\\[\\]{}:,&*!|'\"? \\na1]{0,4}"), 1..4)) {
        let mut text: Vec<char> = LARGE.chars().collect();
        for (at, length, instead) in cuts {
            let from = at.min(text.len());
            let to = (from + length).min(text.len());
            text.splice(from..to, instead.chars());
        }
        let text: String = text.into_iter().collect();
        let _said = parse("p", &text).map_err(|problems| {
            assert!(problems.has_errors(), "it refuses without a reason: {text}");
        });
    }
}
