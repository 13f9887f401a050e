//! What do requests cost?
//!
//! Braze counts data points (its page on data points, 2026-11-23): each event, each purchase and each attribute that is set is one, also if
//! nothing changes by it. An array is one, however much is added or removed; an object is one for each name in it; `null` is one. Free
//! are identifiers, subscription states, and what is only said to Braze itself (`_update_existing_only`). Which plan bills them is another
//! question. An object that meets no profile costs nothing in the end, so this is the most that requests cost.

use brazeline_kit::{Cost, Request};
use serde_json::{Map, Value};

/// What is free wherever it stands.
const FREE: [&str; 6] =
    ["external_id", "braze_id", "user_alias", "email_subscribe", "push_subscribe", "subscription_groups"];

/// What Braze bills.
const DATA_POINTS: &str = "data points";

/// What its rate limits count.
const OBJECTS: &str = "objects";

/// The data points and objects of these requests.
#[must_use]
pub fn measure(requests: &[Request]) -> Vec<Cost> {
    let (mut points, mut objects) = (0, 0);
    for request in requests {
        let Ok(Value::Object(body)) = serde_json::from_slice(&request.body) else { continue };
        for object in all(&body, "attributes") {
            objects += 1;
            points += attributes(object);
        }
        let deeds = all(&body, "events").chain(all(&body, "purchases")).count() as u64;
        objects += deeds;
        points += deeds;
    }
    [(DATA_POINTS, points), (OBJECTS, objects)].map(|(name, count)| Cost { name: name.to_owned(), count }).into()
}

fn all<'a>(body: &'a Map<String, Value>, array: &str) -> impl Iterator<Item = &'a Map<String, Value>> {
    body.get(array).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

fn attributes(object: &Map<String, Value>) -> u64 {
    let has_primary = ["external_id", "braze_id", "user_alias"].iter().any(|name| object.contains_key(*name));
    let secondary = match object.contains_key("email") {
        _ if has_primary => None,
        true => Some("email"),
        false => Some("phone"),
    };
    let is_paid = |name: &str| !FREE.contains(&name) && !name.starts_with('_') && secondary != Some(name);
    object.iter().filter(|(name, _)| is_paid(name)).map(|(_, value)| value_of(value)).sum()
}

fn value_of(value: &Value) -> u64 {
    match value {
        Value::Object(object) if !is_operation(object) => names(object).max(1),
        _ => 1,
    }
}

fn is_operation(object: &Map<String, Value>) -> bool {
    let operations = ["inc", "add", "remove", "$add", "$remove", "$update"];
    !object.is_empty() && object.keys().all(|name| operations.contains(&name.as_str()))
}

fn names(object: &Map<String, Value>) -> u64 {
    object.values().map(|value| value.as_object().map_or(1, names)).sum()
}

#[cfg(test)]
mod tests {
    use brazeline_kit::testing::Table;
    use serde_json::json;

    use crate::BrazeExport;

    #[test]
    fn each_attribute_event_and_purchase_is_one() {
        let event = r#"{"name":"n","time":"2026-11-23"}"#;
        let purchase = r#"{"product_id":"p","currency":"USD","price":1,"time":"2026-11-23"}"#;
        let table = [
            (r#"{"attributes":{"a":1,"b":"x","c":null,"d":["x","y"]}}"#.to_owned(), 4, 1),
            (r#"{"attributes":{"n":{"inc":1},"l":{"add":["a","b"],"remove":["c"]}}}"#.to_owned(), 2, 1),
            (r#"{"attributes":{"o":{"x":1,"y":{"z":1,"w":[1,2]}},"p":{}}}"#.to_owned(), 4, 1),
            (
                r#"{"attributes":{"email":"a@x.de","email_subscribe":"opted_in","push_subscribe":null}}"#.to_owned(),
                1,
                1,
            ),
            (r#"{"audiences":{"in":["a","b"],"of":["a","b","c"]}}"#.to_owned(), 1, 1),
            (r#"{"audiences":{"in":[],"of":["c"]}}"#.to_owned(), 1, 1),
            (r#"{"audiences":{"in":["a","b"],"of":["a","b","c"],"beyond":["b","c"]}}"#.to_owned(), 3, 1),
            (format!(r#"{{"attributes":{{"a":1}},"events":[{event},{event}],"purchases":[{purchase}]}}"#), 4, 4),
        ];
        for (body, points, objects) in &table {
            let cost = Table::<BrazeExport>::new(json!({})).measure(&[("external_id:u", body)]).shown();
            assert_eq!(cost, format!("{points} data points\n{objects} objects\n"), "{body}");
        }
        // Whom an object is about is free; what is beside it is not.
        let body = r#"{"attributes":{"email":"a@x.de","phone":"1"}}"#;
        for (key, points) in [("external_id:u", 2), ("email:a@x.de", 1), ("alias:l:n", 2)] {
            let cost = Table::<BrazeExport>::new(json!({})).measure(&[(key, body)]).shown();
            assert_eq!(cost, format!("{points} data points\n1 objects\n"), "{key}");
        }
    }
}
