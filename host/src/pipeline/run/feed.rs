//! Starting what gives events: sources, the journals behind them, and what is sent again.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::sync::{Notify, mpsc};

use crate::config::Acknowledge;
use crate::pipeline::again::Again;
use crate::pipeline::breaker::Breaker;
use crate::pipeline::graph::{self, Route, SourceKind};
use crate::pipeline::seen::Seen;
use crate::pipeline::serve::serve;
use crate::pipeline::source::{Inlet, Keeping, Wave, follow};
use crate::pipeline::stop::{Stop, Stopper, stop};
use crate::pipeline::window::Window;
use crate::pipeline::{fetch, import, poll};

use super::channel::Channel;
use super::outlets::Outlets;
use super::{End, Run};

/// How many batches wait between a source and its flow: enough that reading and changing overlap.
pub(super) const WAVES: usize = 2;

impl Run {
    pub(super) async fn source(
        &mut self,
        number: usize,
        source: graph::Source,
        route: Route,
        outlets: &Outlets,
    ) -> anyhow::Result<Stop> {
        let (waves, incoming) = mpsc::channel(WAVES);
        let appended = Arc::new(Notify::new());
        let position = self.store.position(&source.id).await?;
        let keeping = match source.options.acknowledge {
            _ if source.kind.is_read_again(&route) => Keeping::Source(position),
            Acknowledge::Delivered => Keeping::Sender(AtomicU64::new(0)),
            Acknowledge::Journaled => {
                let (appended, max_bytes) = (Arc::clone(&appended), self.journal_max_bytes);
                let seen = match source.options.deduplicate {
                    Some(options) => Some(Seen::load(&self.store, &source.id, options, max_bytes).await?),
                    None => None,
                };
                Keeping::Journal { appended, position, max_bytes, seen }
            }
        };
        let journaled = matches!(keeping, Keeping::Journal { .. });
        let inlet = Arc::new(Inlet {
            id: source.id.clone(),
            source: number,
            keeping,
            waves,
            ledger: Arc::clone(&self.ledger),
            store: self.store.clone(),
            clock: self.clock,
            stop: self.asked.clone(),
        });
        let (ends, ended) = stop();
        self.parts.spawn(feed(source, Arc::clone(&inlet), Arc::clone(&self.window), ends));
        if journaled {
            self.follow(inlet, appended, ended.clone());
        }
        self.channel(number, route, incoming, outlets);
        Ok(ended)
    }

    /// Starts giving what is sent again, until the sources have ended: as long as anything runs, an operator may send something again.
    pub(super) fn again(&mut self, number: usize, again: Again, ended: Stop, outlets: &Outlets) {
        let Again { log, route, .. } = again;
        let (waves, incoming) = mpsc::channel(WAVES);
        let appended = Arc::new(Notify::new());
        let inlet = Inlet {
            id: log,
            source: number,
            keeping: Keeping::inside(&appended),
            waves,
            ledger: Arc::clone(&self.ledger),
            store: self.store.clone(),
            clock: self.clock,
            stop: self.asked.clone(),
        };
        self.follow(Arc::new(inlet), appended, ended);
        self.channel(number, route, incoming, outlets);
    }

    pub(super) fn follow(&mut self, inlet: Arc<Inlet>, appended: Arc<Notify>, ended: Stop) {
        self.window.follows(&inlet.id, &appended);
        let (id, stop) = (inlet.id.clone(), self.asked.clone());
        self.parts.spawn(async move {
            End::Source(id, follow(inlet, appended, ended, stop).await.map(|()| None).map_err(Into::into))
        });
    }

    /// Starts carrying a source's waves to where its flow ends.
    pub(super) fn channel(&mut self, number: usize, route: Route, incoming: mpsc::Receiver<Wave>, outlets: &Outlets) {
        let (ledger, clock) = (Arc::clone(&self.ledger), self.clock);
        let (inboxes, ends) = (outlets.of(&route.ends), route.ends);
        let flow = Arc::new(route.flow);
        let channel = Channel { number, flow, ledger, clock, inboxes, ends, breaker: Breaker::default() };
        self.parts.spawn(async move { End::Flow(channel.flow.source.clone(), channel.carry(incoming).await) });
    }
}

/// Runs a source's own side: the connector, the server before a receiver, or what asks and reads for the other components.
async fn feed(source: graph::Source, inlet: Arc<Inlet>, window: Arc<Window>, ends: Stopper) -> End {
    let graph::Source { id, kind, .. } = source;
    let (stop, clock) = (inlet.stop.clone(), inlet.clock);
    let ended = match kind {
        SourceKind::Native(native) => native.feed(inlet, stop).await.map(|()| None),
        SourceKind::Receiver { node, door } => serve(door, node, inlet, stop).await.map(|()| None),
        SourceKind::Poller(poller) => {
            let direct = matches!(inlet.keeping, Keeping::Source(_));
            poll::poll(poller, inlet, direct, clock, stop).await.map(poll::Over::reason)
        }
        SourceKind::Files(importer) => import::import(importer, inlet, window.board(&id)).await,
        SourceKind::Fetcher(fetcher) => fetch::fetch(*fetcher, inlet, window.board(&id)).await,
    };
    ends.ask();
    End::Source(id, ended)
}
