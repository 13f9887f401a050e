//! Segment exports: a ZIP of small CSVs from the dashboard, or of files of JSON lines from the API (contract 4, 5.1 and 5.3).
//!
//! The people are what a test says; nothing of the workspace is read, since what an export holds is not what `/users/track` took.

use std::io::{Cursor, Write as _};

use serde_json::{Map, Value};

/// Users in a file: "about 5,000".
const USERS: usize = 5000;

/// What begins with one of these gets an apostrophe in front.
const FORMULA: [char; 4] = ['-', '=', '+', '@'];

/// An export job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The columns, in the order in which this export has them.
    pub columns: Vec<String>,
    /// How many users a file has.
    pub users_per_file: usize,
}

impl Segment {
    /// With these columns.
    #[must_use]
    pub fn new(columns: &[&str]) -> Self {
        Self { columns: columns.iter().map(|column| (*column).to_owned()).collect(), users_per_file: USERS }
    }

    /// One CSV with everybody.
    #[must_use]
    pub fn csv(&self, users: &[Map<String, Value>]) -> Vec<u8> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        // Writing to memory does not fail, and the rows are equally long.
        drop(csv.write_record(&self.columns));
        for user in users {
            drop(csv.write_record(self.columns.iter().map(|column| cell(user.get(column)))));
        }
        csv.into_inner().unwrap_or_default()
    }

    /// The ZIP that the dashboard links to.
    #[must_use]
    pub fn zip(&self, users: &[Map<String, Value>]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (number, users) in users.chunks(self.users_per_file).enumerate() {
            drop(zip.start_file(format!("users-{number}.csv"), zip::write::SimpleFileOptions::default()));
            drop(zip.write_all(&self.csv(users)));
        }
        zip.finish().map(Cursor::into_inner).unwrap_or_default()
    }
}

/// What the API exports: a ZIP of files with a JSON object a line.
#[must_use]
pub fn lines_zip(users: &[Map<String, Value>]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (number, users) in users.chunks(USERS).enumerate() {
        drop(zip.start_file(format!("{number:032x}.txt"), zip::write::SimpleFileOptions::default()));
        for user in users {
            drop(writeln!(zip, "{}", Value::Object(user.clone())));
        }
    }
    zip.finish().map(Cursor::into_inner).unwrap_or_default()
}

/// How lists stand in a cell is not documented; a test says them as text.
fn cell(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    if text.starts_with(FORMULA) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_csv_has_braze_s_apostrophes() {
        let user = json!({ "Appboy ID": "b-1", "phone_number": "+1555", "note": "a, \"b\"", "n": -5, "other": 1 });
        let users = [user.as_object().cloned().unwrap(), Map::new()];
        let segment = Segment { users_per_file: 1, ..Segment::new(&["Appboy ID", "phone_number", "note", "n"]) };
        expect![[r#"
            Appboy ID,phone_number,note,n
            b-1,'+1555,"a, ""b""",'-5
            ,,,
        "#]]
        .assert_eq(&String::from_utf8(segment.csv(&users)).unwrap());
        let archive = zip::ZipArchive::new(Cursor::new(segment.zip(&users))).unwrap();
        assert_eq!(archive.len(), 2);
    }
}
