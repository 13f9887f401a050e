//! The server behind which every source that is sent to lies.
//!
//! It bounds what a sender may cost (connections, time, bytes), lets in who may come in, and turns each request into an
//! [`Arrival`] for a handler. It answers what never gets that far; what an arrival means is the handler's.

mod body;
mod endpoint;
mod exchange;
mod reply;
mod room;
#[cfg(test)]
mod tests;
mod tls;

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
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::Refused;
use crate::component::types::{Arrival, Reply};
use crate::config::Tls;
use crate::delivery::inbound::Inbound;
use crate::pipeline::stop::Stop;
use crate::problem::Problem;

pub use endpoint::{Base, Endpoint};
use exchange::Exchange;
pub use exchange::detached;
use reply::behind;
pub use reply::{later, message, refused};
pub use room::Held;
use room::Room;
pub use tls::Identity;

/// Connections at the same time; further ones wait to be accepted. Vendors send over a few dozen.
const CONNECTIONS: usize = 1024;
/// Requests at the same time on one connection of HTTP/2: what common web servers allow.
const STREAMS: u32 = 128;
/// A sender has so long for the first byte and for the head of a request, and a connection may be idle so long: what common
/// web servers grant.
const HEAD_WAIT: Duration = Duration::from_secs(60);
/// How long requests in flight have to end after a stop was asked for.
const STOP_WAIT: Duration = Duration::from_secs(30);
/// After a failed accept (no more file handles, say) others have so long to close some.
const ACCEPT_WAIT: Duration = Duration::from_millis(100);

/// What a source wants of the server before it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Where it listens.
    pub address: SocketAddr,
    /// The largest body, also once it is unpacked.
    pub max_body_bytes: usize,
    /// Its certificate, if it speaks TLS.
    pub tls: Option<Tls>,
    /// The address at which others know it.
    pub public_url: Option<String>,
    /// What others are told to send to.
    pub endpoints: Vec<Endpoint>,
}

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
    /// What it shows to prove who it is; without it, it speaks plain HTTP.
    pub identity: Option<Arc<Identity>>,
    /// What others are told to send to, each whole.
    pub told: Vec<String>,
}

impl Door {
    /// Opens what the source wants, for these callers.
    pub async fn open(source: &str, wanted: Wanted, inbound: Inbound) -> Result<Self, Problem> {
        let Wanted { address, max_body_bytes, tls, public_url, endpoints } = wanted;
        let (source, identity) = (source.to_owned(), tls.map(Identity::load).transpose()?);
        let listener = bind(address).await?;
        // Any port may have been asked for.
        let address = listener.local_addr().unwrap_or(address);
        let base = Base::new(public_url.as_deref(), address, identity.is_some());
        let told = endpoints.iter().map(|endpoint| endpoint.url(&base)).collect();
        Ok(Self { source, listener, inbound, max_body_bytes, identity, told })
    }
}

/// What stands behind a server.
pub trait Handler: Send + Sync + 'static {
    /// Answers one request, whose room is `held` until that is done. It is dropped when the sender goes away, so what must not be left half
    /// done happens elsewhere: [`detached`], for one.
    fn answer(&self, arrival: Arrival, held: Held) -> impl Future<Output = Reply> + Send;

    /// Why nothing would be taken at the moment, if that is so.
    fn ready(&self) -> impl Future<Output = Result<(), Refused>> + Send {
        std::future::ready(Ok(()))
    }
}

impl<H, F> Handler for H
where
    H: Fn(Arrival) -> F + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    fn answer(&self, arrival: Arrival, held: Held) -> impl Future<Output = Reply> + Send {
        detached(held, self(arrival))
    }
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
/// `GET` and `HEAD` of `/health` (it runs) and of `/ready` (it would take something) are answered to anybody: load balancers and
/// senders ask without credentials.
pub async fn serve(door: Door, handler: impl Handler, mut stop: Stop) -> anyhow::Result<()> {
    let Door { source, listener, inbound, max_body_bytes, identity, told } = door;
    tracing::info!(source, address = %listener.local_addr()?, tls = identity.is_some(), "listening");
    told.iter().for_each(|url| tracing::info!(source, url, "others send to"));
    let acceptor = identity.as_ref().map(Identity::acceptor).transpose()?;
    let exchange = Arc::new(Exchange { inbound, max_body_bytes, room: Room::new(max_body_bytes), handler });
    let (graceful, places) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    let mut look = interval(tls::LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let (place, stream) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            _ = look.tick(), if identity.is_some() => {
                identity.iter().for_each(|identity| identity.refresh(&source));
                continue;
            }
            () = stop.asked() => break,
        };
        let line = Line { exchange: Arc::clone(&exchange), watcher: graceful.watcher(), place };
        tokio::spawn(connection(stream, acceptor.clone(), line, stop.clone()));
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

type Watcher = hyper_util::server::graceful::Watcher;

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

/// What a connection has from its server.
struct Line<H> {
    exchange: Arc<Exchange<H>>,
    watcher: Watcher,
    place: Option<OwnedSemaphorePermit>,
}

async fn connection<H: Handler>(stream: TcpStream, acceptor: Option<TlsAcceptor>, line: Line<H>, mut stop: Stop) {
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
    let Some(acceptor) = acceptor else { return line.serve(stream).await };
    match timeout(HEAD_WAIT, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => line.serve(stream).await,
        // Scanners and senders of plain HTTP: theirs to notice.
        Ok(Err(error)) => tracing::debug!(%error, "a connection did not come to speak TLS"),
        Err(_) => tracing::debug!("a connection did not come to speak TLS in time"),
    }
}

impl<H: Handler> Line<H> {
    async fn serve(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Self { exchange, watcher, place } = self;
        let service = service_fn(move |request: Request<Incoming>| {
            let exchange = Arc::clone(&exchange);
            async move { Ok::<_, Infallible>(exchange.answer(request).await) }
        });
        let mut builder = Builder::new(TokioExecutor::new());
        // Some senders close their side behind the request; they get their answer, too.
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WAIT).half_close(true);
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD_WAIT).max_concurrent_streams(STREAMS);
        // A connection that breaks is its sender's to notice; what it had sent whole is being handled all the same.
        let _broken = watcher.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned()).await;
        drop(place);
    }
}
