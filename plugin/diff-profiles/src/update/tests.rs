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
    expect![[r#"
        {}
          attributes [] statements [] as of None (None, None) restated false other []
        {"user":{"external_id":"u"},"attributes":null,"audiences":null,"events":null,"purchases":[ ],"restated":null}
          attributes [] statements [] as of None (None, None) restated false other []
        {"attributes":{"b":1,"a":{ }},"events":[1],"purchases":[{}],"restated":true,"more":{},"and":1}
          attributes ["b", "a"] statements [] as of None (Some("[1]"), Some("[{}]")) restated true other ["more", "and"]
        {"audiences":{"in":["b","a","b"],"of":["c","b","d","c"],"as_of":"2026","beyond":["x"]}}
          attributes [] statements [("a", true), ("b", true), ("c", false), ("d", false)] as of Some("2026") (None, None) restated false other []
        {"audiences":{"of":[],"in":["\u0061"],"as_of":null,"why":1}}
          attributes [] statements [("a", true)] as of None (None, None) restated false other []
        {"audiences":{"in":[],"of":["a"]},"audiences":{"in":[],"of":["b"]}}
          attributes [] statements [("b", false)] as of None (None, None) restated false other []
        {"audiences":{"in":[]}}
          /audiences: it is without `of`, expected memberships, `in` and `of`
        {"audiences":{"of":[]}}
          /audiences: it is without `in`, expected memberships, `in` and `of`
        {"audiences":{"in":[""],"of":["a"]}}
          /audiences: an audience has no name
        {"audiences":{"in":"secret","of":[]}}
          /audiences/in: it is a string, expected a list of audiences' names
        {"audiences":{"in":[7],"of":[]}}
          /audiences/in/0: it is a number, expected a string
        {"audiences":{"in":[],"of":[],"as_of":7}}
          /audiences/as_of: it is a number, expected a string
        {"audiences":["secret"]}
          /audiences: it is a list, expected memberships, `in` and `of`
        {"attributes":["secret"]}
          /attributes: it is a list, expected an object
        {"events":{"secret":1}}
          /events: it is an object, expected a list
        {"purchases":"secret"}
          /purchases: it is a string, expected a list
        {"restated":"secret"}
          /restated: it is a string, expected a boolean
        ["secret"]
          it is a list, expected a person update
        {"attributes":{"a":secret}}
          expected value at line 1 column 20
        {} secret
          trailing characters at line 1 column 4

          EOF while parsing a value at line 1 column 0
    "#]].assert_eq(&text);
}
