//! The server behind which every source that is sent to lies.
//!
//! It bounds what a sender may cost (connections, time, bytes), lets in who may come in, and turns each request into an
//! [`Arrival`] for a handler. It answers what never gets that far; what an arrival means is the handler's.

mod body;
mod exchange;
mod reply;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use crate::component::types::{Arrival, Reply};
use crate::delivery::inbound::Inbound;
use crate::pipeline::stop::Stop;
use crate::problem::Problem;

use exchange::Exchange;
pub use reply::{later, message, refused};

/// Connections at the same time; further ones wait to be accepted. Vendors send over a few dozen.
const CONNECTIONS: usize = 1024;
/// A sender has so long for the first byte and for the head of a request, and a connection may be idle so long: what common
/// web servers grant.
const HEAD_WAIT: Duration = Duration::from_secs(60);
/// How long requests in flight have to end after a stop was asked for.
const STOP_WAIT: Duration = Duration::from_secs(30);
/// After a failed accept (no more file handles, say) others have so long to close some.
const ACCEPT_WAIT: Duration = Duration::from_millis(100);

/// Where a source is sent to.
#[derive(Debug)]
pub struct Door {
    /// The source's id.
    pub source: String,
    /// Where it listens.
    pub listener: TcpListener,
    /// Who is let in.
    pub inbound: Inbound,
    /// The largest body, also once it is unpacked.
    pub max_body_bytes: usize,
}

/// Opens an address.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, Problem> {
    TcpListener::bind(address).await.map_err(|error| {
        Problem::error(format!("nothing can listen at {address}"), "stop what listens there, or set another `address`")
            .fact(error.to_string())
    })
}

/// Answers requests until a stop is asked for; then those in flight are answered, and it comes back.
///
/// `GET` and `HEAD` of `/health` are answered with 200 to anybody: load balancers and senders ask without credentials.
pub async fn serve<H, F>(door: Door, handler: H, mut stop: Stop) -> anyhow::Result<()>
where
    H: Fn(Arrival) -> F + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let Door { source, listener, inbound, max_body_bytes } = door;
    tracing::info!(source, address = %listener.local_addr()?, "listening");
    let exchange = Arc::new(Exchange { inbound, max_body_bytes, handler });
    let (graceful, places) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    loop {
        let (place, stream) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = stop.asked() => break,
        };
        tokio::spawn(connection(stream, place, Arc::clone(&exchange), graceful.watcher(), stop.clone()));
    }
    drop(listener);
    if timeout(STOP_WAIT, graceful.shutdown()).await.is_err() {
        tracing::warn!(
            source,
            "requests were still in flight after {} s; their senders get no answer",
            STOP_WAIT.as_secs()
        );
    }
    Ok(())
}

/// The next connection, once there is a place for it.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> (Option<OwnedSemaphorePermit>, TcpStream) {
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (place, stream),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_WAIT).await;
            }
        }
    }
}

type Watcher = hyper_util::server::graceful::Watcher;

async fn connection<H, F>(
    stream: TcpStream,
    place: Option<OwnedSemaphorePermit>,
    exchange: Arc<Exchange<H>>,
    watcher: Watcher,
    mut stop: Stop,
) where
    H: Fn(Arrival) -> F + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    // Fails only on a connection that is broken already.
    let _broken = stream.set_nodelay(true);
    // Before the first byte nobody knows which protocol is spoken, so no protocol's own limit holds yet.
    let mut first = [0];
    tokio::select! {
        first = timeout(HEAD_WAIT, stream.peek(&mut first)) => match first {
            Ok(Ok(1)) => {}
            _ => return,
        },
        () = stop.asked() => return,
    }
    let service = service_fn(move |request: Request<Incoming>| {
        let exchange = Arc::clone(&exchange);
        async move { Ok::<_, Infallible>(exchange.answer(request).await) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    // Some senders close their side behind the request; they get their answer, too.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WAIT).half_close(true);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD_WAIT);
    // A connection that breaks is its sender's to notice; what it had sent whole is being handled all the same.
    let _broken = watcher.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned()).await;
    drop(place);
}
