//! Audience files, as Lytics' export jobs write them (contract 9.5).
//!
//! A job is of one audience. A file holds who is in it now; who left is only missing. Lists and maps become one cell, their items joined;
//! how the entries of a map look is not documented, and taken to be `key=value`.

use std::io::{Cursor, Write as _};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::people::{People, Person};

/// An export job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The audience, by slug or id.
    pub audience: String,
    /// What the file is.
    pub format: Format,
    /// The fields, in order; those that a person does not have stay empty in a CSV, and are left out of JSON.
    pub fields: Vec<String>,
    /// The column with all audiences of a person, if there is one.
    pub audiences_column: Option<String>,
    /// What joins the items of a list: `&`, unless the job chose another.
    pub joiner: String,
    /// What separates cells.
    pub delimiter: u8,
    /// Whether a CSV has a header row.
    pub has_headers: bool,
    /// What it is packed in.
    pub packed: Packed,
}

/// What a file is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// A table.
    #[default]
    Csv,
    /// A JSON object a line.
    JsonLines,
}

/// What a file is packed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Packed {
    /// Nothing.
    #[default]
    Plain,
    /// Gzip.
    Gzip,
    /// A ZIP with the file as its only member.
    Zip,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its name, with the time of the run in it.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Export {
    /// A plain CSV with these fields.
    #[must_use]
    pub fn new(audience: &str, fields: &[&str]) -> Self {
        Self {
            audience: audience.into(),
            format: Format::Csv,
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            audiences_column: None,
            joiner: "&".into(),
            delimiter: b',',
            has_headers: true,
            packed: Packed::Plain,
        }
    }

    /// Runs the job. An audience that is not there has nobody in it.
    #[must_use]
    pub fn write(&self, people: &People, now: Timestamp) -> Written {
        let ids: Vec<String> = people.find(&self.audience).map(str::to_owned).into_iter().collect();
        let members = people.members(&ids).map(|(_, person)| self.row(people, person));
        let (ending, bytes) = match self.format {
            Format::Csv => ("csv", self.csv(members)),
            Format::JsonLines => {
                ("json", members.map(|row| Value::Object(row).to_string() + "\n").collect::<String>().into())
            }
        };
        let name = format!("{}-{}.{ending}", self.audience, now.strftime("%Y%m%d%H%M%S"));
        self.pack(name, bytes)
    }

    fn row(&self, people: &People, person: &Person) -> Map<String, Value> {
        let fields = self.fields.iter().filter_map(|field| Some((field.clone(), person.fields.get(field)?.clone())));
        let audiences = self.audiences_column.iter().map(|column| (column.clone(), json!(people.slugs(person))));
        fields.chain(audiences).collect()
    }

    fn csv(&self, rows: impl Iterator<Item = Map<String, Value>>) -> Vec<u8> {
        let columns: Vec<&String> = self.fields.iter().chain(&self.audiences_column).collect();
        let mut csv = csv::WriterBuilder::new().delimiter(self.delimiter).from_writer(Vec::new());
        let header = self.has_headers.then(|| columns.iter().map(|column| (*column).clone()).collect());
        let cells = |row: Map<String, Value>| columns.iter().map(|column| self.cell(row.get(*column))).collect();
        let rows: Vec<Vec<String>> = header.into_iter().chain(rows.map(cells)).collect();
        // Writing to memory does not fail, and the rows are equally long.
        rows.iter().for_each(|row| drop(csv.write_record(row)));
        csv.into_inner().unwrap_or_default()
    }

    fn cell(&self, value: Option<&Value>) -> String {
        match value {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(items)) => {
                items.iter().map(|item| self.cell(Some(item))).collect::<Vec<_>>().join(&self.joiner)
            }
            Some(Value::Object(members)) => {
                let entry = |(name, value): (&String, &Value)| format!("{name}={}", self.cell(Some(value)));
                members.iter().map(entry).collect::<Vec<_>>().join(&self.joiner)
            }
            Some(other) => other.to_string(),
        }
    }

    fn pack(&self, name: String, bytes: Vec<u8>) -> Written {
        match self.packed {
            Packed::Plain => Written { name, bytes },
            Packed::Gzip => Written { name: name + ".gz", bytes: gzip(&bytes) },
            Packed::Zip => Written { bytes: zip(&name, &bytes), name: name + ".zip" },
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    // Writing to memory does not fail.
    drop(gzip.write_all(bytes));
    gzip.finish().unwrap_or_default()
}

fn zip(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    drop(zip.start_file(name, zip::write::SimpleFileOptions::default()));
    drop(zip.write_all(bytes));
    zip.finish().map(Cursor::into_inner).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use expect_test::expect;

    use super::*;

    fn people() -> People {
        let mut people = People::default();
        people.put("ann", json!({ "id": 7, "name": "Ann, \"A\"", "tags": ["a", "b"], "map": { "x": 1, "y": null } }));
        people.put("bob", json!({ "id": "u-2", "name": null }));
        people.put("eve", json!({ "id": "u-3" }));
        people.enter("ann", "vip");
        people.enter("ann", "new");
        people.enter("bob", "vip");
        people.enter("eve", "new");
        people
    }

    fn write(export: &Export) -> Written {
        export.write(&people(), "2026-11-23T09:00:00Z".parse().unwrap())
    }

    #[test]
    fn everybody_in_the_audience() {
        let all = Some("all".to_owned());
        let csv = Export::new("vip", &["id", "name", "tags", "map"]);
        let other = Export { audiences_column: all.clone(), delimiter: b'\t', joiner: "|".into(), ..csv.clone() };
        let bare = Export { has_headers: false, ..Export::new("new", &["id"]) };
        let json = Export { format: Format::JsonLines, audiences_column: all, ..csv.clone() };
        let none = Export::new("nowhere", &["id"]);
        let shown = [csv, other, bare, json, none].map(|export| {
            let Written { name, bytes } = write(&export);
            format!("{name}\n{}\n", String::from_utf8(bytes).unwrap())
        });
        expect![[r#"
            vip-20261123090000.csv
            id,name,tags,map
            7,"Ann, ""A""",a&b,x=1&y=
            u-2,,,

            vip-20261123090000.csv
            id	name	tags	map	all
            7	"Ann, ""A"""	a|b	x=1|y=	new|vip
            u-2				vip

            new-20261123090000.csv
            7
            u-3

            vip-20261123090000.json
            {"all":["new","vip"],"id":7,"map":{"x":1,"y":null},"name":"Ann, \"A\"","tags":["a","b"]}
            {"all":["vip"],"id":"u-2","name":null}

            nowhere-20261123090000.csv
            id

        "#]]
        .assert_eq(&shown.concat());
    }

    #[test]
    fn packed_it_holds_the_same() {
        let plain = Export::new("vip", &["id"]);
        let expected = write(&plain);
        let gzip = write(&Export { packed: Packed::Gzip, ..plain.clone() });
        assert_eq!(gzip.name, expected.name.clone() + ".gz");
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(gzip.bytes.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, expected.bytes);
        let zip = write(&Export { packed: Packed::Zip, ..plain });
        assert_eq!(zip.name, expected.name.clone() + ".zip");
        let mut archive = zip::ZipArchive::new(Cursor::new(zip.bytes)).unwrap();
        assert_eq!(archive.len(), 1);
        let mut member = archive.by_index(0).unwrap();
        assert_eq!(member.name().unwrap(), expected.name);
        let mut unpacked = Vec::new();
        member.read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, expected.bytes);
    }
}
