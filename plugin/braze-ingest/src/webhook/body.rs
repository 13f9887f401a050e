//! Which records does a body hold?
//!
//! Braze sends one JSON object. A list of them is taken, too, as Lytics' collect API takes it.

use brazeline_kit::event::parse;
use serde_json::value::RawValue;

/// The JSON values of a body, each of which should be a record. An error says why there are none, without data.
pub fn records(body: &str) -> Result<Vec<&RawValue>, String> {
    match body.trim_start().as_bytes().first() {
        None => Err("the body is empty; send one JSON object with the person's fields".to_owned()),
        Some(b'[') => parse(body).map_err(no_json),
        Some(_) => parse(body).map(|record| vec![record]).map_err(no_json),
    }
}

fn no_json(error: String) -> String {
    format!(
        "the body is no JSON ({error}); a value that Liquid left unquoted or empty is the usual cause, and a default in the \
         webhook's body the cure"
    )
}
