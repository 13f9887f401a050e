//! The JSON Schema of the person update says what the kit reads, no more and no less.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use brazeline_kit::person::PersonUpdate;
use serde_json::{Map, Value, json};

const SCHEMA: &str = include_str!("../../../wit/person-update.schema.json");

/// A value of each of JSON's types, by the schema's names.
fn samples() -> [(&'static str, Value); 6] {
    [
        ("string", json!("x")),
        ("number", json!(1)),
        ("boolean", json!(true)),
        ("null", Value::Null),
        ("array", json!([])),
        ("object", json!({})),
    ]
}

/// A smallest value that a schema allows.
fn smallest(schema: &Value) -> Value {
    let (_, mut value) = samples().into_iter().find(|(name, _)| allows(schema, name)).unwrap();
    if allows(schema, "object") {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let members = required.iter().map(|name| name.as_str().unwrap());
        value =
            members.map(|name| (name.to_owned(), smallest(&schema["properties"][name]))).collect::<Map<_, _>>().into();
    }
    value
}

fn allows(schema: &Value, name: &str) -> bool {
    match &schema["type"] {
        Value::Array(types) => types.iter().any(|allowed| allowed == name),
        allowed => allowed == name,
    }
}

fn accepts(document: &Value) -> bool {
    serde_json::from_str::<PersonUpdate<'_>>(&document.to_string()).is_ok()
}

/// Puts values of every type where `schema` stands in the document (`place` does), and compares; then looks into it.
fn check(schema: &Value, path: &str, place: &dyn Fn(Value) -> Value) {
    assert!(schema["description"].as_str().is_some_and(|text| text.len() > 5), "{path} is not described");
    for (name, sample) in samples() {
        let sample = if name == "object" && allows(schema, name) { smallest(schema) } else { sample };
        let document = place(sample);
        assert_eq!(accepts(&document), allows(schema, name), "{path} as {name}: {document}");
    }
    check_required(schema, path, place);
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        let place_member = |value: Value| {
            let mut object = smallest(schema);
            object[name] = value;
            place(object)
        };
        check(inner, &format!("{path}/{name}"), &place_member);
    }
    if let Some(items) = schema.get("items") {
        check(items, &format!("{path}/0"), &|value| place(json!([value])));
    }
}

fn check_required(schema: &Value, path: &str, place: &dyn Fn(Value) -> Value) {
    for name in schema["required"].as_array().into_iter().flatten() {
        let mut object = smallest(schema);
        object.as_object_mut().unwrap().remove(name.as_str().unwrap());
        assert!(!accepts(&place(object)), "{path} without {name} is read");
    }
}

#[test]
fn each_member_takes_the_types_that_the_schema_names() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    check(&schema, "", &|value| value);
}

#[test]
fn the_kit_writes_what_the_schema_describes() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let update = json!({
        "user": {"external_id": "u", "braze_id": "b", "email": "a@x", "phone": "+1", "alias": {"name": "n", "label": "l"}},
        "attributes": {"plan": null},
        "audiences": {"in": ["vip"], "of": ["vip", "lapsed"], "as_of": "2026-11-23T09:00:00Z", "beyond": ["vip"]},
        "events": [{"name": "opened"}],
        "purchases": [{"product_id": "sku"}],
        "restated": true,
    });
    let text = update.to_string();
    let read: PersonUpdate<'_> = serde_json::from_str(&text).unwrap();
    assert!(read.other.is_empty() && read.user.other.0.is_empty(), "a described member is not known");
    assert_eq!(serde_json::to_value(&read).unwrap(), update);
    assert_described(&schema, &update);
}

fn assert_described(schema: &Value, written: &Value) {
    for (name, value) in written.as_object().into_iter().flatten().filter(|_| schema.get("properties").is_some()) {
        let inner = schema["properties"].get(name).unwrap_or_else(|| panic!("`{name}` is not in the schema"));
        assert_described(inner, value);
    }
}
