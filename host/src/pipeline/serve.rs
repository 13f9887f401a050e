//! A receiver component behind its address: each request goes to the component, what it read is stored, then its reply is sent.
//!
//! What a step costs is shared by all requests that are there at the time: they wait in a [`queue`] for a few [threads](reader) that call the
//! component without being woken for each, and the [`keeper`] stores with one commit what was read meanwhile. Only calls and commits are
//! shared; what becomes of a request, and what it is answered, is its own.

mod inside;
mod keeper;
mod queue;
mod reader;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::component::types::{Arrival, Received, Reply};
use crate::component::{CallError, Node};
use crate::connector::server::{self, Door, Handler, Held};
use crate::connector::{Given, Intake, Refused};

use super::stop::Stop;
use inside::Inside;
use queue::Queue;
use reader::Readers;

/// What reads requests.
pub trait Reads: Send + Sync + 'static {
    /// Reads one. Blocks.
    fn receive(&self, arrival: &Arrival) -> Result<Received, CallError>;

    /// So many are read at once.
    fn at_once(&self) -> usize;
}

impl Reads for Node {
    fn receive(&self, arrival: &Arrival) -> Result<Received, CallError> {
        Node::receive(self, arrival)
    }

    fn at_once(&self) -> usize {
        self.instances()
    }
}

/// A request, and who waits for its answer.
struct Waiting {
    arrival: Arrival,
    asker: Asker,
}

/// Who waits for an answer, and the room that the request takes until then.
struct Asker {
    sender: oneshot::Sender<Reply>,
    _held: Held,
}

impl Asker {
    fn answer(self, reply: Reply) {
        // Whoever waited may have gone away.
        let _gone = self.sender.send(reply);
    }
}

/// What was read of a request, and who waits for its answer.
struct Read {
    given: Given,
    reply: Reply,
    asker: Asker,
}

/// What answers the requests of one source.
struct Receiver<I> {
    queue: Arc<Queue<Waiting>>,
    inside: Arc<Inside>,
    inlet: Arc<I>,
}

impl<I: Intake> Handler for Receiver<I> {
    async fn answer(&self, arrival: Arrival, held: Held) -> Reply {
        let (sender, answer) = oneshot::channel();
        self.inside.enter();
        if !self.queue.push(Waiting { arrival, asker: Asker { sender, _held: held } }) {
            self.inside.leave();
            return server::refused(&Refused::Stopping);
        }
        answer.await.unwrap_or_else(|_| {
            // It was dropped.
            server::refused(&match self.queue.is_closed() {
                true => Refused::Stopping,
                false => Refused::Broken("storing it ended with a panic".to_owned()),
            })
        })
    }

    async fn ready(&self) -> Result<(), Refused> {
        self.inlet.ready().await
    }
}

/// Serves until a stop is asked for and all that had arrived is answered, or had time for that.
pub async fn serve(door: Door, reads: impl Reads, inlet: Arc<impl Intake>, stop: Stop) -> anyhow::Result<()> {
    let (queue, inside) = (Arc::new(Queue::default()), Arc::new(Inside::default()));
    let (read, kept) = mpsc::unbounded_channel();
    let readers = Readers::start(&door.source, reads, &queue, &inside, read)?;
    let keeper = tokio::spawn(keeper::keep(Arc::clone(&inlet), Arc::clone(&inside), kept));
    let served = server::serve(door, Receiver { queue, inside, inlet }, stop).await;
    readers.end().await;
    keeper.await?;
    served
}
