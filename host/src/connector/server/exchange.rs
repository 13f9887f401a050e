//! One request and its answer.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;

use super::room::{Held, Room};
use super::{Handler, body, message, refused};
use crate::clock::Clock;
use crate::component::types::{Arrival, Field, Reply};
use crate::delivery::inbound::{Inbound, parameters};

/// Where anybody may ask whether somebody is there.
const HEALTH: &str = "/health";
/// Where anybody may ask whether something would be taken: what routes senders to several machines asks this.
const READY: &str = "/ready";

/// What all requests of a server share.
pub(super) struct Exchange<H> {
    pub(super) inbound: Inbound,
    pub(super) max_body_bytes: usize,
    pub(super) room: Room,
    pub(super) handler: H,
}

impl<H: Handler> Exchange<H> {
    pub(super) async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (mut parts, incoming) = request.into_parts();
        let is_question = matches!(parts.method, Method::GET | Method::HEAD);
        let reply = match parts.uri.path() {
            HEALTH if is_question => message(200, "ok"),
            READY if is_question => {
                self.handler.ready().await.map_or_else(|why| refused(&why), |()| message(200, "ready"))
            }
            _ => match self.arrival(&mut parts, incoming).await {
                Ok((arrival, held)) => self.handler.answer(arrival, held).await,
                Err(reply) => reply,
            },
        };
        response(reply)
    }

    async fn arrival(&self, parts: &mut Parts, incoming: Incoming) -> Result<(Arrival, Held), Reply> {
        if !self.inbound.admit(parts) {
            return Err(message(401, "the credentials are missing or wrong"));
        }
        let (body, held) = body::read(&mut parts.headers, incoming, self.max_body_bytes, self.room.hold()).await?;
        let arrival = Arrival {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parameters(&parts.uri).map(|(name, value)| Field { name, value }).collect(),
            headers: parts.headers.iter().map(field).collect(),
            body,
            received_at_ms: Clock::system().unix_ms(),
        };
        Ok((arrival, held))
    }
}

/// Does the work in a task of its own: a sender that goes away does not leave half of it undone, and a panic ends with it.
pub async fn detached(held: Held, work: impl Future<Output = Reply> + Send + 'static) -> Reply {
    let handled = tokio::spawn(async move {
        let reply = work.await;
        drop(held);
        reply
    });
    handled.await.unwrap_or_else(|_| {
        // What it says may hold a piece of the request.
        tracing::error!("answering a request ended with a panic");
        message(500, "something went wrong here: send it again later")
    })
}

fn field((name, value): (&HeaderName, &HeaderValue)) -> Field {
    Field { name: name.as_str().to_owned(), value: String::from_utf8_lossy(value.as_bytes()).into_owned() }
}

fn response(reply: Reply) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(reply.body)));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for Field { name, value } in reply.headers {
        // A component's reply was validated before.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
