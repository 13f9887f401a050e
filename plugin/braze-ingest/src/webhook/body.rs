//! Which records does a body hold?
//!
//! Braze sends one JSON object. A list of them is taken, too, as Lytics' collect API takes it.

use brazeline_kit::json::{self, Fault, Json, Reader};

/// A JSON value of a body, which should be a record.
#[derive(Debug)]
pub struct Record<'a> {
    /// All of it.
    pub json: Json<'a>,
    /// The last member that says whom it is about. None if no object could be read.
    pub whom: Option<Option<Json<'a>>>,
}

/// The values of a body; `field` says whom a record is about. An error says why there are none, without data.
pub fn records<'a>(body: &'a str, field: &str) -> Result<Vec<Record<'a>>, String> {
    let record = |reader: &mut Reader<'a>| Record::read(reader, field);
    let records = match body.trim_start().as_bytes().first() {
        None => return Err("the body is empty; send one JSON object with the person's fields".to_owned()),
        Some(b'[') => json::read(body, |reader| {
            let mut records = Vec::new();
            reader.elements("a list", |reader| record(reader).map(|record| records.push(record)))?;
            Ok(records)
        }),
        Some(_) => json::read(body, record).map(|record| vec![record]),
    };
    records.map_err(no_json)
}

impl<'a> Record<'a> {
    fn read(reader: &mut Reader<'a>, field: &str) -> Result<Self, Fault> {
        let (json, whom) = reader.attempt(|reader| {
            let mut found = None;
            reader.members("an object", |reader, name| {
                let value = reader.value()?;
                if name == field {
                    found = Some(value);
                }
                Ok(())
            })?;
            Ok(found)
        })?;
        Ok(Self { json, whom })
    }
}

fn no_json(error: String) -> String {
    format!(
        "the body is no JSON ({error}); a value that Liquid left unquoted or empty is the usual cause, and a default in the \
         webhook's body the cure"
    )
}
