use expect_test::{Expect, expect};

use super::*;

fn unknown() -> Problem {
    Problem::error("sink `crm` has no authorization `crm_prod`", "name one of them")
        .at(Place::Text { file: "pipeline.yaml".into(), line: 31, column: 20 })
        .fact("authorizations here: crm, warehouse")
}

fn check(shown: impl Display, expected: Expect) {
    expected.assert_eq(&shown.to_string());
}

#[test]
fn what_where_facts_help() {
    check(
        unknown(),
        expect![[r#"
            error: sink `crm` has no authorization `crm_prod`
              at pipeline.yaml:31:20
              authorizations here: crm, warehouse
              help: name one of them"#]],
    );
    check(
        Problem::warning("source `segment` rejected 1 row", "see").at(Place::Other("vip.zip/a.csv: row 4".into())),
        expect![[r#"
            warning: source `segment` rejected 1 row
              at vip.zip/a.csv: row 4
              help: see"#]],
    );
}

#[test]
fn lines_of_help_stand_below_each_other() {
    check(
        Problem::error("no", "add this line").help("plain_http: true"),
        expect![[r#"
            error: no
              help: add this line
                    plain_http: true"#]],
    );
}

#[test]
fn colours_only_when_asked_for() {
    check(
        format!("{:?}", unknown().coloured().to_string()),
        expect![[
            r#""\u{1b}[1;31merror\u{1b}[0m\u{1b}[1m: sink `crm` has no authorization `crm_prod`\u{1b}[0m\n  \u{1b}[2mat pipeline.yaml:31:20\u{1b}[0m\n  authorizations here: crm, warehouse\n  \u{1b}[1mhelp: \u{1b}[0mname one of them""#
        ]],
    );
}

#[test]
fn nobody_writes_to_the_terminal() {
    check(
        Problem::error("red \x1b[31m", "two\nlines"),
        expect![[r#"
            error: red \u{1b}[31m
              help: two\nlines"#]],
    );
}

#[test]
fn they_come_in_the_order_of_their_places() {
    let at = |line: usize| Problem::error(line.to_string(), "-").at(Place::Text { file: "a".into(), line, column: 1 });
    let problems = Problems::new(vec![at(10), at(9), Problem::error("nowhere", "-")]);
    let order: Vec<&str> = problems.iter().map(|problem| problem.what.as_str()).collect();
    assert_eq!(order, ["nowhere", "9", "10"]);
}
