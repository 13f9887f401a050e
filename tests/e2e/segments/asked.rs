//! A segment's export that Braze is asked for: made in its own time, fetched from where it says, read once, whatever is killed.

use brazeline_sandbox::braze::{Job, Made, Rules};
use brazeline_sandbox::{Fault, Options, TimedOut};
use serde_json::{Map, Value, json};

use crate::host::{Ended, Host, Place, until};
use crate::scene::{Scene, node, sandbox};

const PEOPLE: usize = 12_000;

fn user(number: usize) -> Map<String, Value> {
    let user = json!({
        "external_id": format!("u-{number}"), "braze_id": format!("b-{number}"), "email": format!("p.{number}@mail.example"),
        "custom_attributes": { "plan": "gold", "other": number },
    });
    user.as_object().cloned().unwrap()
}

/// As the stream gets it.
fn record(number: usize) -> Map<String, Value> {
    let record = json!({ "user_id": format!("u-{number}"), "braze_id": format!("b-{number}"), "plan": "gold" });
    record.as_object().cloned().unwrap()
}

/// From a segment of Braze's to a stream of Lytics'; `hosts` are further ones of Braze's.
fn scene(rules: Rules, source: &str, files: Option<&str>) -> Scene {
    let mut options = Options::default();
    options.braze.rules = rules;
    let vendors = sandbox(options);
    vendors.braze().change(|braze| braze.put_segment("s-1", (0..PEOPLE).map(user).collect()));
    let scene = Scene { vendors, place: Place::new("") };
    write(&scene, source, files.map(|files| files.replace("BRAZE", &scene.vendors.braze().url())).as_deref());
    scene
}

fn write(scene: &Scene, source: &str, files: Option<&str>) {
    let files = files.map(|files| format!(", files: \"{files}\"")).unwrap_or_default();
    scene.place.write(
        "pipeline.yaml",
        format!(
            r#"name: asked
authorizations:
  braze: {{ type: braze, api_key: "SECRET[env.BRAZE_API_KEY]", plain_http: true, hosts: {{ rest: "{braze}"{files} }} }}
  lytics: {{ type: lytics, account: "1234", api_token: "SECRET[env.LYTICS_API_TOKEN]", plain_http: true, hosts: {{ collect: "{lytics}" }} }}
sources:
  segment: {{ type: braze-ingest, mode: export, authorization: braze, segment_id: s-1, fields_to_export: [external_id, braze_id], custom_attributes_to_export: [plan]{source} }}
sinks:
  lytics: {{ type: lytics-export, inputs: [segment], authorization: lytics, linger: 10ms }}
"#,
            braze = scene.vendors.braze().url(),
            lytics = scene.vendors.lytics().url(),
        ),
    );
}

/// A run to its end. The address of a file is as good as the file, so nobody hears it.
fn run(scene: &Scene) -> Ended {
    let ended = scene.place.brazeline(&["run", "pipeline.yaml"]);
    assert!(!ended.stderr.contains("Signature"), "{}", ended.stderr);
    ended
}

fn exports(scene: &Scene) -> Vec<Job> {
    scene.vendors.braze().read(|braze| braze.exports().to_vec())
}

fn told(waited: Result<(), TimedOut>) {
    waited.unwrap();
}

/// Who arrived, each once however often they came.
fn arrived(scene: &Scene) -> Vec<Map<String, Value>> {
    let mut held = super::held(scene);
    held.dedup();
    held
}

fn is_complete(scene: &Scene) {
    let arrived = arrived(scene);
    let wrong = arrived.iter().zip((0..).map(record)).find(|(arrived, record)| *arrived != record);
    assert_eq!((arrived.len(), wrong), (PEOPLE, None));
    // Nothing of what was fetched stays.
    for folder in ["fetched", "staging"] {
        let left = std::fs::read_dir(scene.place.path().join("data").join(folder).join("segment")).unwrap();
        assert_eq!(left.map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>(), Vec::<std::ffi::OsString>::new());
    }
}

fn waits() -> Rules {
    Rules { exports_made: Made::WhenTold, ..Rules::default() }
}

/// Starts it and waits until it has asked for a file that is not there yet.
fn waiting(scene: &Scene) -> Host {
    let mut host = scene.place.run();
    host.says(&["asks for the same again", "403"]);
    host
}

#[test]
fn it_is_asked_for_waited_for_fetched_and_read() {
    let scene = scene(Rules { exports_made: Made::After { ms: 1200 }, ..Rules::default() }, "", Some("BRAZE"));
    let ended = run(&scene);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    is_complete(&scene);
    assert_eq!(super::held(&scene).len(), PEOPLE, "each came once");
    let [job] = <[Job; 1]>::try_from(exports(&scene)).unwrap();
    assert!(job.fetched.len() > 1, "it was not there at first");
    assert_eq!(job.fetched[0], ["user-agent", "host"], "no credential is shown where files lie");
    let status = scene.status();
    let file = &node(&status, "segment")["files"]["shown"][0];
    assert_eq!((&file["state"], &file["rows"]["read"]), (&json!("delivered"), &json!(PEOPLE)));
    // Another run is another export, and is read though it has the same in it.
    assert_eq!(run(&scene).code, Some(0));
    assert_eq!((exports(&scene).len(), super::held(&scene).len()), (2, 2 * PEOPLE));
    is_complete(&scene);
}

#[test]
fn one_follows_another() {
    let scene = scene(Rules::default(), ", every: 100ms", Some("BRAZE"));
    let host = scene.place.run();
    until("two were read", || super::held(&scene).len() >= 2 * PEOPLE);
    scene.vendors.braze().change(|braze| braze.put_segment("s-1", vec![user(PEOPLE)]));
    until("who came later arrived", || arrived(&scene).contains(&record(PEOPLE)));
    assert_eq!(host.terminate().code, Some(0));
}

#[test]
fn what_breaks_off_goes_on_where_it_was() {
    let scene = scene(Rules::default(), "", Some("BRAZE"));
    scene.vendors.braze().script([
        Fault::Fine,
        Fault::BreakOff,
        Fault::Cut,
        Fault::Status { status: 503, retry_after_s: None },
    ]);
    let ended = run(&scene);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    is_complete(&scene);
    let [job] = <[Job; 1]>::try_from(exports(&scene)).unwrap();
    let asked: Vec<bool> = job.fetched.iter().map(|headers| headers.iter().any(|name| name == "range")).collect();
    assert_eq!(
        asked,
        [false, true],
        "the rest alone was asked for, also after a line that was cut and an answer that was none"
    );
}

#[test]
fn what_is_never_there_is_asked_for_anew() {
    let scene = scene(Rules { exports_live_s: 0, ..Rules::default() }, ", wait_seconds: 1", Some("BRAZE"));
    let mut host = scene.place.run();
    host.says(&["there is no file at the address that Braze named", "403"]);
    scene.vendors.braze().change(|braze| braze.set_rules(Rules::default()));
    let ended = host.wait();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    is_complete(&scene);
    assert!(exports(&scene).len() > 1);
}

#[test]
fn a_kill_while_it_waits_asks_for_no_other() {
    let scene = scene(waits(), "", Some("BRAZE"));
    waiting(&scene).kill();
    let host = waiting(&scene);
    scene.vendors.braze().apply();
    assert_eq!(host.wait().code, Some(0));
    is_complete(&scene);
    assert_eq!((exports(&scene).len(), super::held(&scene).len()), (1, PEOPLE));
}

#[test]
fn a_kill_while_it_is_fetched_costs_that_alone() {
    let scene = scene(Rules::default(), "", Some("BRAZE"));
    scene.vendors.braze().script([Fault::Fine, Fault::BreakOff, Fault::Slow { ms: 600_000 }]);
    let mut host = scene.place.run();
    host.says(&["did not come whole"]);
    told(scene.vendors.wait(scene.vendors.braze().wait_for_requests(3)));
    host.kill();
    let ended = run(&scene);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    is_complete(&scene);
    assert_eq!((exports(&scene).len(), super::held(&scene).len()), (1, PEOPLE));
}

/// What `status` says of what is asked for.
fn asking(scene: &Scene) -> Value {
    node(&scene.status(), "segment")["files"]["asking"].clone()
}

#[test]
fn a_kill_just_after_it_is_there_fetches_it_no_more() {
    let scene = scene(waits(), "", Some("BRAZE"));
    let host = waiting(&scene);
    let name = asking(&scene)["file"].as_str().unwrap().to_owned();
    host.kill();
    let [job] = <[Job; 1]>::try_from(exports(&scene)).unwrap();
    let line =
        |number| json!({ "external_id": format!("u-{number}"), "braze_id": format!("b-{number}"), "plan": "gold" });
    let lines: String = (0..PEOPLE).map(|number| format!("{}\n", line(number))).collect();
    scene.place.write(&format!("data/fetched/segment/{name}"), crate::imports::zipped(&[("00.txt", &lines)]));
    let ended = run(&scene);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    is_complete(&scene);
    let [after] = <[Job; 1]>::try_from(exports(&scene)).unwrap();
    assert_eq!(after.fetched.len(), job.fetched.len());
}

#[test]
fn what_it_waits_for_is_seen() {
    let scene = scene(waits(), "", Some("BRAZE"));
    let host = waiting(&scene);
    let [job] = <[Job; 1]>::try_from(exports(&scene)).unwrap();
    let seen = asking(&scene);
    let file = seen["file"].as_str().unwrap();
    assert!(file.starts_with(&format!("segment-s-1-{}-", job.prefix)), "{seen}");
    assert_eq!((&seen["said"], &seen["bytes"]), (&json!("answered 403"), &json!(0)));
    assert!(seen["asked_ms"].as_u64() < seen["again_ms"].as_u64(), "{seen}");
    let told = scene.place.brazeline(&["status", "pipeline.yaml"]).stdout;
    assert!(told.contains(&format!("    waits for {file}, asked for at 20")), "{told}");
    assert!(told.contains("Z; answered 403, asked again at 20"), "{told}");
    host.kill();
    // A file that broke off, and of which nothing more has come yet.
    scene.vendors.braze().apply();
    scene.vendors.braze().script([Fault::BreakOff, Fault::Slow { ms: 600_000 }]);
    let mut host = scene.place.run();
    host.says(&["did not come whole"]);
    let seen = asking(&scene);
    assert!(seen["bytes"].as_u64().unwrap() > 0 && seen["said"].as_str().unwrap().contains("end of file"), "{seen}");
    let told = scene.place.brazeline(&["status", "pipeline.yaml"]).stdout;
    assert!(told.contains("KiB of it are here; "), "{told}");
    host.kill();
}

#[test]
fn a_rehearsal_asks_for_nothing_and_says_what_it_would_ask() {
    let scene = scene(waits(), "", Some("BRAZE"));
    let rehearse = || {
        let said = scene.place.brazeline(&["run", "--dry-run", "--json", "pipeline.yaml"]);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        let report: Value = serde_json::from_str(&said.stdout).unwrap();
        report["report"]["not_asked"].clone()
    };
    let request = json!([{
        "source": "segment", "what": "POST /users/export/segment to rest",
        "body": r#"{"custom_attributes_to_export":["plan"],"fields_to_export":["external_id","braze_id"],"segment_id":"s-1"}"#,
    }]);
    assert_eq!(rehearse(), request);
    let told = scene.place.brazeline(&["run", "--dry-run", "pipeline.yaml"]).stdout;
    assert!(told.contains("not asked for:  by `segment`: POST /users/export/segment to rest: {\"custom"), "{told}");
    assert_eq!(exports(&scene).len(), 0);
    // What was asked for before is not waited for.
    waiting(&scene).kill();
    let [job] = <[Job; 1]>::try_from(exports(&scene)).unwrap();
    let what = rehearse()[0]["what"].as_str().unwrap().to_owned();
    assert!(what.starts_with(&format!("the file segment-s-1-{}-", job.prefix)), "{what}");
    assert!(what.ends_with(".zip, which was asked for before"), "{what}");
    assert_eq!(exports(&scene)[0].fetched.len(), job.fetched.len());
}

#[test]
fn a_rehearsal_that_is_told_to_asks_and_keeps_nothing() {
    let scene = scene(Rules::default(), "", Some("BRAZE"));
    let said = scene.place.brazeline(&["run", "--dry-run", "--fetch", "--json", "pipeline.yaml"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let report: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(report["report"]["people"], PEOPLE, "{report}");
    assert_eq!(report["report"]["not_asked"], json!([]));
    assert_eq!((exports(&scene).len(), super::held(&scene).len()), (1, 0));
    assert!(!scene.place.path().join("data/fetched").exists());
}

#[test]
fn what_was_fetched_under_other_settings_is_set_aside_and_the_run_asks() {
    let scene = scene(Rules::default(), ", max_uncommitted: { events: 1000 }", Some("BRAZE"));
    super::killed_while_it_is_read(&scene);
    let others: Vec<_> = (0..10).map(|number| user(PEOPLE + number)).collect();
    scene.vendors.braze().change(|braze| braze.put_segment("s-2", others));
    let text = scene.place.read("pipeline.yaml");
    scene.place.write("pipeline.yaml", text.replace("segment_id: s-1", "segment_id: s-2"));
    let before = super::held(&scene).len();
    let ended = run(&scene);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let after = super::held(&scene);
    assert_eq!(
        after.len(),
        before + 10,
        "nothing of the first segment is read under the settings of the second: {}",
        ended.stderr
    );
    assert!((0..10).all(|number| after.contains(&record(PEOPLE + number))));
    assert_eq!(exports(&scene).len(), 2);
    let failed = std::fs::read_dir(scene.place.path().join("data/fetched/segment/failed")).unwrap();
    assert_eq!(failed.count(), 1, "it is kept");
    assert!(scene.reasons()[0].contains("it was exported under other settings"), "{:?}", scene.reasons());
    assert!(ended.stderr.contains("it was exported under other settings"), "{}", ended.stderr);
}

#[test]
fn a_kill_while_it_is_read_asks_for_no_other() {
    let scene = scene(Rules::default(), ", max_uncommitted: { events: 1000 }", Some("BRAZE"));
    super::killed_while_it_is_read(&scene);
    let ended = run(&scene);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    is_complete(&scene);
    assert_eq!(exports(&scene).len(), 1, "what was fetched is the run that was killed");
    let held = super::held(&scene).len();
    assert!(held < PEOPLE + PEOPLE / 2, "it went on where it was, and {held} records came");
}

#[test]
fn a_file_that_comes_damaged_is_fetched_again_and_then_asked_for_anew() {
    for (times, asked) in [(1, 1), (2, 2)] {
        let scene = scene(Rules::default(), "", Some("BRAZE"));
        scene.vendors.braze().script([Fault::Fine].into_iter().chain(vec![Fault::BrokenBody; times]));
        let ended = run(&scene);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        is_complete(&scene);
        assert!(ended.stderr.contains("a file came damaged; fetching it again"), "{}", ended.stderr);
        let fetched: usize = exports(&scene).iter().map(|job| job.fetched.len()).sum();
        assert_eq!((exports(&scene).len(), fetched), (asked, times + 1));
    }
}

#[test]
fn a_file_that_stays_damaged_is_kept_and_the_next_run_asks_for_another() {
    let scene = scene(Rules::default(), "", Some("BRAZE"));
    let broken = Fault::BrokenBody;
    scene.vendors.braze().script([Fault::Fine, broken.clone(), broken.clone(), Fault::Fine, broken.clone(), broken]);
    let ended = run(&scene);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(super::held(&scene).len(), 0);
    let failed = scene.place.path().join("data/fetched/segment/failed");
    assert_eq!(std::fs::read_dir(&failed).unwrap().count(), 1);
    assert!(scene.reasons()[0].contains("invalid Zip archive"), "{:?}", scene.reasons());
    std::fs::remove_dir_all(failed).unwrap();
    assert_eq!(run(&scene).code, Some(0));
    is_complete(&scene);
    assert_eq!(exports(&scene).len(), 3);
}

#[test]
fn an_address_that_is_lost_is_waited_for_as_braze_wants() {
    let scene = scene(waits(), "", Some("BRAZE"));
    scene.vendors.braze().script([Fault::AcceptThenCut]);
    let mut host = scene.place.run();
    host.says(&["no answer came"]);
    host.says(&["asks for the same again", "status=400"]);
    assert_eq!(host.terminate().code, Some(0));
    assert_eq!(exports(&scene).len(), 1);
}

#[test]
fn nothing_is_fetched_from_where_nobody_said() {
    let scene = scene(waits(), "", None);
    let url = scene.vendors.braze().url();
    let ended = run(&scene);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let line = format!(
        "the file is said to lie at {url}, and nothing says that files may be fetched from there: if it is right, write `hosts: {{ files: \\\"{url}\\\" }}` into authorization `braze`"
    );
    assert!(ended.stderr.contains(&line), "{}", ended.stderr);
    // The same export goes on once the line is there.
    scene.vendors.braze().apply();
    write(&scene, "", Some(&url));
    assert_eq!(run(&scene).code, Some(0));
    is_complete(&scene);
    let [job] = <[Job; 1]>::try_from(exports(&scene)).unwrap();
    assert_eq!(job.fetched.len(), 1);
    // Another host than the one that was said is refused, too, whatever it is.
    for (at, why) in [
        ("https://169.254.169.254", "and files are fetched from http://127.0.0.1:"),
        ("http://10.0.0.1", "the address of the file is neither https nor a loopback address"),
        ("https://user:word@127.0.0.1", "the address of the file has a user name in it"),
        ("http://127.0.0.1:1", "and files are fetched from http://127.0.0.1:"),
    ] {
        let scene = self::scene(Rules { exports_at: Some(at.to_owned()), ..Rules::default() }, "", Some("BRAZE"));
        let ended = run(&scene);
        assert_eq!(ended.code, Some(1), "{at}: {}", ended.stderr);
        assert!(ended.stderr.contains(why) && !ended.stderr.contains("word"), "{at}: {}", ended.stderr);
    }
}

#[test]
fn a_workspace_with_a_bucket_of_its_own_and_a_segment_that_is_none() {
    let scene = scene(Rules { exports_to_a_bucket: true, ..Rules::default() }, "", Some("BRAZE"));
    let ended = run(&scene);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("this workspace has a bucket of its own"), "{}", ended.stderr);
    let text = scene.place.read("pipeline.yaml");
    scene.place.write("pipeline.yaml", text.replace("segment_id: s-1", "segment_id: s-2"));
    let ended = run(&scene);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("Braze answers 400 to /users/export/segment (segment_id is of no segment)"),
        "{}",
        ended.stderr
    );
}

#[test]
fn what_it_is_shown_as_and_whether_its_key_works() {
    let scene = scene(Rules::default(), ", every: 24h", Some("https://*.example.com"));
    let checked = scene.place.brazeline(&["check", "--live", "pipeline.yaml"]);
    assert_eq!(checked.code, Some(0), "{}", checked.stderr);
    for line in [
        "asks http://127.0.0.1:",
        "fetches files from https://*.example.com (`files`)",
        "braze, source `segment`: works",
    ] {
        assert!(checked.stdout.contains(line), "{line}: {}", checked.stdout);
    }
    assert_eq!(exports(&scene).len(), 0);
    let text = scene.place.read("pipeline.yaml").replace("files: \"https", "file: \"https");
    scene.place.write("pipeline.yaml", text);
    let told = scene.place.brazeline(&["check", "pipeline.yaml"]).stderr;
    assert!(told.contains("has a `*` in it") && told.contains("only `files` may stand for several"), "{told}");
}
