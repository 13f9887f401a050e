//! Starting the parts of a pipeline, and seeing them to their end.

mod channel;
mod feed;
mod outbox;
mod outlets;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::config::{Acknowledge, SourceOptions};
use crate::store::{Cursor, Handle};

use super::graph::{self, Graph, Route};
use super::ledger::{Book, Counts, Ledger, Room};
use super::stop::{Stop, stop};
use super::window::Window;
use super::{again, fetch, import, keyed, sink};
use outbox::{Outbox, shadow, teller};
use outlets::{Outlets, Slots};

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
    let known = graph.sources.iter().map(|source| &source.id).chain(&graph.left_alone).map(String::as_str);
    import::tidy(&graph.data_dir, known.clone()).await?;
    fetch::tidy(&graph.data_dir, known).await?;
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
    let shadows = routes[graph.sources.len()..].iter().map(|route| (shadow(&graph, route), teller(&graph, route)));
    let shadows: Vec<_> = shadows.collect();
    let Graph { sources, transforms, sinks, journal_max_bytes, .. } = graph;
    let (comebacks, backs): (Vec<_>, Vec<_>) = outboxes.iter().map(|_| mpsc::unbounded_channel()).unzip();
    let mut outlets = Outlets { sinks: run.sinks(sinks, &all_ends, sources.len(), comebacks), keyed: BTreeMap::new() };
    let count = sources.len();
    let outbox_routes = routes.split_off(count);
    let outbox = |(number, ((route, back), (shadow, teller)))| Outbox {
        number,
        route,
        back,
        shadow,
        teller,
        bytes: journal_max_bytes,
    };
    let boxes = (count..).zip(outbox_routes.into_iter().zip(backs).zip(shadows)).map(outbox);
    let remembering = transforms.into_iter().enumerate().filter(|(_, transform)| transform.keyed.is_some());
    for ((place, transform), outbox) in remembering.zip(boxes) {
        let number = outbox.number;
        let parcels = run.keyed(transform, outbox, &outlets)?;
        outlets.keyed.insert(place, parcels);
        run.slots.insert(outboxes[number - count].clone(), self::outlets::slots(&all_ends, graph::End::Keyed(place)));
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
