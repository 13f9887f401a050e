//! Braze -> Lytics: a segment's files in a folder, and what Currents posts and stores.

#[path = "segments/asked.rs"]
mod asked;
#[path = "segments/whole.rs"]
mod whole;

use brazeline_sandbox::Options;
use brazeline_sandbox::braze::{Currents, Segment};
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
