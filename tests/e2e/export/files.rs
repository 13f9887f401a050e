//! Audience files: each is all of its audience.

use std::io::Write;

use brazeline_sandbox::Options;
use brazeline_sandbox::lytics::Export;
use brazeline_sandbox::lytics::export::{Format, Packed};
use jiff::Timestamp;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::stage::{Stage, With, stage};
use crate::scene::{people, sandbox};

fn folder() -> Stage {
    folder_with("audience: vip")
}

/// With these settings of what is in the files.
fn folder_with(what: &str) -> Stage {
    let source = format!(
        "  files: {{ type: lytics-ingest, mode: file, {what}, identifier: {{ external_id: user_id }}, every: once, files: {{ type: drop_folder, path: drop, pattern: \"*\", settle: 0ms }} }}\n"
    );
    let stage = stage(sandbox(Options::default()), &source, "[files]", With::default());
    std::fs::create_dir(stage.place.path().join("drop")).unwrap();
    stage
}

/// Writes a file of `vip` as Lytics' job would, at this time.
fn export(stage: &Stage, packed: Packed, at: &str) {
    let mut job = Export::new("vip", &["user_id", "city"]);
    job.packed = packed;
    let at: Timestamp = at.parse().unwrap();
    let written = stage.people(|people| job.write(people, at));
    put(stage, &written.name, &written.bytes, at);
}

/// A file with this content, as of then.
fn put(stage: &Stage, name: &str, bytes: &[u8], at: Timestamp) {
    let path = stage.place.write(&format!("drop/{name}"), bytes);
    let file = std::fs::File::options().write(true).open(path).unwrap();
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(at.as_second().unsigned_abs());
    file.set_modified(at).unwrap();
}

#[test]
fn a_days_file_after_another() {
    let stage = folder();
    stage.enter(&people(0..200), "vip");
    export(&stage, Packed::Plain, "2026-11-23T06:00:00Z");
    stage.follow();
    stage.leave(&people(0..12), "vip");
    stage.enter(&people(200..230), "vip");
    export(&stage, Packed::Gzip, "2026-11-24T06:00:00Z");
    stage.follow();
    let cost = stage.cost();
    stage.leave(&people(12..14), "vip");
    export(&stage, Packed::Zip, "2026-11-25T06:00:00Z");
    stage.follow();
    assert_eq!(stage.cost().1 - cost.1, 2);
}

#[test]
fn the_same_file_again_is_not_imported_again() {
    let stage = folder();
    stage.enter(&people(0..50), "vip");
    export(&stage, Packed::Plain, "2026-11-23T06:00:00Z");
    stage.follow();
    let cost = stage.cost();
    export(&stage, Packed::Plain, "2026-11-23T06:00:00Z");
    stage.follow();
    assert_eq!(stage.cost(), cost);
}

#[test]
fn an_archive_of_many_files_is_one_look() {
    let stage = folder();
    stage.enter(&people(0..300), "vip");
    let archive = |stage: &Stage, at: &str| {
        let members: Vec<String> = stage.truth().into_keys().collect();
        let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (number, part) in members.chunks(70).enumerate() {
            zip.start_file(format!("vip-{number}.csv"), SimpleFileOptions::default()).unwrap();
            let rows: String = part.iter().map(|id| format!("{id}\n")).collect();
            zip.write_all(format!("user_id\n{rows}").as_bytes()).unwrap();
        }
        put(stage, &format!("{}.zip", &at[..10]), &zip.finish().unwrap().into_inner(), at.parse().unwrap());
    };
    archive(&stage, "2026-11-23T06:00:00Z");
    stage.follow();
    let before = stage.cost().1;
    stage.leave(&people(100..110), "vip");
    stage.enter(&people(300..303), "vip");
    archive(&stage, "2026-11-24T06:00:00Z");
    stage.follow();
    assert_eq!(stage.cost().1 - before, 13, "who is in another file of the archive has not left");
}

#[test]
fn a_column_of_all_audiences_tells_all_of_them() {
    for format in [Format::Csv, Format::JsonLines] {
        let stage = folder_with("audiences: [vip, lapsed, new], audiences_column: audiences, complete: true");
        let write = |at: &str| {
            let mut job = Export::new("everybody", &["user_id"]);
            (job.format, job.audiences_column) = (format, Some("audiences".to_owned()));
            let at = at.parse().unwrap();
            let written = stage.people(|people| job.write(people, at));
            put(&stage, &written.name, &written.bytes, at);
        };
        stage.enter(&people(0..40), "everybody");
        stage.enter(&people(0..30), "vip");
        stage.enter(&people(20..40), "lapsed");
        write("2026-11-23T06:00:00Z");
        stage.follow();
        stage.leave(&people(0..2), "vip");
        stage.leave(&people(0..2), "everybody");
        stage.leave(&people(20..22), "lapsed");
        stage.enter(&people(4..6), "new");
        let before = stage.cost().1;
        write("2026-11-24T06:00:00Z");
        stage.follow();
        assert_eq!(stage.cost().1 - before, 6, "{format:?}");
    }
}
