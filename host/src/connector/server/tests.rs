//! The server, spoken to over a connection of this machine.

mod tls;

use std::io::Write;

use expect_test::{Expect, expect};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;

use super::*;
use crate::component::types::Field;
use crate::delivery::scheme::{Member, Scheme};
use crate::pipeline::stop::stop;

const MOST: usize = 100;

fn inbound() -> Inbound {
    let member = |_: &str| Member::Secret("s3cret".into());
    Inbound::new(vec![Scheme::read("bearer", r#"{"secret":"k"}"#, member).unwrap()])
}

/// Repeats what it got.
async fn echo(arrival: Arrival) -> Reply {
    assert_ne!(arrival.path, "/panic", "asked to");
    let Arrival { method, path, query, headers, body, received_at_ms } = arrival;
    let shown = |fields: &[Field]| fields.iter().map(|f| format!("{}={} ", f.name, f.value)).collect::<String>();
    let body = String::from_utf8_lossy(&body).into_owned();
    let text =
        format!("{method} {path} [{}] [{}] {body} timed: {}", shown(&query), shown(&headers), received_at_ms > 0);
    message(200, &text)
}

async fn server() -> (SocketAddr, crate::pipeline::stop::Stopper) {
    let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stopper, stop) = stop();
    let door = Door {
        source: "in".into(),
        listener,
        inbound: inbound(),
        max_body_bytes: MOST,
        identity: None,
        told: Vec::new(),
    };
    tokio::spawn(serve(door, echo, stop));
    (address, stopper)
}

/// Sends these bytes, and no more; gives the whole answer without the date.
async fn say(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().filter(|line| !line.starts_with("date:")).map(|line| format!("{}\n", line.trim_end())).collect()
}

fn post(head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST /a?b=c+d HTTP/1.1\r\nauthorization: Bearer s3cret\r\nconnection: close\r\n{head}content-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

async fn check(request: &[u8], expected: Expect) {
    let (address, _stopper) = server().await;
    expected.assert_eq(&say(address, request).await);
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

fn zstd(text: &[u8]) -> Vec<u8> {
    zstd::encode_all(text, 3).unwrap()
}

#[tokio::test]
async fn what_arrives() {
    check(
        &post("x-a: b\r\n", b"{}"),
        expect![[r#"
        HTTP/1.1 200 OK
        content-type: application/json
        connection: close
        content-length: 88

        {"message":"POST /a [b=c d ] [content-length=2 connection=close x-a=b ] {} timed: true"}
    "#]],
    )
    .await;
    check(
        &post("content-encoding: gzip\r\n", &gzip(b"{}")),
        expect![[r#"
        HTTP/1.1 200 OK
        content-type: application/json
        connection: close
        content-length: 65

        {"message":"POST /a [b=c d ] [connection=close ] {} timed: true"}
    "#]],
    )
    .await;
    check(
        &post("content-encoding: zstd\r\n", &zstd(b"{}")),
        expect![[r#"
        HTTP/1.1 200 OK
        content-type: application/json
        connection: close
        content-length: 65

        {"message":"POST /a [b=c d ] [connection=close ] {} timed: true"}
    "#]],
    )
    .await;
    check(
        b"HEAD /health HTTP/1.1\r\nconnection: close\r\n\r\n",
        expect![[r#"
        HTTP/1.1 200 OK
        content-type: application/json
        connection: close
        content-length: 16

    "#]],
    )
    .await;
    check(
        b"GET /health HTTP/1.1\r\nconnection: close\r\n\r\n",
        expect![[r#"
        HTTP/1.1 200 OK
        content-type: application/json
        connection: close
        content-length: 16

        {"message":"ok"}
    "#]],
    )
    .await;
}

#[tokio::test]
async fn what_does_not() {
    check(
        b"POST /a HTTP/1.1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        expect![[r#"
        HTTP/1.1 401 Unauthorized
        content-type: application/json
        connection: close
        content-length: 50

        {"message":"the credentials are missing or wrong"}
    "#]],
    )
    .await;
    check(
        b"POST /a HTTP/1.1\r\nconnection: close\r\nauthorization: Bearer wrong\r\ncontent-length: 0\r\n\r\n",
        expect![[r#"
        HTTP/1.1 401 Unauthorized
        content-type: application/json
        connection: close
        content-length: 50

        {"message":"the credentials are missing or wrong"}
    "#]],
    )
    .await;
    check(
        &post("", &[b'x'; MOST + 1]),
        expect![[r#"
        HTTP/1.1 413 Payload Too Large
        content-type: application/json
        connection: close
        content-length: 66

        {"message":"the body is larger than 100 bytes: send less at once"}
    "#]],
    )
    .await;
    check(
        &post("content-encoding: gzip\r\n", &gzip(&[b'x'; MOST + 1])),
        expect![[r#"
        HTTP/1.1 413 Payload Too Large
        content-type: application/json
        connection: close
        content-length: 66

        {"message":"the body is larger than 100 bytes: send less at once"}
    "#]],
    )
    .await;
    check(
        &post("content-encoding: zstd\r\n", &zstd(&[b'x'; 10_000_000])),
        expect![[r#"
        HTTP/1.1 413 Payload Too Large
        content-type: application/json
        connection: close
        content-length: 66

        {"message":"the body is larger than 100 bytes: send less at once"}
    "#]],
    )
    .await;
    check(
        &post("content-encoding: gzip\r\n", b"{}"),
        expect![[r#"
        HTTP/1.1 400 Bad Request
        content-type: application/json
        connection: close
        content-length: 65

        {"message":"the body is not packed as its content-encoding says"}
    "#]],
    )
    .await;
    check(
        &post("content-encoding: br\r\n", b"{}"),
        expect![[r#"
        HTTP/1.1 415 Unsupported Media Type
        content-type: application/json
        connection: close
        content-length: 73

        {"message":"this content-encoding is not known: send gzip, zstd or none"}
    "#]],
    )
    .await;
    check(
        &post("content-encoding: gzip\r\ncontent-encoding: gzip\r\n", b"{}"),
        expect![[r#"
        HTTP/1.1 415 Unsupported Media Type
        content-type: application/json
        connection: close
        content-length: 73

        {"message":"this content-encoding is not known: send gzip, zstd or none"}
    "#]],
    )
    .await;
    check(
        b"POST /a HTTP/1.1\r\nauthorization: Bearer s3cret\r\ncontent-length: 9\r\n\r\n{",
        expect![[r#"
        HTTP/1.1 400 Bad Request
        content-type: application/json
        content-length: 59

        {"message":"the body broke off or is not as its head says"}
    "#]],
    )
    .await;
    check(
        b"nonsense\r\n\r\n",
        expect![[r#"
        HTTP/1.1 400 Bad Request
        connection: close
        content-length: 0

    "#]],
    )
    .await;
    check(
        b"POST /panic HTTP/1.1\r\nauthorization: Bearer s3cret\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        expect![[r#"
        HTTP/1.1 500 Internal Server Error
        content-type: application/json
        connection: close
        content-length: 60

        {"message":"something went wrong here: send it again later"}
    "#]],
    )
    .await;
}

/// One that is behind, or not.
struct Busy(bool);

impl Handler for Busy {
    async fn answer(&self, _: Arrival, _: Held) -> Reply {
        message(200, "taken")
    }

    async fn ready(&self) -> Result<(), Refused> {
        if self.0 { Err(Refused::Behind { retry_after: Duration::from_secs(7) }) } else { Ok(()) }
    }
}

#[tokio::test]
async fn whether_it_would_take_something() {
    let mut shown = String::new();
    for is_behind in [false, true] {
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (_stopper, stop) = stop();
        let door = Door {
            source: "in".into(),
            listener,
            inbound: inbound(),
            max_body_bytes: MOST,
            identity: None,
            told: Vec::new(),
        };
        tokio::spawn(serve(door, Busy(is_behind), stop));
        shown += &say(address, b"GET /ready HTTP/1.1\r\nconnection: close\r\n\r\n").await;
    }
    expect![[r#"
        HTTP/1.1 200 OK
        content-type: application/json
        connection: close
        content-length: 19

        {"message":"ready"}
        HTTP/1.1 429 Too Many Requests
        content-type: application/json
        retry-after: 7
        connection: close
        content-length: 39

        {"message":"busy: send it again later"}
    "#]]
    .assert_eq(&shown);
}

#[tokio::test]
async fn an_address_in_use_is_told() {
    let taken = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap().local_addr().unwrap();
    let _holder = bind(taken).await.unwrap();
    let problem = bind(taken).await.unwrap_err().to_string();
    assert!(problem.starts_with(&format!("error: nothing can listen at {taken}")), "{problem}");
}

#[tokio::test]
async fn a_request_in_flight_is_answered_after_a_stop_and_no_other() {
    let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stopper, stop) = stop();
    let (arrived, arrives) = oneshot::channel();
    let (goes, go) = oneshot::channel::<()>();
    let ends = std::sync::Mutex::new(Some((arrived, go)));
    let handler = move |_| {
        let (arrived, go) = ends.lock().unwrap().take().unwrap();
        async move {
            arrived.send(()).unwrap();
            go.await.unwrap();
            message(200, "done")
        }
    };
    let door = Door {
        source: "in".into(),
        listener,
        inbound: Inbound::default(),
        max_body_bytes: MOST,
        identity: None,
        told: Vec::new(),
    };
    let served = tokio::spawn(serve(door, handler, stop));
    let idle = TcpStream::connect(address).await.unwrap();
    let in_flight = tokio::spawn(async move { say(address, &post("", b"{}")).await });
    arrives.await.unwrap();
    stopper.ask();
    // The one that never said anything is closed.
    idle.readable().await.unwrap();
    assert_eq!(idle.try_read(&mut [0]).unwrap(), 0);
    goes.send(()).unwrap();
    assert!(in_flight.await.unwrap().ends_with("{\"message\":\"done\"}\n"));
    served.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
