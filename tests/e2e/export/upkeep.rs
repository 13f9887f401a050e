//! What operators do with what is remembered: while the pipeline runs and when it does not.

use brazeline_sandbox::Fault;
use serde_json::json;

use super::stage::{Stage, With, scan, stage};
use super::triggers::{fire, message, triggers, until};
use crate::host::{API_KEY, Host};
use crate::http;
use crate::scene::{node, people, status};

const REFUSED: Fault = Fault::Status { status: 503, retry_after_s: None };

/// Says something to the pipeline by a command, which has to work.
fn asked(stage: &Stage, arguments: &[&str]) -> String {
    let (command, rest) = arguments.split_at(if arguments[0] == "state" { 2 } else { 1 });
    let arguments = [command, &["pipeline.yaml"], rest].concat();
    let ended = stage.place.brazeline(&arguments);
    assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.stderr);
    ended.stdout
}

/// Somebody else changes what Braze holds.
fn meddle(stage: &Stage, attributes: serde_json::Value) {
    let bearer = format!("Bearer {API_KEY}");
    let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
    let body = json!({ "attributes": attributes }).to_string();
    let address = stage.vendors.braze().address().to_string();
    let answer = http::send(&address, "POST", "/users/track", &headers, body).unwrap();
    assert_eq!(answer.status, 201, "{}", answer.body);
    stage.vendors.braze().apply();
}

/// What Braze answers when it is asked about these people.
fn exported(stage: &Stage, ids: &[String]) -> String {
    let bearer = format!("Bearer {API_KEY}");
    let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
    let body = json!({ "external_ids": ids, "fields_to_export": ["external_id", "custom_attributes"] }).to_string();
    let address = stage.vendors.braze().address().to_string();
    http::send(&address, "POST", "/users/export/ids", &headers, body).unwrap().body
}

fn enter(host: &mut Host, ids: &[String], at: &str) {
    let messages: Vec<_> = ids.iter().map(|id| message(id, &[("enter", "vip", at)])).collect();
    fire(host, &messages);
}

fn started(stage: &Stage) -> Host {
    let mut host = stage.place.run();
    host.says(&["started"]);
    host
}

fn nobody_is_left(stage: &Stage) {
    crate::host::until("nobody holds anything", || {
        stage.vendors.braze().apply();
        stage.held().is_empty()
    });
}

#[test]
fn somebody_is_looked_up_and_forgotten() {
    let stage = triggers(With::default());
    let key = "external_id:u-0";
    let mut host = started(&stage);
    enter(&mut host, &people(0..2), "2026-11-23T09:00:00Z");
    until(&stage, "u-1", &["vip"]);
    let known = asked(&stage, &["state", "get", key]);
    assert!(known.starts_with("audiences: vip\nin doubt: no\nstate: "), "{known}");
    assert_eq!(asked(&stage, &["state", "get", "external_id:nobody"]), "nothing is known of this key\n");
    assert_eq!(asked(&stage, &["reconcile", "--yes"]), "2 people are told everything again when they next come\n");
    assert!(asked(&stage, &["state", "get", key]).contains("in doubt: yes"));
    host.terminate();
    assert!(asked(&stage, &["state", "get", key]).contains("in doubt: yes"), "it was stored");
    let forgotten = "forgotten here; what the other side was told stays there\n";
    assert_eq!(asked(&stage, &["state", "forget", key]), forgotten);
    let mut host = started(&stage);
    assert_eq!(asked(&stage, &["state", "get", key]), "nothing is known of this key\n");
    assert_eq!(asked(&stage, &["state", "forget", "external_id:u-1"]), forgotten);
    assert_eq!(asked(&stage, &["state", "forget", "external_id:u-1"]), "nothing was known of this key\n");
    // Who is forgotten is told like somebody new.
    let before = stage.cost().0;
    enter(&mut host, &people(0..1), "2026-11-23T09:00:00Z");
    crate::host::until("u-0 is told again", || stage.cost().0 == before + 1);
    host.terminate();
}

#[test]
fn what_is_wrong_is_refused_in_words() {
    let stage = scan(With::default());
    let refused = |arguments: &[&str], words: &str| {
        let ended = stage.place.brazeline(arguments);
        assert!(ended.code != Some(0) && ended.stderr.contains(words), "{arguments:?}: {}", ended.stderr);
    };
    refused(&["state", "get", "pipeline.yaml", "external_id:a"], "holds no store yet");
    stage.enter(&people(0..3), "vip");
    stage.follow();
    refused(&["approve", "pipeline.yaml", "--node", "braze"], "no transform `braze` remembers anything");
    refused(&["state", "import", "pipeline.yaml", "nowhere"], "3 people are known here already");
    stage.place.write("there", "");
    refused(&["state", "export", "pipeline.yaml", "there"], "cannot be written");
    refused(&["reconcile", "pipeline.yaml", "--with", "there"], "has no column `external_id`");
    refused(&["reconcile", "pipeline.yaml", "--with", "nowhere"], "cannot be read");
}

#[test]
fn everything_is_taken_off_while_nothing_runs() {
    let stage = scan(With { sink: ", exit_event: { name: left }", ..With::default() });
    stage.enter(&people(0..150), "vip");
    stage.enter(&people(0..90), "lapsed");
    stage.follow();
    let cost = stage.cost();
    let dry = "it would be taken off 150 people, one update each; add `--yes` to let that happen\n";
    assert_eq!(asked(&stage, &["teardown"]), dry);
    assert_eq!(stage.cost(), cost, "dry");
    let told = "taking it off 90 people; broken off, it goes on with the next run\n";
    assert_eq!(asked(&stage, &["teardown", "--audience", "lapsed", "--yes"]), told);
    stage.vendors.braze().apply();
    let held = stage.held();
    assert!(held.len() == 150 && held.values().all(|list| list.len() == 1 && list.contains("vip")), "{held:?}");
    assert_eq!(stage.cost().1 - cost.1, 90, "one data point for each of whom something is taken off");
    asked(&stage, &["teardown", "--yes"]);
    stage.vendors.braze().apply();
    assert_eq!(stage.held().len(), 0);
    let events: usize = stage.vendors.braze().read(|braze| braze.profiles().iter().map(|one| one.events.len()).sum());
    assert_eq!(events, 0, "nobody left, so no event says so");
    assert_eq!(
        asked(&stage, &["teardown", "--yes"]),
        "taking it off 0 people; broken off, it goes on with the next run\n"
    );
}

#[test]
fn a_run_takes_it_off_and_goes_on_after_a_kill() {
    let stage = triggers(With::default());
    let mut host = started(&stage);
    enter(&mut host, &people(0..300), "2026-11-23T09:00:00Z");
    until(&stage, "u-299", &["vip"]);
    assert!(asked(&stage, &["teardown"]).contains("300 people"));
    let before = stage.cost().0;
    stage.vendors.braze().fail_every(1, REFUSED);
    assert!(asked(&stage, &["teardown", "--yes"]).starts_with("the run takes it off 300 people"));
    stage.vendors.wait(stage.vendors.braze().wait_for_requests(before as u64 as usize + 1)).unwrap();
    host.kill();
    stage.vendors.braze().fail_every(0, REFUSED);
    assert_eq!(stage.held().len(), 300);
    let mut host = started(&stage);
    nobody_is_left(&stage);
    // Whoever enters afterwards is told.
    enter(&mut host, &people(0..1), "2036-11-23T09:00:00Z");
    until(&stage, "u-0", &["vip"]);
    host.terminate();
}

#[test]
fn a_teardown_that_was_killed_is_ended_by_the_next_run() {
    let stage = triggers(With::default());
    let mut host = started(&stage);
    enter(&mut host, &people(0..200), "2026-11-23T09:00:00Z");
    until(&stage, "u-199", &["vip"]);
    host.terminate();
    let before = stage.cost().0;
    stage.vendors.braze().fail_every(1, REFUSED);
    let teardown = stage.place.start(&["teardown", "pipeline.yaml", "--yes"]);
    stage.vendors.wait(stage.vendors.braze().wait_for_requests(before + 1)).unwrap();
    teardown.kill();
    stage.vendors.braze().fail_every(0, REFUSED);
    let host = started(&stage);
    nobody_is_left(&stage);
    host.terminate();
}

#[test]
fn what_is_held_up_is_shown_and_approved_while_it_runs() {
    let stage = scan(With { source: ", every: 1h", ..With::default() });
    stage.enter(&people(0..200), "vip");
    let host = started(&stage);
    crate::host::until("all are told", || {
        stage.vendors.braze().apply();
        stage.held().len() == 200
    });
    host.terminate();
    stage.leave(&people(0..200), "vip");
    let mut host = started(&stage);
    host.says(&["held up", "brazeline approve"]);
    let words = "200 of 200 people would leave audience `vip` at once";
    assert_eq!(node(&status(&stage.place), "changes")["held"], json!([words]));
    assert_eq!(asked(&stage, &["approve"]), format!("approved: {words}\n"));
    nobody_is_left(&stage);
    assert_eq!(asked(&stage, &["approve"]), "nothing is held up\n");
    host.terminate();
}

#[test]
fn what_braze_lost_is_told_again() {
    let stage = scan(With::default());
    stage.enter(&people(0..40), "vip");
    stage.enter(&people(30..40), "lapsed");
    stage.follow();
    // One loses it, one is given it, and one has it whom we do not know; what we know nothing of is nobody's business.
    meddle(
        &stage,
        json!([
            { "external_id": "u-0", "lytics_segments": { "remove": ["vip"] } },
            { "external_id": "u-1", "lytics_segments": { "add": ["lapsed", "of others"] } },
            { "external_id": "stranger", "lytics_segments": { "add": ["vip"] } },
            { "external_id": "u-2", "lytics_segments": { "add": ["of others"] } },
        ]),
    );
    let csv = |stage: &Stage| {
        let held = stage.held();
        let row = |id: &String| {
            let names: Vec<String> = held.get(id).map(|list| list.iter().cloned().collect()).unwrap_or_default();
            format!("{id},\"{}\"\n", names.join(","))
        };
        let ids: Vec<String> = people(0..40).into_iter().chain(["stranger".to_owned()]).collect();
        "user_id,lytics_segments\n".to_owned() + &ids.iter().map(row).collect::<String>()
    };
    stage.place.write("held.csv", csv(&stage));
    let with = ["--with", "held.csv", "--key-column", "user_id", "--audiences-column", "lytics_segments"];
    let compared =
        "41 people compared: 2 hold other audiences than they were told, 1 hold some and are not known here\n";
    let dry = "3 people would be told everything again when they next come; add `--yes` to let that happen\n";
    assert_eq!(asked(&stage, &[&["reconcile"], with.as_slice()].concat()), format!("{compared}{dry}"));
    let done = "3 people are told everything again when they next come\n";
    assert_eq!(asked(&stage, &[&["reconcile", "--yes"], with.as_slice()].concat()), format!("{compared}{done}"));
    let before = stage.cost().1;
    assert_eq!(stage.run().code, Some(0));
    stage.vendors.braze().apply();
    let held = stage.held();
    assert!(
        held["u-0"].contains("vip") && !held["u-1"].contains("lapsed") && !held.contains_key("stranger"),
        "{held:?}"
    );
    assert!(held["u-2"].contains("of others"));
    assert_eq!(stage.cost().1 - before, 3, "and nobody else is told anything");
    stage.place.write("held.csv", csv(&stage));
    assert!(asked(&stage, &[&["reconcile"], with.as_slice()].concat()).contains("compared: 0 hold other"));
}

#[test]
fn what_braze_answers_is_compared_while_it_runs() {
    let stage = triggers(With::default());
    let mut host = started(&stage);
    enter(&mut host, &people(0..5), "2026-11-23T09:00:00Z");
    until(&stage, "u-4", &["vip"]);
    meddle(&stage, json!([{ "external_id": "u-3", "lytics_segments": null }]));
    stage.place.write("held.json", exported(&stage, &people(0..5)));
    let with = ["--with", "held.json", "--audiences-column", "custom_attributes.lytics_segments"];
    let said = asked(&stage, &[&["reconcile", "--yes"], with.as_slice()].concat());
    assert!(said.starts_with("5 people compared: 1 hold other audiences"), "{said}");
    // The same again is told to nobody but the one in doubt.
    enter(&mut host, &people(0..5), "2026-11-23T09:00:00Z");
    until(&stage, "u-3", &["vip"]);
    host.terminate();
}

#[test]
fn what_is_remembered_moves() {
    let stage = scan(With { source: ", fields: [city]", ..With::default() });
    stage.enter(&people(0..50), "vip");
    stage.follow();
    let said = asked(&stage, &["state", "export", "memory"]);
    let records: u64 = said.split(' ').next().unwrap().parse().unwrap();
    assert!(said.ends_with(" records written\n") && records > 50, "{said}");
    let elsewhere = format!("data_dir: ./elsewhere\n{}", stage.place.read("pipeline.yaml"));
    stage.place.write("pipeline.yaml", elsewhere);
    // Half a file is none, and leaves nothing behind.
    let whole = stage.place.read("memory");
    stage.place.write("half", &whole[..whole.len() / 2]);
    let half = stage.place.brazeline(&["state", "import", "pipeline.yaml", "half"]);
    assert!(half.code != Some(0), "{}", half.stdout);
    assert_eq!(asked(&stage, &["state", "import", "memory"]), format!("{records} records taken\n"));
    let cost = stage.cost();
    stage.enter(&people(50..51), "vip");
    stage.follow();
    assert_eq!(stage.cost().0, cost.0 + 1, "only who is new is told");
}

#[test]
fn a_run_writes_and_takes_what_is_remembered() {
    let stage = triggers(With::default());
    let mut host = started(&stage);
    enter(&mut host, &people(0..20), "2026-11-23T09:00:00Z");
    until(&stage, "u-19", &["vip"]);
    let said = asked(&stage, &["state", "export", "memory"]);
    assert!(said.ends_with(" records written\n"), "{said}");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(stage.place.path().join("memory")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600, "it tells about people");
    host.terminate();
    let elsewhere = format!("data_dir: ./elsewhere\n{}", stage.place.read("pipeline.yaml"));
    stage.place.write("pipeline.yaml", elsewhere);
    let mut host = started(&stage);
    asked(&stage, &["state", "import", "memory"]);
    let cost = stage.cost();
    enter(&mut host, &people(0..20), "2026-11-23T09:00:00Z");
    enter(&mut host, &people(90..91), "2026-11-23T09:00:00Z");
    until(&stage, "u-90", &["vip"]);
    assert_eq!(stage.cost().0, cost.0 + 1, "only who is new is told");
    host.terminate();
}

#[test]
fn what_operators_wish_outlives_a_reload() {
    let stage = triggers(With::default());
    let mut host = started(&stage);
    enter(&mut host, &people(0..3), "2026-11-23T09:00:00Z");
    until(&stage, "u-2", &["vip"]);
    asked(&stage, &["reload"]);
    assert!(asked(&stage, &["state", "get", "external_id:u-1"]).starts_with("audiences: vip"));
    assert!(asked(&stage, &["teardown", "--yes"]).starts_with("the run takes it off 3 people"));
    nobody_is_left(&stage);
    host.terminate();
}

#[test]
fn an_audience_is_taken_off_and_nothing_else_is_said() {
    let source = |audiences: &str| {
        format!(
            "  audiences: {{ type: lytics-ingest, mode: scan, authorization: lytics, audiences: {audiences}, fields: [city], identifier: {{ external_id: user_id }} }}\n"
        )
    };
    let vendors = crate::scene::sandbox(brazeline_sandbox::Options::default());
    let with = With { transform: ", audiences: [vip, lapsed], on_audience_removed: remove", ..With::default() };
    let stage = stage(vendors, &source("[vip, lapsed]"), "[audiences]", with);
    stage.enter(&people(0..150), "vip");
    stage.enter(&people(60..150), "lapsed");
    assert_eq!(stage.run().code, Some(0));
    let before = stage.cost();
    let with = With { transform: ", audiences: [vip], on_audience_removed: remove", ..With::default() };
    stage.write(&source("[vip]"), "[audiences]", with);
    assert_eq!(stage.run().code, Some(0));
    stage.vendors.braze().apply();
    assert!(stage.held().values().all(|list| list.len() == 1 && list.contains("vip")), "{:?}", stage.held());
    assert_eq!(stage.cost().1 - before.1, 90, "one data point for each who was in it, and none for what stays");
    let before = stage.cost();
    assert_eq!(stage.run().code, Some(0));
    assert_eq!(stage.cost(), before, "what else they were told is remembered");
}

#[test]
fn the_first_look_says_its_cost_before_it_sends() {
    let stage = scan(With::default());
    stage.enter(&people(0..150), "vip");
    stage.vendors.braze().fail_every(1, REFUSED);
    let mut host = stage.place.run();
    let said = host.says(&["first look at"]);
    let words =
        "first look at lapsed, new, vip: about 150 people are told, in about 2 requests, 150 data points, 150 objects";
    assert!(said.contains(words), "{said}");
    stage.vendors.wait(stage.vendors.braze().wait_for_requests(1)).unwrap();
    assert!(asked(&stage, &["status"]).contains(words));
    assert_eq!(node(&status(&stage.place), "changes")["forecast"]["people"], 150);
    stage.vendors.braze().fail_every(0, REFUSED);
    assert_eq!(host.wait().code, Some(0));
    stage.agree();
    assert!(!stage.run().stderr.contains("first look at"), "it is the second");
}
