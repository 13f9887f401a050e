//! How does an array of objects become one that Lytics takes?
//!
//! As an object of lists: `[{"a":1},{"a":2,"b":3}]` becomes `{"a":[1,2],"b":[null,3]}`, so that what belonged together stands at the same
//! place in each list. What cannot be laid out so (a list in a list, objects beside other values) becomes the text of its JSON. Scalars
//! stay byte for byte.

use std::borrow::Cow;

use brazeline_kit::event::Members;
use serde_json::value::RawValue;

/// The value with its nested arrays laid out. It is JSON.
#[must_use]
pub fn flatten(json: &str) -> String {
    match json.as_bytes().first() {
        Some(b'{') => object(json),
        Some(b'[') => array(json),
        _ => json.to_owned(),
    }
}

fn object(json: &str) -> String {
    let members: Members<'_> = serde_json::from_str(json).unwrap_or_default();
    let members = members.0.iter().map(|(name, value)| member(name, &flatten(value.get())));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

fn array(json: &str) -> String {
    let items: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
    let items: Vec<&str> = items.into_iter().map(RawValue::get).collect();
    list(&items)
}

fn list(items: &[&str]) -> String {
    let (any, all) = (items.iter().any(|item| item.starts_with('{')), items.iter().all(|item| is_object_or_null(item)));
    if any && all {
        lists(items)
    } else {
        format!("[{}]", items.iter().map(|item| scalar(item)).collect::<Vec<_>>().join(","))
    }
}

fn is_object_or_null(item: &str) -> bool {
    item.starts_with('{') || item == "null"
}

/// Objects as lists of their members' values.
fn lists(items: &[&str]) -> String {
    let objects: Vec<Members<'_>> = items.iter().map(|item| serde_json::from_str(item).unwrap_or_default()).collect();
    let mut names: Vec<&Cow<'_, str>> = Vec::new();
    for (name, _) in objects.iter().flat_map(|object| &object.0) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let values =
        |name: &str| objects.iter().map(|object| object.get(name).map_or("null", RawValue::get)).collect::<Vec<_>>();
    let members = names.into_iter().map(|name| member(name, &list(&values(name))));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// What may stand in a list.
fn scalar(item: &str) -> Cow<'_, str> {
    if item.starts_with(['{', '[']) {
        Cow::Owned(serde_json::Value::from(item).to_string())
    } else {
        Cow::Borrowed(item)
    }
}

fn member(name: &str, value: &str) -> String {
    format!("{}:{value}", serde_json::Value::from(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::has_nested_array;

    #[test]
    fn an_array_of_objects_becomes_lists() {
        let table = [
            (r#"[{"a":1},{"a":2.50,"b":"x"}]"#, r#"{"a":[1,2.50],"b":[null,"x"]}"#),
            (
                r#"[{"name":"n","at":{"lat":1}},{"at":{"lon":2}}]"#,
                r#"{"name":["n",null],"at":{"lat":[1,null],"lon":[null,2]}}"#,
            ),
            (r#"{"o":{"l":[{"a":1}]},"s":[1,"x"]}"#, r#"{"o":{"l":{"a":[1]}},"s":[1,"x"]}"#),
            (r#"[{"a":[1,2]},{"a":[]}]"#, r#"{"a":["[1,2]","[]"]}"#),
            (r#"[[1],[2]]"#, r#"["[1]","[2]"]"#),
            (r#"[1,{"a":"q\""}]"#, r#"[1,"{\"a\":\"q\\\"\"}"]"#),
            (r#"[{"a":1},null]"#, r#"{"a":[1,null]}"#),
            (r#"[{}]"#, "{}"),
            ("[null]", "[null]"),
            ("[]", "[]"),
            ("7", "7"),
            (r#"[{"a":{"b":1}},{"a":2}]"#, r#"{"a":["{\"b\":1}",2]}"#),
            (r#"[{"\"":1}]"#, r#"{"\"":[1]}"#),
        ];
        for (json, expected) in table {
            let flat = flatten(json);
            assert_eq!(flat, expected, "{json}");
            assert!(!has_nested_array(&flat), "{flat}");
        }
    }
}
