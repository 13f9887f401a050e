//! Starting the parts of a pipeline, and seeing them to their end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::Context;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::config::Acknowledge;
use crate::store::Handle;

use super::breaker::Breaker;
use super::flow::{Flow, Flowed};
use super::graph::{self, Graph, Route, SourceKind};
use super::import;
use super::ledger::{Book, Counts, Ledger, Opening, Room, Slot};
use super::sink::{self, Parcel};
use super::source::{Inlet, Keeping, Wave, follow};
use super::stop::{Stop, Stopper, stop};

/// How many batches wait between a source and its flow: enough that reading and changing overlap.
const WAVES: usize = 2;

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// What it did.
    pub counts: Counts,
    /// Nodes that stopped, and why.
    pub stopped: BTreeMap<String, String>,
    /// Somebody asked for the end.
    pub asked: bool,
}

enum End {
    Source(String, anyhow::Result<Option<String>>),
    Flow(String, anyhow::Result<Option<String>>),
    Sink(String, anyhow::Result<sink::End>),
}

/// Runs until all sources have ended and all is settled, or a stop is asked for, or nothing can go on.
pub async fn run(graph: Graph, store: Handle, clock: Clock, asked: Stop) -> anyhow::Result<Ended> {
    let routes: Vec<Route> = graph.sources.iter().map(|source| graph.route(&source.id)).collect();
    let mut books = Vec::new();
    for (source, route) in graph.sources.iter().zip(&routes) {
        books.push(book(&graph, source, route, &store).await?);
    }
    import::tidy(&graph.data_dir, graph.sources.iter().map(|source| source.id.as_str())).await?;
    let ledger = Arc::new(Ledger::new(books));
    let mut run = Run { parts: JoinSet::new(), ledger, store, clock, asked: asked.clone(), slots: BTreeMap::new() };
    let outlets = run.sinks(graph.sinks, &routes);
    for (number, (source, route)) in graph.sources.into_iter().zip(routes).enumerate() {
        run.source(number, source, route, &outlets).await?;
    }
    // Only the flows hold the sinks' inboxes: when they end, the sinks do.
    drop(outlets);
    run.finish().await
}

/// The numbers of the sinks in each source's book, by the sink's id.
type Slots = BTreeMap<String, Vec<Slot>>;
type Inboxes = Vec<mpsc::UnboundedSender<Parcel>>;

struct Run {
    parts: JoinSet<End>,
    ledger: Arc<Ledger>,
    store: Handle,
    clock: Clock,
    asked: Stop,
    slots: Slots,
}

async fn book(graph: &Graph, source: &graph::Source, route: &Route, store: &Handle) -> anyhow::Result<Book> {
    let volatile = source.options.acknowledge == Acknowledge::Delivered;
    let mut cursors = Vec::new();
    for place in &route.sinks {
        let sink = &graph.sinks[*place].id;
        cursors.push((sink.clone(), store.cursor(&source.id, sink).await?));
    }
    let room = Room::new(source.options.max_uncommitted_events, source.options.max_uncommitted_bytes);
    Ok(Book::new(source.id.clone(), room, volatile, cursors))
}

impl Run {
    fn sinks(&mut self, sinks: Vec<graph::Sink>, routes: &[Route]) -> Inboxes {
        let mut inboxes = Vec::new();
        for (place, sink) in sinks.into_iter().enumerate() {
            let slots = routes.iter().enumerate().filter_map(|(source, route)| {
                route.sinks.iter().position(|at| *at == place).map(|sink| Slot { source, sink })
            });
            self.slots.insert(sink.id.clone(), slots.collect());
            let (inbox, parcels) = mpsc::unbounded_channel();
            inboxes.push(inbox);
            let graph::Sink { id, options, outlet, limits, budgets, .. } = sink;
            let (ledger, clock, stop) = (Arc::clone(&self.ledger), self.clock, self.asked.clone());
            let parts = sink::Parts { id: id.as_str().into(), outlet, limits, budgets, options, ledger, clock };
            self.parts.spawn(async move { End::Sink(id, sink::Sink::new(parts).run(parcels, stop).await) });
        }
        inboxes
    }

    async fn source(
        &mut self,
        number: usize,
        source: graph::Source,
        route: Route,
        sinks: &Inboxes,
    ) -> anyhow::Result<()> {
        let (waves, incoming) = mpsc::channel(WAVES);
        let appended = Arc::new(Notify::new());
        let position = self.store.position(&source.id).await?;
        let keeping = match source.options.acknowledge {
            _ if source.kind.is_read_again(&route) => Keeping::Source(position),
            Acknowledge::Delivered => Keeping::Sender(AtomicU64::new(0)),
            Acknowledge::Journaled => Keeping::Journal { appended: Arc::clone(&appended), position },
        };
        let journaled = matches!(keeping, Keeping::Journal { .. });
        let snapshots = route.reads_snapshots();
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
        self.parts.spawn(feed(source, Arc::clone(&inlet), snapshots, ends));
        if journaled {
            let (id, stop) = (inlet.id.clone(), self.asked.clone());
            self.parts
                .spawn(async move { End::Source(id, follow(inlet, appended, ended, stop).await.map(|()| None).map_err(Into::into)) });
        }
        let inboxes = route.sinks.iter().map(|place| sinks[*place].clone()).collect();
        let (ledger, clock) = (Arc::clone(&self.ledger), self.clock);
        let channel =
            Channel { number, flow: Arc::new(route.flow), ledger, clock, sinks: inboxes, breaker: Breaker::default() };
        self.parts.spawn(async move { End::Flow(channel.flow.source.clone(), channel.carry(incoming).await) });
        Ok(())
    }

    async fn finish(mut self) -> anyhow::Result<Ended> {
        let ledger = Arc::clone(&self.ledger);
        let store = self.store.clone();
        let mut stopped = BTreeMap::new();
        let failed = |error| anyhow::Error::new(error).context("the store failed");
        let mut keep = std::pin::pin!(ledger.keep(&store));
        tokio::select! {
            ended = self.parts(&mut stopped) => ended?,
            kept = &mut keep => kept.map_err(failed)?,
        }
        // Not broken off: a commit may be under way.
        ledger.end();
        keep.await.map_err(failed)?;
        Ok(Ended { counts: ledger.counts(), stopped, asked: self.asked.is_asked() })
    }

    async fn parts(&mut self, stopped: &mut BTreeMap<String, String>) -> anyhow::Result<()> {
        while let Some(end) = self.parts.join_next().await {
            let (id, reason) = match end? {
                End::Source(id, ended) => {
                    let ended = ended.with_context(|| format!("source `{id}`"))?;
                    (id, ended)
                }
                End::Flow(id, ended) => (id, ended?),
                End::Sink(id, ended) => match ended.with_context(|| format!("sink `{id}`"))? {
                    sink::End::Stopped(reason) => (id, Some(reason)),
                    sink::End::Done | sink::End::Asked => continue,
                },
            };
            if let Some(reason) = reason {
                tracing::error!(node = id, reason, "stopped: nothing passes before a person acts");
                self.slots.get(&id).into_iter().flatten().for_each(|slot| self.ledger.detach(*slot));
                stopped.insert(id, reason);
            }
        }
        Ok(())
    }
}

/// Runs a source's own side: the connector, the server before a receiver, or what asks and reads for the other components.
async fn feed(source: graph::Source, inlet: Arc<Inlet>, snapshots: bool, ends: Stopper) -> End {
    let graph::Source { id, kind, .. } = source;
    let (stop, clock) = (inlet.stop.clone(), inlet.clock);
    let ended = match kind {
        SourceKind::Native(native) => native.feed(inlet, stop).await.map(|()| None),
        SourceKind::Receiver { node, door } => {
            let handler = move |arrival| super::serve::answer(node.clone(), Arc::clone(&inlet), arrival);
            crate::connector::server::serve(door, handler, stop).await.map(|()| None)
        }
        SourceKind::Poller(poller) => {
            let direct = matches!(inlet.keeping, Keeping::Source(_));
            super::poll::poll(poller, inlet, direct, clock, stop).await
        }
        SourceKind::Files(importer) => import::import(importer, inlet, snapshots).await,
    };
    ends.ask();
    End::Source(id, ended)
}

/// Carries waves through a flow to the sinks.
struct Channel {
    number: usize,
    flow: Arc<Flow>,
    ledger: Arc<Ledger>,
    clock: Clock,
    sinks: Inboxes,
    breaker: Breaker,
}

impl Channel {
    /// Until no more waves come, none of the sinks goes on, or a component traps so often that going on would only fill the
    /// dead letters: then it says so.
    async fn carry(mut self, mut waves: mpsc::Receiver<Wave>) -> anyhow::Result<Option<String>> {
        let source: Arc<str> = self.flow.source.as_str().into();
        while let Some(wave) = waves.recv().await {
            let (flow, events, first, at_ms) =
                (Arc::clone(&self.flow), Arc::clone(&wave.events), wave.first, self.clock.unix_ms());
            let flowed = tokio::task::spawn_blocking(move || flow.run(events, first, at_ms)).await?;
            if let Some(reason) = self.broken(&flowed) {
                return Ok(Some(reason));
            }
            self.deliver(&source, wave, flowed);
            if self.sinks.iter().all(mpsc::UnboundedSender::is_closed) {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Why nothing more may go through: it stays where it came from, and is read again by the next run.
    fn broken(&mut self, flowed: &Flowed) -> Option<String> {
        if flowed.broken.is_some() {
            return flowed.broken.clone();
        }
        if flowed.traps == 0 {
            self.breaker.accepted();
        }
        let trapped = (0..flowed.traps).any(|_| self.breaker.refused(self.clock.now()));
        trapped.then(|| "its transforms trap on one event after the other".to_owned())
    }

    fn deliver(&self, source: &Arc<str>, wave: Wave, flowed: Flowed) {
        let Flowed { sinks: mut stages, mut dead, .. } = flowed;
        let events = u32::try_from(wave.events.len()).unwrap_or(u32::MAX);
        if let Some(settled) = self.ledger.settled_before(self.number, wave.first, events) {
            for (stage, settled) in stages.iter_mut().zip(settled).filter(|(_, settled)| settled.contains(&true)) {
                *stage = stage.only(|origin| !settled[origin as usize]);
            }
        }
        dead.extend(wave.dead);
        let open = stages.iter().map(|stage| stage.counts(events)).collect();
        let Wave { first, bytes, position, caller, .. } = wave;
        let receipt = self.ledger.open(self.number, Opening { first, events, bytes, position, open, dead, caller });
        for (sink, (stage, inbox)) in stages.into_iter().zip(&self.sinks).enumerate() {
            let slot = Slot { source: self.number, sink };
            // A sink that stopped is detached from the ledger, so what it does not take is not waited for.
            let _stopped = inbox.send(Parcel { source: Arc::clone(source), stage, slot, receipt, first });
        }
    }
}
