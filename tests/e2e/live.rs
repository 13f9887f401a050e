//! `check --live`: what it asks, and what it says about each answer.

use expect_test::{Expect, expect};

use crate::components;
use crate::host::{API_KEY, Place};
use crate::receiver::Receiver;

/// Knows one key; everything else is refused with an echo of what was sent, or is broken.
fn vendor(head: &str, _: &str) -> (u16, String) {
    let key = head.lines().find_map(|line| line.strip_prefix("authorization: Bearer ")).unwrap_or_default();
    match head.split(['?', ' ']).nth(1) {
        Some("/broken") => (500, String::new()),
        Some("/refused") => (401, format!("\u{1b}[31mno {key}")),
        _ if key == API_KEY => (200, String::new()),
        _ => (401, format!("no {key}")),
    }
}

/// A pipeline with these authorizations and sinks, each sink with its authorization and settings.
fn place(authorizations: &str, sinks: &[(&str, &str, &str)]) -> Place {
    let component = components::path("misbehaves").display().to_string();
    let sinks = sinks.iter().map(|(id, authorization, settings)| {
        format!("  {id}: {{ type: {component}, inputs: [in], authorization: {authorization}{settings} }}\n")
    });
    Place::new(&format!(
        "name: live\nauthorizations:\n{authorizations}sources:\n  in: {{ type: stdin, identifier: {{ external_id: id }} }}\nsinks:\n{}",
        sinks.collect::<String>()
    ))
}

fn authorization(name: &str, url: &str) -> String {
    format!(
        "  {name}: {{ type: braze, key: \"SECRET[env.BRAZE_API_KEY]\", plain_http: true, hosts: {{ target: \"{url}\" }} }}\n"
    )
}

/// What it says under `live`, and its exit code. The words of a panic, which name a line, are left out.
fn check(place: &Place, url: &str, expected: &Expect) {
    let ended = place.brazeline(&["check", "--live", "pipeline.yaml"]);
    let live = ended.stdout.split("\nlive\n").nth(1).unwrap_or_else(|| panic!("{ended:?}")).replace(url, "[url]");
    let lines = live.lines().map(|line| line.split("; it said:").next().unwrap().to_owned() + "\n");
    expected.assert_eq(&format!("? {}\n{}{}", ended.code.unwrap(), lines.collect::<String>(), ended.stderr));
}

const ASKS: &str = ", bearer: key, probe_path: /probe";

#[test]
fn what_works_is_asked_once() {
    let receiver = Receiver::answering(vendor);
    let authorizations = authorization("one", &receiver.url())
        + &authorization("two", &receiver.url())
        + &authorization("three", &receiver.url());
    let sinks = [("a", "one", ASKS), ("b", "one", ASKS), ("c", "two", ASKS), ("d", "three", ", bearer: key")];
    check(
        &place(&(authorizations + "  spare: { type: braze }\n"), &sinks),
        &receiver.url(),
        &expect![[r#"
            ? 0
              one, sink `a`, sink `b`: works
              two, sink `c`: works
              three, sink `d`: needs no credential
              spare: not asked about, no plugin that uses it can
            warning: no node uses authorization `spare`
              at pipeline.yaml:6:3
              help: add `authorization: spare` to the node that needs it, or remove it
        "#]],
    );
    assert_eq!(receiver.count(), 2);
}

#[test]
fn what_does_not_work_says_why_without_the_secret() {
    let receiver = Receiver::answering(vendor);
    let sinks = [
        ("refused", "them", ", bearer: key, probe_path: /refused"),
        ("broken", "them", ", bearer: key, probe_path: /broken"),
        ("traps", "them", ", bearer: key, probe_path: /probe, probe: trap"),
        ("strays", "them", ", bearer: key, probe_path: /probe, probe: absolute_url"),
        ("works", "them", ASKS),
    ];
    check(
        &place(&authorization("them", &receiver.url()), &sinks),
        &receiver.url(),
        &expect![[r#"
        ? 1
          them, sink `refused`: fails: it says \u{1b}[31mno **************; give another key
          them, sink `broken`: unknown: it answers 500
          them, sink `traps`: unknown: the component failed: it trapped: wasm trap: wasm `unreachable` instruction executed
          them, sink `strays`: unknown: the component failed: its answer is invalid: its path does not begin with `/`
          them, sink `works`: works
    "#]],
    );
    assert_eq!(receiver.count(), 3);
}

#[test]
fn a_vendor_that_is_not_there() {
    // Nobody listens at a port that was given back.
    let url = format!("http://{}", std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    check(
        &place(&authorization("them", &url), &[("a", "them", ASKS)]),
        &url,
        &expect![[r#"
        ? 1
          them, sink `a`: unknown: no connection to [url]: tcp connect error: Connection refused (os error 111)
            help: nothing is proven: let this machine reach that host (name server, firewall), or name another one
    "#]],
    );
}
