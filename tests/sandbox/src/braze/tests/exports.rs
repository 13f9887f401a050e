//! Exports of segments (contract 4).

use http::Method;
use jiff::SignedDuration;

use super::*;
use crate::braze::{Made, User};

const PATH: &str = "/users/export/segment";

fn user(number: usize) -> User {
    let user = json!({
        "external_id": format!("u-{number}"), "email": "a@x",
        "custom_attributes": { "plan": "gold", "other": number },
    });
    user.as_object().cloned().unwrap()
}

fn workspace(rules: Rules) -> Braze {
    let mut braze = braze(rules);
    braze.put_segment("s-1", vec![user(1), user(2)]);
    braze
}

fn ask(braze: &mut Braze, body: &Value, now: Timestamp) -> Answer {
    let mut request = request_to(PATH, body.to_string());
    request.headers.insert("host", "127.0.0.1:1".parse().unwrap());
    braze.answer(&request, None, now)
}

/// The address without its origin.
fn address(answer: &Answer) -> (String, String) {
    let body = body(answer);
    let url = body["url"].as_str().unwrap().strip_prefix("http://127.0.0.1:1").unwrap().to_owned();
    let (path, query) = url.split_once('?').unwrap();
    (path.to_owned(), query.to_owned())
}

fn get(
    braze: &mut Braze,
    (path, query): &(String, String),
    headers: &[(&'static str, &str)],
    now: Timestamp,
) -> Answer {
    let mut request = Request { method: Method::GET, path: path.clone(), query: query.clone(), ..Request::default() };
    headers.iter().for_each(|(name, value)| drop(request.headers.insert(*name, value.parse().unwrap())));
    braze.answer(&request, None, now)
}

fn lines(answer: &Answer) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(answer.body.to_vec())).unwrap();
    std::io::read_to_string(archive.by_index(0).unwrap()).unwrap()
}

#[test]
fn what_is_not_as_it_should_be_is_refused() {
    let table = [
        (json!({"fields_to_export": ["email"]}), "400 segment_id is needed"),
        (json!({"segment_id": "s-1"}), "400 fields_to_export is needed"),
        (json!({"segment_id": "s-1", "fields_to_export": []}), "400 fields_to_export is needed"),
        (json!({"segment_id": "s-2", "fields_to_export": ["email"]}), "400 segment_id is of no segment"),
        (
            json!({"segment_id": "s-1", "fields_to_export": ["email"], "output_format": "csv"}),
            "400 output_format is zip or gzip",
        ),
        (
            json!({"segment_id": "s-1", "fields_to_export": ["email"], "custom_attributes_to_export": vec!["a"; 501]}),
            "400 at most 500 custom_attributes_to_export",
        ),
        (json!({"segment_id": "s-1", "fields_to_export": ["email"]}), "201 success"),
    ];
    for (body, expected) in table {
        assert_eq!(said(&ask(&mut workspace(Rules::default()), &body, now())), expected, "{body}");
    }
}

#[test]
fn one_of_a_segment_runs_at_a_time_and_lives_for_a_while() {
    let mut braze = workspace(Rules { exports_made: Made::After { ms: 60_000 }, ..Rules::default() });
    let at = |seconds| now() + SignedDuration::from_secs(seconds);
    let body =
        json!({"segment_id": "s-1", "fields_to_export": ["external_id"], "custom_attributes_to_export": ["plan"]});
    let address = address(&ask(&mut braze, &body, now()));
    assert_eq!(said(&ask(&mut braze, &body, at(59))), "400 an export of this segment is already in progress");
    assert_eq!(get(&mut braze, &address, &[], at(59)).status, 403);
    let made = get(&mut braze, &address, &[], at(60));
    let expected = "{\"custom_attributes\":{\"plan\":\"gold\"},\"external_id\":\"u-1\"}\n{\"custom_attributes\":{\"plan\":\"gold\"},\"external_id\":\"u-2\"}\n";
    assert_eq!((made.status.as_u16(), lines(&made).as_str()), (200, expected));
    assert_eq!(get(&mut braze, &address, &[("authorization", "Bearer k")], at(60)).status, 400);
    assert_eq!(get(&mut braze, &(address.0.clone(), "X-Signature=other".to_owned()), &[], at(60)).status, 403);
    assert_eq!(said(&ask(&mut braze, &body, at(60))), "201 success");
    assert_eq!(get(&mut braze, &address, &[], at(60 + 4 * 3600)).status, 403);
    assert_eq!(braze.exports()[0].fetched.len(), 4);
}

#[test]
fn a_part_of_a_file_may_be_asked_for() {
    let mut braze = workspace(Rules::default());
    let body = json!({"segment_id": "s-1", "fields_to_export": ["custom_attributes"], "custom_attributes_to_export": ["plan"]});
    let address = address(&ask(&mut braze, &body, now()));
    let whole = get(&mut braze, &address, &[], now());
    assert!(lines(&whole).contains("\"other\":1"), "all custom attributes are exported if that is asked for");
    let mark = whole.headers["etag"].to_str().unwrap().to_owned();
    let rest = get(&mut braze, &address, &[("range", "bytes=10-"), ("if-range", &mark)], now());
    assert_eq!((rest.status.as_u16(), &rest.body), (206, &whole.body.slice(10..)));
    assert_eq!(rest.headers["content-range"], format!("bytes 10-{}/{}", whole.body.len() - 1, whole.body.len()));
    let other = get(&mut braze, &address, &[("range", "bytes=10-"), ("if-range", "\"other\"")], now());
    assert_eq!((other.status.as_u16(), &other.body), (200, &whole.body));
    assert_eq!(get(&mut braze, &address, &[("range", "bytes=100000-")], now()).status, 416);
}

#[test]
fn with_a_bucket_no_address_is_named() {
    let mut braze = workspace(Rules { exports_to_a_bucket: true, ..Rules::default() });
    let body = body(&ask(&mut braze, &json!({"segment_id": "s-1", "fields_to_export": ["email"]}), now()));
    assert!(body.contains_key("object_prefix") && !body.contains_key("url"), "{body:?}");
}
