//! The source `http_server`: events that anybody posts as JSON.
//!
//! Made for senders that drop what is refused: one wrong event in a body becomes a dead letter and the rest is taken, and only
//! a body in which nothing is JSON is refused as a whole.

mod events;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::page::Page;
use super::person::Identifier;
use super::server::{self, Door, Handler, Held};
use super::{Intake, Refused};
use crate::component::types::{Arrival, Field, Reply};
use crate::pipeline::stop::Stop;

/// Parsing a larger body would hold up other requests on its thread for longer than waking another one takes.
const SMALL: usize = 16 * 1024;

/// Takes events that are posted as a JSON object, a JSON array or JSON lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The only path at which events are taken; without it, any.
    pub path: Option<String>,
    /// Which top-level field says whom an event is about. Without it, the first identifier of `user` does.
    pub identifier: Option<Identifier>,
}

/// Serves until a stop is asked for.
pub async fn feed(settings: Settings, door: Door, inlet: Arc<impl Intake>, stop: Stop) -> anyhow::Result<()> {
    server::serve(door, Taker { settings: Arc::new(settings), inlet }, stop).await
}

struct Taker<I> {
    settings: Arc<Settings>,
    inlet: Arc<I>,
}

impl<I: Intake> Handler for Taker<I> {
    async fn answer(&self, arrival: Arrival, held: Held) -> Reply {
        server::detached(held, answer(Arc::clone(&self.settings), Arc::clone(&self.inlet), arrival)).await
    }

    async fn ready(&self) -> Result<(), Refused> {
        self.inlet.ready().await
    }
}

async fn answer(settings: Arc<Settings>, inlet: Arc<impl Intake>, arrival: Arrival) -> Reply {
    if let Err(reply) = settings.takes(&arrival) {
        return reply;
    }
    let is_small = arrival.body.len() <= SMALL;
    let read = move || events::read(&arrival, settings.identifier.as_ref());
    let read = match is_small {
        true => Ok(read()),
        false => tokio::task::spawn_blocking(read).await,
    };
    let page = match read {
        Ok(Ok(page)) => page,
        Ok(Err(why)) => return server::message(400, &why),
        Err(error) => return server::refused(&Refused::Broken(error.to_string())),
    };
    let taken = summary(&page);
    match inlet.push(page.events, page.unread).await {
        Ok(()) => taken,
        Err(refused) => server::refused(&refused),
    }
}

impl Settings {
    fn takes(&self, arrival: &Arrival) -> Result<(), Reply> {
        if self.path.as_ref().is_some_and(|path| *path != arrival.path) {
            return Err(server::message(404, "events are taken at another path"));
        }
        if !matches!(arrival.method.as_str(), "POST" | "PUT") {
            let mut reply = server::message(405, "events are sent with POST");
            reply.headers.push(Field { name: "allow".to_owned(), value: "POST, PUT".to_owned() });
            return Err(reply);
        }
        Ok(())
    }
}

/// How many were taken, and what is wrong with the first that was not.
fn summary(page: &Page) -> Reply {
    let mut reply = server::message(200, "");
    let first = page.unread.first().map(|unread| format!("{}: {}", unread.place, unread.reason));
    let mut body = json!({ "accepted": page.events.len(), "rejected": page.unread.len() });
    if let Some(first) = first {
        body["message"] = first.into();
    }
    reply.body = body.to_string().into_bytes();
    reply
}
