//! The client against scripted servers on this machine.

use std::sync::Arc;

use expect_test::{Expect, expect};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

use super::*;
use crate::component::types::Field;
use crate::config::Origin;
use crate::delivery::scheme::{Member, Scheme};

/// What a server does with its one connection once it has read the whole request.
#[derive(Clone, Copy)]
enum Script {
    /// Writes this and closes.
    Say(&'static str),
    /// Writes this and this many letters more, and closes.
    Flood(&'static str, usize),
    /// Breaks the connection.
    Reset,
}

/// Answers one request after another, each on its own connection; keeps what it heard.
async fn server(script: Script) -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(String::new()));
    let keeps = Arc::clone(&heard);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            act(script, stream, &keeps).await;
        }
    });
    (origin, heard)
}

async fn act(script: Script, mut stream: TcpStream, heard: &Mutex<String>) {
    let request = request(&mut stream).await;
    heard.lock().await.push_str(&request);
    let (said, more) = match script {
        Script::Say(text) => (text, 0),
        Script::Flood(text, more) => (text, more),
        Script::Reset => return stream.set_zero_linger().unwrap(),
    };
    // The client may have had enough before all is written.
    let _ = stream.write_all(said.as_bytes()).await;
    let _ = stream.write_all(&vec![b'x'; more]).await;
}

async fn request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    loop {
        let text = String::from_utf8(read.clone()).unwrap();
        let length = |head: &str| {
            head.split_once("content-length: ").map_or(0, |(_, rest)| rest.lines().next().unwrap().parse().unwrap())
        };
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= length(head)
        {
            return text;
        }
        assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0, "the request broke off: {text}");
    }
}

fn field(name: &str, value: &str) -> Field {
    Field { name: name.into(), value: value.into() }
}

fn post(headers: &[Field], query: &[Field]) -> Request {
    Request {
        target: "there".into(),
        method: "POST".into(),
        path: "/a/b".into(),
        query: query.to_vec(),
        headers: headers.to_vec(),
        body: b"{}".to_vec(),
    }
}

fn scheme(name: &str, settings: &str) -> Option<Scheme> {
    Some(Scheme::read(name, settings, |_| Member::Secret("s3cret".into())).unwrap())
}

async fn send(origin: &str, scheme: Option<Scheme>, request: &Request) -> String {
    let mut targets = Targets::default();
    targets.add("there", Origin::parse(origin).unwrap(), scheme, true).unwrap();
    let sent = Client::new(Clock::system()).send(&targets, request).await;
    let shown = match sent {
        Sent::Answered(answer) => {
            let headers: String =
                answer.headers.iter().map(|field| format!(" {}={}", field.name, field.value)).collect();
            let body = String::from_utf8(answer.body).unwrap();
            let body = if body.len() > 100 { format!("{} bytes", body.len()) } else { body };
            let times = answer.sent_at_ms > 0 && answer.received_at_ms >= answer.sent_at_ms;
            format!("{}{headers} | {body} | complete: {}, timed: {times}", answer.status, answer.complete)
        }
        Sent::NotSent(why) => format!("not sent: {why}"),
        Sent::Unknown(why) => format!("unknown: {why}"),
        Sent::Refused(why) => format!("refused: {why}"),
    };
    shown.replace(origin, "<origin>")
}

async fn fate(script: Script, expected: Expect) {
    let (origin, _) = server(script).await;
    expected.assert_eq(&send(&origin, scheme("bearer", r#"{"secret":"k"}"#), &post(&[], &[])).await);
}

#[tokio::test]
async fn the_fate_of_a_request() {
    fate(
        Script::Say("HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}"),
        expect!["201 content-length=2 | {} | complete: true, timed: true"],
    )
    .await;
    fate(
        Script::Say("HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n"),
        expect!["302 location=/other content-length=0 |  | complete: true, timed: true"],
    )
    .await;
    fate(
        Script::Say("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"),
        expect!["200 content-length=9 | { | complete: false, timed: true"],
    )
    .await;
    fate(
        Script::Flood("HTTP/1.1 200 OK\r\n\r\n", answer::BODY_BYTES),
        expect!["200 | 4194304 bytes | complete: true, timed: true"],
    )
    .await;
    fate(
        Script::Flood("HTTP/1.1 200 OK\r\n\r\n", answer::BODY_BYTES + 1),
        expect!["200 | 4194304 bytes | complete: false, timed: true"],
    )
    .await;
    fate(
        Script::Say("HTTP/1.1 400 Bad\r\nx-got: Bearer s3cret\r\ncontent-length: 14\r\n\r\n{\"a\":\"s3cret\"}"),
        expect![[r#"400 x-got=Bearer ****** content-length=14 | {"a":"******"} | complete: true, timed: true"#]],
    )
    .await;
    fate(Script::Say("nonsense\r\n\r\n"), expect!["unknown: <origin>: invalid HTTP version parsed"]).await;
    fate(Script::Say(""), expect!["unknown: <origin>: connection closed before message completed"]).await;
    fate(Script::Reset, expect!["unknown: <origin>: connection error: Connection reset by peer (os error 104)"]).await;
}

#[tokio::test]
async fn a_host_that_nobody_reaches_was_not_sent_to() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    expect!["not sent: <origin>: tcp connect error: Connection refused (os error 111)"]
        .assert_eq(&send(&origin, None, &post(&[], &[])).await);
    // No TLS is spoken there.
    let (plain, _) = server(Script::Say("HTTP/1.1 200 OK\r\n\r\n")).await;
    let tls = plain.replace("http://", "https://");
    let sent = send(&tls, scheme("bearer", r#"{"secret":"k"}"#), &post(&[], &[])).await;
    assert!(sent.starts_with("not sent: <origin>: "), "{sent}");
}

#[tokio::test]
async fn what_goes_out() {
    let (origin, heard) =
        server(Script::Say("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")).await;
    let query = [field("a b", "c&d=e"), field("ü", "+")];
    send(&origin, None, &post(&[field("X-A", "b"), field("user-agent", "theirs")], &query)).await;
    send(&origin, scheme("bearer", r#"{"secret":"k"}"#), &post(&[], &[])).await;
    send(&origin, scheme("query", r#"{"name":"key","secret":"k"}"#), &post(&[], &[field("a", "b")])).await;
    send(&origin, scheme("basic", r#"{"user":"me","secret":"k"}"#), &post(&[], &[])).await;
    let heard = heard.lock().await.replace(&origin["http://".len()..], "<host>").replace('\r', "");
    let heard = heard.replace(concat!("brazeline/", env!("CARGO_PKG_VERSION")), "brazeline/<version>");
    expect![[r#"
        POST /a/b?a%20b=c%26d%3De&%C3%BC=%2B HTTP/1.1
        x-a: b
        user-agent: theirs
        host: <host>
        content-length: 2

        {}POST /a/b HTTP/1.1
        user-agent: brazeline/<version>
        authorization: Bearer s3cret
        host: <host>
        content-length: 2

        {}POST /a/b?a=b&key=s3cret HTTP/1.1
        user-agent: brazeline/<version>
        host: <host>
        content-length: 2

        {}POST /a/b HTTP/1.1
        user-agent: brazeline/<version>
        authorization: Basic bWU6czNjcmV0
        host: <host>
        content-length: 2

        {}"#]]
    .assert_eq(&heard);
}

#[tokio::test]
async fn what_is_never_sent() {
    let (origin, heard) = server(Script::Say("HTTP/1.1 200 OK\r\n\r\n")).await;
    let (header, query) = (r#"{"name":"x-key","secret":"k"}"#, r#"{"name":"key","secret":"k"}"#);
    let table = [
        (None, post(&[field("x-a", "b\r\nx-c: d")], &[])),
        (None, post(&[field("x-a\r\nx-c", "b")], &[])),
        (None, post(&[field("Host", "evil.example")], &[])),
        (None, post(&[field("authorization", "Bearer mine")], &[])),
        (None, Request { path: "/a\r\nx-c: d".into(), ..post(&[], &[]) }),
        (None, Request { path: "@evil.example/".into(), ..post(&[], &[]) }),
        (None, Request { path: "/?key=1".into(), ..post(&[], &[]) }),
        (None, Request { method: "GET /x".into(), ..post(&[], &[]) }),
        (None, Request { target: "elsewhere".into(), ..post(&[], &[]) }),
        (scheme("header", header), post(&[field("X-Key", "mine")], &[])),
        (scheme("query", query), post(&[], &[field("key", "mine")])),
    ];
    let mut refused = String::new();
    for (scheme, request) in table {
        refused += &send(&origin, scheme, &request).await;
        refused.push('\n');
    }
    expect![[r#"
        refused: the value of header `x-a` contains a line break or another control character
        refused: one of its headers has no valid name
        refused: header `host` is set by the host alone
        refused: header `authorization` is set by the host alone
        refused: its path contains a character that a path must percent-encode, or it is too long
        refused: its path does not begin with `/`, or contains a query
        refused: its path does not begin with `/`, or contains a query
        refused: its method is no HTTP method
        refused: target `elsewhere` is not known
        refused: header `x-key` is set by the host: it carries the secret
        refused: query parameter `key` is set by the host: it carries the secret
    "#]]
    .assert_eq(&refused);
    assert_eq!(*heard.lock().await, "");
}

#[test]
fn a_secret_goes_out_in_the_clear_only_if_that_was_said() {
    let add =
        |origin, scheme, plain| Targets::default().add("t", Origin::parse(origin).unwrap(), scheme, plain).is_ok();
    let bearer = || scheme("bearer", r#"{"secret":"k"}"#);
    let table = [
        (add("https://a.example", bearer(), false), true),
        (add("http://127.0.0.1:1", None, false), true),
        (add("http://127.0.0.1:1", bearer(), false), false),
        (add("http://127.0.0.1:1", bearer(), true), true),
    ];
    assert!(table.iter().all(|(added, expected)| added == expected), "{table:?}");
}
