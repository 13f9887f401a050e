//! What a component or its schema says of the settings, with line and column.

use expect_test::expect;
use serde_json::json;

use super::right;
use crate::config::unknown_settings;

const TEXT: &str = "\
name: placed
authorizations:
  them:
    type: vendor
    instance: US-06
sources:
  in:
    type: stdin
    identifier: { external/id: a }
    list: [x, y]
    lingr: 5
sinks:
  out: { type: x, inputs: [in], authorization: them, lingr: 5s, field: a, feild: b }
";

#[test]
fn pointers_become_places() {
    let pipeline = right(TEXT);
    let (source, sink) = (&pipeline.sources[0].node, &pipeline.sinks[0].node);
    let table = [
        (source, "", "8:5"),
        (source, "/identifier", "9:17"),
        (source, "/identifier/external~1id", "9:32"),
        (source, "/identifier/missing/deep", "9:17"),
        (source, "/list/1", "10:15"),
        (source, "/missing", "8:5"),
        (source, "no pointer", "8:5"),
        (sink, "/authorization/instance", "5:15"),
        (sink, "/authorization", "4:5"),
        (sink, "/authorization/missing", "4:5"),
        (sink, "/authorizations", "13:8"),
        (source, "/authorization/instance", "8:5"),
    ];
    for (node, pointer, place) in table {
        assert_eq!(pipeline.place_of(node, pointer).to_string(), format!("pipeline.yaml:{place}"), "{pointer}");
    }
}

#[test]
fn settings_that_nobody_knows() {
    let pipeline = right(TEXT);
    let (source, sink) = (&pipeline.sources[0].node, &pipeline.sinks[0].node);
    let schema = json!({
        "properties": { "field": true, "authorization": true, "other": true },
        "oneOf": [{ "$ref": "#/$defs/a" }],
        "$defs": { "a": { "properties": { "identifier": true, "list": true }, "additionalProperties": false } },
    });
    expect![[r#"
        error: sink `out` has no setting `lingr`
          at pipeline.yaml:13:54
          settings here: field, identifier, list, other, type, authorization, label, description, inputs, linger, concurrency, max_attempts, on_unknown
          help: did you mean `linger`? Otherwise remove it

        error: sink `out` has no setting `feild`
          at pipeline.yaml:13:75
          settings here: field, identifier, list, other, type, authorization, label, description, inputs, linger, concurrency, max_attempts, on_unknown
          help: did you mean `field`? Otherwise remove it"#]].assert_eq(&unknown_settings(&pipeline, sink, &schema).to_string());
    expect![[r#"
        error: source `in` has no setting `lingr`
          at pipeline.yaml:11:5
          settings here: field, identifier, list, other, type, authorization, label, description, acknowledge, max_uncommitted, address, public_url, max_body, tls, deduplicate, every, files
          help: remove it"#]].assert_eq(&unknown_settings(&pipeline, source, &schema).to_string());
}

#[test]
fn a_schema_that_allows_any_name_allows_any_name() {
    let pipeline = right(TEXT);
    let sink = &pipeline.sinks[0].node;
    let closed = json!({ "type": "object", "additionalProperties": false });
    assert!(unknown_settings(&pipeline, sink, &closed).has_errors());
    let open = [
        json!(true),
        json!({}),
        json!({ "type": "object" }),
        json!({ "properties": { "a": true }, "additionalProperties": { "type": "string" } }),
        json!({ "$ref": "#" }),
    ];
    for schema in open {
        assert!(unknown_settings(&pipeline, sink, &schema).is_empty(), "{schema}");
    }
}
