use expect_test::expect;

use super::{SMALL, check, right, small};

fn with_transforms(transforms: &str) -> String {
    SMALL.replace("sinks:", &format!("transforms:\n{transforms}sinks:"))
}

#[test]
fn transforms_come_after_what_they_read() {
    let text = with_transforms(
        "  c: { type: x, inputs: [b, a] }\n  b: { type: x, inputs: [a] }\n  a: { type: x, inputs: [in] }\n",
    );
    let pipeline = right(&text.replace("stdout, inputs: [in]", "stdout, inputs: [c]"));
    let order: Vec<&str> = pipeline.transforms.iter().map(|transform| transform.node.id.as_str()).collect();
    assert_eq!(order, ["a", "b", "c"]);
    let all: Vec<String> = pipeline.nodes().map(|node| node.name()).collect();
    assert_eq!(all, ["source `in`", "transform `a`", "transform `b`", "transform `c`", "sink `out`"]);
}

#[test]
fn inputs() {
    check(
        &SMALL.replace(", inputs: [in]", ""),
        expect![[r#"
        error: sink `out` has no `inputs`
          at pipeline.yaml:5:8
          help: add `inputs: [...]` with the ids of sources or transforms
    "#]],
    );
    check(
        &SMALL.replace("[in]", "[]"),
        expect![[r#"
        error: sink `out` has no input
          at pipeline.yaml:5:32
          help: add `inputs: [...]` with the ids of sources or transforms
    "#]],
    );
    check(
        &SMALL.replace("[in]", "in"),
        expect![[r#"
        error: `inputs` of sink `out` must be a list
          at pipeline.yaml:5:32
          found: text
          help: write `inputs: [in]`
    "#]],
    );
    check(
        &SMALL.replace("[in]", "{ in: 1 }"),
        expect![[r#"
        error: `inputs` of sink `out` must be a list
          at pipeline.yaml:5:32
          found: a map
          help: add `inputs: [...]` with the ids of sources or transforms
    "#]],
    );
    check(
        &SMALL.replace("[in]", "[in, 5, in]"),
        expect![[r#"
        error: an input of sink `out` must be the id of a source or a transform
          at pipeline.yaml:5:37
          found: a number
          help: add `inputs: [...]` with the ids of sources or transforms

        error: sink `out` names its input `in` twice
          at pipeline.yaml:5:40
          help: keep one of them
    "#]],
    );
    check(
        &SMALL.replace("[in]", "[im]"),
        expect![[r#"
        error: sink `out` has no input `im` to read
          at pipeline.yaml:5:33
          sources and transforms here: in
          help: did you mean `in`? Otherwise name one of them
    "#]],
    );
    check(
        &SMALL.replace("[in]", "[elsewhere]"),
        expect![[r#"
        error: sink `out` has no input `elsewhere` to read
          at pipeline.yaml:5:33
          sources and transforms here: in
          help: name one of them
    "#]],
    );
    check(
        &SMALL.replace("[in]", "[in, out]"),
        expect![[r#"
        error: sink `out` cannot read sink `out`
          at pipeline.yaml:5:37
          sources and transforms here: in
          help: nothing comes out of a sink; name what the sink reads
    "#]],
    );
}

#[test]
fn circles() {
    check(
        &with_transforms("  a: { type: x, inputs: [in, a] }\n"),
        expect![[r#"
        error: transform `a` reads itself
          at pipeline.yaml:5:30
          a -> a
          help: take `a` out of the `inputs` of `a`, or break the circle elsewhere
    "#]],
    );
    check(
        &with_transforms(
            "  a: { type: x, inputs: [in, c] }\n  b: { type: x, inputs: [a] }\n  c: { type: x, inputs: [b] }\n",
        ),
        expect![[r#"
            error: transforms read each other in a circle
              at pipeline.yaml:5:30
              a -> b -> c -> a
              help: take `c` out of the `inputs` of `a`, or break the circle elsewhere
        "#]],
    );
}

#[test]
fn nobody_reads() {
    check(
        &with_transforms("  a: { type: x, inputs: [in] }\n"),
        expect![[r#"
        warning: nobody reads transform `a`
          at pipeline.yaml:5:3
          help: add `a` to the `inputs` of a transform or a sink, or remove it
    "#]],
    );
    check(
        &SMALL.replace("sinks:", "  other: { type: stdin }\nsinks:"),
        expect![[r#"
        warning: nobody reads source `other`
          at pipeline.yaml:4:3
          help: add `other` to the `inputs` of a transform or a sink, or remove it
    "#]],
    );
}

#[test]
fn ids_are_unique() {
    check(
        &SMALL.replace("out:", "in:"),
        expect![[r#"
        error: sink `in` has the id of a source
          at pipeline.yaml:5:3
          the other is at line 3, column 3
          help: give each node an id of its own
    "#]],
    );
}

#[test]
fn addresses_are_unique() {
    let sources = |one: &str, other: &str| {
        let two = format!("  in: {{ type: x, address: '{one}' }}\n  b: {{ type: x, address: '{other}' }}");
        SMALL.replace("  in: { type: stdin }", &two).replace("[in]", "[in, b]")
    };
    check(
        &sources("127.0.0.1:80", "127.0.0.1:80"),
        expect![[r#"
        error: source `b` listens where source `in` does
          at pipeline.yaml:4:26
          help: give one of them another port
    "#]],
    );
    check(
        &sources("127.0.0.1:0", "127.0.0.1:0"),
        expect![[r#"
        nothing
    "#]],
    );
    // A server for uploads listens, too, and has an address where none is written.
    let uploads = |address: &str| {
        let files = format!("files: {{ type: sftp_server, authorization: them, path: up{address} }}");
        let two = format!("  in: {{ type: x, address: '127.0.0.1:2022' }}\n  b: {{ type: x, {files} }}");
        let text = small("authorizations:\n  them: { type: sftp_server }\n");
        text.replace("  in: { type: stdin }", &two).replace("[in]", "[in, b]")
    };
    check(
        &uploads(", address: '127.0.0.1:2022'"),
        expect![[r#"
        error: source `b` listens where source `in` does
          at pipeline.yaml:4:85
          help: give one of them another port
    "#]],
    );
    check(
        &uploads(""),
        expect![[r#"
        error: source `b` listens where source `in` does
          at pipeline.yaml:4:24
          help: give one of them another port
    "#]],
    );
    check(
        &uploads(", address: '127.0.0.1:2023'"),
        expect![[r#"
        nothing
    "#]],
    );
}

#[test]
fn authorizations() {
    let text = small("authorizations:\n  vendor: { type: x }\n");
    check(
        &text,
        expect![[r#"
        warning: no node uses authorization `vendor`
          at pipeline.yaml:7:3
          help: add `authorization: vendor` to the node that needs it, or remove it
    "#]],
    );
    check(
        &text.replace("type: stdout", "type: stdout, authorization: vendor"),
        expect![[r#"
        nothing
    "#]],
    );
    check(
        &text.replace("type: stdout", "type: stdout, authorization: vender"),
        expect![[r#"
        error: sink `out` has no authorization `vender`
          at pipeline.yaml:5:39
          authorizations here: vendor
          help: did you mean `vendor`? Otherwise name one of them, or add `vender` under `authorizations`
    "#]],
    );
    check(
        &SMALL.replace("type: stdout", "type: stdout, authorization: vendor_prod"),
        expect![[r#"
        error: sink `out` has no authorization `vendor_prod`
          at pipeline.yaml:5:39
          authorizations here: none
          help: name one of them, or add `vendor_prod` under `authorizations`
    "#]],
    );
    check(
        &text.replace("type: stdout", "type: stdout, authorization: { type: vendor }"),
        expect![[r#"
        error: `authorization` of sink `out` must be text
          at pipeline.yaml:5:39
          found: a map
          help: write `authorization: "..."`
    "#]],
    );
}
