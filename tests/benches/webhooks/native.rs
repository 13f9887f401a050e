//! The same promise as one would keep it by hand, and nothing else: answered is what a sync has made safe, and who waits shares the sync.

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

/// An event, and who waits for it to be safe.
type Waiting = (Vec<u8>, oneshot::Sender<()>);

#[derive(Deserialize)]
struct Person<'a> {
    #[serde(borrow)]
    braze_id: std::borrow::Cow<'a, str>,
}

/// Serves until it is killed.
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
pub async fn serve(address: SocketAddr, target: &str, journal: &Path) -> anyhow::Result<()> {
    let (queue, waiting) = mpsc::unbounded_channel();
    let file = File::create(journal)?;
    std::thread::spawn(move || append(file, waiting));
    let listener = TcpListener::bind(address).await?;
    let target: Arc<str> = target.into();
    loop {
        tokio::spawn(connection(listener.accept().await?.0, Arc::clone(&target), queue.clone()));
    }
}

/// Writes all that waits, syncs once, answers all.
fn append(mut file: File, mut waiting: mpsc::UnboundedReceiver<Waiting>) {
    let (mut group, mut answers) = (Vec::new(), Vec::new());
    while let Some(first) = waiting.blocking_recv() {
        let mut next = Some(first);
        while let Some((event, answer)) = next {
            group.extend_from_slice(&(event.len() as u32).to_le_bytes());
            group.extend_from_slice(&event);
            answers.push(answer);
            next = waiting.try_recv().ok();
        }
        // Who is not answered knows that it is not safe.
        if file.write_all(&group).and_then(|()| file.sync_data()).is_err() {
            return;
        }
        group.clear();
        for answer in answers.drain(..) {
            // Who has gone away waits for nothing.
            let _gone = answer.send(());
        }
    }
}

async fn connection(stream: TcpStream, target: Arc<str>, queue: mpsc::UnboundedSender<Waiting>) {
    // A sender that ends closes its connections.
    let _closed = stream.set_nodelay(true);
    let service = service_fn(|request| answer(request, &target, &queue));
    let _closed = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(
    request: Request<Incoming>,
    target: &str,
    queue: &mpsc::UnboundedSender<Waiting>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    // The key stands in it.
    if request.method() != Method::POST || request.uri().path_and_query().is_none_or(|path| path != target) {
        return Ok(reply(StatusCode::UNAUTHORIZED, "{}"));
    }
    let body = request.into_body().collect().await?.to_bytes();
    let Some(event) = event(&body) else { return Ok(reply(StatusCode::BAD_REQUEST, "{}")) };
    let (answer, safe) = oneshot::channel();
    let is_safe = queue.send((event, answer)).is_ok() && safe.await.is_ok();
    Ok(match is_safe {
        true => reply(StatusCode::OK, r#"{"status":200,"message":"success"}"#),
        false => reply(StatusCode::SERVICE_UNAVAILABLE, "{}"),
    })
}

fn event(body: &[u8]) -> Option<Vec<u8>> {
    let Person { braze_id } = serde_json::from_slice(body).ok()?;
    let mut event = Vec::with_capacity(body.len() + 100);
    event.extend_from_slice(br#"{"user":{"braze_id":"#);
    serde_json::to_writer(&mut event, &braze_id).ok()?;
    event.extend_from_slice(br#"},"attributes":"#);
    event.extend_from_slice(body);
    event.push(b'}');
    Some(event)
}

fn reply(status: StatusCode, body: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    response
}
