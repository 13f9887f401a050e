//! Objects of a store that speaks S3.

use super::{arrived, place, rewrite, rows, zipped};
use crate::host::Place;
use crate::moto::Moto;

const SECRET: &str = "s3-secret-5f1c0e7a";

fn authorization(endpoint: &str) -> String {
    format!(
        "type: object_store, service: s3, access_key_id: AKIAEXAMPLE, secret_access_key: \"SECRET[file.secret]\", endpoint: \"{endpoint}\", plain_http: true"
    )
}

fn pipeline(store: &Moto, files: &str) -> Place {
    let files = format!("type: object_store, authorization: them, bucket: people{files}");
    let place = place(&authorization(&store.endpoint()), &files, ", every: once");
    place.write("secret", SECRET);
    place
}

#[test]
#[cfg_attr(not(real_moto), ignore = "needs moto, a server that speaks S3")]
fn exports_are_found_by_the_day_and_read_once() {
    let store = Moto::start();
    store.put(
        "segment-export/s-1/2026-11-23/users-a.zip",
        zipped(&[("1.json", &rows(0..10)), ("2.json", &rows(10..20))]),
    );
    store.put("segment-export/s-1/2026-11-24/users-b.zip", zipped(&[("1.json", &rows(20..30))]));
    store.put("segment-export/s-2/2026-11-24/users-c.zip", zipped(&[("1.json", &rows(90..99))]));
    store.put("other.zip", "nobody asks for it");
    let place = pipeline(&store, ", path: segment-export/s-1, pattern: \"*.zip\"");
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!((ended.code, arrived(&place)), (Some(0), (0..30).collect()), "{}", ended.stderr);
    assert!(!ended.stderr.contains(SECRET));
    let again = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!((again.code, arrived(&place).len()), (Some(0), 30), "{}", again.stderr);
    assert!(!again.stderr.contains("the same was imported before"), "it was fetched again:\n{}", again.stderr);
    assert_eq!(store.keys().len(), 4);
    let live = place.brazeline(&["check", "--live", "pipeline.yaml"]);
    assert_eq!(live.code, Some(0), "{}", live.stdout);
    assert!(live.stdout.contains("works: 2 files, 2 of `*.zip`"), "{}", live.stdout);
}

#[test]
#[cfg_attr(not(real_moto), ignore = "needs moto, a server that speaks S3")]
fn objects_become_what_is_asked_for() {
    for (when_done, left) in [("move", "in/done/x/a in/failed/b other"), ("delete", "in/failed/b other")] {
        let store = Moto::start();
        store.put("other", "x");
        store.put("in/x/a", rows(0..3));
        store.put("in/b", [0x1f, 0x8b, 0]);
        let place = pipeline(&store, &format!(", path: in, when_done: {when_done}"));
        let ended = place.brazeline(&["run", "pipeline.yaml"]);
        assert_eq!((ended.code, arrived(&place)), (Some(3), vec![0, 1, 2]), "{}", ended.stderr);
        assert_eq!(store.keys().join(" "), left, "{}", ended.stderr);
        let place = pipeline(&store, ", path: in");
        assert_eq!(place.brazeline(&["run", "pipeline.yaml"]).code, Some(0), "what was put away is read again");
    }
}

#[test]
fn mistakes_are_told_without_a_store() {
    let files = "type: object_store, authorization: them, bucket: people";
    let place = place("", files, "");
    place.write("secret", SECRET);
    let right = authorization("http://127.0.0.1:1");
    let table = [
        (right.replace(", plain_http: true", ""), "without encryption"),
        (right.replace("http://127.0.0.1:1", "http://store.example"), "`endpoint`"),
        (right.replace("secret_access_key", "account_key"), "its secret `account_key` means nothing to this service"),
        (right.replace("access_key_id: AKIAEXAMPLE, ", ""), "it has no `access_key_id`"),
        (right.replace("service: s3", "service: ftp"), "unknown variant `ftp`"),
    ];
    for (authorization, expected) in table {
        rewrite(&place, &authorization, files, "");
        let told = place.brazeline(&["check", "pipeline.yaml"]).stderr;
        assert!(
            told.contains(expected) || expected == "`endpoint`" && told.contains("loopback"),
            "{authorization}:\n{told}"
        );
    }
}
