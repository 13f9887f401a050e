//! Carries requests to a vendor, and its answers back.

use std::io;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::body::Outgoing;
use super::{Acts, Shared};
use crate::exchange::{Answer, Delivery, Request};
use crate::lytics::limit::BULK_BYTES;

/// What is read of a body; the vendors' own limits are lower, but for the one that this is.
const MOST_BYTES: usize = BULK_BYTES + 1;

/// Accepts connections for ever; they end with this future.
pub async fn accept<V: Acts>(listener: TcpListener, shared: Arc<Shared<V>>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            // What fails to be accepted concerns one caller only.
            Ok((stream, _)) = listener.accept() => {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve<V: Acts>(stream: TcpStream, shared: Arc<Shared<V>>) {
    let service = service_fn(move |request| respond(request, Arc::clone(&shared)));
    let server = auto::Builder::new(TokioExecutor::new());
    // An error here is a caller that went away, or an answer that was to be cut.
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

async fn respond<V: Acts>(
    request: http::Request<Incoming>,
    shared: Arc<Shared<V>>,
) -> io::Result<http::Response<Outgoing>> {
    let request = whole(request).await?;
    let answer = match V::act(&request) {
        Some(acting) => acting.await,
        None => shared.answer(&request),
    };
    match answer.delivery {
        Delivery::Prompt | Delivery::Half => {}
        Delivery::After(wait) => tokio::time::sleep(wait).await,
        Delivery::Never => return Err(io::ErrorKind::ConnectionReset.into()),
    }
    Ok(response(answer))
}

async fn whole(request: http::Request<Incoming>) -> io::Result<Request> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, MOST_BYTES).collect().await.map_err(io::Error::other)?.to_bytes();
    Ok(Request {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
    })
}

fn response(answer: Answer) -> http::Response<Outgoing> {
    let body = match answer.delivery {
        Delivery::Half => Outgoing::broken(answer.body),
        _ => Outgoing::whole(answer.body),
    };
    let mut response = http::Response::new(body);
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}
