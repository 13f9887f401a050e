//! Two sinks with one authorization: what they take of a budget together, and how long both wait.

use std::collections::BTreeMap;

use brazeline_sandbox::braze::Rate;
use brazeline_sandbox::{Fault, Options, Reset};

use crate::host::Ended;
use crate::scene::{Extra, Scene, enter, people, sandbox, triggers_with};

/// Each person in a request of its own.
const ONE_EACH: &str = ", objects_per_request: 1";

/// Two sinks that share half of what this Braze allows.
fn half(options: Options) -> Scene {
    let scene = triggers_with(sandbox(options), Extra { sink: ONE_EACH, ..Extra::default() });
    let pipeline = scene.place.read("pipeline.yaml").replacen("plain_http: true", "plain_http: true, share: 0.5", 1);
    let other = format!(
        "  other: {{ type: braze-export, inputs: [audiences], authorization: braze, linger: 10ms, rest_ms: 0, membership_attribute: other{ONE_EACH} }}\n"
    );
    scene.place.write("pipeline.yaml", pipeline + &other);
    scene
}

/// Lets so many people enter, until Braze was asked so often.
fn play(scene: &Scene, count: usize, requests: usize) -> Ended {
    let mut host = scene.place.run();
    assert_eq!(enter(&mut host, &people(0..count), "Nagoya").status, 200);
    scene.vendors.wait(scene.vendors.braze().wait_for_requests(requests)).unwrap();
    let ended = host.terminate();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    ended
}

#[test]
fn both_together_leave_half_of_each_window_to_others() {
    let mut options = Options::default();
    options.braze.rules.rate = Rate { burst: 10, burst_s: 1, ..Rate::default() };
    let scene = half(options);
    let ended = play(&scene, 12, 24);
    let requests = scene.vendors.braze().requests();
    assert!(requests.iter().all(|request| request.status == 201), "{requests:?}");
    let mut windows: BTreeMap<i64, usize> = BTreeMap::new();
    requests.iter().for_each(|request| *windows.entry(request.at.as_second()).or_default() += 1);
    assert!(windows.values().all(|count| *count <= 5), "{windows:?}");
    // Of the pauses, one a second, each sink tells the first.
    for sink in ["braze", "other"] {
        let told = |line: &&str| line.contains("paused: the budget is spent") && line.contains(&format!("sink={sink}"));
        let lines: Vec<&str> = ended.stderr.lines().filter(told).collect();
        assert!(lines.len() == 1 && lines[0].contains("budget=\"track\" until=\"20"), "{}", ended.stderr);
    }
}

#[test]
fn a_wait_that_one_is_asked_for_is_both_ones() {
    let scene = half(Options::default());
    scene.vendors.braze().script([Fault::TooMany { reset: Reset::RetryAfter(2) }]);
    play(&scene, 3, 7);
    let requests = scene.vendors.braze().requests();
    let statuses: Vec<u16> = requests.iter().map(|request| request.status).collect();
    assert_eq!(statuses, [429, 201, 201, 201, 201, 201, 201]);
    assert!(requests[1].at.duration_since(requests[0].at).as_millis() >= 2000, "{requests:?}");
}
