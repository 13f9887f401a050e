use brazeline_kit::testing::{Table, arrival, configure, problems};
use brazeline_kit::{Field, Plugin, Receiver};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::BrazeIngest;

const ADDRESS: &str = "POST /c/1234/braze_users";

fn settings(json: &str) -> Value {
    let mut settings: Value = serde_json::from_str(json).unwrap();
    settings["authorization"] = json!({ "account": "1234" });
    settings
}

/// An answer for each body.
fn check(json: &str, bodies: &[&[u8]], expected: Expect) {
    let table = Table::<BrazeIngest>::new(settings(json));
    let table = bodies.iter().fold(table, |table, body| table.receive(arrival(ADDRESS, body)));
    expected.assert_eq(&table.shown());
}

#[test]
fn the_fields_of_the_partner_page_arrive_value_for_value() {
    let body = br#"{
  "city": "AnyTown", "country": "United States", "first_name": "John", "gender": "male",
  "language": "English", "last_name": "Smith", "date_of_birth": "19820101",
  "phone_number": "5551231234", "time_zone": "GMT+7", "twitter_handle": "johnsmith",
  "email": "john.smith@email.com", "braze_id": "xxxxxx"
}"#;
    check(
        "{}",
        &[body],
        expect![[r#"
        reply 200 {"data":{"message_count":1,"rejected_count":0},"message":"success","status":200}
          content-type: application/json
        braze_id:xxxxxx {"user":{"braze_id":"xxxxxx"},"attributes":{
          "city": "AnyTown", "country": "United States", "first_name": "John", "gender": "male",
          "language": "English", "last_name": "Smith", "date_of_birth": "19820101",
          "phone_number": "5551231234", "time_zone": "GMT+7", "twitter_handle": "johnsmith",
          "email": "john.smith@email.com", "braze_id": "xxxxxx"
        }}
    "#]],
    );
}

#[test]
fn nothing_is_rewritten() {
    check(
        "{}",
        &[
            br#"  {"n": 1.50e+3, "s":"\u00e4\/", "o":{"b":1,"a":[ ]}, "braze_id":"b"}  "#,
            br#"{"braze_id":12345678901234567890}"#,
            r#"{"braze_id":"ü:"}"#.as_bytes(),
            br#"{"braze_id":"old","braze_id":"new"}"#,
        ],
        expect![[r#"
            reply 200 {"data":{"message_count":1,"rejected_count":0},"message":"success","status":200}
              content-type: application/json
            braze_id:b {"user":{"braze_id":"b"},"attributes":{"n": 1.50e+3, "s":"\u00e4\/", "o":{"b":1,"a":[ ]}, "braze_id":"b"}}

            reply 200 {"data":{"message_count":1,"rejected_count":0},"message":"success","status":200}
              content-type: application/json
            braze_id:12345678901234567890 {"user":{"braze_id":"12345678901234567890"},"attributes":{"braze_id":12345678901234567890}}

            reply 200 {"data":{"message_count":1,"rejected_count":0},"message":"success","status":200}
              content-type: application/json
            braze_id:ü: {"user":{"braze_id":"ü:"},"attributes":{"braze_id":"ü:"}}

            reply 200 {"data":{"message_count":1,"rejected_count":0},"message":"success","status":200}
              content-type: application/json
            braze_id:new {"user":{"braze_id":"new"},"attributes":{"braze_id":"old","braze_id":"new"}}
        "#]],
    );
}

#[test]
fn a_name_that_is_half_a_letter_is_told() {
    check(
        r#"{"identifier":{"external_id":"id"}}"#,
        &[br#"[{"id":1,"\ud800":2},7,{"id":3}]"#],
        expect![[r#"
        reply 200 {"data":{"message_count":1,"rejected_count":2},"message":"success","status":200}
          content-type: application/json
        external_id:3 {"user":{"external_id":"3"},"attributes":{"id":3}}
        unread at record 1: a name in it cannot be read: is half of a letter missing in an escape?: {"id":1,"\ud800":2}
        unread at record 2: it is no JSON object: 7
    "#]],
    );
}

#[test]
fn what_braze_holds_already_is_marked() {
    check(
        r#"{"mark_known":true}"#,
        &[br#"[{"braze_id":"a","city":"X"},{"braze_id":"b"}]"#],
        expect![[r#"
        reply 200 {"data":{"message_count":2,"rejected_count":0},"message":"success","status":200}
          content-type: application/json
        braze_id:a {"user":{"braze_id":"a"},"attributes":{"braze_id":"a","city":"X"},"known_as_of":"2025-11-24T16:00:00Z"}
        braze_id:b {"user":{"braze_id":"b"},"attributes":{"braze_id":"b"},"known_as_of":"2025-11-24T16:00:00Z"}
    "#]],
    );
}

#[test]
fn the_identifier_can_be_another() {
    check(
        r#"{"identifier":{"alias":{"label":"crm","field":"number"}}}"#,
        &[br#"{"number":"7:a"}"#],
        expect![[r#"
        reply 200 {"data":{"message_count":1,"rejected_count":0},"message":"success","status":200}
          content-type: application/json
        alias:crm:7%3Aa {"user":{"alias":{"name":"7:a","label":"crm"}},"attributes":{"number":"7:a"}}
    "#]],
    );
}

#[test]
fn a_list_and_a_form_are_taken() {
    check(
        "{}",
        &[br#"[{"braze_id":"a"},{"x":1},7,{"braze_id":"b"}]"#, b"[]"],
        expect![[r#"
        reply 200 {"data":{"message_count":2,"rejected_count":2},"message":"success","status":200}
          content-type: application/json
        braze_id:a {"user":{"braze_id":"a"},"attributes":{"braze_id":"a"}}
        braze_id:b {"user":{"braze_id":"b"},"attributes":{"braze_id":"b"}}
        unread at record 2: it has no field `braze_id`, which says whom it is about: {"x":1}
        unread at record 3: it is no JSON object: 7

        reply 200 {"data":{"message_count":0,"rejected_count":0},"message":"success","status":200}
          content-type: application/json
    "#]],
    );
    let forms = ["braze_id=a&first_name=Ann+Lee", "first_name=Ann"].map(|body| {
        let mut form = arrival(ADDRESS, body);
        form.headers = vec![Field::new("Content-Type", "application/x-www-form-urlencoded")];
        form
    });
    let table = forms.into_iter().fold(Table::<BrazeIngest>::new(settings("{}")), Table::receive);
    expect![[r#"
        reply 200 {"data":{"message_count":1,"rejected_count":0},"message":"success","status":200}
          content-type: application/json
        braze_id:a {"user":{"braze_id":"a"},"attributes":{"braze_id":"a","first_name":"Ann Lee"}}

        reply 400 {"message":"record 1: it has no field `braze_id`, which says whom it is about","status":400}
          content-type: application/json
        unread at record 1: it has no field `braze_id`, which says whom it is about: {"first_name":"Ann"}
    "#]]
    .assert_eq(&table.shown());
}

#[test]
fn what_cannot_be_read_is_refused_and_kept() {
    let long = format!(r#"{{"braze_id":"{}"}}"#, "x".repeat(1016));
    check(
        "{}",
        &[
            b"",
            b" \n",
            b"secret",
            br#"{"braze_id":"b","n":}"#,
            br#"{"braze_id":"b"} {}"#,
            br#""secret""#,
            b"7",
            b"\xff\xfe",
            br#"[{"braze_id":"b"}"#,
            br#"{"email":"secret@x"}"#,
            br#"{"braze_id":""}"#,
            br#"{"braze_id":null}"#,
            br#"{"braze_id":{"secret":1}}"#,
        ],
        expect![[r#"
            reply 400 {"message":"the body is empty; send one JSON object with the person's fields","status":400}
              content-type: application/json
            unread at body: the body is empty; send one JSON object with the person's fields: 

            reply 400 {"message":"the body is empty; send one JSON object with the person's fields","status":400}
              content-type: application/json
            unread at body: the body is empty; send one JSON object with the person's fields:  


            reply 400 {"message":"the body is no JSON (expected value at line 1 column 1); a value that Liquid left unquoted or empty is the usual cause, and a default in the webhook's body the cure","status":400}
              content-type: application/json
            unread at body: the body is no JSON (expected value at line 1 column 1); a value that Liquid left unquoted or empty is the usual cause, and a default in the webhook's body the cure: secret

            reply 400 {"message":"the body is no JSON (expected value at line 1 column 21); a value that Liquid left unquoted or empty is the usual cause, and a default in the webhook's body the cure","status":400}
              content-type: application/json
            unread at body: the body is no JSON (expected value at line 1 column 21); a value that Liquid left unquoted or empty is the usual cause, and a default in the webhook's body the cure: {"braze_id":"b","n":}

            reply 400 {"message":"the body is no JSON (trailing characters at line 1 column 18); a value that Liquid left unquoted or empty is the usual cause, and a default in the webhook's body the cure","status":400}
              content-type: application/json
            unread at body: the body is no JSON (trailing characters at line 1 column 18); a value that Liquid left unquoted or empty is the usual cause, and a default in the webhook's body the cure: {"braze_id":"b"} {}

            reply 400 {"message":"record 1: it is no JSON object","status":400}
              content-type: application/json
            unread at record 1: it is no JSON object: "secret"

            reply 400 {"message":"record 1: it is no JSON object","status":400}
              content-type: application/json
            unread at record 1: it is no JSON object: 7

            reply 400 {"message":"the body is no UTF-8 from byte 0 on","status":400}
              content-type: application/json
            unread at body: the body is no UTF-8 from byte 0 on: \xff\xfe

            reply 400 {"message":"the body is no JSON (EOF while parsing a list at line 1 column 17); a value that Liquid left unquoted or empty is the usual cause, and a default in the webhook's body the cure","status":400}
              content-type: application/json
            unread at body: the body is no JSON (EOF while parsing a list at line 1 column 17); a value that Liquid left unquoted or empty is the usual cause, and a default in the webhook's body the cure: [{"braze_id":"b"}

            reply 400 {"message":"record 1: it has no field `braze_id`, which says whom it is about","status":400}
              content-type: application/json
            unread at record 1: it has no field `braze_id`, which says whom it is about: {"email":"secret@x"}

            reply 400 {"message":"record 1: its field `braze_id` says nobody: it has to hold a text that is not empty, or a whole number","status":400}
              content-type: application/json
            unread at record 1: its field `braze_id` says nobody: it has to hold a text that is not empty, or a whole number: {"braze_id":""}

            reply 400 {"message":"record 1: its field `braze_id` says nobody: it has to hold a text that is not empty, or a whole number","status":400}
              content-type: application/json
            unread at record 1: its field `braze_id` says nobody: it has to hold a text that is not empty, or a whole number: {"braze_id":null}

            reply 400 {"message":"record 1: its field `braze_id` says nobody: it has to hold a text that is not empty, or a whole number","status":400}
              content-type: application/json
            unread at record 1: its field `braze_id` says nobody: it has to hold a text that is not empty, or a whole number: {"braze_id":{"secret":1}}
        "#]],
    );
    let receiver: BrazeIngest = configure(settings("{}"));
    let received = receiver.receive(&arrival(ADDRESS, long));
    expect!["its field `braze_id` is too long: the key made of it has 1025 bytes of 1024"]
        .assert_eq(&received.unread[0].reason);
}

#[test]
fn another_address_or_method_is_none() {
    let lines = [
        "PUT /c/1234/braze_users",
        "GET /c/1234/braze_users",
        "DELETE /c/1234/braze_users",
        "POST /c/1234/other",
        "POST /c/99/braze_users",
        "POST /c/1234/braze_users/",
        "GET /",
        // Other parameters than the key are nobody's.
        "POST /c/1234/braze_users?timestamp_field=x",
    ];
    let table = Table::<BrazeIngest>::new(settings("{}"));
    let table = lines.iter().fold(table, |table, line| table.receive(arrival(line, r#"{"braze_id":"b"}"#)));
    expect![[r#"
        reply 200 {"data":{"message_count":1,"rejected_count":0},"message":"success","status":200}
          content-type: application/json
        braze_id:b {"user":{"braze_id":"b"},"attributes":{"braze_id":"b"}}

        reply 405 {"message":"send the webhook with POST","status":405}
          content-type: application/json
          allow: POST, PUT

        reply 405 {"message":"send the webhook with POST","status":405}
          content-type: application/json
          allow: POST, PUT

        reply 404 {"message":"nothing is received here; webhooks go to `/c/1234/braze_users?key=<api token>`","status":404}
          content-type: application/json

        reply 404 {"message":"nothing is received here; webhooks go to `/c/1234/braze_users?key=<api token>`","status":404}
          content-type: application/json

        reply 404 {"message":"nothing is received here; webhooks go to `/c/1234/braze_users?key=<api token>`","status":404}
          content-type: application/json

        reply 404 {"message":"nothing is received here; webhooks go to `/c/1234/braze_users?key=<api token>`","status":404}
          content-type: application/json

        reply 200 {"data":{"message_count":1,"rejected_count":0},"message":"success","status":200}
          content-type: application/json
        braze_id:b {"user":{"braze_id":"b"},"attributes":{"braze_id":"b"}}
    "#]].assert_eq(&table.shown());
}

#[test]
fn the_plan_lets_in_whoever_knows_the_token() {
    let plan = configure::<BrazeIngest>(settings("{}")).plan();
    let schemes: Vec<_> = plan.inbound.iter().map(|scheme| format!("{} {}", scheme.name, scheme.settings)).collect();
    expect![[r#"
        query {"name":"key","secret":"api_token"}
        header {"name":"authorization","secret":"api_token"}"#]]
    .assert_eq(&schemes.join("\n"));
}

#[test]
fn mistakes_in_the_settings_are_all_told() {
    let table = [
        json!({}),
        json!({ "authorization": { "account": "12/34" }, "stream": "a b", "identifier": {} }),
        json!({ "authorization": { "account": "1234" }, "identifier": { "email": "email", "phone": "phone" } }),
        json!({ "authorization": { "account": "1234" }, "streams": "braze_users" }),
    ];
    expect![[r#"
        /authorization/account: it stands in the webhook's address, `/c/<account>/<stream>`: say the number of the Lytics account, as text

        /authorization/account: it stands in the webhook's address, `/c/<account>/<stream>`: say the number of the Lytics account, as text
        /stream: a stream's name has letters, digits, `-` and `_` alone
        /identifier: name exactly one of external_id, braze_id, email, phone and alias

        /identifier: name exactly one of external_id, braze_id, email, phone and alias

        /streams: unknown field `streams`, expected one of `authorization`, `mode`, `identifier`, `mark_known`, `stream`, `path`, `caller`, `event_types`, `format`, `event_type`, `rename`, `empty_cells`, `same_names`, `segment_id`, `fields_to_export`, `custom_attributes_to_export`, `wait_seconds`
    "#]].assert_eq(&table.map(problems::<BrazeIngest>).join("\n"));
}
