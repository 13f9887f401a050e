//! What real senders post, and what nobody should.

use std::path::Path;
use std::sync::Mutex;

use expect_test::expect;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::component::types::{Batch, Unread};
use crate::delivery::inbound::Inbound;
use crate::delivery::scheme::{Member, Scheme};
use crate::pipeline::stop::stop;

/// Keeps what it is given, or refuses.
#[derive(Default)]
struct Kept {
    events: Mutex<Vec<String>>,
    refuses: Option<Refused>,
}

impl Intake for Kept {
    async fn push(&self, batch: Batch, unread: Vec<Unread>) -> Result<(), Refused> {
        if let Some(refused) = &self.refuses {
            return Err(refused.clone());
        }
        let mut events = self.events.lock().unwrap();
        events.extend((0..batch.len()).map(|i| format!("{} {}", batch.key(i), String::from_utf8_lossy(batch.body(i)))));
        events.extend(unread.iter().map(|one| format!("{}: {}", one.place, one.reason)));
        Ok(())
    }

    async fn read(&self, _: crate::connector::Reading) -> Result<(), Refused> {
        Err(Refused::Broken("it is not read again".into()))
    }

    fn resume(&self) -> Option<Vec<u8>> {
        None
    }

    fn renew(&self) -> u64 {
        0
    }
}

fn settings(identifier: Option<&str>) -> Arc<Settings> {
    Arc::new(Settings { identifier: identifier.map(|field| Identifier::ExternalId(field.into())), path: None })
}

fn arrival(content_type: &str, body: &str) -> Arrival {
    let headers = vec![Field { name: "content-type".into(), value: content_type.into() }];
    let (method, path) = ("POST".into(), "/events".into());
    Arrival { method, path, query: Vec::new(), headers, body: body.into(), received_at_ms: 1 }
}

async fn posted(content_type: &str, body: &str) -> String {
    let kept = Arc::new(Kept::default());
    let reply = answer(settings(Some("id")), Arc::clone(&kept), arrival(content_type, body)).await;
    let events: String = kept.events.lock().unwrap().iter().map(|event| format!("  {event}\n")).collect();
    format!("{} {}\n{events}", reply.status, String::from_utf8(reply.body).unwrap())
}

#[tokio::test]
async fn bodies() {
    let (json, lines, vague) = ("application/json; charset=utf-8", "application/x-ndjson", "text/plain");
    let table = [
        (json, r#"{"id":"a"}"#),
        (json, "{\n  \"id\": \"a\"\n}\n"),
        (json, r#"[{"id":"a"}, {"id":"b"}]"#),
        (json, r#"[{"id":"a"}, 7, {"x":1}, {"id":"b"}]"#),
        (json, "[]"),
        (lines, "{\"id\":\"a\"}\n{\"id\":\"b\"}"),
        (lines, "{\"id\":\"a\"}\n{\"id\":\n\n{\"id\":\"b\"}\n"),
        (lines, "[1]\n"),
        (vague, "\u{feff}[{\"id\":\"a\"}]"),
        (vague, "{\"id\":\"a\"}\r\n{\"id\":\"b\"}\r\n"),
        (json, "{\"id\":\"a\"}\n{\"id\":\"b\"}\n"),
        ("", r#"{"id":"a"}"#),
        (json, ""),
        (json, "  \n"),
        (json, "secret=1"),
        (json, r#"[{"id":"a"}, {"id":"#),
        (json, r#"{"id":"a"} trailing"#),
        (lines, "nonsense\nmore"),
        (vague, "nonsense\nmore"),
    ];
    let mut all = String::new();
    for (content_type, body) in table {
        all += &format!("> {body:?}\n{}", posted(content_type, body).await);
    }
    expect![[r#"
        > "{\"id\":\"a\"}"
        200 {"accepted":1,"rejected":0}
          external_id:a {"id":"a"}
        > "{\n  \"id\": \"a\"\n}\n"
        200 {"accepted":1,"rejected":0}
          external_id:a {
          "id": "a"
        }
        > "[{\"id\":\"a\"}, {\"id\":\"b\"}]"
        200 {"accepted":2,"rejected":0}
          external_id:a {"id":"a"}
          external_id:b {"id":"b"}
        > "[{\"id\":\"a\"}, 7, {\"x\":1}, {\"id\":\"b\"}]"
        200 {"accepted":2,"message":"item 2: it is JSON, but not an object","rejected":2}
          external_id:a {"id":"a"}
          external_id:b {"id":"b"}
          item 2: it is JSON, but not an object
          item 3: it has no `id`, which `identifier` names
        > "[]"
        200 {"accepted":0,"rejected":0}
        > "{\"id\":\"a\"}\n{\"id\":\"b\"}"
        200 {"accepted":2,"rejected":0}
          external_id:a {"id":"a"}
          external_id:b {"id":"b"}
        > "{\"id\":\"a\"}\n{\"id\":\n\n{\"id\":\"b\"}\n"
        200 {"accepted":2,"message":"line 2: it is not JSON: at line 1, column 6 of it","rejected":1}
          external_id:a {"id":"a"}
          external_id:b {"id":"b"}
          line 2: it is not JSON: at line 1, column 6 of it
        > "[1]\n"
        200 {"accepted":0,"message":"line 1: it is JSON, but not an object","rejected":1}
          line 1: it is JSON, but not an object
        > "\u{feff}[{\"id\":\"a\"}]"
        200 {"accepted":1,"rejected":0}
          external_id:a {"id":"a"}
        > "{\"id\":\"a\"}\r\n{\"id\":\"b\"}\r\n"
        200 {"accepted":2,"rejected":0}
          external_id:a {"id":"a"}
          external_id:b {"id":"b"}
        > "{\"id\":\"a\"}\n{\"id\":\"b\"}\n"
        200 {"accepted":2,"rejected":0}
          external_id:a {"id":"a"}
          external_id:b {"id":"b"}
        > "{\"id\":\"a\"}"
        200 {"accepted":1,"rejected":0}
          external_id:a {"id":"a"}
        > ""
        400 {"message":"the body is empty: send a JSON object, a JSON array, or a JSON object a line"}
        > "  \n"
        400 {"message":"the body is empty: send a JSON object, a JSON array, or a JSON object a line"}
        > "secret=1"
        400 {"message":"the body is not JSON: at line 1, column 1"}
        > "[{\"id\":\"a\"}, {\"id\":"
        400 {"message":"the body is not JSON: at line 1, column 19"}
        > "{\"id\":\"a\"} trailing"
        400 {"message":"the body is not JSON: at line 1, column 12"}
        > "nonsense\nmore"
        400 {"message":"no line of the body is JSON: send a JSON object a line"}
        > "nonsense\nmore"
        400 {"message":"the body is not JSON: at line 1, column 2"}
    "#]]
    .assert_eq(&all);
}

#[tokio::test]
async fn other_requests() {
    let only = Arc::new(Settings { path: Some("/events".into()), identifier: None });
    let mut all = String::new();
    let ok = arrival("application/json", r#"{"user":{"email":"a@x"}}"#);
    for (method, path) in
        [("POST", "/events"), ("PUT", "/events"), ("POST", "/other"), ("GET", "/events"), ("DELETE", "/events")]
    {
        let arrival = Arrival { method: method.into(), path: path.into(), ..ok.clone() };
        let reply = answer(Arc::clone(&only), Arc::new(Kept::default()), arrival).await;
        all += &format!("{method} {path}: {} {}\n", reply.status, String::from_utf8(reply.body).unwrap());
    }
    let behind = Refused::Behind { retry_after: std::time::Duration::from_millis(1500) };
    for refused in [behind, Refused::Stopping, Refused::Broken("the disk says no".into())] {
        let kept = Kept { refuses: Some(refused.clone()), ..Kept::default() };
        let reply = answer(Arc::clone(&only), Arc::new(kept), ok.clone()).await;
        let later: Vec<&str> = reply
            .headers
            .iter()
            .filter(|header| header.name == "retry-after")
            .map(|header| header.value.as_str())
            .collect();
        all += &format!("{refused:?}: {} {later:?} {}\n", reply.status, String::from_utf8(reply.body).unwrap());
    }
    expect![[r#"
        POST /events: 200 {"accepted":1,"rejected":0}
        PUT /events: 200 {"accepted":1,"rejected":0}
        POST /other: 404 {"message":"events are taken at another path"}
        GET /events: 405 {"message":"events are sent with POST"}
        DELETE /events: 405 {"message":"events are sent with POST"}
        Behind { retry_after: 1.5s }: 429 ["2"] {"message":"busy: send it again later"}
        Stopping: 503 ["5"] {"message":"stopping: send it again later"}
        Broken("the disk says no"): 500 [] {"message":"it could not be stored: send it again later"}
    "#]]
    .assert_eq(&all);
}

/// Sends a recorded request as it went over the wire.
async fn replay(name: &str, address: std::net::SocketAddr) -> String {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/recorded/vector/http"));
    let head = std::fs::read_to_string(folder.join(format!("{name}.headers.txt"))).unwrap();
    let body = std::fs::read(folder.join(format!("{name}.body.bin"))).unwrap();
    let head = format!("{}\r\nconnection: close\r\n\r\n", head.trim_end().replace("\r\n", "\n").replace('\n', "\r\n"));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    format!("{} {body}", head.lines().next().unwrap())
}

/// Every request that a real Vector was recorded to send, as it came over the wire.
#[tokio::test]
async fn a_real_vector() {
    let sent = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/recorded/vector/events.ndjson"))
        .unwrap();
    let mut names: Vec<String> =
        std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/recorded/vector/http"))
            .unwrap()
            .filter_map(|file| Some(file.unwrap().file_name().to_str()?.strip_suffix(".headers.txt")?.to_owned()))
            .collect();
    names.sort();
    let mut answers = String::new();
    for name in names {
        let kept = Arc::new(Kept::default());
        let listener = server::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let bearer = Scheme::read("bearer", r#"{"secret":"k"}"#, |_| Member::Secret("t0ken".into())).unwrap();
        let inbound = Inbound::new(if name.contains("bearer") { vec![bearer] } else { Vec::new() });
        let door =
            Door { source: "in".into(), listener, inbound, max_body_bytes: 10_000, identity: None, told: Vec::new() };
        let (_stopper, stop) = stop();
        let identifier = Some(Identifier::ExternalId("external_id".into()));
        tokio::spawn(feed(Settings { identifier, path: None }, door, Arc::clone(&kept), stop));
        answers += &format!("{name}: {}\n", replay(&name, address).await);
        let events = kept.events.lock().unwrap();
        for event in events.iter() {
            assert!(sent.lines().any(|line| is_same(line, event)), "{name}: {event}");
        }
    }
    expect![[r#"
        healthcheck-0: HTTP/1.1 200 OK 
        json-batch-1-0: HTTP/1.1 200 OK {"accepted":1,"rejected":0}
        json-batch-1-1: HTTP/1.1 200 OK {"accepted":1,"rejected":0}
        json-batch-1-2: HTTP/1.1 200 OK {"accepted":1,"rejected":0}
        json-bearer-header-0: HTTP/1.1 200 OK {"accepted":3,"rejected":0}
        json-default-0: HTTP/1.1 200 OK {"accepted":3,"rejected":0}
        json-gzip-0: HTTP/1.1 200 OK {"accepted":3,"rejected":0}
        json-zstd-0: HTTP/1.1 200 OK {"accepted":3,"rejected":0}
        ndjson-0: HTTP/1.1 200 OK {"accepted":3,"rejected":0}
        ndjson-gzip-0: HTTP/1.1 200 OK {"accepted":3,"rejected":0}
    "#]]
    .assert_eq(&answers);
}

/// Vector adds three fields to what it was given.
fn is_same(sent: &str, event: &str) -> bool {
    let (key, body) = event.split_once(' ').unwrap();
    let mut body: serde_json::Map<String, serde_json::Value> = serde_json::from_str(body).unwrap();
    let added = ["host", "source_type", "timestamp"].map(|field| body.remove(field).is_some());
    let sent: serde_json::Map<String, serde_json::Value> = serde_json::from_str(sent).unwrap();
    added == [true; 3] && sent == body && key == format!("external_id:{}", sent["external_id"].as_str().unwrap())
}
