//! Rows that cannot be used: what the run says, and where they are to be found.

use expect_test::expect;

use crate::brazeline::run;

const PIPELINE: &str = "name: rows
sources:
  rows: { type: file, path: rows.ndjson, identifier: { external_id: id } }
sinks:
  out: { type: stdout, inputs: [rows] }
";

const ROWS: &str = r#"{"id": "u-1", "city": "AnyTown"}
{"id": "u-2", "city":
{"city": "OtherTown"}
[1]
{"id": "u-1"}
"#;

/// The lines with `[time]` for every time.
fn timeless(text: &str) -> String {
    let is_time = |word: &str| word.starts_with("20") && word.ends_with('Z');
    let line = |line: &str| {
        line.split(' ').map(|word| if is_time(word) { "[time]" } else { word }).collect::<Vec<_>>().join(" ")
    };
    text.lines().map(|text| line(text) + "\n").collect()
}

#[test]
fn the_others_pass_and_these_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pipeline.yaml"), PIPELINE).unwrap();
    std::fs::write(folder.path().join("rows.ndjson"), ROWS).unwrap();

    let ran = run(folder.path(), &["run", "pipeline.yaml"]);
    assert_eq!(ran.code, Some(3));
    expect![[r#"
        {"id": "u-1", "city": "AnyTown"}
        {"id": "u-1"}
    "#]]
    .assert_eq(&ran.stdout);
    expect![[r#"
        warning: 3 events were rejected
          help: see `brazeline dead-letters list pipeline.yaml`
    "#]]
    .assert_eq(&ran.stderr);

    let all = run(folder.path(), &["dead-letters", "list", "pipeline.yaml"]);
    assert_eq!(all.code, Some(0));
    expect![[r#"
        0  [time]  it is not JSON: at line 1, column 21 of it
           at `rows`: line 2, byte 33
        1  [time]  it has no `id`, which `identifier` names
           at `rows`: line 3, byte 55
        2  [time]  it is JSON, but not an object
           at `rows`: line 4, byte 77
    "#]]
    .assert_eq(&timeless(&all.stdout));
    let second = run(folder.path(), &["dead-letters", "list", "pipeline.yaml", "--from", "1", "--limit", "1"]);
    expect![[r#"
        1  [time]  it has no `id`, which `identifier` names
           at `rows`: line 3, byte 55
        more may follow: --from 2
    "#]]
    .assert_eq(&timeless(&second.stdout));
}
