//! Braze -> Lytics: a segment's files in a folder, and what Currents posts and stores.

#[path = "segments/asked.rs"]
mod asked;
#[path = "segments/whole.rs"]
mod whole;

use brazeline_sandbox::braze::{Currents, Segment};
use brazeline_sandbox::{Fault, Options};
use serde_json::{Map, Value, json};

use crate::host::{Place, TRIGGER_TOKEN};
use crate::scene::{Scene, sandbox};

/// Columns in no order of Braze's, and one of the company's own.
const COLUMNS: [&str; 7] = ["note", "timezone", "Appboy ID", "phone_number", "email", "plan", "empty"];

/// From braze-ingest to Lytics, whose target of the sink's mode is at the sandbox.
pub fn scene(braze: &str, source: &str, target: &str, sink: &str) -> Scene {
    let vendors = sandbox(Options::default());
    let place = Place::new(&format!(
        r#"name: handed-out
authorizations:
{braze}  lytics: {{ type: lytics, account: "1234", api_token: "SECRET[env.LYTICS_API_TOKEN]", plain_http: true, hosts: {{ {target}: "{url}" }} }}
sources:
  braze: {{ type: braze-ingest{source} }}
sinks:
  lytics: {{ type: lytics-export, inputs: [braze], authorization: lytics, linger: 10ms{sink} }}
"#,
        url = vendors.lytics().url(),
    ));
    Scene { vendors, place }
}

fn folder(sink: &str, target: &str) -> Scene {
    let files = ", mode: file, files: { type: drop_folder, path: in, settle: 50ms }, every: once";
    let scene = scene("", files, target, sink);
    std::fs::create_dir(scene.place.path().join("in")).unwrap();
    scene
}

fn user(number: usize) -> Map<String, Value> {
    let user = json!({
        "Appboy ID": format!("b-{number}"), "timezone": "Asia/Seoul", "phone_number": format!("+1555{number:07}"),
        "email": format!("p.{number}@mail.example"), "plan": "gold", "note": "said \"a, b\"\r\nand 'c'", "empty": null,
    });
    user.as_object().cloned().unwrap()
}

/// As the stream gets it.
fn record(number: usize) -> Map<String, Value> {
    let mut user = user(number);
    for (from, to) in [("Appboy ID", "braze_id"), ("timezone", "time_zone")] {
        let value = user.remove(from).unwrap();
        user.insert(to.to_owned(), value);
    }
    user.remove("empty");
    user
}

/// What the stream holds, in the order of the numbers.
pub fn held(scene: &Scene) -> Vec<Map<String, Value>> {
    let number = |record: &Map<String, Value>| record["braze_id"].as_str().unwrap()[2..].parse::<usize>().unwrap();
    let stream = |lytics: &brazeline_sandbox::Lytics| {
        lytics.stream("braze_users").iter().map(|record| record.fields.clone()).collect::<Vec<_>>()
    };
    let mut held = scene.vendors.lytics().read(stream);
    held.sort_by_key(number);
    held
}

#[test]
fn a_segments_zip_arrives_as_the_stream_maps_it() {
    const USERS: usize = 12_000;
    let users: Vec<_> = (0..USERS).map(user).collect();
    let ways = [("collect", ""), ("bulk", ", mode: bulk"), ("bulk", ", mode: bulk, format: csv, gzip: true")];
    for (target, sink) in ways {
        let scene = folder(sink, target);
        scene.place.write("in/users.zip", Segment::new(&COLUMNS).zip(&users));
        scene.place.write("in/bad.csv", "Appboy ID,email\nb-1\n");
        let ended = scene.place.brazeline(&["run", "pipeline.yaml"]);
        assert_eq!(ended.code, Some(3), "{sink}: {}", ended.stderr);
        assert_eq!(held(&scene), (0..USERS).map(record).collect::<Vec<_>>(), "{sink}");
        let mapped = scene.vendors.lytics().read(|lytics| lytics.profile("br_user_id", "b-7").cloned()).unwrap();
        assert_eq!(mapped.get("time_zone"), Some(&json!("Asia/Seoul")));
        let letters = scene.dead_letters();
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0]["place"], "bad.csv: row 2, byte 16");
        assert_eq!(letters[0]["reason"], "it has 1 fields; the header has 2");
        // Its component could read what is sent, too, but a row of a file was not.
        let replayed = scene.place.brazeline(&["dead-letters", "replay", "pipeline.yaml", "--all"]);
        assert!(replayed.stdout.contains("put what is corrected into a file of its own"), "{replayed:?}");
    }
}

#[test]
fn the_apis_segment_export_is_read_and_its_lists_of_objects_are_laid_out() {
    let scene = folder(", arrays_of_objects: flatten", "collect");
    let lines = "{\"braze_id\":\"b-1\",\"external_id\":\"u-1\",\"custom_attributes\":{\"plan\":\"gold\"},\"custom_events\":[{\"name\":\"opened\",\"count\":2}]}\n";
    scene.place.write("in/users.json", lines);
    let ended = scene.place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let expected = json!({
        "braze_id": "b-1", "user_id": "u-1", "plan": "gold", "custom_events": { "name": ["opened"], "count": [2] },
    });
    assert_eq!(held(&scene), [expected.as_object().cloned().unwrap()]);
}

#[test]
fn currents_events_arrive_and_one_that_comes_twice_arrives_once() {
    let braze = "  braze: { type: braze, currents_token: \"SECRET[env.TRIGGER_TOKEN]\" }\n";
    let source = ", authorization: braze, mode: currents, path: /currents, address: \"127.0.0.1:0\", event_types: { drop: [\"*.Send\"] }, deduplicate: { by: id, window: 1h }";
    let scene = scene(braze, source, "collect", "");
    let mut host = scene.place.run();
    let url = format!("http://{}/currents", host.address("braze"));
    let event = |number: usize| {
        let event_type = ["users.messages.email.Open", "users.messages.email.Click", "users.messages.email.Send"];
        json!({
            "event_type": event_type[number % 3], "id": format!("id-{number}"), "time": 1_795_600_000 + number,
            "user": { "user_id": format!("b-{number}"), "external_user_id": "u", "timezone": "Asia/Seoul" },
            "properties": { "campaign_id": "c-1" },
        })
    };
    let events: Vec<Value> = (0..300).map(event).collect();
    for _ in 0..2 {
        let sent = Currents::new(&url, Some(TRIGGER_TOKEN), events.clone()).send();
        let delivered = scene.vendors.wait(sent);
        assert_eq!((delivered.checked, delivered.received, delivered.dropped), (200, 300, 0));
    }
    let checked = scene.vendors.wait(Currents::new(&url, Some("other"), Vec::new()).send()).checked;
    assert_eq!(checked, 401);
    scene.lytics_until("all are there", |lytics| lytics.stream("braze_users").len() == 200);
    assert_eq!(host.terminate().code, Some(0));
    let first = held(&scene).remove(0);
    let expected = json!({
        "braze_id": "b-0", "user_id": "u", "event": "users.messages.email.Open", "timestamp": "2026-11-25T09:46:40Z",
        "id": "id-0", "timezone": "Asia/Seoul", "campaign_id": "c-1",
    });
    assert_eq!(first, expected.as_object().cloned().unwrap());
    assert_eq!(held(&scene).len(), 200);
}

/// Runs until some of a file is delivered, and kills it then.
pub fn killed_while_it_is_read(scene: &Scene) {
    let lytics = scene.vendors.lytics();
    lytics.script([Fault::Fine, Fault::Fine]);
    lytics.fail_every(1, Fault::Slow { ms: 600_000 });
    let host = scene.place.run();
    scene.vendors.wait(lytics.wait_for_requests(3)).unwrap();
    host.kill();
    lytics.fail_every(0, Fault::Fine);
}

/// A row of the API's export that is of a known user if its number is even.
fn row(number: usize) -> String {
    let known = if number.is_multiple_of(2) { format!(",\"external_id\":\"u-{number}\"") } else { String::new() };
    format!("{{\"braze_id\":\"b-{number}\",\"email\":\"p.{number}@mail.example\"{known}}}\n")
}

/// The numbers of those who arrived, each once however often they came.
fn numbers(scene: &Scene) -> Vec<usize> {
    let mut numbers: Vec<usize> =
        held(scene).iter().map(|record| record["braze_id"].as_str().unwrap()[2..].parse().unwrap()).collect();
    numbers.dedup();
    numbers
}

#[test]
fn a_file_that_was_begun_under_other_settings_loses_no_row() {
    const ROWS: usize = 12_000;
    let scene = folder("", "collect");
    let text = scene.place.read("pipeline.yaml");
    let by = |field: &str| {
        let text = text.replace(
            "mode: file",
            &format!("mode: file, identifier: {{ {field} }}, max_uncommitted: {{ events: 1000 }}"),
        );
        scene.place.write("pipeline.yaml", text);
    };
    by("email: email");
    scene.place.write("in/users.json", (0..ROWS).map(row).collect::<String>());
    killed_while_it_is_read(&scene);
    let before = numbers(&scene);
    assert!(before.len() > 100 && before.len() < ROWS / 2, "{}", before.len());
    // Every other row is skipped from now on, so the numbers of events are those of other rows.
    by("external_id: user_id");
    let ended = scene.place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let arrived = numbers(&scene);
    let missing: Vec<usize> = (0..ROWS).step_by(2).filter(|number| arrived.binary_search(number).is_err()).collect();
    assert!(missing.is_empty(), "{} rows are missing, from {:?} on", missing.len(), missing.first());
    assert!(ended.stderr.contains("other settings or another component than when it was begun"), "{}", ended.stderr);
}

#[test]
fn a_file_that_cannot_be_gone_on_with_takes_nothing_of_the_next_with_it() {
    let scene = folder("", "collect");
    let text = scene.place.read("pipeline.yaml").replace("mode: file", "mode: file, max_uncommitted: { events: 1000 }");
    scene.place.write("pipeline.yaml", text);
    let rows: String = (0..12_000).map(row).collect();
    scene.place.write("in/users.zip", crate::imports::zipped(&[("00.txt", &rows)]));
    killed_while_it_is_read(&scene);
    let staging = scene.place.path().join("data/staging/braze");
    let [copy] = <[_; 1]>::try_from(std::fs::read_dir(staging).unwrap().collect::<Vec<_>>()).unwrap();
    let copy = std::fs::File::options().write(true).open(copy.unwrap().path()).unwrap();
    copy.set_len(1000).unwrap();
    scene.place.write("in/z.json", (20_000..20_010).map(row).collect::<String>());
    let ended = scene.place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(numbers(&scene).split_off(numbers(&scene).len() - 10), (20_000..20_010).collect::<Vec<_>>());
    // The rows of each file are in its own numbers.
    let files = crate::scene::node(&scene.status(), "braze")["files"]["shown"].clone();
    for file in files.as_array().unwrap() {
        // One of which nothing is settled has no end.
        let fates = |end: &Value| ["delivered", "dropped", "rejected"].map(|fate| end[fate].as_u64().unwrap());
        let ends: u64 = file["rows"]["ends"].as_array().unwrap().iter().flat_map(fates).sum();
        assert_eq!(file["rows"]["read"].as_u64(), Some(ends), "{file}");
    }
    assert_eq!((&files[0]["name"], &files[0]["rows"]["read"]), (&json!("z.json"), &json!(10)));
}

#[test]
fn what_a_sink_rejects_of_a_file_says_where_it_stood() {
    let scene = folder("", "collect");
    let (first, rest) = (row(0), row(1) + &row(2));
    scene.place.write("in/b.zip", crate::imports::zipped(&[("00.txt", &first), ("01.txt", &rest)]));
    let refused = Fault::RefuseAt { array: "attributes".into(), indexes: vec![0, 1, 2] };
    scene.vendors.lytics().fail_every(1, refused);
    assert_eq!(scene.place.brazeline(&["run", "pipeline.yaml"]).code, Some(3));
    let mut places: Vec<String> =
        scene.dead_letters().iter().map(|letter| letter["place"].as_str().unwrap().to_owned()).collect();
    places.sort_unstable();
    let place = |name: &str, bytes: usize, event: usize| format!("b.zip/{name}, bytes 0 to {bytes}: event {event}");
    let expected = [place("00.txt", first.len(), 0), place("01.txt", rest.len(), 1), place("01.txt", rest.len(), 2)];
    assert_eq!(places, expected);
}
