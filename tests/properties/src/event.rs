//! Is something an event, as the host takes it?

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// Bytes of a key. The host takes no longer one.
const KEY_BYTES: usize = 1024;

/// The members of an event's body. Panics unless it is one.
pub fn members<'a>(key: &str, body: &'a str) -> BTreeMap<String, &'a RawValue> {
    assert!((1..=KEY_BYTES).contains(&key.len()), "a key of {} bytes", key.len());
    assert!(key.contains(':'), "a key without its kind: {key}");
    let members: BTreeMap<String, &RawValue> = object(body);
    assert!(members.contains_key("user"), "about nobody: {body}");
    members
}

/// A JSON object.
pub fn object(text: &str) -> BTreeMap<String, &RawValue> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("no JSON object ({error}): {text}"))
}
