//! Rejected rows of a file: an event is sent again to who rejected it; what could not be read is to be corrected, and where is said.

use serde_json::Value;

use super::{arrived, letters, place, rows};
use crate::feed::{Fails, Feed};
use crate::host::{Ended, Place};
use crate::scene::{node, status};

fn replay(place: &Place, which: &[&str]) -> Ended {
    place.brazeline(&[&["dead-letters", "replay", "pipeline.yaml"], which].concat())
}

#[test]
fn what_a_transform_rejected_is_sent_again_to_it_and_a_bad_row_is_to_be_corrected() {
    let place = place("", ", every: once");
    let out = place.read("pipeline.yaml").replace("inputs: [rows]", "inputs: [fields]");
    let with = |settings: &str| {
        out.replace(
            "sinks:",
            &format!("transforms:\n  fields: {{ type: map-fields, inputs: [rows]{settings} }}\nsinks:"),
        )
    };
    place.write("pipeline.yaml", with(""));
    place.write("in/a", rows(0..3) + "nonsense\n");
    assert_eq!(place.brazeline(&["run", "pipeline.yaml"]).code, Some(3));
    assert_eq!((letters(&place).lines().count(), place.read("out.ndjson").as_str()), (4, ""));
    // Not mended: it is a dead letter again.
    assert_eq!(replay(&place, &["--node", "fields"]).stdout, "3 dead letters are sent again\n");
    assert_eq!(place.brazeline(&["run", "pipeline.yaml"]).code, Some(3));
    assert_eq!(letters(&place).lines().count(), 4);
    place.write("pipeline.yaml", with(", identifier: { external_id: id }"));
    let sent = replay(&place, &["--all"]);
    assert_eq!(sent.code, Some(3), "{}", sent.stdout);
    for words in [
        "3 dead letters are sent again\n",
        " stays: `rows` could not read it",
        "correct it (a: row 4, byte 39)",
        "into a file of its own",
    ] {
        assert!(sent.stdout.contains(words), "{}", sent.stdout);
    }
    assert_eq!(place.brazeline(&["run", "pipeline.yaml"]).code, Some(0));
    let expected: String = (0..3)
        .map(|number| {
            format!("{{\"user\":{{\"external_id\":\"u-{number}\"}},\"attributes\":{{\"id\":\"u-{number}\"}}}}\n")
        })
        .collect();
    assert_eq!(place.read("out.ndjson"), expected);
    // The file's own numbers tell what became of it then; what was sent again is counted with its source.
    let status = status(&place);
    let rows = node(&status, "rows");
    assert_eq!(rows["files"]["shown"][0]["rows"]["ends"][0]["rejected"], 3);
    assert_eq!(
        (&rows["gives"]["lines"][0]["sent_again"], &rows["gives"]["lines"][0]["delivered"]),
        (&Value::from(6), &Value::from(3))
    );
    place.write("in/corrected", "{\"id\":\"u-3\"}\n");
    assert_eq!(place.brazeline(&["run", "pipeline.yaml"]).code, Some(0));
    assert!(place.read("out.ndjson").contains("u-3"));
}

#[test]
fn what_a_sink_rejected_is_sent_again_to_it_alone() {
    let feed = Feed::start(0, &[(0, Fails::Says(400, ""))]);
    let place = place("", ", every: once");
    let far = format!("  far: {{ type: http_client, inputs: [rows], url: \"{}\" }}\n", feed.url());
    place.write("pipeline.yaml", place.read("pipeline.yaml") + &far);
    place.write("in/a", rows(0..1));
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!((ended.code, letters(&place).lines().count()), (Some(3), 1), "{}", ended.stderr);
    assert_eq!(replay(&place, &["--node", "far"]).stdout, "1 dead letters are sent again\n");
    assert_eq!(place.brazeline(&["run", "pipeline.yaml"]).code, Some(0));
    assert_eq!((feed.asked().len(), arrived(&place), letters(&place)), (2, vec![0], String::new()));
}
