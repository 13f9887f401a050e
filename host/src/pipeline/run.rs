//! Starting the parts of a pipeline, and seeing them to their end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::Context;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::component::Node;
use crate::config::{Acknowledge, SourceOptions};
use crate::store::{Cursor, DeadLetter, Handle};

use super::again::{self, Again};
use super::breaker::Breaker;
use super::flow::{Flow, Flowed};
use super::graph::{self, Graph, Remembering, Route, SourceKind};
use super::import;
use super::keyed::{self, Inboxes, Keyed};
use super::ledger::{Book, Comeback, Counts, Ledger, Opening, Room, Slot};
use super::rehearsal::Rehearsal;
use super::seen::Seen;
use super::serve::Receiver;
use super::sink::{self, Parcel};
use super::source::{Inlet, Keeping, Look, Wave, follow};
use super::stop::{Stop, Stopper, stop};
use super::window::Window;

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
    Keyed(String, anyhow::Result<keyed::End>),
    Sink(String, anyhow::Result<sink::End>),
}

/// Runs until all sources have ended and all is settled, or a stop is asked for, or nothing can go on.
pub async fn run(graph: Graph, store: Handle, clock: Clock, asked: Stop) -> anyhow::Result<Ended> {
    run_in(graph, store, clock, asked, Arc::default()).await
}

/// The same, for others to see through this window.
pub async fn run_in(
    graph: Graph,
    store: Handle,
    clock: Clock,
    asked: Stop,
    window: Arc<Window>,
) -> anyhow::Result<Ended> {
    let outboxes = graph.transforms.iter().filter(|transform| transform.keyed.is_some());
    let outboxes: Vec<String> = outboxes.map(|transform| transform.id.clone()).collect();
    let feeds = graph.sources.iter().map(|source| (source.id.as_str(), source.options.clone()));
    let feeds = feeds.chain(outboxes.iter().map(|id| (id.as_str(), SourceOptions::default())));
    let (mut routes, mut books) = (Vec::new(), Vec::new());
    for (id, options) in feeds {
        let route = graph.route(id);
        books.push(book(&graph, id, &options, &route, &store).await?);
        routes.push(route);
    }
    let agains = again::all(&graph);
    for again in &agains {
        books.push(book(&graph, &again.log, &again.options, &again.route, &store).await?);
    }
    let names = books.iter().map(|book| book.id.clone()).collect();
    import::tidy(&graph.data_dir, graph.sources.iter().map(|source| source.id.as_str())).await?;
    let ledger = Arc::new(Ledger::new(books));
    window.open(&ledger, names);
    let (parts, slots) = (JoinSet::new(), BTreeMap::new());
    let mut run = Run {
        parts,
        ledger,
        store,
        clock,
        asked: asked.clone(),
        slots,
        window,
        journal_max_bytes: graph.journal_max_bytes,
    };
    let all_ends: Vec<Vec<graph::End>> =
        routes.iter().chain(agains.iter().map(|again| &again.route)).map(|route| route.ends.clone()).collect();
    let first_again = routes.len();
    let shadows: Vec<_> = routes[graph.sources.len()..].iter().map(|route| shadow(&graph, route)).collect();
    let Graph { sources, transforms, sinks, journal_max_bytes, .. } = graph;
    let (comebacks, backs): (Vec<_>, Vec<_>) = outboxes.iter().map(|_| mpsc::unbounded_channel()).unzip();
    let mut outlets = Outlets { sinks: run.sinks(sinks, &all_ends, sources.len(), comebacks), keyed: BTreeMap::new() };
    let count = sources.len();
    let outbox_routes = routes.split_off(count);
    let outbox = |(number, ((route, back), shadow))| Outbox { number, route, back, shadow, bytes: journal_max_bytes };
    let boxes = (count..).zip(outbox_routes.into_iter().zip(backs).zip(shadows)).map(outbox);
    let remembering = transforms.into_iter().enumerate().filter(|(_, transform)| transform.keyed.is_some());
    for ((place, transform), outbox) in remembering.zip(boxes) {
        let number = outbox.number;
        let parcels = run.keyed(transform, outbox, &outlets)?;
        outlets.keyed.insert(place, parcels);
        run.slots.insert(outboxes[number - count].clone(), self::slots(&all_ends, graph::End::Keyed(place)));
    }
    let mut ended = Vec::new();
    for (number, (source, route)) in sources.into_iter().zip(routes).enumerate() {
        ended.push(run.source(number, source, route, &outlets).await?);
    }
    let ended = all_of(ended);
    for (number, again) in (first_again..).zip(agains) {
        run.again(number, again, ended.clone(), &outlets);
    }
    // Only the flows hold the inboxes of what they end in: when they end, so do those.
    drop(outlets);
    run.finish().await
}

/// What a transform that remembers is given beside itself.
struct Outbox {
    /// Its number among the sources: its output is one.
    number: usize,
    /// What its output goes through.
    route: Route,
    /// What comes back from the sink.
    back: mpsc::UnboundedReceiver<Comeback>,
    /// How much may wait in it.
    bytes: u64,
    /// See [`keyed::Parts::shadow`].
    shadow: Option<(Node, Arc<Rehearsal>)>,
}

/// In a rehearsal: what stands behind the transform of this route.
fn shadow(graph: &Graph, route: &Route) -> Option<(Node, Arc<Rehearsal>)> {
    let graph::End::Sink(place) = route.ends.first()? else { return None };
    let outlet = &graph.sinks.get(*place)?.outlet;
    Some((outlet.node()?.clone(), Arc::clone(outlet.rehearsal()?)))
}

/// Asked for when all of these are.
fn all_of(stops: Vec<Stop>) -> Stop {
    let (all, asked) = stop();
    tokio::spawn(async move {
        for mut one in stops {
            one.asked().await;
        }
        all.ask();
    });
    asked
}

/// The numbers of the sinks in each source's book, by the sink's id.
type Slots = BTreeMap<String, Vec<Slot>>;
type Inbox = mpsc::UnboundedSender<Parcel>;

/// Where flows end.
struct Outlets {
    sinks: Vec<Inbox>,
    keyed: BTreeMap<usize, Inbox>,
}

impl Outlets {
    fn of(&self, ends: &[graph::End]) -> Vec<Inbox> {
        let inbox = |end: &graph::End| match end {
            graph::End::Sink(place) => self.sinks.get(*place).cloned(),
            graph::End::Keyed(place) => self.keyed.get(place).cloned(),
        };
        ends.iter().filter_map(inbox).collect()
    }
}

struct Run {
    parts: JoinSet<End>,
    ledger: Arc<Ledger>,
    store: Handle,
    clock: Clock,
    asked: Stop,
    slots: Slots,
    window: Arc<Window>,
    journal_max_bytes: u64,
}

async fn book(graph: &Graph, id: &str, options: &SourceOptions, route: &Route, store: &Handle) -> anyhow::Result<Book> {
    let volatile = options.acknowledge == Acknowledge::Delivered;
    let mut cursors = Vec::new();
    for end in &route.ends {
        let end = graph.end(*end);
        // One whose events nobody keeps numbers them anew each time: what an earlier journal had settled says nothing about them.
        let cursor = if volatile { Cursor::default() } else { store.cursor(id, end).await? };
        cursors.push((end.to_owned(), cursor));
    }
    let room = Room::new(options.max_uncommitted_events, options.max_uncommitted_bytes);
    Ok(Book::new(id.to_owned(), room, volatile, cursors))
}

impl Run {
    /// Starts the sinks. Each holds what comes back to the transforms whose output it delivers, until it has ended.
    fn sinks(
        &mut self,
        sinks: Vec<graph::Sink>,
        ends: &[Vec<graph::End>],
        sources: usize,
        comebacks: Vec<mpsc::UnboundedSender<Comeback>>,
    ) -> Vec<Inbox> {
        for (source, back) in (sources..).zip(&comebacks) {
            self.ledger.sends_back(source, back);
        }
        let mut inboxes = Vec::new();
        for (place, sink) in sinks.into_iter().enumerate() {
            let slots = slots(ends, graph::End::Sink(place));
            let delivers = |back: &usize| slots.iter().any(|slot| slot.source == sources + back);
            let backs: Vec<_> = (0..comebacks.len()).filter(delivers).map(|back| comebacks[back].clone()).collect();
            self.slots.insert(sink.id.clone(), slots);
            let (inbox, parcels) = mpsc::unbounded_channel();
            inboxes.push(inbox);
            let graph::Sink { id, options, outlet, limits, budgets, .. } = sink;
            let (ledger, clock, stop) = (Arc::clone(&self.ledger), self.clock, self.asked.clone());
            let parts = sink::Parts { id: id.as_str().into(), outlet, limits, budgets, options, ledger, clock };
            self.parts.spawn(async move {
                let ended = sink::Sink::new(parts).run(parcels, stop).await;
                drop(backs);
                End::Sink(id, ended)
            });
        }
        inboxes
    }

    /// Starts a transform that remembers, and feeds its sink from what it decided.
    fn keyed(&mut self, transform: graph::Transform, outbox: Outbox, outlets: &Outlets) -> anyhow::Result<Inbox> {
        let Outbox { number, route, back, bytes, shadow } = outbox;
        let graph::Transform { id, node, keyed: Some(remembering), .. } = transform else {
            anyhow::bail!("transform `{}` remembers nothing", transform.id)
        };
        let Remembering { component, versions, options, asks } = remembering;
        let (inbox, parcels) = mpsc::unbounded_channel();
        let (waves, incoming) = mpsc::channel(WAVES);
        let appended = Arc::new(Notify::new());
        let inlet = Arc::new(Inlet {
            id: id.clone(),
            source: number,
            keeping: Keeping::Journal {
                appended: Arc::clone(&appended),
                position: None,
                max_bytes: u64::MAX,
                seen: None,
            },
            waves,
            ledger: Arc::clone(&self.ledger),
            store: self.store.clone(),
            clock: self.clock,
            stop: self.asked.clone(),
        });
        let (ends, ended) = stop();
        let parts = keyed::Parts {
            node,
            component,
            versions,
            options,
            ledger: Arc::clone(&self.ledger),
            store: self.store.clone(),
            clock: self.clock,
            appended: Arc::clone(&appended),
            outbox_bytes: bytes,
            stop: self.asked.clone(),
            shadow,
        };
        let driver = Keyed::load(parts)?;
        let inboxes = Inboxes { parcels, back, asks };
        self.parts.spawn(async move { End::Keyed(id, driver.run(inboxes, ends).await) });
        self.follow(inlet, appended, ended);
        self.channel(number, route, incoming, outlets);
        Ok(inbox)
    }

    async fn source(
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
                let seen = match source.options.deduplicate {
                    Some(options) => Some(Seen::load(&self.store, &source.id, options, self.journal_max_bytes).await?),
                    None => None,
                };
                Keeping::Journal { appended: Arc::clone(&appended), position, max_bytes: self.journal_max_bytes, seen }
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
        self.parts.spawn(feed(source, Arc::clone(&inlet), ends));
        if journaled {
            self.follow(inlet, appended, ended.clone());
        }
        self.channel(number, route, incoming, outlets);
        Ok(ended)
    }

    /// Starts giving what is sent again, until the sources have ended: as long as anything runs, an operator may send something again.
    fn again(&mut self, number: usize, again: Again, ended: Stop, outlets: &Outlets) {
        let Again { log, route, .. } = again;
        let (waves, incoming) = mpsc::channel(WAVES);
        let appended = Arc::new(Notify::new());
        let inlet = Inlet {
            id: log,
            source: number,
            keeping: Keeping::Journal {
                appended: Arc::clone(&appended),
                position: None,
                max_bytes: u64::MAX,
                seen: None,
            },
            waves,
            ledger: Arc::clone(&self.ledger),
            store: self.store.clone(),
            clock: self.clock,
            stop: self.asked.clone(),
        };
        self.follow(Arc::new(inlet), appended, ended);
        self.channel(number, route, incoming, outlets);
    }

    fn follow(&mut self, inlet: Arc<Inlet>, appended: Arc<Notify>, ended: Stop) {
        self.window.follows(&inlet.id, &appended);
        let (id, stop) = (inlet.id.clone(), self.asked.clone());
        self.parts.spawn(async move {
            End::Source(id, follow(inlet, appended, ended, stop).await.map(|()| None).map_err(Into::into))
        });
    }

    /// Starts carrying a source's waves to where its flow ends.
    fn channel(&mut self, number: usize, route: Route, incoming: mpsc::Receiver<Wave>, outlets: &Outlets) {
        let (ledger, clock) = (Arc::clone(&self.ledger), self.clock);
        let (inboxes, ends) = (outlets.of(&route.ends), route.ends);
        let flow = Arc::new(route.flow);
        let channel = Channel { number, flow, ledger, clock, inboxes, ends, breaker: Breaker::default() };
        self.parts.spawn(async move { End::Flow(channel.flow.source.clone(), channel.carry(incoming).await) });
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
        self.window.close();
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
                End::Keyed(id, ended) => (id.clone(), ended.with_context(|| format!("transform `{id}`"))?),
                End::Sink(id, ended) => match ended.with_context(|| format!("sink `{id}`"))? {
                    sink::End::Stopped(reason) => (id, Some(reason)),
                    sink::End::Done | sink::End::Asked => continue,
                },
            };
            if let Some(reason) = reason {
                tracing::error!(node = id, reason, "stopped: nothing passes before a person acts");
                self.slots.get(&id).into_iter().flatten().for_each(|slot| self.ledger.detach(*slot));
                self.window.stop(&id, &reason);
                stopped.insert(id, reason);
            }
        }
        Ok(())
    }
}

/// Where this end stands in each source's book.
fn slots(ends: &[Vec<graph::End>], end: graph::End) -> Vec<Slot> {
    let slot = |(source, ends): (usize, &Vec<graph::End>)| {
        let sink = ends.iter().position(|at| *at == end)?;
        Some(Slot { source, sink })
    };
    ends.iter().enumerate().filter_map(slot).collect()
}

/// Runs a source's own side: the connector, the server before a receiver, or what asks and reads for the other components.
async fn feed(source: graph::Source, inlet: Arc<Inlet>, ends: Stopper) -> End {
    let graph::Source { id, kind, .. } = source;
    let (stop, clock) = (inlet.stop.clone(), inlet.clock);
    let ended = match kind {
        SourceKind::Native(native) => native.feed(inlet, stop).await.map(|()| None),
        SourceKind::Receiver { node, door } => {
            crate::connector::server::serve(door, Receiver { node, inlet }, stop).await.map(|()| None)
        }
        SourceKind::Poller(poller) => {
            let direct = matches!(inlet.keeping, Keeping::Source(_));
            super::poll::poll(poller, inlet, direct, clock, stop).await
        }
        SourceKind::Files(importer) => import::import(importer, inlet).await,
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
    inboxes: Vec<Inbox>,
    /// What stands behind each inbox.
    ends: Vec<graph::End>,
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
            if self.inboxes.iter().all(mpsc::UnboundedSender::is_closed) {
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
        let Flowed { sinks: mut stages, dead: mut rejected, .. } = flowed;
        let Wave { events, first, bytes, position, missed, caller, look, dead: unread } = wave;
        let count = u32::try_from(events.len()).unwrap_or(u32::MAX);
        let look = look.map(|look| Look { end: count, ..look });
        // The end of a snapshot takes a number of its own, behind the events'.
        let mark = look.as_ref().filter(|look| look.part.closes).map(|look| look.end);
        let numbers = count + u32::from(mark.is_some());
        let mut looks = self.looks(look, &rejected);
        if let Some(settled) = self.ledger.settled_before(self.number, first, numbers) {
            // Whose letter was stored by the run that settled it.
            rejected.retain(|(origin, _)| {
                let mut lines = stages.iter().zip(&settled).filter(|(stage, _)| stage.rejected.contains(origin));
                lines.any(|(_, settled)| !settled[*origin as usize])
            });
            for (end, settled) in settled.into_iter().enumerate().filter(|(_, settled)| settled.contains(&true)) {
                stages[end] = stages[end].only(|origin| !settled[origin as usize]);
                if settled.get(count as usize) == Some(&true) {
                    looks[end] = looks[end].take().map(|look| Arc::new(look.without_end()));
                }
            }
        }
        let dead = rejected.into_iter().map(|(_, letter)| letter).chain(unread).collect();
        let open = stages.iter().zip(&looks).map(|(stage, look)| {
            let mut counts = stage.counts(count);
            let closes = look.as_ref().is_some_and(|look| look.part.closes);
            counts.resize(numbers as usize, u32::from(closes));
            counts
        });
        let open = open.collect();
        let rejected = stages.iter_mut().map(|stage| std::mem::take(&mut stage.rejected)).collect();
        let opening = Opening { first, events: numbers, bytes, position, open, rejected, mark, missed, dead, caller };
        let receipt = self.ledger.open(self.number, opening);
        for (end, ((stage, look), inbox)) in stages.into_iter().zip(looks).zip(&self.inboxes).enumerate() {
            let slot = Slot { source: self.number, sink: end };
            // A sink that stopped is detached from the ledger, so what it does not take is not waited for.
            let _stopped = inbox.send(Parcel { source: Arc::clone(source), stage, slot, receipt, first, look });
        }
    }

    /// What each end is told of the snapshot that a wave belongs to: a transform that remembers, all; a sink, nothing. Whoever was rejected
    /// on the way counts as seen.
    fn looks(&self, look: Option<Look>, dead: &[(u32, DeadLetter)]) -> Vec<Option<Arc<Look>>> {
        let look = look.map(|mut look| {
            look.seen.extend(dead.iter().filter_map(|(_, letter)| letter.key.clone()));
            Arc::new(look)
        });
        let of = |end: &graph::End| match end {
            graph::End::Keyed(_) => look.clone(),
            graph::End::Sink(_) => None,
        };
        self.ends.iter().map(of).collect()
    }
}
