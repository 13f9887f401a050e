//! What does a file say that the other side holds?
//!
//! Either a CSV with a header row, or JSON: an object a line, an array, or one object with an array of people in it. Which of them is seen by the
//! first character. Nobody's data goes into a message.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::command::Failure;
use crate::pipeline::keyed::upkeep::Holds;
use crate::problem::Problem;

/// What is to be reconciled, and with what.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// What the other side holds, as a file.
    pub file: PathBuf,
    /// The column, or the path of the member, with the identifier.
    pub key_column: String,
    /// Its kind: `external_id`.
    pub kind: String,
    /// The column, or the path of the member, with the audiences.
    pub audiences_column: String,
    /// What joins them in a cell.
    pub joiner: String,
}

type People = Box<dyn Iterator<Item = Result<Holds, Failure>>>;

/// The people of the file, one after the other.
pub fn people(comparison: &Comparison) -> Result<People, Failure> {
    let file = &comparison.file;
    let opened = File::open(file).map_err(|error| wrong(file, "it cannot be read", &error))?;
    let mut reader = BufReader::new(opened);
    match first(&mut reader).map_err(|error| wrong(file, "it cannot be read", &error))? {
        Some(b'{' | b'[') => json(reader, comparison.clone()),
        _ => csv(reader, comparison.clone()),
    }
}

/// Its first character that means something.
fn first(reader: &mut impl BufRead) -> std::io::Result<Option<u8>> {
    const MARK: &[u8] = "\u{feff}".as_bytes();
    if reader.fill_buf()?.starts_with(MARK) {
        reader.consume(MARK.len());
    }
    loop {
        match reader.fill_buf()?.first().copied() {
            Some(space) if space.is_ascii_whitespace() => reader.consume(1),
            first => return Ok(first),
        }
    }
}

fn wrong(file: &Path, what: &str, error: &dyn std::fmt::Display) -> Failure {
    let help = "name a CSV with a header row, or JSON, of what the other side holds";
    Failure::Wrong(Problem::error(format!("`{}`: {what}", file.display()), help).fact(error.to_string()).into())
}

fn csv(reader: BufReader<File>, comparison: Comparison) -> Result<People, Failure> {
    let Comparison { file, key_column, kind, audiences_column, joiner } = comparison;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
    let headers = reader.headers().map_err(|error| wrong(&file, "it has no header row", &error))?.clone();
    let column = |name: &str| {
        headers.iter().position(|header| header == name).ok_or_else(|| {
            let what = format!("`{}` has no column `{name}`", file.display());
            let fact = format!("columns there: {}", headers.iter().collect::<Vec<_>>().join(", "));
            Failure::Wrong(Problem::error(what, "name one of them").fact(fact).into())
        })
    };
    let (key, audiences) = (column(&key_column)?, column(&audiences_column)?);
    let holds = move |(number, row): (usize, csv::Result<csv::StringRecord>)| {
        let row = match row {
            Ok(row) => row,
            Err(error) => return Some(Err(wrong(&file, &format!("row {} cannot be read", number + 1), &error))),
        };
        let id = row.get(key).filter(|id| !id.is_empty())?;
        let audiences = listed(row.get(audiences).unwrap_or_default(), &joiner);
        Some(Ok(Holds { key: format!("{kind}:{id}"), audiences }))
    };
    Ok(Box::new(reader.into_records().enumerate().filter_map(holds)))
}

/// The names of a cell: joined, or as a list in JSON.
fn listed(cell: &str, joiner: &str) -> Vec<String> {
    if let Ok(names) = serde_json::from_str::<Vec<String>>(cell) {
        return names;
    }
    cell.split(joiner).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn json(reader: BufReader<File>, comparison: Comparison) -> Result<People, Failure> {
    let values = serde_json::Deserializer::from_reader(reader).into_iter::<Json>();
    let people = values.flat_map(move |value| match value {
        Ok(value) => persons(&value, &comparison.key_column)
            .into_iter()
            .filter_map(|person| Some(Ok(holds(person, &comparison)?)))
            .collect(),
        // The error names the place and no value.
        Err(error) => vec![Err(wrong(&comparison.file, "it is no JSON", &error))],
    });
    Ok(Box::new(people))
}

/// Those who have an identifier, in whatever they are wrapped: a list, or a member of an object.
fn persons<'a>(value: &'a Json, key: &str) -> Vec<&'a Json> {
    match value {
        Json::Array(list) => list.iter().flat_map(|value| persons(value, key)).collect(),
        Json::Object(_) if at(value, key).is_some() => vec![value],
        Json::Object(members) => {
            members.values().filter(|value| value.is_array()).flat_map(|value| persons(value, key)).collect()
        }
        _ => Vec::new(),
    }
}

fn holds(person: &Json, comparison: &Comparison) -> Option<Holds> {
    let id = match at(person, &comparison.key_column)? {
        Json::String(id) if !id.is_empty() => id.clone(),
        Json::Number(id) => id.to_string(),
        _ => return None,
    };
    let audiences = match at(person, &comparison.audiences_column) {
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        Some(Json::String(cell)) => listed(cell, &comparison.joiner),
        // What nobody is in is not there.
        _ => Vec::new(),
    };
    Some(Holds { key: format!("{}:{id}", comparison.kind), audiences })
}

/// A member by its path: `custom_attributes.list`.
fn at<'a>(value: &'a Json, path: &str) -> Option<&'a Json> {
    path.split('.').try_fold(value, |value, name| value.get(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, key: &str, audiences: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("held");
        std::fs::write(&file, text).unwrap();
        let (key_column, audiences_column) = (key.to_owned(), audiences.to_owned());
        let comparison =
            Comparison { file, key_column, kind: "id".to_owned(), audiences_column, joiner: ",".to_owned() };
        let shown = |holds: Result<Holds, Failure>| match holds {
            Ok(Holds { key, audiences }) => format!("{key}={}", audiences.join("+")),
            Err(_) => "wrong".to_owned(),
        };
        match people(&comparison) {
            Ok(people) => people.map(shown).collect::<Vec<_>>().join(" "),
            Err(_) => "wrong".to_owned(),
        }
    }

    #[test]
    fn whatever_form_it_has() {
        let whole = r#"{"message":"success","users":[{"id":"a","own":{"in":["x","y"]}},{"id":7},{"own":{"in":["x"]}}],"invalid":["z"]}"#;
        let table = [
            ("user,list\na,\"x, y\"\nb,\n,x\nc,x\n", "user", "list", "id:a=x+y id:b= id:c=x"),
            ("\u{feff}user,list\na,\"[\"\"x,1\"\"]\"\nb\n", "user", "list", "id:a=x,1 id:b="),
            ("user,list\na,x\n", "user", "other", "wrong"),
            ("", "user", "list", "wrong"),
            (whole, "id", "own.in", "id:a=x+y id:7="),
            (" [{\"id\":\"a\",\"in\":\"x,y\"}]", "id", "in", "id:a=x+y"),
            ("{\"id\":\"a\",\"in\":[\"x\"]}\n{\"id\":\"b\"}\n{\"id\"", "id", "in", "id:a=x id:b= wrong"),
        ];
        for (text, key, audiences, expected) in table {
            assert_eq!(read(text, key, audiences), expected, "{text}");
        }
    }
}
