//! A receiver component behind its address: each request goes to the component, what it read is stored, then its reply is sent.

use std::sync::Arc;

use crate::component::types::{Arrival, Reply};
use crate::component::{CallError, Node};
use crate::connector::server::{self, Handler};
use crate::connector::{Intake, Refused};

use super::source::Inlet;

/// What answers the requests of one source.
pub struct Receiver {
    /// The component.
    pub node: Node,
    /// Where what it reads is kept.
    pub inlet: Arc<Inlet>,
}

impl Handler for Receiver {
    async fn answer(&self, arrival: Arrival) -> Reply {
        let (arrival, node) = (Arc::new(arrival), self.node.clone());
        let received = {
            let arrival = Arc::clone(&arrival);
            tokio::task::spawn_blocking(move || node.receive(&arrival)).await
        };
        let stored = match received {
            Ok(Ok(received)) => self.inlet.push(received.events, received.unread).await.map(|()| received.reply),
            Ok(Err(error)) if error.may_pass_in_parts() => bury(&self.inlet, &arrival, &error).await,
            // No fault of the request: its sender keeps it until the component can be called again.
            Ok(Err(error)) => Err(Refused::Broken(error.to_string())),
            Err(error) => Err(Refused::Broken(error.to_string())),
        };
        stored.unwrap_or_else(|refused| server::refused(&refused))
    }

    async fn ready(&self) -> Result<(), Refused> {
        self.inlet.ready().await
    }
}

/// The component failed: the request is a dead letter, and the sender, who could do nothing about it, is told that it arrived.
async fn bury(inlet: &Inlet, arrival: &Arrival, error: &CallError) -> Result<Reply, Refused> {
    tracing::warn!(source = %inlet.id, error = error.brief(), "the component failed on a request; it is kept as a dead letter");
    let place = format!("{} {}", arrival.method, arrival.path);
    inlet.bury(arrival.body.clone(), &place, format!("the component failed on this request: {error}")).await?;
    Ok(server::message(200, "stored, but it could not be read"))
}
