//! Components of strangers: one that reaches for what it may not have, and one that breaks the rules of the boundary.

use std::io::Write;

use expect_test::expect;
use serde_json::Value;

use crate::components;
use crate::host::{Ended, Place, until};
use crate::http::post;
use crate::receiver::Receiver;

/// Events with these bodies, a line each, and a good one before and behind.
fn lines(bodies: &[&str]) -> String {
    let all = ["{}"].iter().chain(bodies).chain(&["{}"]);
    let line = |(number, body): (usize, &&str)| body.replacen('{', &format!("{{\"id\":\"u-{number}\","), 1) + "\n";
    all.enumerate().map(line).collect::<String>().replace(",}", "}")
}

/// Runs a pipeline from its standard input to the end.
fn run(place: &Place, input: &str) -> Ended {
    let mut host = place.run();
    host.stdin().write_all(input.as_bytes()).unwrap();
    host.wait()
}

/// A pipeline with a component by its path between the standard input and the standard output.
fn transform(component: &str) -> Place {
    Place::new(&format!(
        "name: strange\nsources:\n  in: {{ type: stdin, identifier: {{ external_id: id }} }}\ntransforms:\n  strange: {{ type: {}, inputs: [in] }}\nsinks:\n  out: {{ type: stdout, inputs: [strange] }}\n",
        components::path(component).display()
    ))
}

/// A pipeline with the misbehaving component as its sink.
fn sink(receiver: &Receiver) -> Place {
    Place::new(&format!(
        "name: strange\nauthorizations:\n  there: {{ type: braze, plain_http: true, hosts: {{ target: \"{}\" }} }}\nsources:\n  in: {{ type: stdin, identifier: {{ external_id: id }} }}\nsinks:\n  strange: {{ type: {}, inputs: [in], authorization: there, linger: 10ms }}\n",
        receiver.url(),
        components::path("misbehaves").display()
    ))
}

/// The reasons of the dead letters, without the words of a panic, which name a line.
fn reasons(place: &Place) -> String {
    let listed = place.brazeline(&["dead-letters", "list", "pipeline.yaml", "--json"]);
    let reason = |line: &str| {
        let letter: Value = serde_json::from_str(line).unwrap();
        let reason = letter["reason"].as_str().unwrap().split("; it said:").next().unwrap();
        format!("{}: {reason}\n", letter["event"]["do"])
    };
    let mut reasons: Vec<String> = listed.stdout.lines().map(reason).collect();
    reasons.sort_unstable();
    reasons.concat()
}

#[test]
fn each_power_is_refused() {
    let powers = [
        "read_file",
        "write_file",
        "folders",
        "environment",
        "arguments",
        "resolve",
        "connect",
        "listen",
        "udp",
        "http",
    ];
    let place = transform("hostile");
    let events = powers.iter().enumerate().map(|(n, power)| format!("{{\"id\":\"u-{n}\",\"try\":\"{power}\"}}\n"));
    let ended = run(&place, &events.collect::<String>());
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let refused = |power: &&str| format!("{{\"tried\":\"{power}\",\"outcome\":\"refused\"}}");
    let (mut said, mut expected): (Vec<_>, Vec<_>) =
        (ended.stdout.lines().map(str::to_owned).collect(), powers.iter().map(refused).collect());
    said.sort_unstable();
    expected.sort_unstable();
    assert_eq!(said, expected);
}

#[test]
fn what_a_transform_breaks_is_rejected_and_the_rest_goes_on() {
    let place = transform("misbehaves");
    let misdeeds = ["trap", "allocate", "wrong_count", "unsorted_ends", "key_not_utf8", "body_not_json", "too_large"];
    let bodies: Vec<String> = misdeeds.iter().map(|misdeed| format!("{{\"do\":\"{misdeed}\"}}")).collect();
    let ended = run(&place, &lines(&bodies.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(ended.stdout, "{\"id\":\"u-0\"}\n{\"id\":\"u-8\"}\n");
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    expect![[r#"
        "allocate": the component failed on this event: it asked for more than 268435456 bytes of memory
        "body_not_json": the component failed on this event: its answer is invalid: the body of event 0 is not a JSON object
        "key_not_utf8": the component failed on this event: its answer is invalid: the key of event 0 is not UTF-8
        "too_large": the component failed on this event: it asked for more than 268435456 bytes of memory
        "trap": the component failed on this event: it trapped: wasm trap: wasm `unreachable` instruction executed
        "unsorted_ends": the component failed on this event: its answer is invalid: the ends of bodies fall
        "wrong_count": the component failed on this event: its answer is invalid: 1 events, and 0 in origins
    "#]].assert_eq(&reasons(&place));
}

#[test]
fn a_loop_is_ended_and_the_rest_goes_on() {
    let place = transform("misbehaves");
    // Alone in its run, so that the deadline is met once.
    let first = run(&place, "{\"id\":\"u-0\",\"do\":\"loop\"}\n");
    assert_eq!((first.code, first.stdout.as_str()), (Some(3), ""), "{}", first.stderr);
    let second = run(&place, "{\"id\":\"u-1\"}\n");
    assert_eq!((second.code, second.stdout.as_str()), (Some(0), "{\"id\":\"u-1\"}\n"), "{}", second.stderr);
    expect![[r#"
        "loop": the component failed on this event: it did not answer within 10s
    "#]]
    .assert_eq(&reasons(&place));
}

#[test]
fn what_a_sink_breaks_is_rejected_and_the_rest_goes_on() {
    let receiver = Receiver::start();
    let place = sink(&receiver);
    let misdeeds = ["trap", "wrong_count", "absolute_url", "crlf_header", "credentials", "unknown_target", "too_large"];
    let bodies: Vec<String> = misdeeds.iter().map(|misdeed| format!("{{\"do\":\"{misdeed}\"}}")).collect();
    let ended = run(&place, &lines(&bodies.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(receiver.lines(), ["{\"id\":\"u-0\"}", "{\"id\":\"u-8\"}"]);
    expect![[r#"
        "absolute_url": the component failed on this event: its answer is invalid: request 0: its path does not begin with `/`
        "credentials": the component failed on this event: its answer is invalid: request 0: header `authorization` is set by the host alone
        "crlf_header": the component failed on this event: its answer is invalid: request 0: the value of header `x-note` contains a line break or another control character
        "too_large": the component failed on this event: it asked for more than 268435456 bytes of memory
        "trap": the component failed on this event: it trapped: wasm trap: wasm `unreachable` instruction executed
        "unknown_target": the component failed on this event: its answer is invalid: request 0: target `elsewhere` is not in the plan
        "wrong_count": the component failed on this event: its answer is invalid: request 0: events: index 4294967295 is out of 1
    "#]].assert_eq(&reasons(&place));
}

/// Sent all at once, so that some are read while others wait behind them, and are stored together.
#[test]
fn what_a_receiver_breaks_is_told_to_nobody_else() {
    const EACH: usize = 12;
    let misdeeds = ["trap", "key_not_utf8", "too_large", "unsorted_ends", "exit", "nothing", "nothing", "nothing"];
    let place = Place::new(&format!(
        "name: strange\nsources:\n  in: {{ type: {}, address: \"127.0.0.1:0\" }}\nsinks:\n  out: {{ type: stdout, inputs: [in] }}\n",
        components::path("misbehaves").display()
    ));
    let mut host = place.run();
    let address = host.address("in");
    let body = |number: usize, misdeed: &str| format!(r#"{{"n":{number},"do":"{misdeed}"}}"#);
    let bodies: Vec<String> =
        (0..EACH * misdeeds.len()).map(|number| body(number, misdeeds[number % misdeeds.len()])).collect();
    // One that never comes back takes a thread, and nobody waits for that.
    std::thread::scope(|scope| {
        let address = &address;
        scope.spawn(|| assert_eq!(post(address, "/", r#"{"n":-1,"do":"loop"}"#).status, 200));
        for body in &bodies {
            scope.spawn(move || {
                let answer = post(address, "/", body);
                let expected =
                    if body.contains("nothing") { "{}" } else { r#"{"message":"stored, but it could not be read"}"# };
                assert_eq!((answer.status, answer.body.as_str()), (200, expected), "{body}");
            });
        }
    });
    until("what was read is out", || reasons(&place).lines().count() == 5 * EACH + 1);
    let ended = host.terminate();
    let mut out: Vec<&str> = ended.stdout.lines().collect();
    let mut good: Vec<&str> = bodies.iter().map(String::as_str).filter(|body| body.contains("nothing")).collect();
    out.sort_unstable();
    good.sort_unstable();
    assert_eq!(out, good);
    expect![[r#"
        "exit": the component failed on this request: it trapped: Exited with i32 exit status 1
        "key_not_utf8": the component failed on this request: its answer is invalid: the key of event 0 is not UTF-8
        "loop": the component failed on this request: it did not answer within 10s
        "too_large": the component failed on this request: it asked for more than 268435456 bytes of memory
        "trap": the component failed on this request: it trapped: wasm trap: wasm `unreachable` instruction executed
        "unsorted_ends": the component failed on this request: its answer is invalid: the ends of bodies fall
    "#]]
    .assert_eq(&{
        let all = reasons(&place);
        let mut all: Vec<&str> = all.lines().collect();
        all.dedup();
        all.join("\n") + "\n"
    });
}

#[test]
fn a_trap_on_an_accepted_answer_is_found_by_taking_apart() {
    let receiver = Receiver::start();
    let place = sink(&receiver);
    let ended = run(&place, &lines(&["{\"do\":\"trap_in_settle\"}"]));
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let mut received = receiver.lines();
    received.dedup();
    assert_eq!(received, ["{\"id\":\"u-0\"}", "{\"id\":\"u-1\",\"do\":\"trap_in_settle\"}", "{\"id\":\"u-2\"}"]);
    expect![[r#"
        "trap_in_settle": the component failed on the answer of an accepted request: it trapped: wasm trap: wasm `unreachable` instruction executed
    "#]].assert_eq(&reasons(&place));
}
