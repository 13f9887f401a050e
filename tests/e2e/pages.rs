//! A feed that is asked page by page, by a test component: whatever the feed does, everybody arrives.

use expect_test::expect;

use crate::components;
use crate::feed::{Fails, Feed};
use crate::host::{Place, until};

/// A pipeline from the feed to a file.
fn place(feed: &str, source: &str) -> Place {
    Place::new(&format!(
        "name: pages\nauthorizations:\n  feed: {{ type: feed, hosts: {{ feed: \"{feed}\" }} }}\nsources:\n  people: {{ type: {}, authorization: feed, audience: vip{source} }}\nsinks:\n  out: {{ type: file, path: out.ndjson, inputs: [people], linger: 10ms }}\n",
        components::path("pages").display()
    ))
}

/// Who arrived, each once however often they came.
fn arrived(place: &Place) -> Vec<usize> {
    let out = place.read("out.ndjson");
    // A kill may leave a torn line.
    let number = |line: &str| line.strip_prefix("{\"id\":\"u-")?.strip_suffix("\"}")?.parse().ok();
    let mut arrived: Vec<usize> = out.lines().filter_map(number).collect();
    arrived.sort_unstable();
    arrived.dedup();
    arrived
}

#[test]
fn one_run_asks_for_every_page_once() {
    let feed = Feed::start(10, &[]);
    let place = place(&feed.url(), "");
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(arrived(&place), (0..10).collect::<Vec<_>>());
    assert_eq!(place.read("out.ndjson").lines().count(), 10);
    assert_eq!(feed.asked(), ["", "3", "6", "9"]);
    let checked = place.brazeline(&["check", "pipeline.yaml"]).stdout.replace(&feed.url(), "http://feed");
    let checked = checked.replace(env!("CARGO_PKG_VERSION"), "*");
    expect![[r#"
        pipeline.yaml is right: pipeline `pages`
          data_dir: ./data
          journal: at most 1GiB for each source, the default
        authorizations
          feed (feed), used by people
        sources
          people (pages *): asked on from its position after a restart
            asks http://feed (`feed`)
        sinks
          out (built in): reads people
    "#]]
    .assert_eq(&checked);
}

#[test]
fn what_fails_is_asked_again() {
    let fails = [
        (1, Fails::Cuts),
        (2, Fails::Says(503, "")),
        (3, Fails::Says(429, "retry-after: 1\r\n")),
        (5, Fails::Says(410, "")),
    ];
    let feed = Feed::start(10, &fails);
    let place = place(&feed.url(), "");
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(arrived(&place), (0..10).collect::<Vec<_>>());
    assert_eq!(feed.asked(), ["", "3", "3", "3", "3", "6", "", "3", "6", "9"]);
    assert!(ended.stderr.contains("the feed does not know the cursor any more"), "{}", ended.stderr);
}

#[test]
fn a_refused_key_stops_the_source_and_loses_nothing() {
    let feed = Feed::start(10, &[(2, Fails::Says(401, ""))]);
    let place = place(&feed.url(), "");
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("the feed refuses the key; give another"), "{}", ended.stderr);
    assert_eq!(arrived(&place), (0..6).collect::<Vec<_>>());
    assert_eq!(place.brazeline(&["run", "pipeline.yaml"]).code, Some(0));
    assert_eq!(arrived(&place), (0..10).collect::<Vec<_>>());
    assert_eq!(feed.asked(), ["", "3", "6", "6", "9"]);
}

#[test]
fn a_feed_that_is_down_is_waited_for_and_a_stop_is_heard() {
    // Nobody listens at this port of the machine.
    let place = place("http://127.0.0.1:9", "");
    let mut host = place.run();
    host.says(&["no answer came", "127.0.0.1:9"]);
    let ended = host.terminate();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

#[test]
fn after_a_kill_it_goes_on_where_it_was_and_runs_follow_each_other() {
    let feed = Feed::start(900, &[]);
    let place = place(&feed.url(), ", every: 50ms");
    let host = place.run();
    until("some pages were asked for", || feed.asked().len() > 60);
    host.kill();
    let before = feed.asked().len();
    let host = place.run();
    until("everybody arrived", || arrived(&place).len() == 900);
    until("the next run began", || feed.asked()[before..].contains(&String::new()));
    assert_eq!(host.terminate().code, Some(0));
    let asked: Vec<i64> = feed.asked().iter().map(|cursor| cursor.parse().unwrap_or(0)).collect();
    let (killed, again) = (asked[before - 1], asked[before]);
    assert!((killed..=killed + 3).contains(&again), "it was killed at {killed} and went on at {again}");
}

#[test]
fn who_is_gone_is_told_when_the_whole_list_was_seen_and_not_before() {
    let feed = Feed::start(6, &[(3, Fails::Says(401, ""))]);
    let place = place(&feed.url(), "");
    let remembers =
        format!("transforms:\n  counts: {{ type: {}, inputs: [people] }}\n", components::path("counts").display());
    let text = place.read("pipeline.yaml").replace("audience: vip", "audience: seen");
    place.write(
        "pipeline.yaml",
        text.replace("sinks:", &(remembers + "sinks:")).replace("inputs: [people], linger", "inputs: [counts], linger"),
    );
    let told = |code| {
        let ended = place.brazeline(&["run", "pipeline.yaml"]);
        assert_eq!(ended.code, Some(code), "{}", ended.stderr);
        let mut told: Vec<String> = place.read("out.ndjson").lines().map(str::to_owned).collect();
        told.sort_unstable();
        told.join(" ")
    };
    // The first list is learnt.
    assert_eq!(told(0), "");
    feed.has(4);
    // This one breaks off: those who were on its first page are counted, and nobody is gone.
    assert_eq!(told(1), r#"{"count":2} {"count":2} {"count":2}"#);
    // It is asked for from its beginning.
    let all = r#"{"count":0} {"count":0} {"count":2} {"count":2} {"count":2} {"count":2} {"count":3} {"count":3} {"count":3}"#;
    assert_eq!(told(0), all);
    assert_eq!(feed.asked(), ["", "3", "", "3", "", "3"]);
}

#[test]
fn a_file_is_for_those_who_said_that_they_fetch_and_can_read() {
    let feed = Feed::start(1, &[]);
    let place = place(&feed.url(), ", misdeed: fetches");
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let why = "its component asks for a file, and did not say that it fetches files";
    assert!(ended.stderr.contains(why), "{}", ended.stderr);
    place.write("pipeline.yaml", place.read("pipeline.yaml").replace("misdeed: fetches", "misdeed: reads_none"));
    let told = place.brazeline(&["check", "pipeline.yaml"]);
    assert_eq!(told.code, Some(2), "{}", told.stderr);
    let why = "source `people` is meant as a decoder by its settings, and its component is none";
    assert!(told.stderr.contains(why), "{}", told.stderr);
}

#[test]
fn nothing_is_called_as_the_place_is_that_files_come_from() {
    let place = place("https://feed.example", ", misdeed: calls_files");
    place.write("pipeline.yaml", place.read("pipeline.yaml").replace("hosts: { feed:", "hosts: { files:"));
    let told = place.brazeline(&["check", "pipeline.yaml"]);
    assert_eq!(told.code, Some(2), "{}", told.stderr);
    let why = "source `people` calls a target `files`, as only the place is called that files are fetched from";
    assert!(told.stderr.contains(why), "{}", told.stderr);
}
