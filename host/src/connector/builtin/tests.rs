use super::*;

#[test]
fn each_is_made_by_its_name() {
    let settings = json!({ "path": "/tmp/x", "url": "https://a.example/" });
    for Builtin { name, kind, schema, .. } in builtin() {
        let wanted = schema["required"].as_array().cloned().unwrap_or_default();
        let only = |(key, _): &(&String, &Value)| wanted.iter().any(|name| name == *key);
        let given: Map<String, Value> =
            settings.as_object().unwrap().iter().filter(only).map(|(k, v)| (k.clone(), v.clone())).collect();
        let given = Value::Object(given);
        let is_read = match kind {
            Kind::Source => SourceSettings::read(name, &given).is_some_and(|read| read.is_ok()),
            _ => SinkSettings::read(name, &given).is_some_and(|read| read.is_ok()),
        };
        assert!(is_read, "{name}");
        assert_eq!(schema["additionalProperties"], json!(false), "{name}");
        for (setting, schema) in schema["properties"].as_object().into_iter().flatten() {
            let said = schema["description"].as_str().is_some_and(|text| !text.is_empty());
            assert!(said, "`{setting}` of {name} has no description");
        }
    }
}

#[test]
fn authorizations() {
    let member = |name: &str| match name {
        "token" | "password" | "secret" => Member::Secret("s3cret".into()),
        _ => Member::Missing,
    };
    let table = [
        ("bearer", json!({}), "ok"),
        ("bearer", json!({ "label": "x" }), "ok"),
        ("basic", json!({ "user": "me" }), "ok"),
        ("basic", json!({}), "/authorization: the authorization has no `user`: add it as text"),
        ("header", json!({ "name": "x-key", "prefix": "Key " }), "ok"),
        ("header", json!({ "name": 7 }), "/authorization: the authorization has no `name`: add it as text"),
        ("query", json!({ "name": "key" }), "ok"),
        (
            "oauth2",
            json!({}),
            "/authorization/type: this connector takes one of these types: bearer, basic, header, query",
        ),
    ];
    for (kind, members, expected) in table {
        let read = authorization(kind, members.as_object().unwrap(), member);
        let shown =
            read.map_or_else(|wrong| format!("{}: {}", wrong[0].pointer, wrong[0].message), |_| "ok".to_owned());
        assert_eq!(shown, expected, "{kind}");
    }
}
