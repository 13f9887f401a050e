//! The threads that call the component.
//!
//! There are as many as it has instances. Each takes one request after the other, so that one which takes long keeps nobody else waiting but
//! for a thread; and none sees what another left: what a call breaks is told to the sender of its request alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use anyhow::Context;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;

use super::inside::Inside;
use super::queue::Queue;
use super::{Read, Reads, Waiting};
use crate::component::CallError;
use crate::component::types::{Arrival, Batch, Received, Reply, Unread, WhyUnread};
use crate::connector::server;
use crate::connector::{Given, Refused};

/// The threads of one source. They end when this is dropped, or all of a sudden with the process.
pub(super) struct Readers {
    queue: Arc<Queue<Waiting>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    /// Starts them. What they read goes to `read`.
    pub(super) fn start(
        source: &str,
        reads: impl Reads,
        queue: &Arc<Queue<Waiting>>,
        inside: &Arc<Inside>,
        read: UnboundedSender<Read>,
    ) -> anyhow::Result<Self> {
        let mut readers = Self { queue: Arc::clone(queue), threads: Vec::new() };
        let at_once = reads.at_once();
        let (source, inside) = (source.to_owned(), Arc::clone(inside));
        let reader = Arc::new(Reader { source, reads, queue: Arc::clone(queue), inside, read });
        // What a component waits for, its deadline too, runs there.
        let runtime = Handle::current();
        for _ in 0..at_once {
            let (reader, runtime) = (Arc::clone(&reader), runtime.clone());
            let run = move || {
                let _entered = runtime.enter();
                reader.run();
            };
            let thread = thread::Builder::new().name("receiver".to_owned()).spawn(run);
            readers.threads.push(thread.context("a thread for requests cannot be started")?);
        }
        Ok(readers)
    }

    /// Comes back when what is being read is read. What waits still is dropped: nobody was told that it had arrived.
    pub(super) async fn end(mut self) {
        self.queue.close();
        let threads = std::mem::take(&mut self.threads);
        let join = move || threads.into_iter().for_each(|thread| drop(thread.join()));
        // They do not panic.
        let _joined = tokio::task::spawn_blocking(join).await;
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue.close();
    }
}

struct Reader<R> {
    source: String,
    reads: R,
    queue: Arc<Queue<Waiting>>,
    inside: Arc<Inside>,
    read: UnboundedSender<Read>,
}

impl<R: Reads> Reader<R> {
    fn run(&self) {
        while let Some(Waiting { arrival, asker }) = self.queue.take() {
            match self.read(&arrival) {
                // If nobody keeps it any more, its sender hears of that when it is dropped.
                Ok((given, reply)) => drop(self.read.send(Read { given, reply, asker })),
                Err(refused) => asker.answer(server::refused(&refused)),
            }
            self.inside.leave();
        }
    }

    fn read(&self, arrival: &Arrival) -> Result<(Given, Reply), Refused> {
        // The instance is gone with the panic, so nothing that it left behind is met again.
        match catch_unwind(AssertUnwindSafe(|| self.reads.receive(arrival))) {
            Ok(Ok(Received { events, unread, reply })) => Ok((Given { events, unread }, reply)),
            Ok(Err(error)) if error.may_pass_in_parts() => Ok(self.bury(arrival, &error)),
            // No fault of the request: its sender keeps it until the component can be called again.
            Ok(Err(error)) => Err(Refused::Broken(error.to_string())),
            // What it says may hold a piece of the request.
            Err(_) => Err(Refused::Broken("reading it ended with a panic".to_owned())),
        }
    }

    /// The component failed: the request is a dead letter, and the sender, who could do nothing about it, is told that it arrived.
    fn bury(&self, arrival: &Arrival, error: &CallError) -> (Given, Reply) {
        let source = &self.source;
        tracing::warn!(%source, error = error.brief(), "the component failed on a request; it is kept as a dead letter");
        let place = format!("{} {}", arrival.method, arrival.path);
        let reason = format!("the component failed on this request: {error}");
        let unread = Unread { raw: arrival.body.clone(), place, key: None, why: WhyUnread::Rejected, reason };
        let given = Given { events: Batch::new(), unread: vec![unread] };
        (given, server::message(200, "stored, but it could not be read"))
    }
}
