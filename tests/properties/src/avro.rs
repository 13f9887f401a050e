//! An Avro container: every record of it is an event or a rejection, or all of it is set aside.
//!
//! How many records there are, a reader of whole files says.

use braze_ingest::BrazeIngest;
use serde_json::json;

use crate::configure;
use crate::reading::same;

thread_local! {
    static BRAZE: BrazeIngest = configure(json!({ "mode": "file", "format": "avro", "event_type": "users.app.Open" }));
}

/// See the module.
pub fn holds(input: &[u8]) {
    if let Ok(content) = BRAZE.with(|braze| same(braze, "a.avro", input)) {
        assert_eq!(content.rows(), records(input), "records");
    }
}

fn records(file: &[u8]) -> usize {
    let reader = apache_avro::Reader::new(file).and_then(|reader| reader.collect::<Result<Vec<_>, _>>());
    reader.unwrap_or_else(|error| panic!("it was read, but is none: {error}")).len()
}
