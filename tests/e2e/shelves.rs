//! Files that lie elsewhere, or are encrypted, with the real programs of others at the other end.

#[path = "shelves/object_store.rs"]
mod object_store;
#[path = "shelves/pgp.rs"]
mod pgp;
#[path = "shelves/sftp.rs"]
mod sftp;
#[path = "shelves/sftp_server.rs"]
mod sftp_server;

use std::io::Write;

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::components;
use crate::host::Place;

/// A pipeline from files to a file. `files` and `source` are lines of YAML.
fn place(authorization: &str, files: &str, source: &str) -> Place {
    let place = Place::new("");
    rewrite(&place, authorization, files, source);
    place
}

fn rewrite(place: &Place, authorization: &str, files: &str, source: &str) {
    let lines = components::path("lines");
    let settle = if files.contains("settle") { "" } else { "settle: 0s, " };
    place.write(
        "pipeline.yaml",
        format!(
            "name: shelves\nauthorizations:\n  them: {{ {authorization} }}\nsources:\n  rows: {{ type: {}, files: {{ {settle}{files} }}{source} }}\nsinks:\n  out: {{ type: file, path: out.ndjson, inputs: [rows], linger: 10ms }}\n",
            lines.display()
        ),
    );
}

fn rows(range: std::ops::Range<usize>) -> String {
    range.map(|number| format!("{{\"id\":\"u-{number}\"}}\n")).collect()
}

fn zipped(members: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The numbers of the rows that arrived, in the order in which they did.
fn arrived(place: &Place) -> Vec<usize> {
    let out = place.read("out.ndjson");
    let number = |line: &str| line.strip_prefix("{\"id\":\"u-")?.strip_suffix("\"}")?.parse().ok();
    out.lines().filter_map(number).collect()
}

/// What lies in a folder, sorted.
fn names(folder: &std::path::Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}
