use std::fmt::Write;

use expect_test::expect;

use super::Update;

/// What is read of a body, or why it is not.
fn read(body: &str) -> String {
    let mut update = Update::default();
    if let Err(reason) = update.read(body) {
        assert!(!reason.contains("secret"), "{reason}");
        return reason;
    }
    let mut text = String::new();
    let names = |fields: &super::Fields<'_>| fields.0.iter().map(|field| field.name.to_string()).collect::<Vec<_>>();
    write!(text, "attributes {:?}", names(&update.attributes)).unwrap();
    write!(text, " statements {:?} as of {:?}", update.audiences.statements, update.audiences.as_of).unwrap();
    let events = (update.events.map(|raw| raw.get()), update.purchases.map(|raw| raw.get()));
    write!(text, " {events:?} restated {} other {:?}", update.restated, names(&update.other)).unwrap();
    text
}

#[test]
fn bodies_are_read_or_refused_with_a_reason() {
    let table = [
        "{}",
        r#"{"user":{"external_id":"u"},"attributes":null,"audiences":null,"events":null,"purchases":[ ],"restated":null}"#,
        r#"{"attributes":{"b":1,"a":{ }},"events":[1],"purchases":[{}],"restated":true,"more":{},"and":1}"#,
        r#"{"audiences":{"in":["b","a","b"],"of":["c","b","d","c"],"as_of":"2026","beyond":["x"]}}"#,
        r#"{"audiences":{"of":[],"in":["\u0061"],"as_of":null,"why":1}}"#,
        r#"{"audiences":{"in":[],"of":["a"]},"audiences":{"in":[],"of":["b"]}}"#,
        r#"{"audiences":{"in":[]}}"#,
        r#"{"audiences":{"of":[]}}"#,
        r#"{"audiences":{"in":[""],"of":["a"]}}"#,
        r#"{"audiences":{"in":"secret","of":[]}}"#,
        r#"{"audiences":{"in":[7],"of":[]}}"#,
        r#"{"audiences":{"in":[],"of":[],"as_of":7}}"#,
        r#"{"audiences":["secret"]}"#,
        r#"{"attributes":["secret"]}"#,
        r#"{"events":{"secret":1}}"#,
        r#"{"purchases":"secret"}"#,
        r#"{"restated":"secret"}"#,
        r#"["secret"]"#,
        r#"{"attributes":{"a":secret}}"#,
        r#"{} secret"#,
        "",
    ];
    let text: String = table.iter().map(|body| format!("{body}\n  {}\n", read(body))).collect();
    expect![[r#""#]].assert_eq(&text);
}
